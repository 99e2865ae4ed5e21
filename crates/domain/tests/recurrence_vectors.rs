//! The specification by example: every vector of `vectors/recurrence.json`, told by its id when it fails.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use spindle_domain::Due;
use spindle_domain::recurrence::{MissedPolicy, Mode, MonthEnd, Rule, Series};

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

fn zone(value: &Value, key: &str) -> Option<Tz> {
    text(value, key).map(|name| name.parse().expect("a zone"))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn due(value: &Value) -> Option<Due> {
    text(value, "date")
        .or_else(|| text(value, "local"))
        .map(|text| Due::parse(text).unwrap())
}

fn local(at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    zone.from_utc_datetime(&at.naive_utc()).naive_local()
}

fn show_local(wall: NaiveDateTime) -> String {
    wall.format("%Y-%m-%dT%H:%M").to_string()
}

fn show_utc(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%MZ").to_string()
}

/// `None` when the rule is refused.
fn series(vector: &Value) -> Option<Series> {
    let due = due(&vector["due"]);
    let anchor = match text(vector, "anchor") {
        // An anchor is told by its day; it has the due's time of day.
        Some(anchor) => match due {
            Some(Due::Wall(wall)) => Some(Due::Wall(day(anchor).and_time(wall.time()))),
            _ => Some(Due::Day(day(anchor))),
        },
        None => due,
    };
    let mut series = match &vector["rule"] {
        Value::String(rule) => {
            let parsed = Rule::parse_rrule(rule).ok()?;
            Series {
                count: parsed.count,
                until: parsed.until,
                ..Series::new(parsed.rule, anchor)
            }
        }
        rule => Series::new(Rule::parse_cron(text(rule, "cron").unwrap()).ok()?, anchor),
    };
    series.zone = zone(&vector["due"], "tz");
    series.exdates = vector["exdates"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|date| day(date.as_str().unwrap()))
        .collect();
    series.mode = if text(vector, "mode") == Some("completion") {
        Mode::Completion
    } else {
        Mode::Schedule
    };
    series.missed = if text(vector, "missed") == Some("next") {
        MissedPolicy::Next
    } else {
        MissedPolicy::Future
    };
    series.month_end = if text(vector, "month_end") == Some("skip") {
        MonthEnd::Skip
    } else {
        MonthEnd::Clamp
    };
    Some(series)
}

fn next(vector: &Value) -> Value {
    let person = zone(vector, "user_tz").unwrap_or(Tz::UTC);
    let Some(series) = series(vector) else { return Value::Null };
    let completed_at = instant(text(vector, "completed_at").unwrap());
    let next = series.next_after_completion(due(&vector["due"]), completed_at, person);
    let zone = series.zone.unwrap_or(person);
    next.map_or(Value::Null, |next| match next.at(zone) {
        Some(at) => json!({"local": show_local(local(at, zone)), "utc": show_utc(at)}),
        None => json!({"date": next.show(zone)}),
    })
}

fn expand(vector: &Value) -> Value {
    let series = series(vector).expect("a valid rule");
    let n = usize::try_from(vector["n"].as_u64().unwrap()).unwrap();
    json!({"dates": series.occurrences(Tz::UTC).take(n).map(|due| due.show(Tz::UTC)).collect::<Vec<_>>()})
}

fn view(vector: &Value) -> Value {
    let view = zone(vector, "view_tz").unwrap();
    let due = due(&vector["due"]).unwrap();
    // A floating time has no zone of its own: it is read in the viewer's.
    match (
        due.at(zone(&vector["due"], "tz").unwrap_or(view)),
        text(&vector["due"], "kind"),
    ) {
        (None, _) => json!({"date": due.show(view)}),
        (Some(at), Some("floating")) => json!({"local": show_local(local(at, view))}),
        (Some(at), _) => json!({"local": show_local(local(at, view)), "utc": show_utc(at)}),
    }
}

fn bucket(vector: &Value) -> Value {
    let person = zone(vector, "user_tz").unwrap();
    let now = instant(text(vector, "now").unwrap());
    let due = due(&vector["due"]).unwrap();
    let zone = zone(&vector["due"], "tz").unwrap_or(person);
    let on = local(due.start(zone, person), person).date();
    let bucket = match () {
        () if due.is_over(zone, person, now) => "overdue",
        () if on == local(now, person).date() => "today",
        () => "upcoming",
    };
    json!({"bucket": bucket})
}

fn reminder(vector: &Value) -> Value {
    let due_zone = zone(&vector["due"], "tz");
    let person = zone(vector, "user_tz").or(due_zone).unwrap();
    let minutes: i64 = text(vector, "before").unwrap().strip_suffix('M').unwrap().parse().unwrap();
    let at = due(&vector["due"]).unwrap().start(due_zone.unwrap_or(person), person) - Duration::minutes(minutes);
    json!({"local": show_local(local(at, person)), "utc": show_utc(at)})
}

#[test]
fn every_vector_passes() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("vectors/recurrence.json")).unwrap();
    assert_eq!(vectors.len(), 101);
    let failures: Vec<String> = vectors
        .iter()
        .filter_map(|vector| {
            let got = match text(vector, "kind") {
                None => next(vector),
                Some("expand") => expand(vector),
                Some("view") => view(vector),
                Some("bucket") => bucket(vector),
                Some("reminder") => reminder(vector),
                Some(other) => panic!("unknown kind {other}"),
            };
            (got != vector["expect"]).then(|| format!("{}: got {got}, expected {}", vector["id"], vector["expect"]))
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_never_fires_is_refused() {
    assert!(Rule::parse_cron("0 9 31 2 *").is_err());
}

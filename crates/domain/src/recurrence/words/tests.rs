use serde_json::Value;

use super::*;

fn series(rule: &str, anchor: &str) -> Series {
    let anchor = Due::parse(anchor).ok();
    match Rule::parse_rrule(rule) {
        Ok(parsed) => Series {
            count: parsed.count,
            until: parsed.until,
            ..Series::new(parsed.rule, anchor)
        },
        Err(_) => Series::new(Rule::parse_cron(rule).unwrap(), anchor),
    }
}

/// The front end's own words are held to the same list.
#[test]
fn rules_are_told() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../../../tests/vectors/rule-words.json")).unwrap();
    for case in cases {
        let text = |member: &str| case.get(member).and_then(Value::as_str).unwrap_or_default();
        let mut series = series(text("rule"), text("anchor"));
        if text("month_end") == "skip" {
            series.month_end = MonthEnd::Skip;
        }
        if text("mode") == "completion" {
            series.mode = Mode::Completion;
        }
        let exdates = case.get("exdates").and_then(Value::as_array).into_iter().flatten();
        series.exdates = exdates.map(|date| date.as_str().unwrap().parse().unwrap()).collect();
        assert_eq!(series.words(Tz::UTC), text("en"), "{case}");
    }
}

#[test]
fn clamping_is_exported_for_any_reader() {
    let export = |rule, anchor| series(rule, anchor).to_rrule(Tz::UTC);
    for (rule, anchor, expected) in [
        ("FREQ=MONTHLY", "2026-01-31", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        (
            "FREQ=MONTHLY;COUNT=3",
            "2026-01-30",
            "FREQ=MONTHLY;BYMONTHDAY=30,-1;BYSETPOS=1;COUNT=3",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=15,30",
            "2026-01-30",
            "FREQ=MONTHLY;BYMONTHDAY=15,30,-1;BYSETPOS=1,2",
        ),
        ("FREQ=MONTHLY", "2026-01-28", "FREQ=MONTHLY"),
        (
            "FREQ=YEARLY",
            "2024-02-29",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29,-1;BYSETPOS=1",
        ),
        ("FREQ=YEARLY", "2026-01-31", "FREQ=YEARLY"),
        (
            "FREQ=YEARLY;BYMONTH=1,2",
            "2026-01-30",
            "FREQ=MONTHLY;BYMONTH=1,2;BYMONTHDAY=30,-1;BYSETPOS=1",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=30,-2",
            "2026-01-30",
            "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=30,-2;SKIP=BACKWARD",
        ),
        (
            "FREQ=DAILY;UNTIL=20261231T090000",
            "2026-01-30",
            "FREQ=DAILY;UNTIL=20261231T090000",
        ),
    ] {
        assert_eq!(export(rule, anchor).as_deref(), Some(expected), "{rule}");
    }
    assert_eq!(export("0 9 * * *", "2026-01-30"), None);
}

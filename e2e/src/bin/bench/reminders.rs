//! Reminders, how late they ring; and series, how soon the next task is there.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use spindle_e2e::{
    app::{App, Settings},
    http::Connection,
    load,
    person::Person,
    stats,
};

use crate::{Options, report::Report};

const PEOPLE: usize = 100;
const WRITERS: usize = 8;
/// Reminders rung one by one on an idle system.
const SINGLE: usize = 20;
/// Occurrences completed one by one.
const COMPLETIONS: usize = 100;
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) fn measure(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let app = App::start(Settings::roomy())?;
    let client = app.client();
    let people: Vec<Person> = (0..PEOPLE).map(|_| Person::register(&client)).collect();
    let person = people.first().context("nobody")?;
    single(person, report);
    completing(&app, person, report)?;
    if options.reminders > 0 {
        at_once(&app, &people, options.reminders, report)?;
    }
    Ok(())
}

fn notifications(person: &Person) -> Vec<Value> {
    let body = person.get("/api/notifications").ok(200);
    body["items"].as_array().cloned().unwrap_or_default()
}

fn time(value: &Value) -> Option<DateTime<Utc>> {
    value.as_str()?.parse().ok()
}

/// How late each rang, in milliseconds; negative is early.
fn lateness(found: &[Value], moment: DateTime<Utc>) -> Vec<f64> {
    let ms = |fired: DateTime<Utc>| i32::try_from((fired - moment).num_milliseconds()).unwrap_or(i32::MAX);
    found
        .iter()
        .filter_map(|found| time(&found["fired_at"]))
        .map(|fired| f64::from(ms(fired)))
        .collect()
}

fn remind_at(person: &Person, title: &str, ahead: TimeDelta) -> (Value, DateTime<Utc>) {
    let text = (Utc::now() + ahead).to_rfc3339_opts(SecondsFormat::Millis, true);
    let moment = text.parse().unwrap_or_default();
    (person.create(&json!({"title": title, "reminder_at": text})), moment)
}

fn single(person: &Person, report: &mut Report) {
    let mut late = Vec::with_capacity(SINGLE);
    for number in 0..SINGLE {
        let (task, moment) = remind_at(person, &format!("single {number}"), TimeDelta::milliseconds(600));
        let begun = Instant::now();
        loop {
            let mut found = notifications(person);
            found.retain(|found| found["task_id"] == task["id"]);
            if !found.is_empty() || begun.elapsed() > PATIENCE {
                late.extend(lateness(&found, moment));
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
    let (p50, most) = (stats::percentile(&mut late, 0.5), stats::percentile(&mut late, 1.0));
    report.line(
        "one reminder on an idle system, by its job",
        "late ≤ 250 ms",
        format!("late p50 {p50:.0} ms, at most {most:.0} ms ({} of {SINGLE})", late.len()),
        Some(late.len() == SINGLE && most <= 250.0),
    );
}

fn completing(app: &App, person: &Person, report: &mut Report) -> anyhow::Result<()> {
    let body = json!({"title": "Again and again", "due_date": "2030-03-01", "recurrence_pattern": "daily"});
    let mut task = person.create(&body);
    let mut connection = Connection::open(app.address())?;
    let mut waits = Vec::with_capacity(COMPLETIONS);
    for _ in 0..COMPLETIONS {
        let cursor = person.get("/api/changes").ok(200)["cursor"].as_u64().context("no cursor")?;
        let id = task["id"].as_str().unwrap_or_default().to_owned();
        let _ = person.patch(format!("/api/tasks/{id}"), &json!({"completed": true})).ok(200);
        let answered = Instant::now();
        let target = format!("/api/changes?since={cursor}");
        let ask = load::request(app.address(), &person.token, "GET", &target, None);
        task = loop {
            let answer = connection.exchange(&ask, false)?;
            let changes: Value = serde_json::from_slice(&answer.body)?;
            let next = changes["tasks"]
                .as_array()
                .into_iter()
                .flatten()
                .find(|next| next["id"] != task["id"]);
            if let Some(next) = next {
                break next.clone();
            }
            if answered.elapsed() > PATIENCE {
                bail!("no successor within {PATIENCE:?}");
            }
        };
        waits.push(answered.elapsed().as_secs_f64() * 1000.0);
    }
    let (p50, p99) = (stats::percentile(&mut waits, 0.5), stats::percentile(&mut waits, 0.99));
    report.line(
        "completing a recurring task, from the answer until its successor is seen",
        "p50 ≤ 50 ms",
        format!("p50 {p50:.1} ms, p99 {p99:.1} ms"),
        Some(p50 <= 50.0),
    );
    Ok(())
}

/// So many reminders of a hundred people at one instant.
fn at_once(app: &App, people: &[Person], count: usize, report: &mut Report) -> anyhow::Result<()> {
    let each = count / people.len();
    // Time to create and plan them all.
    let ahead = TimeDelta::seconds(30 + i64::try_from(count / 80)?);
    let text = (Utc::now() + ahead).to_rfc3339_opts(SecondsFormat::Millis, true);
    let moment: DateTime<Utc> = text.parse()?;
    let begun = Instant::now();
    thread::scope(|scope| {
        for share in people.chunks(people.len().div_ceil(WRITERS)) {
            let text = &text;
            scope.spawn(move || {
                for person in share {
                    for number in 0..each {
                        let _ = person.create(&json!({"title": format!("at once {number}"), "reminder_at": text}));
                    }
                }
            });
        }
    });
    let created = begun.elapsed();
    thread::sleep((moment - Utc::now()).to_std().unwrap_or_default());
    let mut late: Vec<f64> = Vec::with_capacity(count);
    let deadline = Instant::now() + PATIENCE;
    // The people's own requests take processor time too: they look when the first wave is over.
    thread::sleep(Duration::from_secs(6));
    for person in people {
        let people_late = loop {
            let mut found = notifications(person);
            found.retain(|found| found["title"].as_str().is_some_and(|title| title.starts_with("at once")));
            if found.len() >= each || Instant::now() > deadline {
                break lateness(&found, moment);
            }
            thread::sleep(Duration::from_millis(100));
        };
        late.extend(people_late);
    }
    let early = late.iter().filter(|late| **late < 0.0).count();
    let lost = (each * people.len()).saturating_sub(late.len());
    let errors = app.log().iter().filter(|line| line.contains("\"level\":\"error\"")).count();
    let (p50, p99, most) = (
        stats::percentile(&mut late, 0.5),
        stats::percentile(&mut late, 0.99),
        stats::percentile(&mut late, 1.0),
    );
    report.line(
        &format!("{count} reminders of {} people at one instant", people.len()),
        "none lost, none early, p99 late ≤ 3 s",
        format!(
            "{lost} lost, {early} early, late p50 {p50:.0} ms, p99 {p99:.0} ms, at most {most:.0} ms (created in {:.0} s; {errors} errors logged)",
            created.as_secs_f64()
        ),
        Some(lost == 0 && early == 0 && p99 <= 3000.0),
    );
    Ok(())
}

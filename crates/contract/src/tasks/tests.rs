use chrono::{DateTime, Duration, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use spindle_domain::{Priority, reminder::PersonTime};

use super::*;
use crate::{Problem, parse_json};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 9, 0, 0).unwrap()
}

fn viewer(zone: Tz) -> Viewer {
    Viewer {
        user_id: Uuid::from_u128(7),
        person: PersonTime {
            zone,
            all_day_reminder_at: NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
        },
        now: now(),
    }
}

fn input(json: &str) -> TaskInput {
    parse_json(json.as_bytes()).unwrap()
}

fn created(json: &str) -> Task {
    Task::create(Uuid::from_u128(1), input(json).create().unwrap(), now()).unwrap()
}

fn shown(task: &Task, zone: Tz) -> TaskBody {
    serde_json::from_slice(&task_json(task, &viewer(zone))).unwrap()
}

#[test]
fn a_title_is_enough() {
    let body = shown(&created(r#"{"title": "  Renew the passport "}"#), Tz::Europe__Berlin);
    assert_eq!(
        (body.title.as_str(), body.version, body.priority),
        ("Renew the passport", 1, PriorityBody::None)
    );
    assert_eq!(
        (body.due_date, body.time_zone, body.due_at, body.is_overdue),
        (None, None, None, false)
    );
    assert_eq!((body.created_at, body.user_id), (now(), Uuid::from_u128(7)));
}

#[test]
fn the_three_kinds_of_due_date_read_back_as_they_were_given() {
    for (due, zone, due_at, overdue) in [
        ("2026-11-22", None, None, false),
        ("2026-11-21", None, None, true),
        ("2026-11-22T09:00", None, Some("2026-11-22T08:00:00Z"), true),
        (
            "2026-11-22T09:00",
            Some("America/New_York"),
            Some("2026-11-22T14:00:00Z"),
            false,
        ),
        ("2026-11-22T10:30:00+01:00", None, Some("2026-11-22T09:30:00Z"), false),
    ] {
        let json = serde_json::json!({"title": "x", "due_date": due, "time_zone": zone}).to_string();
        let body = shown(&created(&json), Tz::Europe__Berlin);
        assert_eq!(body.due_date.as_deref(), Some(due));
        assert_eq!(body.time_zone.as_deref(), zone);
        assert_eq!(body.due_at, due_at.map(|at| at.parse().unwrap()), "{due}");
        assert_eq!(body.is_overdue, overdue, "{due} {zone:?}");
    }
}

#[test]
fn what_get_gave_can_be_put_and_changes_nothing() {
    let plain = r#"{"title": "x", "description": "a\nb", "priority": "high", "tags": ["a", "b"], "completed": true,
        "completed_at": "2026-11-20T10:00:00.123+01:00", "due_date": "2026-11-22T09:00", "time_zone": "Asia/Tokyo"}"#;
    for json in [
        plain,
        r#"{"title": "x"}"#,
        r#"{"title": "x", "due_date": "2026-11-22", "reminder_minutes_before": 15}"#,
        r#"{"title": "x", "due_date": "2026-11-22T09:00", "reminder_minutes_before": null}"#,
        r#"{"title": "x", "due_date": "2026-11-22T09:00", "reminder_days_before": 2, "reminder_at": "2026-11-20T08:00:00Z"}"#,
        r#"{"title": "x", "due_date": "2026-11-30", "recurrence_pattern": "monthly", "recurrence_days": ["1mo"], "recurrence_count": 5}"#,
        r#"{"title": "x", "recurrence_rule": "FREQ=DAILY;UNTIL=20270101T100000Z", "recurrence_mode": "completion",
            "recurrence_missed": "next", "recurrence_exdates": ["2026-12-24", "2026-12-01"], "recurrence_enabled": false}"#,
        r#"{"title": "x", "due_date": "2026-11-30T09:00", "recurrence_cron": "0 9 * * 1-5", "recurrence_month_end": "skip"}"#,
    ] {
        let task = created(json);
        let viewer = viewer(Tz::Europe__Berlin);
        let got = task_json(&task, &viewer);
        let later = now() + Duration::seconds(5);
        for edit in [
            parse_json::<TaskInput>(&got).unwrap().replace().unwrap(),
            parse_json::<TaskInput>(&got).unwrap().patch().unwrap(),
        ] {
            let edit = edit.without_shown_reminder(&task, &viewer.person);
            assert_eq!(task.edited(edit, later).unwrap(), None, "{}", String::from_utf8_lossy(&got));
        }
        serde_json::from_slice::<TaskBody>(&got).unwrap();
    }
}

#[test]
fn days_that_are_left_out_count_as_often_as_they_are_given() {
    let days = vec!["\"2026-12-24\""; 501].join(",");
    let json = format!(r#"{{"title": "x", "recurrence_pattern": "daily", "recurrence_exdates": [{days}]}}"#);
    let problem = parse_json::<TaskInput>(json.as_bytes()).unwrap_err();
    let error = &problem.errors[0];
    assert_eq!((error.field.as_str(), error.code), ("recurrence_exdates", "too_many"));
}

#[test]
fn a_reminder_is_shown_as_the_instant_at_which_it_rings() {
    for (json, at, minutes) in [
        (
            r#"{"title": "x", "due_date": "2026-11-22T09:00"}"#,
            Some("2026-11-22T07:45:00Z"),
            Some(15),
        ),
        (
            r#"{"title": "x", "due_date": "2026-11-22"}"#,
            Some("2026-11-22T08:00:00Z"),
            Some(0),
        ),
        (
            r#"{"title": "x", "due_date": "2026-11-22", "reminder_minutes_before": null}"#,
            None,
            None,
        ),
        (
            r#"{"title": "x", "reminder_at": "2026-11-22T08:30:00+01:00"}"#,
            Some("2026-11-22T07:30:00Z"),
            Some(15),
        ),
        (r#"{"title": "x"}"#, None, Some(15)),
    ] {
        let body = shown(&created(json), Tz::Europe__Berlin);
        assert_eq!(body.reminder_at, at.map(|at| at.parse().unwrap()), "{json}");
        assert_eq!(body.reminder_minutes_before, minutes, "{json}");
    }
}

#[test]
fn a_reminder_is_set_in_one_of_two_ways() {
    let read = |json: &str| parse_json::<ReminderInput>(json.as_bytes()).map(|input| input.0);
    assert!(
        read(r#"{"reminder_at": "2026-11-22T08:30:00Z"}"#)
            .unwrap()
            .at
            .flatten()
            .is_some()
    );
    assert_eq!(read(r#"{"reminder_minutes_before": 5}"#).unwrap().at, Some(None));
    assert_eq!(read("{}").unwrap_err().errors[0].code, "required");
    let both = read(r#"{"reminder_at": "2026-11-22T08:30:00Z", "reminder_minutes_before": 5}"#);
    assert_eq!(both.unwrap_err().errors[0].code, "conflict");
    assert_eq!(
        read(r#"{"reminder_minutes_before": -5}"#).unwrap_err().errors[0].field,
        "reminder_minutes_before"
    );
}

#[test]
fn put_takes_defaults_and_patch_leaves_alone() {
    let task = created(
        r#"{"title": "x", "description": "d", "priority": "low", "tags": ["t"], "due_date": "2026-12-01", "completed": true}"#,
    );
    let put = task
        .edited(input(r#"{"title": "y"}"#).replace().unwrap(), now())
        .unwrap()
        .unwrap();
    assert_eq!(
        (
            put.description.as_str(),
            put.priority,
            put.tags.len(),
            put.due,
            put.completed_at
        ),
        ("", Priority::None, 0, None, None)
    );
    let patched = task
        .edited(input(r#"{"title": "y"}"#).patch().unwrap(), now())
        .unwrap()
        .unwrap();
    assert_eq!(
        (patched.description.as_str(), patched.priority, patched.due),
        ("d", Priority::Low, task.due)
    );
    let cleared = r#"{"description": null, "priority": null, "tags": null, "due_date": null, "completed": null}"#;
    let cleared = task.edited(input(cleared).patch().unwrap(), now()).unwrap().unwrap();
    assert_eq!(
        (
            cleared.description.as_str(),
            cleared.tags.len(),
            cleared.due,
            cleared.completed_at
        ),
        ("", 0, None, None)
    );
    let kept = task
        .edited(
            input(r#"{"title": "x", "completed": true}"#).replace().unwrap(),
            now() + Duration::hours(1),
        )
        .unwrap()
        .unwrap();
    assert_eq!(kept.completed_at, task.completed_at, "done when it was done");
}

#[test]
fn a_title_cannot_be_left_out_or_cleared() {
    for violations in [
        input("{}").create().unwrap_err(),
        input(r#"{"title": null}"#).replace().unwrap_err(),
        input(r#"{"title": null}"#).patch().unwrap_err(),
    ] {
        assert_eq!((violations[0].field.as_str(), violations[0].code), ("title", "required"));
    }
    assert!(input("{}").patch().unwrap().title.is_none());
}

#[test]
fn wrong_forms_are_named_together() {
    let json = r#"{"title": 1, "completed": "yes", "completed_at": "2026-11-20", "priority": "urgent", "tags": ["a", 2],
        "due_date": "tomorrow", "time_zone": "Mars/Olympus", "colour": "red"}"#;
    let problem: Problem = parse_json::<TaskInput>(json.as_bytes()).unwrap_err();
    let fields: Vec<&str> = problem.errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "title",
            "completed",
            "completed_at",
            "priority",
            "tags.1",
            "due_date",
            "time_zone",
            "colour"
        ]
    );
    assert_eq!(problem.status.as_u16(), 422);
}

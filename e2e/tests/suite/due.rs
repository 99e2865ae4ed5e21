//! The three kinds of due date, zones, and what is overdue.

use chrono::{Days, Utc};
use serde_json::{Value, json};
use spindle_e2e::person::{Person, id};

use crate::{shared, tasks::instant};

crate::tests![
    each_kind_reads_back_in_its_form,
    wall_time_is_of_the_task_or_else_the_person,
    a_persons_zone_moves_what_follows_it,
    clock_changes_have_one_answer,
    a_day_is_overdue_when_it_is_over,
];

fn each_kind_reads_back_in_its_form() {
    let person = Person::register_in(&shared::client(), "Europe/Berlin");
    for (due, zone, reads, due_at) in [
        ("2026-11-22", None, "2026-11-22", None),
        ("2026-11-22", Some("Asia/Tokyo"), "2026-11-22", None),
        ("2026-11-22T09:00", None, "2026-11-22T09:00", Some("2026-11-22T08:00:00Z")),
        ("2026-07-22T09:00", None, "2026-07-22T09:00", Some("2026-07-22T07:00:00Z")),
        (
            "2026-11-22T09:00",
            Some("America/New_York"),
            "2026-11-22T09:00",
            Some("2026-11-22T14:00:00Z"),
        ),
        (
            "2026-11-22T09:00",
            Some("Asia/Kathmandu"),
            "2026-11-22T09:00",
            Some("2026-11-22T03:15:00Z"),
        ),
        (
            "2026-11-22T09:00:00Z",
            None,
            "2026-11-22T10:00:00+01:00",
            Some("2026-11-22T09:00:00Z"),
        ),
        (
            "2026-11-22T09:00:00-06:00",
            None,
            "2026-11-22T16:00:00+01:00",
            Some("2026-11-22T15:00:00Z"),
        ),
        (
            "2026-11-22T09:00:00Z",
            Some("Asia/Kolkata"),
            "2026-11-22T14:30:00+05:30",
            Some("2026-11-22T09:00:00Z"),
        ),
    ] {
        let mut body = json!({"title": "Due", "due_date": due});
        if let Some(zone) = zone {
            body["time_zone"] = zone.into();
        }
        let task = person.create(&body);
        assert_eq!(task["due_date"], reads, "{due} in {zone:?}");
        match due_at {
            Some(at) => assert_eq!(instant(&task["due_at"]), instant(&at.into()), "{due} in {zone:?}"),
            None => assert_eq!(task["due_at"], Value::Null, "{due} in {zone:?}"),
        }
        assert_eq!(person.get(format!("/api/tasks/{}", id(&task))).ok(200), task);
    }
}

fn wall_time_is_of_the_task_or_else_the_person() {
    let person = Person::register_in(&shared::client(), "America/Los_Angeles");
    let task = person.create(&json!({"title": "Nine o'clock", "due_date": "2026-11-22T09:00"}));
    let path = format!("/api/tasks/{}", id(&task));
    assert_eq!(instant(&task["due_at"]), instant(&json!("2026-11-22T17:00:00Z")));
    // Another zone for the task: the wall time stays, the instant moves.
    let tokyo = person.patch(path.clone(), &json!({"time_zone": "Asia/Tokyo"})).ok(200);
    assert_eq!(
        (&tokyo["due_date"], &tokyo["time_zone"]),
        (&json!("2026-11-22T09:00"), &json!("Asia/Tokyo"))
    );
    assert_eq!(instant(&tokyo["due_at"]), instant(&json!("2026-11-22T00:00:00Z")));
    let back = person.patch(path, &json!({"time_zone": null})).ok(200);
    assert_eq!(back["due_at"], task["due_at"]);
}

fn a_persons_zone_moves_what_follows_it() {
    let person = Person::register_in(&shared::client(), "UTC");
    let follows = person.create(&json!({"title": "a", "due_date": "2026-11-22T09:00"}));
    let own = person.create(&json!({"title": "b", "due_date": "2026-11-22T09:00", "time_zone": "UTC"}));
    let fixed = person.create(&json!({"title": "c", "due_date": "2026-11-22T09:00:00Z"}));
    let _ = person.patch("/api/me", &json!({"time_zone": "Asia/Tokyo"})).expect(200);
    let read = |task: &Value| person.get(format!("/api/tasks/{}", id(task))).ok(200);
    assert_eq!(instant(&read(&follows)["due_at"]), instant(&json!("2026-11-22T00:00:00Z")));
    assert_eq!(instant(&read(&own)["due_at"]), instant(&json!("2026-11-22T09:00:00Z")));
    assert_eq!(instant(&read(&fixed)["due_at"]), instant(&json!("2026-11-22T09:00:00Z")));
    assert_eq!(read(&fixed)["due_date"], "2026-11-22T18:00:00+09:00");
    // No task has changed.
    assert_eq!(read(&follows)["version"], 1);
}

fn clock_changes_have_one_answer() {
    let person = Person::register_in(&shared::client(), "Europe/Berlin");
    // 29 March 2026, 02:30 does not exist: forward. 25 October 2026, 02:30 exists twice: the first.
    for (due, at) in [
        ("2026-03-29T02:30", "2026-03-29T01:30:00Z"),
        ("2026-10-25T02:30", "2026-10-25T00:30:00Z"),
    ] {
        let task = person.create(&json!({"title": "At night", "due_date": due}));
        assert_eq!(task["due_date"], due);
        assert_eq!(instant(&task["due_at"]), instant(&at.into()), "{due}");
    }
}

fn a_day_is_overdue_when_it_is_over() {
    let person = shared::somebody();
    let now = Utc::now();
    let day = |offset: i64| {
        let days = Days::new(offset.unsigned_abs());
        let day = if offset < 0 {
            now.date_naive() - days
        } else {
            now.date_naive() + days
        };
        day.to_string()
    };
    // Two days around, so that midnight during the test changes nothing.
    for (due, overdue) in [(day(-2), true), (day(2), false)] {
        let task = person.create(&json!({"title": "Some day", "due_date": due}));
        assert_eq!(task["is_overdue"], overdue, "{due}");
    }
    // Somewhere on earth it is the day before or after: 25 hours lie between these two zones.
    let west = person.create(
        &json!({"title": "Wall", "due_date": now.format("%Y-%m-%dT%H:%M").to_string(), "time_zone": "Pacific/Pago_Pago"}),
    );
    let east = person.create(
        &json!({"title": "Wall", "due_date": now.format("%Y-%m-%dT%H:%M").to_string(), "time_zone": "Pacific/Kiritimati"}),
    );
    assert_eq!((&west["is_overdue"], &east["is_overdue"]), (&json!(false), &json!(true)));
}

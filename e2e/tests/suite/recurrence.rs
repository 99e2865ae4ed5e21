//! Series: what follows a completed occurrence, what is looked ahead, and what is refused.

use std::time::Duration;

use serde_json::{Value, json};
use spindle_e2e::{
    person::{Person, id},
    poll::wait_until,
};

use crate::{shared, tasks::instant};

crate::tests![
    completing_makes_the_next_one_and_keeps_history,
    the_end_of_the_month_stays_the_end_of_the_month,
    nine_o_clock_stays_nine_o_clock,
    reopening_withdraws_and_completing_brings_back,
    a_touched_successor_stays,
    moving_one_leaves_the_series,
    skipping_moves_the_open_one,
    ending_a_series_keeps_the_task,
    the_trash_stops_a_series,
    a_counted_series_ends,
    completion_counts_from_the_day_it_was_done,
    a_completed_task_that_is_made_to_repeat_is_followed,
    looking_ahead_says_what_completing_makes,
    rules_that_cannot_be_are_refused,
];

const SOON: Duration = Duration::from_secs(20);

/// The open tasks of a series.
pub(crate) fn open_of(person: &Person, series: &str) -> Vec<Value> {
    let tasks = person.all_pages("/api/tasks", "status=pending");
    let of_series = |task: &Value| task["id"] == series || task["parent_task_id"] == series;
    tasks.into_iter().filter(of_series).collect()
}

/// Completes a task and waits for the one that follows.
pub(crate) fn complete(person: &Person, task: &Value) -> Value {
    let done = person.patch(path(task), &json!({"completed": true})).ok(200);
    assert_eq!(done["completed"], true);
    follower(person, task)
}

/// The one open task of the series other than this one.
pub(crate) fn follower(person: &Person, task: &Value) -> Value {
    let series = series_of(task);
    wait_until(SOON, "the successor", || {
        open_of(person, &series).into_iter().find(|open| open["id"] != task["id"])
    })
}

pub(crate) fn series_of(task: &Value) -> String {
    task["parent_task_id"].as_str().map_or_else(|| id(task), str::to_owned)
}

pub(crate) fn path(task: &Value) -> String {
    format!("/api/tasks/{}", id(task))
}

fn completing_makes_the_next_one_and_keeps_history() {
    let person = shared::person();
    let first = person.create(&json!({
        "title": "Water the plants", "description": "Both rooms", "tags": ["home"], "priority": "high", "due_date": "2030-03-01T18:00",
        "recurrence_pattern": "weekly", "reminder_minutes_before": 30,
    }));
    assert_eq!(
        (&first["recurrence_enabled"], &first["recurrence_anchor"]),
        (&json!(true), &json!("2030-03-01T18:00"))
    );
    let next = complete(&person, &first);
    assert_eq!(next["due_date"], "2030-03-08T18:00");
    assert_eq!(next["parent_task_id"], first["id"]);
    for field in [
        "title",
        "description",
        "tags",
        "priority",
        "recurrence_pattern",
        "recurrence_anchor",
        "reminder_minutes_before",
    ] {
        assert_eq!(next[field], first[field], "{field}");
    }
    assert_eq!((&next["completed"], &next["version"]), (&json!(false), &json!(1)));
    let kept = person.get(path(&first)).ok(200);
    assert_eq!(
        (&kept["completed"], &kept["due_date"]),
        (&json!(true), &first["due_date"]),
        "it stays in history"
    );
    assert_eq!(kept["version"], 2, "being followed is no change of its own");
    let entries = person.audit(3);
    let made = entries.iter().find(|entry| entry["task_id"] == next["id"]).unwrap();
    assert_eq!(
        (&made["event_type"], &made["actor"]),
        (&json!("task.created"), &json!("recurrence-handler"))
    );
    let third = complete(&person, &next);
    assert_eq!(
        (&third["due_date"], &third["parent_task_id"]),
        (&json!("2030-03-15T18:00"), &first["id"])
    );
}

fn the_end_of_the_month_stays_the_end_of_the_month() {
    let person = shared::person();
    let mut task = person.create(&json!({"title": "Rent", "due_date": "2030-01-31", "recurrence_pattern": "monthly"}));
    for due in ["2030-02-28", "2030-03-31", "2030-04-30", "2030-05-31"] {
        task = complete(&person, &task);
        assert_eq!(task["due_date"], due);
    }
}

fn nine_o_clock_stays_nine_o_clock() {
    let person = Person::register_in(&shared::client(), "Europe/Berlin");
    let first = person.create(&json!({"title": "Stand-up", "due_date": "2030-03-30T09:00", "recurrence_pattern": "daily"}));
    assert_eq!(instant(&first["due_at"]), instant(&json!("2030-03-30T08:00:00Z")));
    let next = complete(&person, &first);
    assert_eq!(next["due_date"], "2030-03-31T09:00");
    assert_eq!(
        instant(&next["due_at"]),
        instant(&json!("2030-03-31T07:00:00Z")),
        "the clocks went forward"
    );
}

fn reopening_withdraws_and_completing_brings_back() {
    let person = shared::person();
    let first = person.create(&json!({"title": "Swim", "due_date": "2030-03-01", "recurrence_pattern": "daily"}));
    let next = complete(&person, &first);
    let _ = person.patch(path(&first), &json!({"completed": false})).ok(200);
    wait_until(SOON, "it is withdrawn", || {
        (person.get(path(&next)).status() == 404).then_some(())
    });
    assert_eq!(open_of(&person, &id(&first)).len(), 1);
    let back = complete(&person, &first);
    assert_eq!(
        (&back["id"], &back["version"]),
        (&next["id"], &json!(3)),
        "the same one, its version goes on"
    );
    let types: Vec<Value> = person
        .audit(7)
        .into_iter()
        .filter(|entry| entry["task_id"] == next["id"])
        .map(|entry| entry["event_type"].clone())
        .collect();
    assert_eq!(types, ["task.created", "task.purged", "task.created"]);
    assert_eq!(person.get("/api/events/audit/verify").ok(200)["ok"], true);
}

fn a_touched_successor_stays() {
    let person = shared::person();
    let first = person.create(&json!({"title": "Run", "due_date": "2030-03-01", "recurrence_pattern": "daily"}));
    let next = complete(&person, &first);
    let _ = person.patch(path(&next), &json!({"title": "Run far"})).ok(200);
    let _ = person.patch(path(&first), &json!({"completed": false})).ok(200);
    let _ = person.patch(path(&first), &json!({"completed": true})).ok(200);
    // Another series of the same person, completed later, has been dealt with when these have.
    let other = person.create(&json!({"title": "Other", "due_date": "2030-03-01", "recurrence_pattern": "daily"}));
    let _ = complete(&person, &other);
    let open = open_of(&person, &id(&first));
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!((&open[0]["id"], &open[0]["title"]), (&next["id"], &json!("Run far")));
}

fn moving_one_leaves_the_series() {
    let person = shared::person();
    let first = person.create(&json!({"title": "Bins", "due_date": "2030-03-04", "recurrence_pattern": "weekly"}));
    let moved = person.patch(path(&first), &json!({"due_date": "2030-03-06"})).ok(200);
    assert_eq!(moved["recurrence_anchor"], "2030-03-04");
    let next = complete(&person, &first);
    assert_eq!(next["due_date"], "2030-03-11", "this one was moved, not the series");
    let both = json!({"due_date": "2030-03-13", "recurrence_pattern": "weekly"});
    assert_eq!(person.patch(path(&next), &both).ok(200)["recurrence_anchor"], "2030-03-13");
    assert_eq!(complete(&person, &next)["due_date"], "2030-03-20", "the series was moved");
}

fn skipping_moves_the_open_one() {
    let person = shared::person();
    let task = person.create(&json!({"title": "Gym", "due_date": "2030-03-01", "recurrence_rule": "FREQ=DAILY;COUNT=2"}));
    let skip = format!("{}/skip", path(&task));
    let skipped = person.call("POST", skip.as_str()).send().ok(200);
    assert_eq!(
        (&skipped["id"], &skipped["due_date"], &skipped["version"]),
        (&task["id"], &json!("2030-03-02"), &json!(2))
    );
    assert_eq!(person.call("POST", skip.as_str()).send().refused(409)["code"], "series_ended");
    let entry = person.audit(2).pop().unwrap();
    assert_eq!(entry["event_type"], "task.skipped");
    assert_eq!(
        entry["changes"],
        json!({"due_date": {"before": "2030-03-01", "after": "2030-03-02"}})
    );
    let plain = person.create_titled("Plain");
    let refused = person.call("POST", format!("/api/tasks/{plain}/skip")).send().refused(409);
    assert_eq!(refused["code"], "not_recurring");
    let _ = person.patch(path(&task), &json!({"completed": true})).ok(200);
    assert_eq!(person.call("POST", skip.as_str()).send().refused(409)["code"], "completed");
    let stale = person.call("POST", skip.as_str()).header("If-Match", "\"1\"").send();
    let _ = stale.refused(412);
}

fn ending_a_series_keeps_the_task() {
    let person = shared::person();
    let task = person.create(&json!({"title": "Course", "due_date": "2030-03-01", "recurrence_cron": "0 9 * * 1"}));
    assert_eq!(task["recurrence_pattern"], "custom");
    let ended = person.delete(format!("{}/recurrence", path(&task))).ok(200);
    assert_eq!(
        (&ended["recurrence_pattern"], &ended["recurrence_enabled"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(
        person.delete(format!("{}/recurrence", path(&task))).ok(200)["version"],
        ended["version"]
    );
    assert_no_follower(&person, &task);
}

/// Completes a task that nothing is to follow, and another that something does, which shows that time enough has passed.
fn assert_no_follower(person: &Person, task: &Value) {
    let _ = person.patch(path(task), &json!({"completed": true})).ok(200);
    let other = person.create(&json!({"title": "Other", "due_date": "2030-03-01", "recurrence_pattern": "daily"}));
    let _ = complete(person, &other);
    assert_eq!(open_of(person, &series_of(task)), Vec::<Value>::new());
}

fn the_trash_stops_a_series() {
    let person = shared::person();
    let first = person.create(&json!({"title": "Feed the cat", "due_date": "2030-03-01", "recurrence_pattern": "daily"}));
    let next = complete(&person, &first);
    let _ = person.delete(path(&next)).expect(204);
    assert_eq!(open_of(&person, &id(&first)), Vec::<Value>::new());
    let _ = person.call("POST", format!("{}/restore", path(&next))).send().ok(200);
    let third = complete(&person, &next);
    assert_eq!(third["due_date"], "2030-03-03");
    // Deleted for good, it does not come back when the one before it is completed again.
    let _ = person.delete(path(&third)).expect(204);
    let _ = person.delete(path(&third)).expect(204);
    let _ = person.patch(path(&next), &json!({"completed": false})).ok(200);
    assert_no_follower(&person, &next);
}

fn a_counted_series_ends() {
    let person = shared::person();
    let first =
        person.create(&json!({"title": "Dose", "due_date": "2030-03-01", "recurrence_pattern": "daily", "recurrence_count": 2}));
    let last = complete(&person, &first);
    assert_eq!(last["due_date"], "2030-03-02");
    assert_no_follower(&person, &last);
}

fn completion_counts_from_the_day_it_was_done() {
    let person = shared::person();
    let task = person.create(&json!({
        "title": "Change the filter", "due_date": "2026-01-05T08:00", "recurrence_pattern": "weekly", "recurrence_interval": 6,
        "recurrence_mode": "completion",
    }));
    let done = json!({"completed": true, "completed_at": "2026-01-09T20:00:00Z"});
    let _ = person.patch(path(&task), &done).ok(200);
    assert_eq!(follower(&person, &task)["due_date"], "2026-02-20T08:00");
}

fn a_completed_task_that_is_made_to_repeat_is_followed() {
    let person = shared::person();
    let task = person.create(&json!({"title": "Call home", "due_date": "2030-03-01", "completed": true}));
    let _ = person.patch(path(&task), &json!({"recurrence_pattern": "daily"})).ok(200);
    assert_eq!(follower(&person, &task)["due_date"], "2030-03-02");
    let imported = json!({"title": "Imported", "due_date": "2030-03-01", "completed": true, "recurrence_pattern": "yearly"});
    assert_eq!(follower(&person, &person.create(&imported))["due_date"], "2031-03-01");
}

fn looking_ahead_says_what_completing_makes() {
    let person = shared::person();
    let body = json!({"title": "Rent", "due_date": "2030-01-31", "recurrence_pattern": "monthly"});
    let task = person.create(&body);
    let ahead = person.get(format!("{}/occurrences?count=3", path(&task))).ok(200);
    assert_eq!(ahead["text"], "every month on the 31st, the last day in shorter months");
    assert_eq!(ahead["ends"], false);
    let item = |day: &str| json!({"due_date": day, "due_at": null});
    assert_eq!(
        ahead["items"],
        json!([item("2030-02-28"), item("2030-03-31"), item("2030-04-30")])
    );
    let unsaved = json!({"due_date": "2030-01-31", "recurrence_pattern": "monthly"});
    assert_eq!(person.post("/api/recurrence/preview?count=3", &unsaved).ok(200), ahead);
    assert_eq!(complete(&person, &task)["due_date"], ahead["items"][0]["due_date"]);

    let counted = json!({"due_date": "2030-01-01T09:00:00Z", "recurrence_rule": "FREQ=HOURLY;INTERVAL=6;COUNT=3"});
    let ahead = person.post("/api/recurrence/preview", &counted).ok(200);
    assert_eq!(
        (ahead["items"].as_array().map(Vec::len), &ahead["ends"]),
        (Some(2), &json!(true))
    );
    assert_eq!(instant(&ahead["items"][0]["due_at"]), instant(&json!("2030-01-01T15:00:00Z")));
    let plain = person.create_titled("Plain");
    let none = person.get(format!("/api/tasks/{plain}/occurrences")).ok(200);
    assert_eq!(none, json!({"text": null, "items": [], "ends": true}));
    for (count, status) in [("0", 422), ("101", 422), ("x", 400), ("", 400)] {
        let asked = person.get(format!("{}/occurrences?count={count}", path(&task)));
        let _ = asked.refused_for(status, "count");
    }
    let stranger = shared::person();
    let _ = stranger.get(format!("{}/occurrences", path(&task))).refused(404);
    for method_and_tail in [("POST", "skip"), ("DELETE", "recurrence"), ("DELETE", "reminder")] {
        let (method, tail) = method_and_tail;
        let _ = stranger.call(method, format!("{}/{tail}", path(&task))).send().refused(404);
    }
    let reminder = json!({"reminder_minutes_before": 5});
    let _ = stranger.post(format!("{}/reminder", path(&task)), &reminder).refused(404);
}

#[expect(clippy::too_many_lines, reason = "a list of cases")]
fn rules_that_cannot_be_are_refused() {
    let person = shared::person();
    for (fields, field) in [
        (json!({"recurrence_pattern": "hourly"}), "recurrence_pattern"),
        (json!({"recurrence_pattern": "custom"}), "recurrence_rule"),
        (
            json!({"recurrence_pattern": "daily", "recurrence_rule": "FREQ=DAILY"}),
            "recurrence_rule",
        ),
        (
            json!({"recurrence_pattern": "daily", "recurrence_cron": "0 9 * * *"}),
            "recurrence_cron",
        ),
        (
            json!({"recurrence_rule": "FREQ=DAILY", "recurrence_cron": "0 9 * * *"}),
            "recurrence_cron",
        ),
        (json!({"recurrence_rule": "FREQ=SECONDLY"}), "recurrence_rule"),
        (
            json!({"recurrence_rule": "FREQ=DAILY;COUNT=2;UNTIL=20310101"}),
            "recurrence_rule",
        ),
        (
            json!({"recurrence_rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}),
            "recurrence_rule",
        ),
        (json!({"recurrence_rule": 7}), "recurrence_rule"),
        (json!({"recurrence_cron": "0 0 9 * * *"}), "recurrence_cron"),
        (json!({"recurrence_cron": "0 9 31 2 *"}), "recurrence_cron"),
        (
            json!({"recurrence_pattern": "daily", "recurrence_interval": 0}),
            "recurrence_interval",
        ),
        (
            json!({"recurrence_pattern": "daily", "recurrence_interval": 1.5}),
            "recurrence_interval",
        ),
        (
            json!({"recurrence_pattern": "weekly", "recurrence_days": ["XX"]}),
            "recurrence_days",
        ),
        (
            json!({"recurrence_pattern": "weekly", "recurrence_days": [1]}),
            "recurrence_days.0",
        ),
        (
            json!({"recurrence_pattern": "daily", "recurrence_days": ["MO"]}),
            "recurrence_days",
        ),
        (
            json!({"recurrence_pattern": "daily", "recurrence_mode": "sometimes"}),
            "recurrence_mode",
        ),
        (
            json!({"recurrence_pattern": "daily", "recurrence_missed": "never"}),
            "recurrence_missed",
        ),
        (
            json!({"recurrence_pattern": "daily", "recurrence_month_end": "wrap"}),
            "recurrence_month_end",
        ),
        (
            json!({"recurrence_pattern": "daily", "recurrence_count": 0}),
            "recurrence_count",
        ),
        (
            json!({"recurrence_pattern": "daily", "recurrence_count": 2, "recurrence_until": "2031-01-01"}),
            "recurrence_count",
        ),
        (
            json!({"recurrence_pattern": "daily", "recurrence_until": "2029-01-01"}),
            "recurrence_until",
        ),
        (
            json!({"recurrence_pattern": "daily", "recurrence_until": "1899-01-01"}),
            "recurrence_until",
        ),
        (
            json!({"recurrence_pattern": "daily", "recurrence_exdates": ["2030-13-01"]}),
            "recurrence_exdates.0",
        ),
        (
            json!({"recurrence_pattern": "daily", "time_zone": "Mars/Olympus"}),
            "time_zone",
        ),
        (json!({"recurrence_count": 2}), "recurrence_count"),
        (json!({"recurrence_mode": "completion"}), "recurrence_mode"),
        (json!({"reminder_at": "tomorrow"}), "reminder_at"),
        (json!({"reminder_minutes_before": -1}), "reminder_minutes_before"),
        (json!({"reminder_minutes_before": 600_000}), "reminder_minutes_before"),
        (json!({"reminder_days_before": 400}), "reminder_days_before"),
        (json!({"due_date": "1899-12-31"}), "due_date"),
        (json!({"due_date": "10000-01-01"}), "due_date"),
    ] {
        let mut body = json!({"title": "Refused", "due_date": "2030-03-01T09:00"});
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        let _ = person.post("/api/tasks", &body).refused_for(422, field);
        let _ = person.post("/api/recurrence/preview", &body).refused_for(422, field);
    }
    assert_eq!(person.list_ids("/api/tasks", ""), Vec::<String>::new());
    let task = person.create(&json!({"title": "Remind me"}));
    let reminder = format!("{}/reminder", path(&task));
    let _ = person.post(reminder.as_str(), &json!({})).refused_for(422, "reminder_at");
    let both = json!({"reminder_at": "2030-03-01T09:00:00Z", "reminder_minutes_before": 5});
    let _ = person.post(reminder.as_str(), &both).refused_for(422, "reminder_at");
}

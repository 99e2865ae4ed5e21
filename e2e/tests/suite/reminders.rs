//! Reminders: when they ring, and when they do not.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use spindle_e2e::{
    api::Answer,
    person::{Person, id},
    poll::wait_until,
    sidecar::app_api_token,
};

use crate::{recurrence, shared, tasks::instant};

crate::tests![
    one_rings_on_time_and_is_told_everywhere,
    moved_later_it_rings_later,
    moved_so_that_it_is_due_now_it_rings_at_once,
    past_with_the_due_ahead_it_rings_once_past_with_the_due_it_does_not,
    done_or_deleted_first_it_is_silent,
    done_and_reopened_it_rings_once,
    a_day_reminds_at_the_persons_time,
    a_new_zone_plans_anew,
    two_of_one_task_in_a_minute_ring_twice,
    a_snooze_moves_the_reminder_and_not_the_due_date,
    acknowledging_is_once_and_for_the_owner,
    a_recurring_task_reminds_of_each_occurrence,
    an_event_that_nobody_understands_is_dropped,
    jobs_that_are_none_of_ours_are_answered,
];

pub(crate) const SOON: Duration = Duration::from_secs(30);

pub(crate) fn at(ahead: TimeDelta) -> String {
    (Utc::now() + ahead).to_rfc3339_opts(SecondsFormat::Millis, true)
}

pub(crate) fn notifications(person: &Person) -> Vec<Value> {
    let body = person.get("/api/notifications").ok(200);
    body["items"].as_array().cloned().unwrap_or_default()
}

/// Waits until so many have rung; they are newest first.
pub(crate) fn rung(person: &Person, count: usize) -> Vec<Value> {
    wait_until(SOON, &format!("{count} notifications"), || {
        let found = notifications(person);
        (found.len() >= count).then_some(found)
    })
}

/// Waits until another reminder of this person, set later for later, has rung: what had to ring before has.
fn time_passes(person: &Person) {
    let marker = person.create(&json!({"title": "Marker", "reminder_at": at(TimeDelta::milliseconds(900))}));
    wait_until(SOON, "the marker rings", || {
        notifications(person)
            .iter()
            .any(|found| found["task_id"] == marker["id"])
            .then_some(())
    });
}

fn of_task(person: &Person, task: &Value) -> Vec<Value> {
    notifications(person)
        .into_iter()
        .filter(|found| found["task_id"] == task["id"])
        .collect()
}

fn path(task: &Value) -> String {
    format!("/api/tasks/{}", id(task))
}

fn time(value: &Value) -> DateTime<Utc> {
    instant(value)
}

fn deliver(path: &str, body: &str) -> Answer {
    let token = shared::with_app(|app| app_api_token(app.data())).unwrap();
    let client = shared::client();
    let call = client.call("POST", path).header("dapr-api-token", &token);
    call.body("application/cloudevents+json", body).send()
}

fn one_rings_on_time_and_is_told_everywhere() {
    let person = shared::person();
    let fire_at = at(TimeDelta::milliseconds(1200));
    let task = person.create(&json!({"title": "Call the dentist", "due_date": "2030-03-01T09:00", "reminder_at": fire_at}));
    let cursor = person.get("/api/changes").ok(200)["cursor"].as_u64().unwrap();
    assert_eq!(notifications(&person), Vec::<Value>::new(), "not before its time");
    let found = rung(&person, 1).remove(0);
    assert_eq!(
        (&found["task_id"], &found["title"]),
        (&task["id"], &json!("Call the dentist"))
    );
    assert_eq!(
        (&found["due_date"], &found["acknowledged_at"]),
        (&json!("2030-03-01T09:00"), &Value::Null)
    );
    assert_eq!(time(&found["fire_at"]), time(&json!(fire_at)));
    assert!(time(&found["fired_at"]) >= time(&found["fire_at"]), "never early: {found}");
    assert_eq!(found["late_seconds"], 0);
    let changes = person.get(format!("/api/changes?since={cursor}")).ok(200);
    assert_eq!(changes["notifications"], json!([found]));
    let entry = person.audit(2).pop().unwrap();
    assert_eq!(
        (&entry["event_type"], &entry["actor"]),
        (&json!("reminder.fired"), &json!("reminder-handler"))
    );
    assert_eq!(entry["changes"]["reminder"]["after"]["notification_id"], found["id"]);
    assert_eq!(person.get("/api/events/audit/verify").ok(200)["ok"], true);
    assert_eq!(
        person.get(path(&task)).ok(200)["version"],
        1,
        "ringing is no change of the task"
    );
    let cursor = person.get("/api/notifications").ok(200)["cursor"].clone();
    let later = person.get(format!("/api/notifications?after={cursor}")).ok(200);
    assert_eq!(later, json!({"items": [], "cursor": cursor}));
    let _ = person.get("/api/notifications?after=x").refused_for(400, "after");
}

fn moved_later_it_rings_later() {
    let person = shared::person();
    let task = person.create(&json!({"title": "Later", "reminder_at": at(TimeDelta::milliseconds(900))}));
    let later = at(TimeDelta::milliseconds(2500));
    let _ = person
        .post(format!("{}/reminder", path(&task)), &json!({"reminder_at": later}))
        .ok(200);
    let found = rung(&person, 1);
    assert_eq!((found.len(), time(&found[0]["fire_at"])), (1, time(&json!(later))));
}

fn moved_so_that_it_is_due_now_it_rings_at_once() {
    let person = shared::person();
    let task = person.create(&json!({"title": "Now", "due_date": at(TimeDelta::hours(5))}));
    let moved = json!({"due_date": at(TimeDelta::minutes(10))});
    let before = Utc::now();
    let _ = person.patch(path(&task), &moved).ok(200);
    let found = rung(&person, 1).remove(0);
    assert!(
        time(&found["fired_at"]) >= before - TimeDelta::seconds(1) && found["late_seconds"] == 0,
        "{found}"
    );
}

fn past_with_the_due_ahead_it_rings_once_past_with_the_due_it_does_not() {
    let person = shared::person();
    let past = person.create(&json!({"title": "Overdue", "due_date": "2020-03-01T09:00"}));
    let past_instant = person.create(&json!({"title": "Past", "reminder_at": "2020-03-01T09:00:00Z"}));
    let ahead = person.create(&json!({"title": "Soon", "due_date": at(TimeDelta::minutes(5))}));
    let _ = person.patch(path(&ahead), &json!({"title": "Soon, again"})).ok(200);
    time_passes(&person);
    assert_eq!(of_task(&person, &ahead).len(), 1);
    assert_eq!(of_task(&person, &past), Vec::<Value>::new());
    assert_eq!(of_task(&person, &past_instant), Vec::<Value>::new());
}

fn done_or_deleted_first_it_is_silent() {
    let person = shared::person();
    let make = |title: &str| person.create(&json!({"title": title, "reminder_at": at(TimeDelta::milliseconds(800))}));
    let (done, deleted, purged, cleared) = (make("Done"), make("Deleted"), make("Purged"), make("Cleared"));
    let _ = person.patch(path(&done), &json!({"completed": true})).ok(200);
    let _ = person.delete(path(&deleted)).expect(204);
    let _ = person.delete(path(&purged)).expect(204);
    let _ = person.delete(path(&purged)).expect(204);
    let none = person.delete(format!("{}/reminder", path(&cleared))).ok(200);
    assert_eq!(
        (&none["reminder_at"], &none["reminder_minutes_before"]),
        (&Value::Null, &Value::Null)
    );
    time_passes(&person);
    assert_eq!(notifications(&person).len(), 1, "the marker alone");
}

fn done_and_reopened_it_rings_once() {
    let person = shared::person();
    let fire_at = at(TimeDelta::milliseconds(1500));
    let task = person.create(&json!({"title": "Twice", "due_date": "2030-03-01", "reminder_at": fire_at}));
    for completed in [true, false] {
        let _ = person.patch(path(&task), &json!({ "completed": completed })).ok(200);
    }
    let found = rung(&person, 1);
    assert_eq!(time(&found[0]["fire_at"]), time(&json!(fire_at)), "reopening brought it back");
    for completed in [true, false] {
        let _ = person.patch(path(&task), &json!({ "completed": completed })).ok(200);
    }
    time_passes(&person);
    assert_eq!(of_task(&person, &task).len(), 1, "silent for the same moment");
}

/// A time of day a moment ahead, in UTC; tomorrow's would be wrong, so the test waits out the last seconds of a day.
fn soon_today() -> (String, String) {
    let soon = wait_until(Duration::from_secs(90), "a time that is today still", || {
        let soon = Utc::now() + TimeDelta::seconds(61);
        (soon.date_naive() == Utc::now().date_naive()).then_some(soon)
    });
    (soon.format("%Y-%m-%d").to_string(), soon.format("%H:%M").to_string())
}

fn a_day_reminds_at_the_persons_time() {
    let person = shared::person();
    // The minute that has begun: past, and the day is not over.
    let now = Utc::now();
    let today = now.format("%Y-%m-%d").to_string();
    let _ = person
        .patch("/api/me", &json!({"all_day_reminder_at": now.format("%H:%M").to_string()}))
        .ok(200);
    let task = person.create(&json!({"title": "Today", "due_date": today}));
    let expected = json!(now.format("%Y-%m-%dT%H:%M:00Z").to_string());
    assert_eq!(time(&task["reminder_at"]), time(&expected));
    assert_eq!(task["reminder_minutes_before"], 0);
    assert_eq!(rung(&person, 1)[0]["due_date"], json!(today));
}

fn a_new_zone_plans_anew() {
    let (today, time_of_day) = soon_today();
    // For somebody in Tokyo nine hours have passed since.
    let person = Person::register_in(&shared::client(), "Asia/Tokyo");
    let body = json!({"title": "Floats", "due_date": format!("{today}T{time_of_day}"), "reminder_minutes_before": 1});
    let task = person.create(&body);
    let fixed =
        person.create(&json!({"title": "Fixed", "due_date": format!("{today}T{time_of_day}"), "time_zone": "Asia/Tokyo"}));
    let _ = person.patch("/api/me", &json!({"time_zone": "UTC"})).ok(200);
    let found = rung(&person, 1);
    assert_eq!(found[0]["task_id"], task["id"]);
    let shown = person.get(path(&task)).ok(200);
    assert_eq!(shown["version"], 1, "planning anew is no change of the task");
    assert_eq!(of_task(&person, &fixed), Vec::<Value>::new());
}

fn two_of_one_task_in_a_minute_ring_twice() {
    let person = shared::person();
    let task = person.create(&json!({"title": "Again", "reminder_at": at(TimeDelta::milliseconds(500))}));
    let _ = rung(&person, 1);
    let again = json!({"reminder_at": at(TimeDelta::milliseconds(700))});
    let _ = person.post(format!("{}/reminder", path(&task)), &again).ok(200);
    let found = rung(&person, 2);
    assert_ne!(found[0]["id"], found[1]["id"]);
    let fired = person.audit(4);
    let numbers: Vec<&Value> = fired
        .iter()
        .filter(|entry| entry["event_type"] == "reminder.fired")
        .map(|entry| &entry["version"])
        .collect();
    assert_eq!(numbers, [1, 2]);
}

fn a_snooze_moves_the_reminder_and_not_the_due_date() {
    let person = shared::person();
    let task =
        person.create(&json!({"title": "Snooze", "due_date": "2030-03-01", "reminder_at": at(TimeDelta::milliseconds(400))}));
    let first = rung(&person, 1).remove(0);
    let snooze = format!("/api/notifications/{}/snooze", id(&first));
    let until = at(TimeDelta::milliseconds(1200));
    let snoozed = person.post(snooze.as_str(), &json!({ "until": until })).ok(200);
    assert_eq!(time(&snoozed["snoozed_until"]), time(&json!(until)));
    assert!(snoozed["acknowledged_at"].is_string());
    // Done and reopened meanwhile: it still comes.
    for completed in [true, false] {
        let _ = person.patch(path(&task), &json!({ "completed": completed })).ok(200);
    }
    let found = rung(&person, 2);
    assert_eq!(time(&found[0]["fire_at"]), time(&json!(until)));
    assert_eq!(person.get(path(&task)).ok(200)["due_date"], "2030-03-01");
    for (body, field) in [
        (json!({}), "minutes"),
        (json!({"minutes": 0}), "minutes"),
        (json!({"until": "2020-01-01T00:00:00Z"}), "until"),
        (json!({"minutes": 5, "until": at(TimeDelta::hours(1))}), "until"),
        (json!({"hours": 5}), "hours"),
    ] {
        let _ = person.post(snooze.as_str(), &body).refused_for(422, field);
    }
    // Done by then: silent.
    let second = json!({ "until": at(TimeDelta::milliseconds(500)) });
    let _ = person
        .post(format!("/api/notifications/{}/snooze", id(&found[0])), &second)
        .ok(200);
    let _ = person.patch(path(&task), &json!({"completed": true})).ok(200);
    time_passes(&person);
    assert_eq!(of_task(&person, &task).len(), 2);
}

fn acknowledging_is_once_and_for_the_owner() {
    let person = shared::person();
    let _ = person.create(&json!({"title": "Seen", "reminder_at": at(TimeDelta::milliseconds(300))}));
    let found = rung(&person, 1).remove(0);
    let ack = format!("/api/notifications/{}/ack", id(&found));
    let snooze = format!("/api/notifications/{}/snooze", id(&found));
    let stranger = shared::person();
    let _ = stranger.call("POST", ack.as_str()).send().refused(404);
    let _ = stranger.post(snooze, &json!({"minutes": 5})).refused(404);
    let seen = person.call("POST", ack.as_str()).send().ok(200);
    assert!(seen["acknowledged_at"].is_string());
    assert_eq!(person.call("POST", ack.as_str()).send().ok(200), seen);
    assert_eq!(notifications(&person), [seen]);
    let _ = person.call("POST", "/api/notifications/x/ack").send().refused_for(400, "id");
    let nobody = person.client().call("POST", ack.as_str()).send();
    let _ = nobody.refused(401);
}

fn a_recurring_task_reminds_of_each_occurrence() {
    let person = shared::person();
    let first = person.create(&json!({
        "title": "Every day", "due_date": at(TimeDelta::minutes(10)), "recurrence_pattern": "daily",
    }));
    let _ = rung(&person, 1);
    let next = recurrence::complete(&person, &first);
    let distance = time(&next["due_at"]) - time(&next["reminder_at"]);
    assert_eq!(distance, TimeDelta::minutes(15));
    let _ = person.patch(path(&first), &json!({"completed": false})).ok(200);
    time_passes(&person);
    assert_eq!(of_task(&person, &first).len(), 1, "it has rung for that moment");
}

fn an_event_that_nobody_understands_is_dropped() {
    let event = json!({
        "specversion": "1.0", "id": "1", "source": "/spindle/task-api", "type": "reminder.changed",
        "subject": "0190f5fe-7c00-7a00-8000-0000000000aa", "time": "2026-11-22T09:00:00Z",
        "data": {
            "schema": 1, "user_id": "0190f5fe-7c00-7a00-8000-0000000000bb", "task_id": "0190f5fe-7c00-7a00-8000-0000000000aa",
            "version": 1, "fire_at": "2026-11-22T09:00:00Z", "silent": false,
        },
    });
    let status = |event: &Value| deliver("/api/events/reminders", &event.to_string()).ok(200)["status"].clone();
    assert_eq!(status(&event), "SUCCESS", "of nobody's task");
    for (pointer, value) in [
        ("/type", json!("task.created")),
        ("/data/schema", json!(2)),
        ("/data/fire_at", json!("tomorrow")),
        ("/data", Value::Null),
    ] {
        let mut broken = event.clone();
        *broken.pointer_mut(pointer).unwrap() = value;
        assert_eq!(status(&broken), "DROP", "{broken}");
    }
}

fn jobs_that_are_none_of_ours_are_answered() {
    for (name, body) in [("other", ""), ("reminder-x", "{}"), ("reminder-x", "[1]")] {
        let _ = deliver(&format!("/job/{name}"), body).expect(200);
    }
    let nobody = json!({"user_id": "0190f5fe-7c00-7a00-8000-0000000000bb", "task_id": "0190f5fe-7c00-7a00-8000-0000000000aa", "minute": 1});
    let _ = deliver("/job/reminder-x", &nobody.to_string()).expect(200);
    let _ = shared::client().call("POST", "/job/reminder-x").send().refused(403);
    let _ = shared::client().call("POST", "/ticks/reminders").send().refused(403);
}

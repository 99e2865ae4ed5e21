//! Series under redelivery, races and kill -9: one successor each, never two, never none.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use spindle_e2e::{
    api::{Answer, Client},
    app::Settings,
    person::{Person, id},
    poll::wait_until,
    sidecar::app_api_token,
};

use crate::{
    recurrence::{complete, open_of, path},
    shared,
};

crate::tests![
    an_event_delivered_many_times_at_once_makes_one,
    an_update_that_nobody_understands_is_dropped,
    hasty_fingers_make_one,
    killed_while_completing_makes_one_each,
];

const SETTLE_TIMEOUT: Duration = Duration::from_mins(1);
const ROUNDS: usize = 5;
const SERIES: usize = 24;

fn deliver(client: &Client, token: &str, event: &str) -> Answer {
    let call = client
        .call("POST", "/api/events/task-updates")
        .header("dapr-api-token", token);
    call.body("application/cloudevents+json", event).send()
}

fn event(person: &Person, task: &Value, event_type: &str) -> Value {
    json!({
        "specversion": "1.0", "id": "0190f5fe-7c00-7a00-8000-0000000000aa", "source": "/spindle/task-api", "type": event_type,
        "subject": task["id"], "time": "2026-11-22T09:00:00Z", "datacontenttype": "application/json",
        "data": {"schema": 1, "user_id": person.id, "task_id": task["id"], "version": 2, "request_id": "r"},
    })
}

fn token() -> String {
    shared::with_app(|app| app_api_token(app.data())).unwrap()
}

fn an_event_delivered_many_times_at_once_makes_one() {
    let (person, token) = (shared::person(), token());
    let task = person.create(&json!({"title": "Once", "due_date": "2030-03-01", "recurrence_pattern": "daily"}));
    let next = complete(&person, &task);
    thread::scope(|scope| {
        for number in 0..8 {
            let (person, task, token) = (&person, &task, &token);
            // Late "reopened" events, too: what counts is how the task is now.
            let event_type = if number % 2 == 0 { "task.completed" } else { "task.reopened" };
            scope.spawn(move || {
                for _ in 0..10 {
                    let answer = deliver(person.client(), token, &event(person, task, event_type).to_string());
                    assert_eq!(answer.ok(200)["status"], "SUCCESS");
                }
            });
        }
    });
    assert_eq!(open_of(&person, &id(&task)), [next]);
    let strange = event(&shared::person(), &task, "task.completed");
    assert_eq!(
        deliver(person.client(), &token, &strange.to_string()).ok(200)["status"],
        "SUCCESS",
        "another person's"
    );
    assert_eq!(open_of(&person, &id(&task)).len(), 1);
}

fn an_update_that_nobody_understands_is_dropped() {
    let (person, token) = (shared::person(), token());
    let task = json!({"id": person.create_titled("Plain")});
    let good = event(&person, &task, "task.completed");
    assert_eq!(
        deliver(person.client(), &token, &good.to_string()).ok(200)["status"],
        "SUCCESS",
        "nothing to do"
    );
    for (pointer, value) in [
        ("/type", json!("task.created")),
        ("/type", json!("task.exploded")),
        ("/data/schema", json!(2)),
        ("/data", Value::Null),
        ("/specversion", json!("2.0")),
    ] {
        let mut broken = good.clone();
        *broken.pointer_mut(pointer).unwrap() = value;
        assert_eq!(
            deliver(person.client(), &token, &broken.to_string()).ok(200)["status"],
            "DROP",
            "{broken}"
        );
    }
    let _ = deliver(person.client(), "wrong", &good.to_string()).refused(403);
}

fn hasty_fingers_make_one() {
    let person = shared::person();
    let task = person.create(&json!({"title": "Tick", "due_date": "2030-03-01", "recurrence_pattern": "daily"}));
    for _ in 0..10 {
        for completed in [true, false] {
            let _ = person.patch(path(&task), &json!({ "completed": completed })).ok(200);
        }
    }
    let _ = complete(&person, &task);
    assert_eq!(open_of(&person, &id(&task)).len(), 1);
    let changes = 1 + 21;
    let entries = wait_until(SETTLE_TIMEOUT, "every change is in the log", || {
        let entries = person.audit(changes);
        let own = entries.iter().filter(|entry| entry["task_id"] == task["id"]).count();
        (own == changes).then_some(entries)
    });
    assert_eq!(spindle_e2e::audit::check_chain(&entries), Ok(()));
}

/// Kills while occurrences are being completed, so that some are answered, some are not, and some successors are on their way.
fn killed_while_completing_makes_one_each() {
    let (mut app, client) = shared::start(Settings::roomy());
    let person = Person::register(&client);
    for round in 0..ROUNDS {
        let client = app.client();
        let person = person.at(&client);
        let tasks: Vec<Value> = (0..SERIES)
            .map(|number| {
                let title = format!("{round}-{number}");
                person.create(&json!({"title": title, "due_date": "2030-03-01", "recurrence_pattern": "daily"}))
            })
            .collect();
        thread::scope(|scope| {
            for share in tasks.chunks(SERIES / 4) {
                let person = &person;
                scope.spawn(move || {
                    for task in share {
                        // The process may be gone by now; that is the point.
                        let _ = person.call("PATCH", path(task)).json(&json!({"completed": true})).try_send();
                    }
                });
            }
            thread::sleep(Duration::from_millis(10 + 15 * round as u64));
            app.kill().unwrap();
        });
        app.restart().unwrap();
        let client = app.client();
        let person = person.at(&client);
        wait_until(SETTLE_TIMEOUT, "one successor for each completed occurrence", || {
            settled(&person, &tasks).then_some(())
        });
    }
}

/// Whether every completed task of these is followed by one, and no other is.
fn settled(person: &Person, tasks: &[Value]) -> bool {
    let all = person.all_pages("/api/tasks", "");
    let mut followers: BTreeMap<String, usize> = BTreeMap::new();
    for task in &all {
        if let Some(parent) = task["parent_task_id"].as_str() {
            *followers.entry(parent.to_owned()).or_default() += 1;
        }
    }
    tasks.iter().all(|task| {
        let now = all.iter().find(|other| other["id"] == task["id"]).unwrap();
        let count = followers.get(&id(task)).copied().unwrap_or(0);
        assert!(count <= 1, "{count} successors of {now}");
        now["completed"] == (count == 1)
    })
}

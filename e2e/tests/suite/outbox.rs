//! What Dapr delivers, delivered again, too early, or wrong; and the tick.

use serde_json::{Value, json};
use spindle_e2e::{api::Answer, audit::check_chain, person::Person, sidecar::app_api_token, stack::Topology};

use crate::shared;

crate::tests![
    an_event_that_comes_again_changes_nothing,
    an_event_that_comes_too_early_is_asked_for_again,
    an_event_that_nobody_understands_is_dropped,
    a_tick_with_nothing_to_do_is_fine,
    the_app_subscribes_to_its_events,
];

fn token() -> String {
    shared::with_app(|app| app_api_token(app.data())).unwrap()
}

fn deliver(event: &str) -> Answer {
    let client = shared::client();
    let call = client
        .call("POST", "/api/events/task-events")
        .header("dapr-api-token", &token());
    call.body("application/cloudevents+json", event).send()
}

/// The event of an entry, as Dapr would deliver it, with what the sidecar adds.
pub(crate) fn event_of(entry: &Value) -> Value {
    json!({
        "specversion": "1.0", "id": entry["event_id"], "source": "/spindle/task-api", "type": entry["event_type"],
        "subject": entry["task_id"], "time": entry["timestamp"], "datacontenttype": "application/json",
        "topic": "task-events", "pubsubname": "pubsub", "traceid": "00-0-0-00", "traceparent": "00-0-0-00", "tracestate": "",
        "data": {
            "schema": 1, "user_id": entry["user_id"], "task_id": entry["task_id"], "version": entry["version"],
            "task": entry["payload_snapshot"], "changes": entry["changes"], "actor": entry["actor"], "request_id": entry["request_id"],
        },
    })
}

pub(crate) fn life() -> (Person, String) {
    let person = shared::person();
    let task = person.create_titled("Watched by Dapr");
    let _ = person
        .patch(format!("/api/tasks/{task}"), &json!({"title": "Changed"}))
        .expect(200);
    (person, task)
}

fn an_event_that_comes_again_changes_nothing() {
    let (person, _) = life();
    let entries = person.audit(2);
    for entry in entries.iter().chain(&entries) {
        assert_eq!(deliver(&event_of(entry).to_string()).ok(200)["status"], "SUCCESS");
    }
    // Under another event id it is still the same change.
    let mut renamed = event_of(&entries[0]);
    renamed["id"] = json!("0190f5fe-7c00-7a00-8000-0000000000ff");
    assert_eq!(deliver(&renamed.to_string()).ok(200)["status"], "SUCCESS");
    assert_eq!(person.audit(2), entries);
}

fn an_event_that_comes_too_early_is_asked_for_again() {
    let (person, task) = life();
    let entries = person.audit(2);
    let later = |version: u64| {
        let mut event = event_of(&entries[1]);
        event["data"]["version"] = json!(version);
        event["id"] = json!(format!("0190f5fe-7c00-7a00-8000-{version:012}"));
        deliver(&event.to_string()).ok(200)["status"].clone()
    };
    assert_eq!(later(4), "RETRY");
    assert_eq!(later(3), "SUCCESS");
    assert_eq!(later(4), "SUCCESS");
    let entries = person.audit(4);
    let versions: Vec<_> = entries.iter().map(|entry| entry["version"].as_u64()).collect();
    assert_eq!(versions, [Some(1), Some(2), Some(3), Some(4)]);
    assert!(entries.iter().all(|entry| entry["task_id"] == task));
    assert_eq!(check_chain(&entries), Ok(()));
}

fn an_event_that_nobody_understands_is_dropped() {
    let (person, _) = life();
    let entries = person.audit(2);
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut event = event_of(&entries[1]);
        change(&mut event);
        event.to_string()
    };
    for event in [
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        broken(&|event| event["specversion"] = json!("2.0")),
        broken(&|event| event["type"] = json!("task.exploded")),
        broken(&|event| event["data"]["schema"] = json!(99)),
        broken(&|event| event["data"]["task_id"] = json!("7")),
        broken(&|event| event["data"]["version"] = json!(-1)),
        broken(&|event| event["data"] = Value::Null),
        broken(&|event| event["id"] = json!("")),
    ] {
        assert_eq!(deliver(&event).ok(200)["status"], "DROP", "{event}");
    }
    assert_eq!(person.audit(2), entries);
}

fn a_tick_with_nothing_to_do_is_fine() {
    let client = shared::client();
    for _ in 0..2 {
        let answer = client.call("POST", "/ticks/outbox").header("dapr-api-token", &token()).send();
        assert!([200, 204].contains(&answer.status()), "{}", answer.status());
    }
}

fn the_app_subscribes_to_its_events() {
    let client = shared::client();
    let subscriptions = client
        .call("GET", "/dapr/subscribe")
        .header("dapr-api-token", &token())
        .send()
        .ok(200);
    if Topology::from_environment().unwrap() == Some(Topology::FourApps) {
        assert_eq!(subscriptions, json!([]), "else one sidecar would subscribe for all");
        return;
    }
    let mine = subscriptions
        .as_array()
        .into_iter()
        .flatten()
        .find(|subscription| subscription["topic"] == "task-events");
    let mine = mine.unwrap_or_else(|| panic!("{subscriptions}"));
    assert_eq!(
        (&mine["pubsubname"], &mine["route"]),
        (&json!("pubsub"), &json!("/api/events/task-events"))
    );
    assert!(mine["deadLetterTopic"].is_string());
}

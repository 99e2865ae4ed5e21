use chrono::TimeZone;
use serde_json::{Value, json};
use spindle_domain::TaskEdit;

use super::*;

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 9, 0, 0).unwrap()
}

fn task() -> Task {
    let edit = TaskEdit {
        title: Some("Buy \"milk\"".into()),
        tags: Some(vec!["shop".into()]),
        ..TaskEdit::default()
    };
    Task::create(Uuid::from_u128(1), edit, now()).unwrap()
}

fn told(event_type: EventType, before: Option<&Task>, after: Option<&Task>) -> String {
    task_event(&TaskChange {
        id: Uuid::from_u128(9),
        event_type,
        component: "task-api",
        time: now(),
        user_id: Uuid::from_u128(7),
        task_id: Uuid::from_u128(1),
        version: 3,
        before,
        after,
        person: PersonTime {
            zone: chrono_tz::UTC,
            all_day_reminder_at: chrono::NaiveTime::MIN,
        },
        actor: "user:7",
        request_id: "r-1",
    })
}

#[test]
fn an_event_is_a_cloud_event_and_reads_back() {
    let (before, edit) = (
        task(),
        TaskEdit {
            completed: Some(true),
            ..TaskEdit::default()
        },
    );
    let after = before.edited(edit, now()).unwrap().unwrap();
    let text = told(EventType::of_edit(&before, &after), Some(&before), Some(&after));
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["specversion"], "1.0");
    assert_eq!(value["type"], "task.completed");
    assert_eq!(value["source"], "/spindle/task-api");
    assert_eq!(value["subject"], value["data"]["task_id"]);
    assert_eq!(value["data"]["changes"]["completed"], json!({"before": false, "after": true}));
    assert!(value["data"]["changes"].get("title").is_none());
    assert!(
        value["data"]["task"].get("is_overdue").is_none(),
        "depends on when it is read"
    );

    let event = Event::<EventData>::parse(text.as_bytes()).unwrap();
    assert_eq!(
        (event.event_type, event.time, event.data.version),
        (EventType::Completed, now(), 3)
    );
    assert_eq!(
        serde_json::from_str::<Value>(event.data.task.unwrap().get()).unwrap(),
        value["data"]["task"]
    );
    assert_eq!((event.data.actor.as_str(), event.data.request_id.as_str()), ("user:7", "r-1"));
}

#[test]
fn making_tells_what_was_set_and_purging_tells_nothing() {
    let task = task();
    let value: Value = serde_json::from_str(&told(EventType::Created, None, Some(&task))).unwrap();
    let expected = json!({"title": {"before": null, "after": "Buy \"milk\""}, "tags": {"before": null, "after": ["shop"]}});
    assert_eq!(value["data"]["changes"], expected);
    let text = told(EventType::Purged, Some(&task), None);
    let event = Event::<EventData>::parse(text.as_bytes()).unwrap();
    assert!(event.data.task.is_none());
    assert_eq!(event.data.changes.get(), "{}");
}

#[test]
fn what_dapr_adds_is_passed_over() {
    let mut value: Value = serde_json::from_str(&told(EventType::Created, None, Some(&task()))).unwrap();
    for (name, added) in [
        ("topic", "task-events"),
        ("pubsubname", "pubsub"),
        ("traceid", "0"),
        ("tracestate", ""),
    ] {
        value[name] = json!(added);
    }
    assert!(Event::<EventData>::parse(value.to_string().as_bytes()).is_ok());
}

#[test]
fn what_is_not_understood_says_why() {
    let good: Value = serde_json::from_str(&told(EventType::Created, None, Some(&task()))).unwrap();
    let refused = |pointer: &str, value: Value| {
        let mut event = good.clone();
        *event.pointer_mut(pointer).unwrap() = value;
        Event::<EventData>::parse(event.to_string().as_bytes()).unwrap_err()
    };
    assert!(matches!(refused("/type", json!("task.exploded")), EventError::UnknownType(name) if name == "task.exploded"));
    assert!(matches!(refused("/specversion", json!("0.3")), EventError::SpecVersion(_)));
    assert!(matches!(refused("/data/schema", json!(2)), EventError::UnknownSchema(2)));
    assert!(matches!(refused("/data/task_id", json!("no uuid")), EventError::Malformed(_)));
    assert!(matches!(refused("/subject", json!("other")), EventError::Subject { .. }));
    assert!(matches!(refused("/data", json!("text")), EventError::Malformed(_)));
    assert!(matches!(
        Event::<EventData>::parse(b"not json"),
        Err(EventError::Malformed(_))
    ));
}

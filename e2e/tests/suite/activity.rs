//! A task's history, which task-api asks of audit-handler by service invocation.

use serde_json::{Value, json};

use crate::shared;

crate::tests![a_tasks_history_is_its_entries, it_has_pages_and_checks_them];

fn a_tasks_history_is_its_entries() {
    let person = shared::person();
    let (task, other) = (person.create_titled("Mine"), person.create_titled("Other"));
    let _ = person
        .patch(format!("/api/tasks/{task}"), &json!({"title": "Mine!"}))
        .expect(200);
    let _ = person.delete(format!("/api/tasks/{task}")).expect(204);
    person.audit(4);
    let activity = person.get(format!("/api/tasks/{task}/activity")).ok(200);
    let audit = person.get(format!("/api/events/audit?task_id={task}")).ok(200);
    assert_eq!(activity, audit);
    let types: Vec<&str> = activity["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| entry["event_type"].as_str())
        .collect();
    assert_eq!(types, ["task.deleted", "task.updated", "task.created"]);
    assert_eq!(person.get(format!("/api/tasks/{other}/activity")).ok(200)["total"], 1);
}

fn it_has_pages_and_checks_them() {
    let person = shared::person();
    let task = person.create_titled("0");
    for number in 1..5 {
        let _ = person
            .patch(format!("/api/tasks/{task}"), &json!({"title": number.to_string()}))
            .expect(200);
    }
    person.audit(5);
    let page = person.get(format!("/api/tasks/{task}/activity?page=2&page_size=2")).ok(200);
    let versions: Vec<Value> = page["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| entry["version"].clone())
        .collect();
    assert_eq!(versions, [json!(3), json!(2)]);
    assert_eq!((&page["total"], &page["pages"]), (&json!(5), &json!(3)));
    person
        .get(format!("/api/tasks/{task}/activity?page=x"))
        .refused_for(400, "page");
    person
        .get(format!("/api/tasks/{task}/activity?page_size=201"))
        .refused_for(422, "page_size");
    person
        .get(format!("/api/tasks/{task}/activity?after=1"))
        .refused_for(400, "after");
}

//! Changing several tasks in one request.

use serde_json::{Value, json};
use spindle_e2e::api::Answer;
use spindle_e2e::person::{Person, id};

use crate::shared;

crate::tests![
    several_are_changed_in_their_order,
    one_that_fails_does_not_stop_the_others,
    deleting_goes_to_the_trash_and_from_there_for_good,
    the_same_request_again_changes_nothing,
    each_is_a_change_of_its_own,
    what_cannot_be_read_is_refused,
];

fn bulk(person: &Person, body: &Value) -> Value {
    person.post("/api/tasks/bulk", body).ok(200)["items"].clone()
}

fn statuses(items: &Value) -> Vec<u64> {
    items
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item["status"].as_u64())
        .collect()
}

fn several_are_changed_in_their_order() {
    let person = shared::person();
    let (a, b) = (person.create_titled("a"), person.create_titled("b"));
    let items = bulk(
        &person,
        &json!({"ids": [b, a], "action": "update", "changes": {"priority": "high", "due_date": "2031-01-01"}}),
    );
    assert_eq!(statuses(&items), [200, 200]);
    for (index, wanted) in [&b, &a].into_iter().enumerate() {
        assert_eq!(
            (&items[index]["id"], &items[index]["problem"]),
            (&json!(wanted), &Value::Null)
        );
        assert_eq!(items[index]["task"], person.get(format!("/api/tasks/{wanted}")).ok(200));
        assert_eq!(items[index]["task"]["priority"], "high");
    }
}

fn one_that_fails_does_not_stop_the_others() {
    let person = shared::person();
    let (a, b) = (person.create_titled("a"), person.create_titled("b"));
    let _ = person.delete(format!("/api/tasks/{a}")).expect(204);
    let unknown = "0190f5fe-7c00-7a00-8000-000000000000";
    let others = shared::person().create_titled("not yours");
    let items = bulk(
        &person,
        &json!({"ids": [a, unknown, others, b], "action": "update", "changes": {"completed": true}}),
    );
    assert_eq!(statuses(&items), [409, 404, 404, 200]);
    assert_eq!(
        (&items[0]["task"], &items[0]["problem"]["code"]),
        (&Value::Null, &json!("trashed"))
    );
    assert_eq!(items[1]["problem"]["status"], 404);
    assert_eq!(items[3]["task"]["completed"], true);
    // A value that no task may have is told for each.
    let items = bulk(&person, &json!({"ids": [b], "action": "update", "changes": {"title": " "}}));
    assert_eq!(
        (&items[0]["status"], &items[0]["problem"]["errors"][0]["field"]),
        (&json!(422), &json!("title"))
    );
}

fn deleting_goes_to_the_trash_and_from_there_for_good() {
    let person = shared::person();
    let (a, b) = (person.create_titled("a"), person.create_titled("b"));
    let ids = json!([a, b]);
    let delete = json!({"ids": ids, "action": "delete"});
    let items = bulk(&person, &delete);
    assert_eq!((statuses(&items), &items[0]["task"]), (vec![204, 204], &Value::Null));
    let items = bulk(&person, &json!({"ids": ids, "action": "restore", "changes": null}));
    assert_eq!((statuses(&items), &items[1]["task"]["title"]), (vec![200, 200], &json!("b")));
    bulk(&person, &delete);
    assert_eq!(statuses(&bulk(&person, &delete)), [204, 204]);
    assert_eq!(statuses(&bulk(&person, &delete)), [404, 404]);
    assert_eq!(person.get("/api/tasks?status=trashed").ok(200)["total"], 0);
}

fn the_same_request_again_changes_nothing() {
    let person = shared::person();
    let (a, b) = (person.create_titled("a"), person.create_titled("b"));
    let send = |key: &str, body: &Value| -> Answer {
        person
            .call("POST", "/api/tasks/bulk")
            .header("Idempotency-Key", key)
            .json(body)
            .send()
    };
    let delete = json!({"ids": [a, b], "action": "delete"});
    let first = send("k", &delete).ok(200);
    assert_eq!(send("k", &delete).ok(200), first, "and nothing is gone for good");
    assert_eq!(person.get("/api/tasks?status=trashed").ok(200)["total"], 2);
    let purged = send("l", &delete).ok(200);
    assert_eq!(send("l", &delete).ok(200), purged);
    let other = send("k", &json!({"ids": [a], "action": "restore"})).ok(200);
    assert_eq!(
        (
            &other["items"][0]["status"],
            &other["items"][0]["problem"]["errors"][0]["code"]
        ),
        (&json!(422), &json!("key_reused"))
    );
    send("", &delete).refused_for(400, "Idempotency-Key");
}

fn each_is_a_change_of_its_own() {
    let person = shared::person();
    let (a, b) = (person.create_titled("a"), person.create_titled("b"));
    bulk(
        &person,
        &json!({"ids": [a, b], "action": "update", "changes": {"tags": ["x"]}}),
    );
    let log = person.audit(4);
    let changed: Vec<&Value> = log.iter().filter(|entry| entry["event_type"] == "task.updated").collect();
    assert_eq!(changed.len(), 2);
    assert_eq!(changed[0]["changes"], json!({"tags": {"before": [], "after": ["x"]}}));
}

fn what_cannot_be_read_is_refused() {
    let person = shared::somebody();
    let task = id(&person.create(&json!({"title": "x"})));
    let many: Vec<String> = (0..101).map(|n| format!("0190f5fe-7c00-7a00-8000-{n:012}")).collect();
    for (body, field) in [
        (json!({}), "ids"),
        (json!({"ids": [task]}), "action"),
        (json!({"ids": [], "action": "delete"}), "ids"),
        (json!({"ids": many, "action": "delete"}), "ids"),
        (json!({"ids": [task, task], "action": "delete"}), "ids.1"),
        (json!({"ids": ["x"], "action": "delete"}), "ids.0"),
        (json!({"ids": [1], "action": "delete"}), "ids.0"),
        (json!({"ids": [task], "action": "purge"}), "action"),
        (json!({"ids": [task], "action": "update"}), "changes"),
        (
            json!({"ids": [task], "action": "delete", "changes": {"title": "x"}}),
            "changes",
        ),
        (
            json!({"ids": [task], "action": "update", "changes": {"titel": "x"}}),
            "changes.titel",
        ),
        (
            json!({"ids": [task], "action": "update", "changes": {"due_date": "soon"}}),
            "changes.due_date",
        ),
        (json!({"ids": [task], "action": "update", "changes": []}), "changes"),
    ] {
        person.post("/api/tasks/bulk", &body).refused_for(422, field);
    }
}

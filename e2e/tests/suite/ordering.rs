//! The manual order: positions and moving.

use serde_json::{Value, json};
use spindle_e2e::person::{Person, id};

use crate::shared;

crate::tests![
    a_new_task_stands_last,
    a_task_moves_between_two_others,
    a_task_moves_beside_one,
    a_place_can_be_taken_back,
    the_log_tells_a_move,
    a_task_that_is_there_already_is_not_moved,
    moves_that_cannot_be_are_refused,
    positions_that_are_none_are_refused,
    a_move_is_of_one_version,
];

fn order(person: &Person) -> Vec<String> {
    let items = person.all_pages("/api/tasks", "sort_by=position");
    items
        .iter()
        .map(|task| task["title"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// A person with the tasks a, b, c, in this order.
fn three() -> (Person, [String; 3]) {
    let person = shared::person();
    let ids = [("a", "d"), ("b", "h"), ("c", "l")]
        .map(|(title, position)| id(&person.create(&json!({"title": title, "position": position}))));
    (person, ids)
}

fn move_to(person: &Person, id: &str, after: Value, before: Value) -> Value {
    person
        .post(format!("/api/tasks/{id}/move"), &json!({"after": after, "before": before}))
        .ok(200)
}

fn a_new_task_stands_last() {
    let person = shared::person();
    let first = person.create(&json!({"title": "a"}));
    assert!(first["position"].as_str().is_some_and(|text| text.len() == 16), "{first}");
    // Within a millisecond chance decides.
    let mut made = 1;
    let last = loop {
        let next = person.create(&json!({"title": "b"}));
        made += 1;
        if next["created_at"] != first["created_at"] {
            break next;
        }
    };
    let ids = person.list_ids("/api/tasks", "sort_by=position");
    assert_eq!((ids.len(), ids.last()), (made, Some(&id(&last))));
    let down = person.list_ids("/api/tasks", "sort_by=position&sort_order=desc");
    assert_eq!(down, ids.into_iter().rev().collect::<Vec<_>>());
}

fn a_task_moves_between_two_others() {
    let (person, [a, b, c]) = three();
    let moved = move_to(&person, &c, json!(a), json!(b));
    assert_eq!((&moved["version"], &moved["title"]), (&json!(2), &json!("c")));
    assert_eq!(order(&person), ["a", "c", "b"]);
    assert_eq!(person.get(format!("/api/tasks/{c}")).ok(200), moved);
    // Again and again between the same two.
    let mut last = c;
    for title in ["d", "e", "f"] {
        let id = person.create_titled(title);
        move_to(&person, &id, json!(a), json!(last));
        last = id;
    }
    assert_eq!(order(&person), ["a", "f", "e", "d", "c", "b"]);
}

fn a_task_moves_beside_one() {
    let (person, [a, _, c]) = three();
    move_to(&person, &c, Value::Null, json!(a));
    assert_eq!(order(&person), ["c", "a", "b"]);
    let _ = person.post(format!("/api/tasks/{c}/move"), &json!({"after": a})).expect(200);
    assert_eq!(order(&person), ["a", "c", "b"], "just behind it");
}

fn a_place_can_be_taken_back() {
    let (person, [a, _, c]) = three();
    let derived = person.patch(format!("/api/tasks/{c}"), &json!({"position": null})).ok(200)["position"].clone();
    assert_eq!(derived.as_str().map(str::len), Some(16));
    move_to(&person, &c, Value::Null, json!(a));
    let back = person.patch(format!("/api/tasks/{c}"), &json!({"position": null})).ok(200);
    assert_eq!(back["position"], derived);
    // One can be given, and what GET gave changes nothing.
    let given = person.create(&json!({"title": "first", "position": "0"}));
    assert_eq!(given["position"], "0");
    assert_eq!(order(&person)[0], "first");
    let same = person.put(format!("/api/tasks/{c}"), &back).ok(200);
    assert_eq!(same["version"], back["version"]);
}

fn the_log_tells_a_move() {
    let (person, [a, _, c]) = three();
    // The log is in order for each task, not among them.
    let latest = |count: usize| {
        let log = person.audit(count);
        log.into_iter().rfind(|entry| entry["task_id"] == c.as_str()).unwrap()
    };
    let moved = move_to(&person, &c, Value::Null, json!(a));
    let entry = latest(4);
    assert_eq!(entry["event_type"], "task.updated");
    assert_eq!(
        entry["changes"],
        json!({"position": {"before": "l", "after": moved["position"]}})
    );
    assert_eq!(entry["payload_snapshot"]["position"], moved["position"]);
    let back = person.patch(format!("/api/tasks/{c}"), &json!({"position": null})).ok(200);
    let entry = latest(5);
    assert_eq!(
        entry["changes"],
        json!({"position": {"before": moved["position"], "after": null}})
    );
    assert_eq!(entry["payload_snapshot"]["position"], back["position"]);
}

fn a_task_that_is_there_already_is_not_moved() {
    let (person, [a, b, c]) = three();
    assert_eq!(move_to(&person, &b, json!(a), json!(c))["version"], 1);
}

fn moves_that_cannot_be_are_refused() {
    let (person, [a, b, c]) = three();
    let path = format!("/api/tasks/{c}/move");
    for (body, status, field) in [
        (json!({"after": b, "before": a}), 422, "after"),
        (json!({}), 422, "after"),
        (json!({"after": null, "before": null}), 422, "after"),
        (json!({"after": "x"}), 422, "after"),
        (json!({"after": a, "before": a}), 422, "before"),
        (json!({"after": c}), 422, "after"),
        (json!({"after": a, "behind": b}), 422, "behind"),
        (json!({"before": "0190f5fe-7c00-7a00-8000-000000000000"}), 404, "before"),
        (json!({"after": shared::person().create_titled("not yours")}), 404, "after"),
    ] {
        person.post(path.clone(), &body).refused_for(status, field);
    }
    person
        .post("/api/tasks/0190f5fe-7c00-7a00-8000-000000000000/move", &json!({"after": a}))
        .refused(404);
    let _ = person.delete(format!("/api/tasks/{c}")).expect(204);
    person.post(path, &json!({"after": a})).refused(409);
}

fn positions_that_are_none_are_refused() {
    let person = shared::somebody();
    for position in [
        json!(""),
        json!("A"),
        json!("a b"),
        json!("ä"),
        json!("x".repeat(65)),
        json!(1),
    ] {
        person
            .post("/api/tasks", &json!({"title": "x", "position": position}))
            .refused_for(422, "position");
    }
}

fn a_move_is_of_one_version() {
    let (person, [a, _, c]) = three();
    let call = |tag: &str| {
        let path = format!("/api/tasks/{c}/move");
        person
            .call("POST", path)
            .header("If-Match", tag)
            .json(&json!({"before": a}))
            .send()
    };
    call("\"7\"").refused(412);
    let _ = call("\"1\"").expect(200);
}

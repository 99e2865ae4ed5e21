//! `Idempotency-Key` on POST.

use std::thread;

use serde_json::{Value, json};
use spindle_e2e::api::Answer;
use spindle_e2e::person::{Person, id};

use crate::shared;

crate::tests![
    the_same_request_again_is_answered_alike,
    another_body_under_the_same_key_is_refused,
    a_key_is_of_one_person,
    a_refused_request_leaves_the_key_free,
    two_at_the_same_time_make_one_task,
    a_key_must_be_usable,
];

fn create(person: &Person, key: &str, body: &Value) -> Answer {
    person
        .call("POST", "/api/tasks")
        .header("Idempotency-Key", key)
        .json(body)
        .send()
}

fn the_same_request_again_is_answered_alike() {
    let person = shared::person();
    let body = json!({"title": "Once", "tags": ["a"]});
    let first = create(&person, "key-1", &body).expect(201);
    let again = create(&person, "key-1", &body).expect(201);
    assert_eq!(first.bytes(), again.bytes());
    for header in ["etag", "location", "content-type"] {
        assert_eq!(first.header(header), again.header(header));
    }
    assert_eq!(person.get("/api/tasks").ok(200)["total"], 1);
    // The answer of then, whatever became of the task.
    let path = format!("/api/tasks/{}", id(&first.json()));
    let _ = person.patch(path.clone(), &json!({"title": "Changed"})).expect(200);
    assert_eq!(create(&person, "key-1", &body).expect(201).bytes(), first.bytes());
    let _ = person.delete(path.clone()).expect(204);
    let _ = person.delete(path).expect(204);
    assert_eq!(create(&person, "key-1", &body).expect(201).bytes(), first.bytes());
    assert_eq!(person.get("/api/tasks").ok(200)["total"], 0);
    let _ = create(&person, "key-2", &body).expect(201);
    assert_eq!(person.audit(5).len(), 5);
}

fn another_body_under_the_same_key_is_refused() {
    let person = shared::person();
    let _ = create(&person, "key", &json!({"title": "One"})).expect(201);
    create(&person, "key", &json!({"title": "Two"})).refused(422);
    assert_eq!(person.get("/api/tasks").ok(200)["total"], 1);
}

fn a_key_is_of_one_person() {
    let (one, other) = (shared::person(), shared::person());
    let first = create(&one, "same", &json!({"title": "Mine"})).ok(201);
    let second = create(&other, "same", &json!({"title": "Also mine"})).ok(201);
    assert_ne!(first["id"], second["id"]);
    assert_eq!(second["title"], "Also mine");
}

fn a_refused_request_leaves_the_key_free() {
    let person = shared::person();
    create(&person, "again", &json!({"title": ""})).refused(422);
    let _ = create(&person, "again", &json!({"title": "Right now"})).expect(201);
}

fn two_at_the_same_time_make_one_task() {
    let person = shared::person();
    for round in 0..10 {
        let key = format!("round-{round}");
        let answers: Vec<Answer> = thread::scope(|scope| {
            let body = json!({"title": format!("Round {round}")});
            let calls: Vec<_> = (0..4)
                .map(|_| {
                    let (person, key, body) = (&person, &key, body.clone());
                    scope.spawn(move || create(person, key, &body))
                })
                .collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect()
        });
        let mut made: Vec<String> = Vec::new();
        for answer in answers {
            match answer.status() {
                201 => made.push(id(&answer.json())),
                // Still running.
                409 => {}
                _ => answer.fail("expected 201 or 409"),
            }
        }
        made.dedup();
        assert_eq!(made.len(), 1, "{made:?}");
    }
    assert_eq!(person.get("/api/tasks").ok(200)["total"], 10);
}

fn a_key_must_be_usable() {
    let person = shared::somebody();
    let body = json!({"title": "x"});
    for key in ["", "   ", &"k".repeat(256)] {
        create(person, key, &body).refused_for(400, "Idempotency-Key");
    }
    let _ = create(person, &"k".repeat(255), &body).expect(201);
    let _ = create(person, "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", &body).expect(201);
}

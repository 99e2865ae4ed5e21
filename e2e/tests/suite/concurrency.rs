//! Conditional and simultaneous changes.

use std::thread;

use serde_json::json;

use crate::shared;

crate::tests![
    a_stale_condition_is_412,
    a_condition_that_cannot_be_read_changes_nothing,
    parallel_patches_lose_nothing,
    of_parallel_conditional_changes_one_wins,
    parallel_creates_all_count,
];

fn a_stale_condition_is_412() {
    let person = shared::somebody();
    let path = format!("/api/tasks/{}", person.create_titled("v1"));
    let patch = |tag: &str, title: &str| {
        person
            .call("PATCH", path.clone())
            .header("If-Match", tag)
            .json(&json!({"title": title}))
            .send()
    };
    let answer = patch("\"1\"", "v2").expect(200);
    assert_eq!(answer.header("etag"), "\"2\"");
    patch("\"1\"", "v3").refused(412);
    // A weak tag never matches (RFC 9110, section 13.1.1).
    patch("W/\"2\"", "v3").refused(412);
    let _ = patch("*", "v3").expect(200);
    let _ = patch("\"7\", \"3\"", "v4").expect(200);
    person
        .call("PUT", path.clone())
        .header("If-Match", "\"3\"")
        .json(&json!({"title": "v5"}))
        .send()
        .refused(412);
    person
        .call("DELETE", path.clone())
        .header("If-Match", "\"3\"")
        .send()
        .refused(412);
    let task = person.get(path.clone()).ok(200);
    assert_eq!(
        (&task["title"], &task["version"], &task["deleted_at"]),
        (&json!("v4"), &json!(4), &json!(null))
    );
    let _ = person
        .call("DELETE", path.clone())
        .header("If-Match", "\"4\"")
        .send()
        .expect(204);
    person
        .call("POST", format!("{path}/restore"))
        .header("If-Match", "\"4\"")
        .send()
        .refused(412);
    let _ = person
        .call("POST", format!("{path}/restore"))
        .header("If-Match", "\"5\"")
        .send()
        .expect(200);
    // Also when nothing would change.
    patch("\"1\"", "v4").refused(412);
}

fn a_condition_that_cannot_be_read_changes_nothing() {
    let person = shared::somebody();
    let path = format!("/api/tasks/{}", person.create_titled("x"));
    for tag in ["1", "\"1", "abc", "\"1\" \"2\"", ""] {
        let answer = person
            .call("PATCH", path.clone())
            .header("If-Match", tag)
            .json(&json!({"title": "y"}))
            .send();
        assert!([400, 412].contains(&answer.status()), "If-Match: {tag}: {}", answer.status());
    }
    assert_eq!(person.get(path).ok(200)["title"], "x");
}

fn parallel_patches_lose_nothing() {
    let person = shared::person();
    let path = format!("/api/tasks/{}", person.create_titled("Shared"));
    let rounds = 10;
    let fields = ["title", "description"];
    thread::scope(|scope| {
        for field in fields {
            let (person, path) = (&person, &path);
            scope.spawn(move || {
                for round in 1..=rounds {
                    let _ = person
                        .patch(path.clone(), &json!({ field: format!("{field} {round}") }))
                        .expect(200);
                }
            });
        }
        let (person, path) = (&person, &path);
        scope.spawn(move || {
            for round in 1..=rounds {
                let _ = person
                    .patch(
                        path.clone(),
                        &json!({"priority": if round % 2 == 0 { "low" } else { "high" }}),
                    )
                    .expect(200);
            }
        });
    });
    let task = person.get(path).ok(200);
    assert_eq!(
        (&task["title"], &task["description"], &task["priority"]),
        (&json!("title 10"), &json!("description 10"), &json!("low"))
    );
    assert_eq!(task["version"], 31);
    let versions: Vec<_> = person.audit(31).iter().map(|entry| entry["version"].as_u64()).collect();
    assert_eq!(versions, (1..=31).map(Some).collect::<Vec<_>>());
}

fn of_parallel_conditional_changes_one_wins() {
    let person = shared::somebody();
    let path = format!("/api/tasks/{}", person.create_titled("Only one"));
    let mut statuses: Vec<u16> = thread::scope(|scope| {
        let calls: Vec<_> = (0..8)
            .map(|number| {
                let path = path.clone();
                scope.spawn(move || {
                    let body = json!({"title": format!("writer {number}")});
                    person
                        .call("PATCH", path)
                        .header("If-Match", "\"1\"")
                        .json(&body)
                        .send()
                        .status()
                })
            })
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
    assert_eq!(person.get(path).ok(200)["version"], 2);
}

fn parallel_creates_all_count() {
    let person = shared::person();
    let mut made: Vec<String> = thread::scope(|scope| {
        let calls: Vec<_> = (0..16)
            .map(|writer| {
                let person = &person;
                scope.spawn(move || {
                    (0..4)
                        .map(|number| person.create_titled(&format!("{writer}-{number}")))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        calls.into_iter().flat_map(|call| call.join().unwrap()).collect()
    });
    made.sort();
    made.dedup();
    let mut listed = person.list_ids("/api/tasks", "");
    listed.sort();
    assert_eq!(listed, made);
    assert_eq!(made.len(), 64);
    assert_eq!(person.audit(64).len(), 64);
}

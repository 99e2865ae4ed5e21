//! Saved filters.

use serde_json::{Value, json};
use spindle_e2e::person::{PASSWORD, Person, id};

use crate::shared;

crate::tests![
    filters_are_kept_changed_and_deleted,
    a_saved_query_is_one_of_the_list,
    names_are_unique,
    there_is_an_end,
    unchanged_is_304,
    other_tabs_hear_of_them,
    they_are_of_one_person,
    an_erased_person_has_none,
];

fn make(person: &Person, name: &str, query: &str) -> Value {
    person.post("/api/filters", &json!({"name": name, "query": query})).ok(201)
}

fn all(person: &Person) -> Value {
    person.get("/api/filters").ok(200)["items"].clone()
}

fn filters_are_kept_changed_and_deleted() {
    let person = shared::person();
    assert_eq!(all(&person), json!([]));
    let answer = person
        .post(
            "/api/filters",
            &json!({"name": " Work ", "query": "?tags=work&sort_by=position"}),
        )
        .expect(201);
    let made = answer.json();
    assert_eq!(
        (&made["name"], &made["query"]),
        (&json!("Work"), &json!("tags=work&sort_by=position"))
    );
    let path = format!("/api/filters/{}", id(&made));
    assert_eq!(answer.header("location"), path);
    let other = make(&person, "All", "");
    assert_eq!(all(&person), json!([made, other]));
    let mut wanted = made.clone();
    wanted["query"] = json!("tags=work&priority=high");
    let changed = person.put(path.clone(), &wanted).ok(200);
    assert_eq!((&changed["id"], &changed["query"]), (&made["id"], &wanted["query"]));
    assert_eq!(changed["created_at"], made["created_at"]);
    assert_eq!(all(&person), json!([changed, other]));
    let _ = person.delete(path.clone()).expect(204);
    assert_eq!(all(&person), json!([other]));
    person.delete(path.clone()).refused(404);
    person.put(path, &wanted).refused(404);
    person.delete("/api/filters/x").refused_for(400, "id");
}

fn a_saved_query_is_one_of_the_list() {
    let person = shared::somebody();
    for (body, field) in [
        (json!({"name": "x", "query": "page=1"}), "query.page"),
        (json!({"name": "x", "query": "status=done"}), "query.status"),
        (json!({"name": "x", "query": "due_before=soon"}), "query.due_before"),
        (json!({"name": "x", "query": "nonsense"}), "query.nonsense"),
        (json!({"name": "x", "query": "a".repeat(2001)}), "query"),
        (json!({"name": "", "query": ""}), "name"),
        (json!({"name": "a\nb", "query": ""}), "name"),
        (json!({"name": "x".repeat(101), "query": ""}), "name"),
        (json!({"query": ""}), "name"),
        (json!({"name": "x"}), "query"),
        (json!({"name": "x", "query": 1}), "query"),
        (json!({"name": "x", "query": "", "color": "red"}), "color"),
    ] {
        person.post("/api/filters", &body).refused_for(422, field);
    }
}

fn names_are_unique() {
    let person = shared::person();
    let first = make(&person, "Büro", "");
    let second = make(&person, "Home", "");
    person
        .post("/api/filters", &json!({"name": "BÜRO", "query": ""}))
        .refused_for(409, "name");
    let path = format!("/api/filters/{}", id(&second));
    person
        .put(path, &json!({"name": "büro", "query": ""}))
        .refused_for(409, "name");
    let path = format!("/api/filters/{}", id(&first));
    assert_eq!(
        person.put(path, &json!({"name": "BÜRO", "query": ""})).ok(200)["name"],
        "BÜRO"
    );
}

fn there_is_an_end() {
    let person = shared::person();
    for number in 0..100 {
        make(&person, &format!("Filter {number}"), "");
    }
    person
        .post("/api/filters", &json!({"name": "One more", "query": ""}))
        .refused(409);
    assert_eq!(all(&person).as_array().map(Vec::len), Some(100));
}

fn unchanged_is_304() {
    let person = shared::person();
    make(&person, "a", "");
    let tag = person.get("/api/filters").expect(200).header("etag").to_owned();
    let again = || person.call("GET", "/api/filters").header("If-None-Match", &tag).send();
    let _ = again().expect(304);
    make(&person, "b", "");
    assert_ne!(again().expect(200).header("etag"), tag);
}

fn other_tabs_hear_of_them() {
    let person = shared::person();
    let cursor = person.get("/api/changes").ok(200)["cursor"].to_string();
    let made = make(&person, "a", "");
    let changes = person.get(format!("/api/changes?since={cursor}")).ok(200);
    assert_eq!(
        (&changes["filters"], &changes["tasks"], &changes["gone"]),
        (&json!(true), &json!([]), &json!([]))
    );
    let cursor = changes["cursor"].to_string();
    person.create_titled("x");
    let changes = person.get(format!("/api/changes?since={cursor}")).ok(200);
    assert_eq!(
        (&changes["filters"], changes["tasks"].as_array().map(Vec::len)),
        (&json!(false), Some(1))
    );
    // What changes nothing is no news.
    let cursor = changes["cursor"].to_string();
    let _ = person.put(format!("/api/filters/{}", id(&made)), &made).expect(200);
    let _ = person.get(format!("/api/changes?since={cursor}")).expect(304);
}

fn they_are_of_one_person() {
    let (one, other) = (shared::person(), shared::person());
    let made = make(&one, "Mine", "");
    assert_eq!(all(&other), json!([]));
    other.delete(format!("/api/filters/{}", id(&made))).refused(404);
    make(&other, "Mine", "");
    one.client().call("GET", "/api/filters").send().refused(401);
}

fn an_erased_person_has_none() {
    let person = shared::person();
    make(&person, "a", "");
    let _ = person
        .call("DELETE", "/api/me")
        .json(&json!({"password": PASSWORD}))
        .send()
        .expect(204);
    person.post("/api/filters", &json!({"name": "b", "query": ""})).refused(401);
    assert_eq!(all(&person), json!([]), "the token is good for a while, the data is gone");
}

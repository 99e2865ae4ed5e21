//! `/api/changes`: what changed since a cursor.

use serde_json::{Value, json};
use spindle_e2e::person::{Person, id};

use crate::shared;

crate::tests![
    without_a_cursor_there_is_only_one,
    changes_and_what_is_gone_are_told_once,
    nothing_new_is_304,
    a_cursor_older_than_the_ring_resets,
    a_cursor_that_is_none_is_refused,
];

fn cursor(body: &Value) -> String {
    body["cursor"]
        .as_str()
        .map_or_else(|| body["cursor"].to_string(), str::to_owned)
}

#[track_caller]
fn start(person: &Person) -> String {
    cursor(&person.get("/api/changes").ok(200))
}

fn without_a_cursor_there_is_only_one() {
    let person = shared::person();
    person.create_titled("before");
    let body = person.get("/api/changes").ok(200);
    assert_eq!(body["reset"], true);
    for member in ["tasks", "gone", "notifications"] {
        assert_eq!(body[member], json!([]), "{member}");
    }
    let _ = person.get(format!("/api/changes?since={}", cursor(&body))).expect(304);
}

fn changes_and_what_is_gone_are_told_once() {
    let person = shared::person();
    let (kept, trashed, purged) = (
        person.create_titled("a"),
        person.create_titled("b"),
        person.create_titled("c"),
    );
    let since = start(&person);
    let _ = person
        .patch(format!("/api/tasks/{kept}"), &json!({"title": "a1"}))
        .expect(200);
    let _ = person
        .patch(format!("/api/tasks/{kept}"), &json!({"title": "a2"}))
        .expect(200);
    let _ = person.delete(format!("/api/tasks/{trashed}")).expect(204);
    let _ = person.delete(format!("/api/tasks/{purged}")).expect(204);
    let _ = person.delete(format!("/api/tasks/{purged}")).expect(204);
    let made = person.create_titled("d");
    let body = person.get(format!("/api/changes?since={since}")).ok(200);
    assert_eq!(body["reset"], false);
    let mut tasks: Vec<String> = body["tasks"].as_array().into_iter().flatten().map(id).collect();
    tasks.sort();
    let mut expected = [kept.clone(), made];
    expected.sort();
    assert_eq!(tasks, expected, "each once");
    let found = body["tasks"].as_array().into_iter().flatten().find(|task| task["id"] == kept);
    assert_eq!(
        found,
        Some(&person.get(format!("/api/tasks/{kept}")).ok(200)),
        "as GET gives it"
    );
    let mut gone: Vec<&str> = body["gone"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    gone.sort_unstable();
    let mut expected = [trashed.as_str(), purged.as_str()];
    expected.sort_unstable();
    assert_eq!(gone, expected);
    // From there on only what is newer.
    let next = cursor(&body);
    let _ = person
        .call("POST", format!("/api/tasks/{trashed}/restore"))
        .send()
        .expect(200);
    let body = person.get(format!("/api/changes?since={next}")).ok(200);
    assert_eq!(body["gone"], json!([]));
    assert_eq!(body["tasks"].as_array().map(Vec::len), Some(1));
    assert_eq!(body["tasks"][0]["id"], trashed);
}

fn nothing_new_is_304() {
    let person = shared::person();
    let task = person.create_titled("x");
    let since = start(&person);
    let target = format!("/api/changes?since={since}");
    let quiet = person.get(target.clone()).expect(304);
    let tag = quiet.header("etag").to_owned();
    let _ = person
        .call("GET", target.clone())
        .header("If-None-Match", &tag)
        .send()
        .expect(304);
    // A change that changes nothing, and somebody else's.
    let _ = person.patch(format!("/api/tasks/{task}"), &json!({"title": "x"})).expect(200);
    shared::person().create_titled("not yours");
    let _ = person.get(target.clone()).expect(304);
    let _ = person.patch(format!("/api/tasks/{task}"), &json!({"title": "y"})).expect(200);
    let answer = person.call("GET", target).header("If-None-Match", &tag).send().expect(200);
    assert_ne!(answer.header("etag"), tag);
}

fn a_cursor_older_than_the_ring_resets() {
    let person = shared::person();
    let task = person.create_titled("0");
    let since = start(&person);
    let path = format!("/api/tasks/{task}");
    let rename = |number: usize| {
        let _ = person.patch(path.clone(), &json!({"title": number.to_string()})).expect(200);
    };
    (1..=256).for_each(rename);
    let body = person.get(format!("/api/changes?since={since}")).ok(200);
    assert_eq!(
        (&body["reset"], body["tasks"].as_array().map(Vec::len)),
        (&json!(false), Some(1)),
        "256 changes are kept"
    );
    rename(257);
    let body = person.get(format!("/api/changes?since={since}")).ok(200);
    assert_eq!((&body["reset"], &body["tasks"]), (&json!(true), &json!([])));
    let _ = person.get(format!("/api/changes?since={}", cursor(&body))).expect(304);
    // One that was never given out: the data may have been restored from a backup.
    let body = person.get("/api/changes?since=999999999").ok(200);
    assert_eq!(body["reset"], true);
}

fn a_cursor_that_is_none_is_refused() {
    let person = shared::somebody();
    for value in ["", "x", "-1", "1.5", "99999999999999999999999999"] {
        person.get(format!("/api/changes?since={value}")).refused_for(400, "since");
    }
    person.get("/api/changes?until=1").refused_for(400, "until");
    person.get("/api/changes?since=1&since=2").refused_for(400, "since");
}

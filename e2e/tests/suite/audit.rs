//! The audit log: one entry a change, with what changed, chained, the caller's own.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use spindle_e2e::{
    api::query,
    audit::check_chain,
    person::{Person, id},
};

use crate::{shared, tasks::instant};

crate::tests![
    every_change_is_one_entry,
    entries_tell_what_changed,
    the_chain_can_be_recomputed,
    the_newest_come_first_in_pages,
    filters_keep_what_matches,
    parameters_are_checked,
    an_empty_chain_verifies,
];

fn texts<'a>(entries: &'a [Value], member: &str) -> Vec<&'a str> {
    entries.iter().filter_map(|entry| entry[member].as_str()).collect()
}

fn every_change_is_one_entry() {
    let person = shared::person();
    let path = format!("/api/tasks/{}", person.create_titled("A life"));
    let _ = person.patch(path.clone(), &json!({"title": "A full life"})).expect(200);
    let _ = person
        .put(path.clone(), &json!({"title": "Another life", "priority": "high"}))
        .expect(200);
    let _ = person.patch(path.clone(), &json!({"completed": true})).expect(200);
    let _ = person
        .patch(path.clone(), &json!({"completed": false, "title": "Not over"}))
        .expect(200);
    let _ = person.delete(path.clone()).expect(204);
    let _ = person.call("POST", format!("{path}/restore")).send().expect(200);
    let _ = person.delete(path.clone()).expect(204);
    let _ = person.delete(path.clone()).expect(204);
    let entries = person.audit(9);
    assert_eq!(
        texts(&entries, "event_type"),
        [
            "task.created",
            "task.updated",
            "task.updated",
            "task.completed",
            "task.reopened",
            "task.deleted",
            "task.restored",
            "task.deleted",
            "task.purged"
        ]
    );
    let versions: Vec<u64> = entries.iter().filter_map(|entry| entry["version"].as_u64()).collect();
    assert_eq!(versions, (1..=9).collect::<Vec<_>>());
    for member in ["id", "event_id"] {
        let mut ids = texts(&entries, member);
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 9, "{member}");
    }
    // What is refused leaves no entry.
    person.post("/api/tasks", &json!({"title": ""})).refused(422);
    person.create_titled("Next");
    assert_eq!(person.audit(10).len(), 10);
}

fn entries_tell_what_changed() {
    let person = shared::person();
    let before = Utc::now() - TimeDelta::seconds(1);
    let task = person.create(&json!({"title": "First", "tags": ["a"], "due_date": "2031-01-01"}));
    let answer = person
        .call("PATCH", format!("/api/tasks/{}", id(&task)))
        .header("X-Request-Id", "e2e-request-17")
        .json(&json!({"title": "Second", "tags": ["a", "b"], "due_date": null, "completed": true}))
        .send()
        .expect(200);
    let entries = person.audit(2);
    let (created, completed) = (&entries[0], &entries[1]);
    for entry in &entries {
        assert_eq!((&entry["user_id"], &entry["task_id"]), (&json!(person.id), &task["id"]));
        assert!(
            instant(&entry["timestamp"]) >= before && instant(&entry["created_at"]) >= before,
            "{entry}"
        );
        assert!(
            entry["actor"].as_str().is_some_and(|actor| actor.contains(&person.id)),
            "{entry}"
        );
        assert!(entry["request_id"].as_str().is_some_and(|id| !id.is_empty()), "{entry}");
    }
    assert_eq!(completed["request_id"], "e2e-request-17");
    assert_eq!(completed["event_type"], "task.completed");
    let changes = &completed["changes"];
    assert_eq!(changes["title"], json!({"before": "First", "after": "Second"}));
    assert_eq!(changes["tags"], json!({"before": ["a"], "after": ["a", "b"]}));
    assert_eq!(changes["due_date"], json!({"before": "2031-01-01", "after": null}));
    assert_eq!(changes["completed"], json!({"before": false, "after": true}));
    for unchanged in ["priority", "description"] {
        assert!(changes.get(unchanged).is_none(), "{changes}");
    }
    assert_eq!(created["changes"]["title"]["after"], "First");
    assert_eq!(created["payload_snapshot"]["title"], "First");
    let snapshot = &completed["payload_snapshot"];
    let now = answer.json();
    for member in ["id", "title", "tags", "completed", "priority", "version"] {
        assert_eq!(snapshot[member], now[member], "{member}");
    }
}

fn the_chain_can_be_recomputed() {
    let person = shared::person();
    for number in 0..30 {
        let path = format!(
            "/api/tasks/{}",
            person.create_titled(&format!("Título {number} 🚀 \"quoted\" \\ <&> \u{2028}"))
        );
        let _ = person
            .patch(path, &json!({"description": "tab\tnew line\n\u{e000}", "priority": "low"}))
            .expect(200);
    }
    let entries = person.audit(60);
    assert_eq!(check_chain(&entries), Ok(()));
    let verified = person.get("/api/events/audit/verify").ok(200);
    assert_eq!((&verified["ok"], &verified["entries"]), (&json!(true), &json!(60)));
    assert_eq!(verified["head"], entries[59]["hash"]);
    assert_eq!(verified.get("broken_at").unwrap_or(&Value::Null), &Value::Null);
}

fn the_newest_come_first_in_pages() {
    let person = shared::person();
    for number in 0..7_usize {
        person.create_titled(&number.to_string());
        // Only the order of one task's entries is promised; so that these have one, each waits for the one before.
        person.audit(number + 1);
    }
    let page = |number: u32| person.get(format!("/api/events/audit?page={number}&page_size=3")).ok(200);
    let titles = |body: &Value| {
        let items = body["items"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .map(|entry| entry["payload_snapshot"]["title"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(titles(&page(1)), ["6", "5", "4"]);
    let last = page(3);
    assert_eq!(titles(&last), ["0"]);
    for (member, value) in [("total", 7), ("page", 3), ("page_size", 3), ("pages", 3)] {
        assert_eq!(last[member], value, "{member}");
    }
    assert_eq!(page(4)["items"], json!([]));
}

fn filters_keep_what_matches() {
    let person = shared::person();
    let (one, two) = (person.create_titled("one"), person.create_titled("two"));
    let _ = person
        .patch(format!("/api/tasks/{one}"), &json!({"completed": true}))
        .expect(200);
    let _ = person
        .patch(format!("/api/tasks/{two}"), &json!({"title": "zwei"}))
        .expect(200);
    let mut entries = person.audit(4);
    // The chain is in order per task only.
    entries.sort_by_key(|entry| instant(&entry["timestamp"]));
    let count =
        |parameters: &[(&str, &str)]| person.get(format!("/api/events/audit?{}", query(parameters))).ok(200)["total"].clone();
    assert_eq!(count(&[("task_id", &one)]), 2);
    assert_eq!(count(&[("task_id", "0190f5fe-7c00-7a00-8000-000000000000")]), 0);
    assert_eq!(count(&[("event_type", "task.created")]), 2);
    assert_eq!(count(&[("event_type", "task.updated"), ("task_id", &two)]), 1);
    assert_eq!(count(&[("event_type", "task.restored")]), 0);
    // `from` is inclusive, `to` is not.
    let (second, third) = (
        entries[1]["timestamp"].as_str().unwrap(),
        entries[2]["timestamp"].as_str().unwrap(),
    );
    let at = |time: &str| {
        entries
            .iter()
            .filter(|entry| instant(&entry["timestamp"]) >= instant(&time.into()))
            .count()
    };
    assert_eq!(count(&[("from", third)]), at(third));
    assert_eq!(count(&[("to", third)]), 4 - at(third));
    assert_eq!(count(&[("from", second), ("to", third)]), at(second) - at(third));
    assert_eq!(count(&[("from", "2099-01-01T00:00:00+02:00")]), 0);
}

fn parameters_are_checked() {
    let person = shared::somebody();
    for (parameter, value) in [
        ("task_id", "7"),
        ("event_type", "task.exploded"),
        ("from", "yesterday"),
        ("to", "2026-13-01T00:00:00Z"),
        ("page", "x"),
        ("user_id", "0190f5fe-7c00-7a00-8000-000000000000"),
    ] {
        person
            .get(format!("/api/events/audit?{}", query(&[(parameter, value)])))
            .refused_for(400, parameter);
    }
    person.get("/api/events/audit?page_size=201").refused_for(422, "page_size");
}

fn an_empty_chain_verifies() {
    let person: Person = shared::person();
    let body = person.get("/api/events/audit").ok(200);
    assert_eq!((&body["items"], &body["total"]), (&json!([]), &json!(0)));
    let verified = person.get("/api/events/audit/verify").ok(200);
    assert_eq!((&verified["ok"], &verified["entries"]), (&json!(true), &json!(0)));
}

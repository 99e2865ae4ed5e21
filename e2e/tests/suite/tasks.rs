//! Creating, reading, replacing, deleting for good.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use spindle_e2e::person::{Person, id};

use crate::shared;

crate::tests![
    a_title_is_enough,
    everything_given_reads_back,
    text_is_trimmed_and_composed,
    limits_are_inclusive,
    a_completed_task_may_be_imported,
    replacing_sets_what_is_left_out_to_its_default,
    what_get_gave_can_be_put,
    reading_by_tag_saves_the_body,
    deleting_goes_to_the_trash_and_then_for_good,
];

/// The members of a task, sorted.
const MEMBERS: [&str; 16] = [
    "completed",
    "completed_at",
    "created_at",
    "deleted_at",
    "description",
    "due_at",
    "due_date",
    "id",
    "is_overdue",
    "priority",
    "tags",
    "time_zone",
    "title",
    "updated_at",
    "user_id",
    "version",
];

#[track_caller]
pub(crate) fn instant(value: &Value) -> DateTime<Utc> {
    let text = value.as_str().unwrap_or_else(|| panic!("not a time: {value}"));
    DateTime::parse_from_rfc3339(text)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .to_utc()
}

#[track_caller]
fn read(person: &Person, id: &str) -> Value {
    person.get(format!("/api/tasks/{id}")).ok(200)
}

fn a_title_is_enough() {
    let person = shared::somebody();
    let before = Utc::now() - TimeDelta::seconds(1);
    let answer = person.post("/api/tasks", &json!({"title": "Water the plants"})).expect(201);
    let task = answer.json();
    let mut members: Vec<&str> = task
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    members.sort_unstable();
    for member in MEMBERS {
        assert!(members.contains(&member), "{member} is missing: {task}");
    }
    assert_eq!(answer.header("location"), format!("/api/tasks/{}", id(&task)));
    assert_eq!(answer.header("etag"), "\"1\"");
    assert_eq!(task["user_id"], person.id);
    assert_eq!(task["version"], 1);
    assert_eq!((&task["completed"], &task["is_overdue"]), (&json!(false), &json!(false)));
    assert_eq!(
        (&task["priority"], &task["tags"], &task["description"]),
        (&json!("none"), &json!([]), &json!(""))
    );
    for member in ["completed_at", "deleted_at", "due_at", "due_date"] {
        assert_eq!(task[member], Value::Null, "{member}");
    }
    assert!(instant(&task["created_at"]) >= before && task["created_at"] == task["updated_at"]);
    // Version 7: sorted by time.
    assert_eq!(id(&task).chars().nth(14), Some('7'));
    assert_eq!(read(person, &id(&task)), task);
    let by_location = person.get(answer.header("location")).expect(200);
    assert_eq!(by_location.header("etag"), "\"1\"");
}

fn everything_given_reads_back() {
    let person = shared::somebody();
    let body = json!({
        "title": "Prepare the release 🚀", "description": "Line one\nLine two\twith a tab", "priority": "high",
        "tags": ["Work", "día", "release-1.0"], "due_date": "2031-05-06T09:30", "time_zone": "Asia/Kathmandu",
    });
    let task = person.create(&body);
    for (field, value) in body.as_object().into_iter().flatten() {
        assert_eq!(&task[field], value, "{field}");
    }
    assert_eq!(instant(&task["due_at"]), instant(&json!("2031-05-06T03:45:00Z")));
    assert_eq!(read(person, &id(&task)), task);
}

fn text_is_trimmed_and_composed() {
    let person = shared::somebody();
    let task = person.create(&json!({"title": "  Cafe\u{301} \n", "tags": [" a ", "A", "e\u{301}t\u{e9}", "été"]}));
    assert_eq!(task["title"], "Café");
    // Tags that differ in case alone are one; the first spelling stays.
    assert_eq!(task["tags"], json!(["a", "été"]));
}

fn limits_are_inclusive() {
    let person = shared::somebody();
    let tags: Vec<String> = (0..50).map(|number| format!("{number:0>64}")).collect();
    let body = json!({"title": "é".repeat(500), "description": "🦀".repeat(16_000), "tags": tags});
    let task = person.create(&body);
    assert_eq!(task["title"], body["title"]);
    assert_eq!(task["description"], body["description"]);
    assert_eq!(task["tags"], body["tags"]);
    assert_eq!(read(person, &id(&task)), task);
}

fn a_completed_task_may_be_imported() {
    let person = shared::somebody();
    let task = person.create(&json!({"title": "Long done", "completed": true, "completed_at": "2020-02-29T12:00:00+01:00"}));
    assert_eq!(instant(&task["completed_at"]), instant(&json!("2020-02-29T11:00:00Z")));
    let now = person.create(&json!({"title": "Just done", "completed": true}));
    assert!(
        (Utc::now() - instant(&now["completed_at"])).abs() < TimeDelta::minutes(1),
        "{now}"
    );
}

fn replacing_sets_what_is_left_out_to_its_default() {
    let person = shared::somebody();
    let full = json!({"title": "Full", "description": "d", "priority": "low", "tags": ["x"], "due_date": "2031-01-01", "completed": true});
    let task = person.create(&full);
    let path = format!("/api/tasks/{}", id(&task));
    let answer = person.put(path.clone(), &json!({"title": "Bare"})).expect(200);
    assert_eq!(answer.header("etag"), "\"2\"");
    let bare = answer.json();
    assert_eq!((&bare["title"], &bare["version"]), (&json!("Bare"), &json!(2)));
    assert_eq!(
        (&bare["description"], &bare["priority"], &bare["tags"]),
        (&json!(""), &json!("none"), &json!([]))
    );
    assert_eq!(
        (&bare["due_date"], &bare["completed"], &bare["completed_at"]),
        (&Value::Null, &json!(false), &Value::Null)
    );
    assert_eq!(bare["created_at"], task["created_at"]);
    assert!(instant(&bare["updated_at"]) >= instant(&task["updated_at"]));
    person
        .put(path.clone(), &json!({"priority": "low"}))
        .refused_for(422, "title");
    assert_eq!(person.get(path).ok(200), bare);
}

fn what_get_gave_can_be_put() {
    let person = shared::somebody();
    let task = person.create(&json!({
        "title": "Round trip", "tags": ["b", "a"], "due_date": "2031-05-06T09:30:00+02:00", "time_zone": "Europe/Rome",
        "completed": true, "completed_at": "2021-01-01T00:00:00Z", "priority": "medium", "description": "x",
    }));
    let path = format!("/api/tasks/{}", id(&task));
    // Unchanged: no new version.
    assert_eq!(person.put(path.clone(), &task).ok(200), task);
    // Read-only fields of whatever value are not looked at.
    let mut changed = task.clone();
    changed["title"] = json!("Round trip, changed");
    for (field, value) in [
        ("id", json!("another")),
        ("user_id", json!(3)),
        ("version", json!(99)),
        ("created_at", json!(null)),
        ("updated_at", json!("never")),
        ("deleted_at", json!("2020-01-01T00:00:00Z")),
        ("due_at", json!({})),
        ("is_overdue", json!(true)),
        ("parent_task_id", json!([])),
        ("recurrence_anchor", json!("x")),
    ] {
        changed[field] = value;
    }
    let after = person.put(path, &changed).ok(200);
    assert_eq!(
        (&after["id"], &after["user_id"], &after["version"]),
        (&task["id"], &task["user_id"], &json!(2))
    );
    assert_eq!(
        (&after["created_at"], &after["deleted_at"]),
        (&task["created_at"], &Value::Null)
    );
    assert_eq!(after["title"], "Round trip, changed");
    let posted = person.create(&after);
    assert_ne!(posted["id"], after["id"]);
    assert_eq!(
        (&posted["version"], &posted["completed_at"]),
        (&json!(1), &task["completed_at"])
    );
}

fn reading_by_tag_saves_the_body() {
    let person = shared::somebody();
    let path = format!("/api/tasks/{}", person.create_titled("Read twice"));
    for tags in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "*"] {
        let answer = person
            .call("GET", path.clone())
            .header("If-None-Match", tags)
            .send()
            .expect(304);
        assert_eq!(answer.header("etag"), "\"1\"");
        assert!(answer.bytes().is_empty());
    }
    let _ = person
        .call("GET", path.clone())
        .header("If-None-Match", "\"2\"")
        .send()
        .expect(200);
    let _ = person.patch(path.clone(), &json!({"title": "Changed"})).expect(200);
    let answer = person.call("GET", path).header("If-None-Match", "\"1\"").send().expect(200);
    assert_eq!(answer.header("etag"), "\"2\"");
}

fn deleting_goes_to_the_trash_and_then_for_good() {
    let person = shared::person();
    let task = person.create_titled("Rubbish");
    let path = format!("/api/tasks/{task}");
    let _ = person.delete(path.clone()).expect(204);
    let trashed = read(&person, &task);
    assert!(instant(&trashed["deleted_at"]) <= Utc::now() + TimeDelta::seconds(5));
    assert_eq!(trashed["version"], 2);
    person.patch(path.clone(), &json!({"title": "x"})).refused(409);
    person.put(path.clone(), &json!({"title": "x"})).refused(409);
    assert_eq!(read(&person, &task), trashed);
    assert_eq!(person.get("/api/tasks").ok(200)["total"], 0);
    assert_eq!(person.list_ids("/api/tasks", "status=trashed"), std::slice::from_ref(&task));
    // Out again, as it was.
    let restored = person.call("POST", format!("{path}/restore")).send().expect(200);
    assert_eq!(restored.header("etag"), "\"3\"");
    let restored = restored.json();
    assert_eq!(
        (&restored["deleted_at"], &restored["title"], &restored["version"]),
        (&Value::Null, &json!("Rubbish"), &json!(3))
    );
    assert_eq!(person.list_ids("/api/tasks", ""), std::slice::from_ref(&task));
    // Not in the trash: nothing happens.
    assert_eq!(person.call("POST", format!("{path}/restore")).send().ok(200), restored);
    let _ = person.delete(path.clone()).expect(204);
    let _ = person.delete(path.clone()).expect(204);
    for (method, path) in [
        ("GET", path.clone()),
        ("DELETE", path.clone()),
        ("POST", format!("{path}/restore")),
    ] {
        person.call(method, path).send().refused(404);
    }
    assert!(person.list_ids("/api/tasks", "status=trashed").is_empty());
    person.patch(path, &json!({"title": "x"})).refused(404);
}

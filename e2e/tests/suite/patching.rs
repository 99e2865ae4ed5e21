//! PATCH: what is left out stays, null clears, and a change of nothing is none.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use spindle_e2e::person::id;

use crate::{shared, tasks::instant};

crate::tests![
    one_field_changes_one_field,
    null_clears,
    a_change_of_nothing_is_none,
    completing_and_reopening,
    completed_at_may_be_given,
    faults_change_nothing,
];

fn full() -> Value {
    json!({
        "title": "Full", "description": "d", "priority": "low", "tags": ["x", "y"], "due_date": "2031-01-01T10:00",
        "time_zone": "Europe/Paris",
    })
}

fn one_field_changes_one_field() {
    let person = shared::somebody();
    let mut expected = person.create(&full());
    let path = format!("/api/tasks/{}", id(&expected));
    for (field, value) in [
        ("title", json!("Fuller")),
        ("description", json!("another")),
        ("priority", json!("high")),
        ("tags", json!(["z"])),
        ("due_date", json!("2031-02-02")),
        ("time_zone", json!("Asia/Tokyo")),
    ] {
        let changed = person.patch(path.clone(), &json!({ field: value })).ok(200);
        expected[field] = value;
        expected["version"] = json!(expected["version"].as_u64().unwrap_or_default() + 1);
        for computed in ["updated_at", "due_at", "reminder_at", "reminder_minutes_before"] {
            expected[computed] = changed[computed].clone();
        }
        assert_eq!(changed, expected, "{field}");
    }
    assert_eq!(person.get(path).ok(200), expected);
}

fn null_clears() {
    let person = shared::somebody();
    let task = person.create(&full());
    let path = format!("/api/tasks/{}", id(&task));
    let clear = json!({"description": null, "priority": null, "tags": null, "due_date": null, "time_zone": null});
    let cleared = person.patch(path.clone(), &clear).ok(200);
    assert_eq!(
        (&cleared["description"], &cleared["priority"], &cleared["tags"]),
        (&json!(""), &json!("none"), &json!([]))
    );
    assert_eq!((&cleared["due_date"], &cleared["due_at"]), (&Value::Null, &Value::Null));
    assert_eq!((&cleared["title"], &cleared["version"]), (&json!("Full"), &json!(2)));
    person.patch(path, &json!({"title": null})).refused_for(422, "title");
}

fn a_change_of_nothing_is_none() {
    let person = shared::person();
    let task = person.create(&full());
    let path = format!("/api/tasks/{}", id(&task));
    for body in [
        json!({}),
        json!({"title": "Full"}),
        json!({"title": "  Full "}),
        full(),
        json!({"completed": false}),
        task.clone(),
    ] {
        let answer = person.patch(path.clone(), &body).expect(200);
        assert_eq!(answer.header("etag"), "\"1\"");
        assert_eq!(answer.json(), task);
    }
    // And makes no event: the next real change is the second entry.
    let _ = person.patch(path, &json!({"title": "Emptier"})).expect(200);
    let entries = person.audit(2);
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[1]["version"], 2);
}

fn completing_and_reopening() {
    let person = shared::somebody();
    let task = person.create(&json!({"title": "Do it", "due_date": "2020-01-01T00:00:00Z"}));
    assert_eq!(task["is_overdue"], true);
    let path = format!("/api/tasks/{}", id(&task));
    let done = person.patch(path.clone(), &json!({"completed": true})).ok(200);
    assert_eq!(
        (&done["completed"], &done["is_overdue"], &done["version"]),
        (&json!(true), &json!(false), &json!(2))
    );
    assert!((Utc::now() - instant(&done["completed_at"])).abs() < TimeDelta::minutes(1));
    // Completing what is completed changes nothing, also not when.
    assert_eq!(person.patch(path.clone(), &json!({"completed": true})).ok(200), done);
    // A title does not touch it.
    let renamed = person.patch(path.clone(), &json!({"title": "Did it"})).ok(200);
    assert_eq!(renamed["completed_at"], done["completed_at"]);
    let open = person.patch(path, &json!({"completed": false})).ok(200);
    assert_eq!(
        (&open["completed"], &open["completed_at"], &open["is_overdue"]),
        (&json!(false), &Value::Null, &json!(true))
    );
}

fn completed_at_may_be_given() {
    let person = shared::somebody();
    let path = format!("/api/tasks/{}", person.create_titled("Done on Friday"));
    let done = person
        .patch(
            path.clone(),
            &json!({"completed": true, "completed_at": "2026-01-02T18:00:00+01:00"}),
        )
        .ok(200);
    assert_eq!(instant(&done["completed_at"]), instant(&json!("2026-01-02T17:00:00Z")));
    let corrected = person.patch(path, &json!({"completed_at": "2026-01-03T18:00:00Z"})).ok(200);
    assert_eq!(instant(&corrected["completed_at"]), instant(&json!("2026-01-03T18:00:00Z")));
    assert_eq!(corrected["version"], 3);
}

fn faults_change_nothing() {
    let person = shared::somebody();
    let task = person.create(&full());
    let path = format!("/api/tasks/{}", id(&task));
    // One good field and one bad: neither.
    person
        .patch(path.clone(), &json!({"title": "New", "priority": "urgent"}))
        .refused_for(422, "priority");
    person
        .put(path.clone(), &json!({"title": "New", "colour": "red"}))
        .refused_for(422, "colour");
    assert_eq!(person.get(path).ok(200), task);
}

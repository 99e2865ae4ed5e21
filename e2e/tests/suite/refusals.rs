//! Bodies of tasks that are refused: what POST, PUT and PATCH say, field by field.

use serde_json::{Value, json};

use crate::shared;

crate::tests![
    values_that_break_a_rule_are_named,
    unknown_fields_are_refused,
    malformed_json_is_400,
    other_media_types_are_415,
    a_body_over_the_limit_is_413,
    ids_that_are_none_are_refused,
];

fn values_that_break_a_rule_are_named() {
    let person = shared::somebody();
    let task = person.create(&json!({"title": "Stays as it is"}));
    let path = format!("/api/tasks/{}", task["id"].as_str().unwrap_or_default());
    let too_many: Vec<String> = (0..51).map(|number| number.to_string()).collect();
    let cases = [
        ("title", json!("")),
        ("title", json!(" \t ")),
        ("title", Value::Null),
        ("title", json!("x".repeat(501))),
        ("title", json!("a\u{0}b")),
        ("title", json!("two\nlines")),
        ("title", json!(5)),
        ("title", json!(["x"])),
        ("description", json!("x".repeat(16_001))),
        ("description", json!("a\u{1b}b")),
        ("description", json!(false)),
        ("completed", json!("yes")),
        ("completed", json!(1)),
        ("completed_at", json!("2999-01-01T00:00:00Z")),
        ("completed_at", json!("yesterday")),
        ("completed_at", json!("2020-01-01")),
        ("priority", json!("urgent")),
        ("priority", json!("High")),
        ("priority", json!(1)),
        ("tags", json!("work")),
        ("tags", json!(too_many)),
        ("tags.0", json!([""])),
        ("tags.1", json!(["ok", "   "])),
        ("tags.1", json!(["ok", "a,b"])),
        ("tags.2", json!(["a", "b", "x".repeat(65)])),
        ("tags.0", json!(["a\u{7}b"])),
        ("tags.1", json!(["a", 5])),
        ("due_date", json!("tomorrow")),
        ("due_date", json!("")),
        ("due_date", json!("2026-02-30")),
        ("due_date", json!("2026-13-01")),
        ("due_date", json!("2026-11-22T25:00")),
        ("due_date", json!("2026-11-22T09:00:00+99:00")),
        ("due_date", json!("22.11.2026")),
        ("due_date", json!(20_261_122)),
        ("time_zone", json!("Berlin")),
        ("time_zone", json!("UTC+2")),
        ("time_zone", json!(2)),
    ];
    for (field, value) in cases {
        let name = field.split('.').next().unwrap_or_default();
        let mut body = json!({"title": "Fine"});
        body[name] = value.clone();
        if name == "completed_at" {
            body["completed"] = json!(true);
        }
        person.post("/api/tasks", &body).refused_for(422, field);
        person.put(path.clone(), &body).refused_for(422, field);
        let mut patch = json!({ name: value });
        if name == "completed_at" {
            patch["completed"] = json!(true);
        }
        person.patch(path.clone(), &patch).refused_for(422, field);
    }
    assert_eq!(person.get(path).ok(200), task);
}

fn unknown_fields_are_refused() {
    let person = shared::somebody();
    let path = format!("/api/tasks/{}", person.create_titled("Known fields only"));
    for field in ["colour", "dueDate", "Title", "__proto__", ""] {
        let body = json!({"title": "x", field: 1});
        person.post("/api/tasks", &body).refused_for(422, field);
        person.put(path.clone(), &body).refused_for(422, field);
        person.patch(path.clone(), &body).refused_for(422, field);
    }
    // Several faults, one answer.
    let problem = person
        .post("/api/tasks", &json!({"colour": 1, "priority": "x", "tags": ["", ","]}))
        .refused(422);
    let fields: Vec<&str> = problem["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|error| error["field"].as_str())
        .collect();
    for field in ["colour", "priority"] {
        assert!(fields.contains(&field), "{field} is not among {fields:?}");
    }
}

fn malformed_json_is_400() {
    let person = shared::somebody();
    let path = format!("/api/tasks/{}", person.create_titled("Read me"));
    for body in [
        "",
        "{",
        "{\"title\":\"x\"",
        "{\"title\":\"x\"}}",
        "{'title':'x'}",
        "{\"title\":\"x\",}",
        "nul",
    ] {
        for (method, path) in [("POST", "/api/tasks"), ("PUT", path.as_str()), ("PATCH", path.as_str())] {
            person.call(method, path).body("application/json", body).send().refused(400);
        }
    }
    person
        .call("POST", "/api/tasks")
        .body("application/json", b"{\"title\":\"\xff\xfe\"}".to_vec())
        .send()
        .refused(400);
    for body in ["[]", "\"x\"", "7", "null", "true"] {
        person
            .call("POST", "/api/tasks")
            .body("application/json", body)
            .send()
            .refused(422);
    }
    // Deeper than any body of ours: refused, not a crash.
    let deep = format!("{{\"title\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let status = person
        .call("POST", "/api/tasks")
        .body("application/json", deep)
        .send()
        .status();
    assert!([400, 422].contains(&status), "{status}");
    // Half a surrogate pair: its grammar is right, but it is no text.
    let status = person
        .call("POST", "/api/tasks")
        .body("application/json", r#"{"title":"\ud800"}"#)
        .send()
        .status();
    assert!([400, 422].contains(&status), "{status}");
    // The same member twice is ambiguous.
    let status = person
        .call("POST", "/api/tasks")
        .body("application/json", r#"{"title":"a","title":"b"}"#)
        .send()
        .status();
    assert!([400, 422].contains(&status), "{status}");
}

fn other_media_types_are_415() {
    let person = shared::somebody();
    let path = format!("/api/tasks/{}", person.create_titled("JSON only"));
    let body = r#"{"title":"x"}"#;
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "multipart/form-data",
        "json",
        "text/json",
    ] {
        for (method, path) in [("POST", "/api/tasks"), ("PUT", path.as_str()), ("PATCH", path.as_str())] {
            person.call(method, path).body(media_type, body).send().refused(415);
        }
    }
    person.call("POST", "/api/tasks").untyped_body(body).send().refused(415);
    for method in ["POST", "PUT"] {
        let path = if method == "POST" { "/api/tasks" } else { path.as_str() };
        person
            .call(method, path)
            .body("application/merge-patch+json", body)
            .send()
            .refused(415);
    }
    let _ = person
        .call("POST", "/api/tasks")
        .body("application/json; charset=utf-8", body)
        .send()
        .expect(201);
    let _ = person
        .call("POST", "/api/tasks")
        .body("Application/JSON", body)
        .send()
        .expect(201);
    let _ = person
        .call("PATCH", path)
        .body("application/merge-patch+json", body)
        .send()
        .expect(200);
}

fn a_body_over_the_limit_is_413() {
    let person = shared::somebody();
    let padded = |bytes: usize| {
        let body = r#"{"title":"Just fits"}"#;
        format!("{body}{}", " ".repeat(bytes - body.len()))
    };
    let _ = person
        .call("POST", "/api/tasks")
        .body("application/json", padded(1024 * 1024))
        .send()
        .expect(201);
    person
        .call("POST", "/api/tasks")
        .body("application/json", padded(1024 * 1024 + 1))
        .send()
        .refused(413);
    person
        .call("POST", "/api/tasks")
        .body("application/json", padded(6 * 1024 * 1024))
        .send()
        .refused(413);
    let client = shared::client();
    client
        .call("POST", "/api/auth/login")
        .body("application/json", padded(1024 * 1024 + 1))
        .send()
        .refused(413);
}

fn ids_that_are_none_are_refused() {
    let person = shared::somebody();
    for id in [
        "1",
        "not-a-uuid",
        "00000000-0000-0000-0000-00000000000g",
        "%00",
        "..%2f..",
        "0190f5fe-7c00-7a00-8000-00000000000",
    ] {
        let path = format!("/api/tasks/{id}");
        for (method, path) in [
            ("GET", path.clone()),
            ("DELETE", path.clone()),
            ("POST", format!("{path}/restore")),
            ("GET", format!("{path}/activity")),
        ] {
            let answer = person.call(method, path).send();
            assert!([400, 404].contains(&answer.status()), "{}", answer.status());
        }
        let answer = person.patch(path.clone(), &json!({"title": "x"}));
        assert!([400, 404].contains(&answer.status()), "{}", answer.status());
    }
    let absent = "/api/tasks/0190f5fe-7c00-7a00-8000-000000000000";
    person.get(absent).refused(404);
    person.patch(absent, &json!({"title": "x"})).refused(404);
    person.put(absent, &json!({"title": "x"})).refused(404);
    person.delete(absent).refused(404);
    person.call("POST", format!("{absent}/restore")).send().refused(404);
    person.get(format!("{absent}/activity")).refused(404);
}

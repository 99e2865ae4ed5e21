//! Health, the `OpenAPI` document, methods and paths in general, the log.

use serde_json::{Value, json};
use spindle_e2e::{app::workspace, poll::wait_until};
use std::time::Duration;

use crate::shared;

crate::tests![
    it_says_that_it_lives_and_is_ready,
    the_document_served_is_the_one_kept,
    unknown_paths_are_404,
    wrong_methods_are_405_with_allow,
    head_is_get_without_a_body,
    request_ids_go_through,
    each_request_is_one_line_without_personal_text,
];

/// The `OpenAPI` document as it is served.
#[track_caller]
pub(crate) fn document() -> Value {
    shared::client().call("GET", "/api/openapi.json").send().ok(200)
}

fn it_says_that_it_lives_and_is_ready() {
    let client = shared::client();
    let _ = client.call("GET", "/health").send().expect(200);
    let ready = client.call("GET", "/health/ready").send().ok(200);
    assert!(
        ready["time_zone_data"]
            .as_str()
            .is_some_and(|version| version.starts_with("20")),
        "{ready}"
    );
    for handler in ["audit-handler", "reminder-handler", "recurrence-handler"] {
        let ready = client.call("GET", format!("/health/ready/{handler}")).send().ok(200);
        assert_eq!(ready, json!({"status": "ready"}), "{handler}");
    }
}

fn the_document_served_is_the_one_kept() {
    let document = document();
    let kept = std::fs::read(workspace().join("docs/openapi/v1.json")).unwrap();
    assert_eq!(document, serde_json::from_slice::<Value>(&kept).unwrap());
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    let client = shared::client();
    let answer = client.call("GET", "/api/openapi.json").send().expect(200);
    let _ = client
        .call("GET", "/api/openapi.json")
        .header("If-None-Match", answer.header("etag"))
        .send()
        .expect(304);
}

fn unknown_paths_are_404() {
    let person = shared::somebody();
    for path in [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/tasks/",
        "/api/tasks/a/b/c",
        "/api/auth",
        "/api/events",
        "/API/tasks",
        "//api/tasks",
    ] {
        person.get(path).refused(404);
        person.call("POST", path).json(&json!({})).send().expect_one_of(&[404, 405]);
    }
    shared::client().call("GET", "/api/nothing").send().expect_one_of(&[401, 404]);
}

/// A demand for one of several statuses.
trait ExpectOneOf {
    fn expect_one_of(&self, statuses: &[u16]);
}

impl ExpectOneOf for spindle_e2e::api::Answer {
    #[track_caller]
    fn expect_one_of(&self, statuses: &[u16]) {
        if !statuses.contains(&self.status()) {
            self.fail(&format!("expected one of {statuses:?}"));
        }
    }
}

fn wrong_methods_are_405_with_allow() {
    let person = shared::somebody();
    let task = person.create_titled("Methods");
    for (path, item) in document()["paths"].as_object().into_iter().flatten() {
        let known: Vec<String> = item
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.to_uppercase())
            .collect();
        let target = path.replace("{id}", &task);
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"] {
            // /api/tasks/search is a path of its own; so is what a parameter would match.
            if known.iter().any(|name| name == method) {
                continue;
            }
            let answer = person.call(method, target.clone()).send().expect(405);
            let allow = answer.header("allow").to_owned();
            let allowed: Vec<&str> = allow.split(',').map(str::trim).collect();
            for name in known
                .iter()
                .filter(|name| ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&name.as_str()))
            {
                assert!(
                    allowed.contains(&name.as_str()),
                    "{method} {target}: Allow: {allow} lacks {name}"
                );
            }
            assert!(!allowed.contains(&method), "{method} {target}: Allow: {allow}");
        }
    }
}

fn head_is_get_without_a_body() {
    let person = shared::somebody();
    let task = person.create_titled("Heads");
    for target in [
        format!("/api/tasks/{task}"),
        "/api/me".to_owned(),
        "/health".to_owned(),
        "/".to_owned(),
        "/api/openapi.json".to_owned(),
    ] {
        let (get, head) = (
            person.get(target.clone()).expect(200),
            person.call("HEAD", target.clone()).send().expect(200),
        );
        assert!(head.bytes().is_empty());
        for header in ["content-type", "etag", "cache-control"] {
            assert_eq!(get.find_header(header), head.find_header(header), "{target}: {header}");
        }
        if let Some(length) = head.find_header("content-length") {
            assert_eq!(length, get.bytes().len().to_string(), "{target}");
        }
    }
    for (target, status) in [
        ("/api/tasks/0190f5fe-7c00-7a00-8000-000000000000", 404),
        ("/api/nothing", 404),
        ("/api/auth/login", 405),
    ] {
        let _ = person.call("HEAD", target).send().expect(status);
    }
}

fn request_ids_go_through() {
    let person = shared::somebody();
    let answer = person
        .call("GET", "/api/me")
        .header("X-Request-Id", "from-the-proxy-1")
        .send()
        .expect(200);
    assert_eq!(answer.header("x-request-id"), "from-the-proxy-1");
    let problem = person
        .call("GET", "/api/nothing")
        .header("X-Request-Id", "from-the-proxy-2")
        .send()
        .refused(404);
    assert_eq!(problem["request_id"], "from-the-proxy-2");
    // One that could forge log lines or is endless is replaced.
    for id in ["a b\"c", "x\u{e9}", &"x".repeat(1000)] {
        let answer = person.call("GET", "/api/me").header("X-Request-Id", id).send().expect(200);
        assert_ne!(answer.header("x-request-id"), id);
    }
    assert_ne!(
        person.get("/api/me").header("x-request-id"),
        person.get("/api/me").header("x-request-id")
    );
}

fn each_request_is_one_line_without_personal_text() {
    let person = shared::person();
    let request_id = format!("log-{}", person.id);
    let title = format!("Confidential {}", person.id);
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let call = person.call("POST", "/api/tasks").header("X-Request-Id", &request_id);
    let _ = call
        .header("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01"))
        .json(&json!({"title": title}))
        .send()
        .expect(201);
    person.audit(1);
    let lines_of = || -> Vec<Value> {
        let log = shared::with_app(spindle_e2e::app::App::log);
        let parsed = log.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        parsed
            .filter(|line| line["request_id"] == request_id.as_str() && line["component"] == "task-api")
            .collect()
    };
    let lines = wait_until(Duration::from_secs(10), "the log line of a request", || {
        Some(lines_of()).filter(|lines| !lines.is_empty())
    });
    assert_eq!(lines.len(), 1, "{lines:?}");
    let line = &lines[0];
    for (member, value) in [
        ("level", json!("info")),
        ("method", json!("POST")),
        ("route", json!("/api/tasks")),
        ("status", json!(201)),
        ("user_id", json!(person.id)),
        ("trace_id", json!(trace)),
    ] {
        assert_eq!(line[member], value, "{member} of {line}");
    }
    assert!(
        line["timestamp"].is_string() && line["duration_ms"].is_number() && line["message"].is_string(),
        "{line}"
    );
    let log = shared::with_app(spindle_e2e::app::App::log).join("\n");
    for secret in [
        title.as_str(),
        person.email.as_str(),
        person.token.as_str(),
        spindle_e2e::person::PASSWORD,
    ] {
        assert!(!log.contains(secret), "the log tells {secret}");
    }
}

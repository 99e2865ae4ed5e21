//! Who may do what: tokens, other people's tasks, what only Dapr may call, other origins.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use spindle_e2e::{person::Person, sidecar::Sidecar};

use crate::{service, shared};

crate::tests![
    without_a_token_there_is_nothing,
    a_bad_token_is_none,
    another_persons_task_is_not_there,
    another_persons_lists_are_their_own,
    what_dapr_calls_takes_its_token,
    the_sidecar_takes_its_token,
    only_allowed_origins_may_call,
    answers_tell_browsers_to_be_careful,
];

/// Every operation that takes an access token, with a path that names `task`.
fn guarded(task: &str) -> Vec<(String, String)> {
    let document = service::document();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let security = operation.get("security").or_else(|| document.get("security"));
            let bearer = security.and_then(Value::as_array).is_some_and(|schemes| {
                schemes.iter().any(|scheme| {
                    scheme
                        .as_object()
                        .is_some_and(|names| names.keys().any(|name| name == "access_token"))
                })
            });
            if bearer {
                operations.push((method.to_uppercase(), path.replace("{id}", task)));
            }
        }
    }
    assert!(operations.len() >= 12, "{operations:?}");
    operations
}

fn without_a_token_there_is_nothing() {
    let client = shared::client();
    let task = shared::somebody().create_titled("Private");
    for (method, path) in guarded(&task) {
        let answer = client.call(&method, path.clone()).send().expect(401);
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{method} {path}");
        // With a body too: nothing of it is looked at.
        client
            .call(&method, path)
            .json(&json!({"title": "x", "nonsense": 1}))
            .send()
            .refused(401);
    }
}

fn a_bad_token_is_none() {
    let client = shared::client();
    let person = shared::somebody();
    let parts: Vec<&str> = person.token.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        panic!("an access token has three parts")
    };
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let decoded: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    let mut other = decoded.clone();
    other["sub"] = json!("0190f5fe-7c00-7a00-8000-000000000000");
    let mut flipped = (*signature).to_owned();
    let first = if flipped.starts_with('A') { "B" } else { "A" };
    flipped.replace_range(0..1, first);
    for token in [
        String::new(),
        "x".to_owned(),
        "a.b.c".to_owned(),
        format!("{header}.{claims}"),
        format!("{header}.{claims}."),
        format!("{header}.{claims}.{flipped}"),
        format!("{header}.{}.{signature}", encode(&other)),
        format!("{}.{claims}.", encode(&json!({"alg": "none", "typ": "JWT"}))),
        format!("{}.{claims}.{signature}", encode(&json!({"alg": "HS256", "typ": "JWT"}))),
        format!("{}.{claims}.{signature}", encode(&json!({"alg": "EdDSA", "kid": "unknown"}))),
        format!("{}.extra", person.token),
        format!("{} ", "x".repeat(10_000)),
    ] {
        client.call("GET", "/api/me").bearer(&token).send().refused(401);
    }
    for scheme in ["Basic", "Token", ""] {
        client
            .call("GET", "/api/me")
            .header("Authorization", &format!("{scheme} {}", person.token))
            .send()
            .refused(401);
    }
    // The scheme's case does not matter (RFC 9110, section 11.1).
    let _ = client
        .call("GET", "/api/me")
        .header("Authorization", &format!("bearer {}", person.token))
        .send()
        .expect(200);
    // A token in the query is no token.
    client
        .call("GET", format!("/api/tasks?access_token={}", person.token))
        .send()
        .refused(401);
}

fn another_persons_task_is_not_there() {
    let (owner, stranger) = (shared::person(), shared::somebody());
    let task = owner.create(&json!({"title": "Mine alone"}));
    let path = format!("/api/tasks/{}", task["id"].as_str().unwrap_or_default());
    let absent = stranger.get("/api/tasks/0190f5fe-7c00-7a00-8000-000000000000").refused(404);
    for (method, path, body) in [
        ("GET", path.clone(), None),
        ("PUT", path.clone(), Some(json!({"title": "Taken"}))),
        ("PATCH", path.clone(), Some(json!({"title": "Taken"}))),
        ("DELETE", path.clone(), None),
        ("POST", format!("{path}/restore"), None),
        ("GET", format!("{path}/activity"), None),
    ] {
        for tag in [None, Some("\"1\""), Some("\"9\"")] {
            let mut call = stranger.call(method, path.clone());
            if let Some(body) = &body {
                call = call.json(body);
            }
            if let Some(tag) = tag {
                call = call.header("If-Match", tag);
            }
            let problem = call.send().refused(404);
            assert_eq!(
                (&problem["code"], &problem["detail"]),
                (&absent["code"], &absent["detail"]),
                "{method}: told apart"
            );
        }
    }
    assert_eq!(owner.get(path).ok(200), task);
}

fn another_persons_lists_are_their_own() {
    let (owner, stranger) = (shared::person(), shared::person());
    let task = owner.create_titled("Unmistakable");
    owner.audit(1);
    assert_eq!(stranger.get("/api/tasks").ok(200)["total"], 0);
    assert_eq!(stranger.get("/api/tasks?status=trashed").ok(200)["total"], 0);
    assert_eq!(stranger.get("/api/tasks/search?q=unmistakable").ok(200)["total"], 0);
    assert_eq!(stranger.get("/api/events/audit").ok(200)["total"], 0);
    assert_eq!(stranger.get(format!("/api/events/audit?task_id={task}")).ok(200)["total"], 0);
    assert_eq!(stranger.get("/api/events/audit/verify").ok(200)["entries"], 0);
    let _ = stranger.get("/api/changes?since=0").expect(304);
}

fn what_dapr_calls_takes_its_token() {
    let client = shared::client();
    let person = shared::somebody();
    for (method, path) in [
        ("GET", "/dapr/subscribe"),
        ("POST", "/ticks/outbox"),
        ("POST", "/api/events/task-events"),
    ] {
        for token in [None, Some(""), Some("wrong"), Some(person.token.as_str())] {
            let mut call = person.call(method, path);
            if let Some(token) = token {
                call = call.header("dapr-api-token", token);
            }
            if method == "POST" {
                call = call.json(&json!({}));
            }
            call.send().refused(403);
        }
        client.call(method, path).send().refused(403);
    }
}

fn the_sidecar_takes_its_token() {
    let sidecar = shared::with_app(Sidecar::of).unwrap();
    for token in [None, Some(""), Some("wrong")] {
        for path in [
            "/v1.0/state/statestore/outbox:0",
            "/v1.0/secrets/secretstore/jwt-signing-key",
            "/v1.0/metadata",
        ] {
            assert_eq!(sidecar.status_with(path, token).unwrap(), 401, "{path}");
        }
    }
}

fn only_allowed_origins_may_call() {
    let client = shared::client();
    let preflight = |origin: &str| {
        let call = client.call("OPTIONS", "/api/tasks").header("Origin", origin);
        call.header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "authorization,content-type")
            .send()
    };
    let allowed = preflight(shared::ALLOWED_ORIGIN);
    assert!([200, 204].contains(&allowed.status()), "{}", allowed.status());
    assert_eq!(allowed.header("access-control-allow-origin"), shared::ALLOWED_ORIGIN);
    assert!(allowed.header("access-control-allow-methods").contains("POST"));
    let headers = allowed.header("access-control-allow-headers").to_lowercase();
    for header in ["authorization", "content-type", "if-match", "idempotency-key"] {
        assert!(headers.contains(header), "{header}");
    }
    let person = shared::somebody();
    let answer = person
        .call("GET", "/api/tasks")
        .header("Origin", shared::ALLOWED_ORIGIN)
        .send()
        .expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), shared::ALLOWED_ORIGIN);
    assert!(
        answer
            .headers("vary")
            .iter()
            .any(|vary| vary.to_lowercase().contains("origin"))
    );
    assert!(answer.header("access-control-expose-headers").to_lowercase().contains("etag"));
    // Errors too, else a script could not read them.
    let error = client
        .call("GET", "/api/tasks")
        .header("Origin", shared::ALLOWED_ORIGIN)
        .send()
        .expect(401);
    assert_eq!(error.header("access-control-allow-origin"), shared::ALLOWED_ORIGIN);
    for origin in [
        "https://evil.example",
        "null",
        "https://app.example.org.evil.example",
        "http://app.example.org",
    ] {
        assert!(
            preflight(origin).find_header("access-control-allow-origin").is_none(),
            "{origin}"
        );
        let answer = person.call("GET", "/api/tasks").header("Origin", origin).send();
        assert!(answer.find_header("access-control-allow-origin").is_none(), "{origin}");
    }
}

fn answers_tell_browsers_to_be_careful() {
    let person: &Person = shared::somebody();
    for target in ["/api/tasks", "/api/me", "/api/nothing"] {
        let answer = person.get(target);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{target}");
        let cache = answer.header("cache-control");
        assert!(
            cache.contains("no-store") || cache.contains("private") || cache.contains("no-cache"),
            "{target}: {cache}"
        );
    }
}

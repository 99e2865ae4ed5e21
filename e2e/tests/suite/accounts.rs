//! Registering, logging in, the profile.

use serde_json::{Value, json};
use spindle_e2e::person::{PASSWORD, Person, new_email};

use crate::shared;

crate::tests![
    registering_signs_in,
    registering_takes_only_what_keeps_the_rules,
    an_address_is_taken_once_whatever_its_case,
    logging_in_takes_address_and_password,
    the_profile_reads_back,
    the_profile_changes,
    the_profile_refuses_what_breaks_a_rule,
];

fn registering_signs_in() {
    let client = shared::client();
    let email = new_email();
    let body = json!({"email": email, "password": PASSWORD, "name": " Ada  ", "time_zone": "Europe/Berlin"});
    let answer = client.call("POST", "/api/auth/register").json(&body).send().expect(201);
    let session = answer.json();
    assert_eq!(session["token_type"], "Bearer");
    assert_eq!(session["expires_in"], 900);
    assert_eq!(session["user"]["email"], email);
    assert_eq!(session["user"]["name"], "Ada");
    assert_eq!(session["user"]["time_zone"], "Europe/Berlin");
    assert!(session["user"].get("password").is_none() && session["user"].get("password_hash").is_none());
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("spindle_refresh="), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/api/auth", "Max-Age="] {
        assert!(cookie.contains(attribute), "{cookie} lacks {attribute}");
    }
    assert!(!cookie.contains("Secure"), "not on plain http: {cookie}");
    assert!(
        answer.header("cache-control").contains("no-store"),
        "a token must not be cached"
    );
    let token = session["access_token"].as_str().unwrap_or_default();
    let me = client.call("GET", "/api/me").bearer(token).send().ok(200);
    assert_eq!(me, session["user"]);
}

fn registering_takes_only_what_keeps_the_rules() {
    let client = shared::client();
    let good = json!({"email": "somebody@example.org", "password": PASSWORD});
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    for (field, value) in [
        ("email", json!("")),
        ("email", json!("nobody")),
        ("email", json!("a@")),
        ("email", json!("@example.org")),
        ("email", json!("a b@example.org")),
        ("email", json!("a\n@example.org")),
        ("email", json!(format!("{}@example.org", "x".repeat(300)))),
        ("email", json!(7)),
        ("email", Value::Null),
        ("password", json!("123456789")),
        ("password", json!("x".repeat(129))),
        ("password", json!("somebody@example.org")),
        ("password", json!("SOMEBODY@example.org")),
        ("password", json!(["correct horse battery"])),
        ("name", json!("x".repeat(5000))),
        ("name", json!("a\u{7}b")),
        ("name", json!(1)),
        ("time_zone", json!("Mars/Olympus")),
        ("time_zone", json!("")),
        ("time_zone", json!("+02:00")),
        ("nickname", json!("x")),
        ("id", json!("x")),
    ] {
        let body = with(field, value);
        let answer = client.call("POST", "/api/auth/register").json(&body).send();
        answer.refused_for(422, field);
    }
    for field in ["email", "password"] {
        let mut body = good.clone();
        body.as_object_mut().map(|members| members.remove(field));
        client
            .call("POST", "/api/auth/register")
            .json(&body)
            .send()
            .refused_for(422, field);
    }
    // Everything that is wrong is told at once.
    let problem = client
        .call("POST", "/api/auth/register")
        .json(&json!({"email": "x", "password": "y"}))
        .send()
        .refused(422);
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(2), "{problem}");
}

fn an_address_is_taken_once_whatever_its_case() {
    let client = shared::client();
    let person = shared::person();
    for email in [
        person.email.clone(),
        person.email.to_uppercase(),
        format!(" {} ", person.email),
    ] {
        let body = json!({"email": email, "password": "another long password"});
        let answer = client.call("POST", "/api/auth/register").json(&body).send();
        answer.refused_for(409, "email");
    }
    // The first account is untouched.
    assert_eq!(Person::log_in(&client, &person.email).id, person.id);
}

fn logging_in_takes_address_and_password() {
    let client = shared::client();
    let person = shared::somebody();
    for email in [person.email.clone(), person.email.to_uppercase()] {
        let answer = client
            .call("POST", "/api/auth/login")
            .json(&json!({"email": email, "password": PASSWORD}))
            .send()
            .expect(200);
        assert!(answer.header("set-cookie").starts_with("spindle_refresh="));
        assert_eq!(answer.json()["user"]["id"], person.id);
    }
    let refused = |email: &str, password: &str| {
        let body = json!({"email": email, "password": password});
        let answer = client.call("POST", "/api/auth/login").json(&body).send().expect(401);
        assert!(answer.find_header("set-cookie").is_none());
        let problem = answer.json();
        (
            problem["code"].clone(),
            problem["title"].clone(),
            problem["detail"].clone(),
            problem["errors"].clone(),
        )
    };
    // Whether an address is registered is not told.
    let wrong_password = refused(&person.email, "wrong password!");
    assert_eq!(wrong_password, refused(&new_email(), PASSWORD));
    assert_eq!(wrong_password, refused("not an address", PASSWORD));
    assert_eq!(wrong_password, refused(&person.email, &format!("{PASSWORD} ")));
    for (body, field) in [
        (json!({"email": person.email}), "password"),
        (json!({"password": PASSWORD}), "email"),
        (json!({"email": person.email, "password": 1}), "password"),
        (
            json!({"email": person.email, "password": PASSWORD, "remember": true}),
            "remember",
        ),
    ] {
        client
            .call("POST", "/api/auth/login")
            .json(&body)
            .send()
            .refused_for(422, field);
    }
}

fn the_profile_reads_back() {
    let person = shared::somebody();
    let me = person.get("/api/me").ok(200);
    assert_eq!(me["id"], person.id);
    assert_eq!(me["email"], person.email);
    assert_eq!(me["time_zone"], "UTC");
    assert_eq!(me["all_day_reminder_at"], "09:00");
    assert!(
        me["created_at"]
            .as_str()
            .is_some_and(|text| chrono::DateTime::parse_from_rfc3339(text).is_ok()),
        "{me}"
    );
}

fn the_profile_changes() {
    let person = shared::person();
    let change = json!({"name": "Grace Hopper", "time_zone": "America/New_York", "all_day_reminder_at": "07:30"});
    let changed = person.patch("/api/me", &change).ok(200);
    for (field, value) in change.as_object().into_iter().flatten() {
        assert_eq!(&changed[field], value, "{field}");
    }
    assert_eq!(person.get("/api/me").ok(200), changed);
    // A part of it, as a merge patch; nothing at all; null gives the default.
    let patch = person
        .call("PATCH", "/api/me")
        .body("application/merge-patch+json", r#"{"name":"G. H."}"#);
    assert_eq!(patch.send().ok(200)["time_zone"], "America/New_York");
    assert_eq!(person.patch("/api/me", &json!({})).ok(200)["name"], "G. H.");
    let cleared = person
        .patch(
            "/api/me",
            &json!({"name": null, "time_zone": null, "all_day_reminder_at": null}),
        )
        .ok(200);
    assert_eq!(
        (&cleared["time_zone"], &cleared["all_day_reminder_at"]),
        (&json!("UTC"), &json!("09:00"))
    );
}

fn the_profile_refuses_what_breaks_a_rule() {
    let person = shared::person();
    let before = person.get("/api/me").ok(200);
    for (field, value) in [
        ("time_zone", json!("Nowhere/Land")),
        ("time_zone", json!(5)),
        ("all_day_reminder_at", json!("9:00")),
        ("all_day_reminder_at", json!("24:00")),
        ("all_day_reminder_at", json!("09:60")),
        ("all_day_reminder_at", json!("morning")),
        ("name", json!("x".repeat(5000))),
        ("name", json!({})),
        ("password_hash", json!("x")),
        ("role", json!("admin")),
    ] {
        let mut body = json!({"name": "must not be kept"});
        body[field] = value;
        person.patch("/api/me", &body).refused_for(422, field);
    }
    assert_eq!(person.get("/api/me").ok(200), before);
    person
        .call("PATCH", "/api/me")
        .body("application/json", "{\"name\":")
        .send()
        .refused(400);
    person
        .call("PATCH", "/api/me")
        .body("application/json", "[]")
        .send()
        .refused(422);
}

//! How a person likes to see their tasks: settings in the profile.

use serde_json::{Value, json};

use crate::shared;

crate::tests![
    settings_have_defaults_are_kept_and_go_back,
    a_session_tells_them,
    settings_that_are_none_are_refused,
];

fn settings_have_defaults_are_kept_and_go_back() {
    let person = shared::person();
    let usual = json!({"week_start": "monday", "hour_cycle": null, "theme": "system", "language": null});
    let told = |profile: &Value| {
        let mut picked = json!({});
        for field in ["week_start", "hour_cycle", "theme", "language"] {
            picked[field] = profile[field].clone();
        }
        picked
    };
    assert_eq!(told(&person.get("/api/me").ok(200)), usual);
    let set = json!({"week_start": "sunday", "hour_cycle": "h12", "theme": "dark", "language": "de"});
    assert_eq!(told(&person.patch("/api/me", &set).ok(200)), set);
    let profile = person.patch("/api/me", &json!({"theme": "light"})).ok(200);
    assert_eq!(
        (&profile["theme"], &profile["week_start"]),
        (&json!("light"), &json!("sunday"))
    );
    assert_eq!(person.get("/api/me").ok(200), profile);
    let cleared = json!({"week_start": null, "hour_cycle": null, "theme": null, "language": null});
    assert_eq!(told(&person.patch("/api/me", &cleared).ok(200)), usual);
}

fn a_session_tells_them() {
    let person = shared::person();
    let _ = person.patch("/api/me", &json!({"theme": "dark"})).expect(200);
    let body = json!({"email": person.email, "password": spindle_e2e::person::PASSWORD});
    let session = person.client().call("POST", "/api/auth/login").json(&body).send().ok(200);
    assert_eq!(session["user"], person.get("/api/me").ok(200));
}

fn settings_that_are_none_are_refused() {
    let person = shared::somebody();
    for (body, field) in [
        (json!({"week_start": "friday"}), "week_start"),
        (json!({"week_start": "Monday"}), "week_start"),
        (json!({"hour_cycle": "24"}), "hour_cycle"),
        (json!({"theme": "pink"}), "theme"),
        (json!({"language": "fr"}), "language"),
        (json!({"language": 1}), "language"),
    ] {
        person.patch("/api/me", &body).refused_for(422, field);
    }
}

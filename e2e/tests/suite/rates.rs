//! Limits of registrations and logins, on an instance of its own.

use serde_json::json;
use spindle_e2e::{
    app::Settings,
    person::{PASSWORD, Person, new_email},
};

use crate::shared;

crate::tests![logins_and_registrations_are_limited];

fn logins_and_registrations_are_limited() {
    let settings = Settings::default()
        .variable("register_limit_per_minute", "3")
        .variable("login_limit_per_minute", "4");
    let (_app, client) = shared::start(settings);
    // The window may be a clock minute that turns during the test: then the count begins again, so up to twice as many may pass.
    let person = Person::register(&client);
    let attempts = |most: usize, call: &dyn Fn() -> spindle_e2e::api::Answer, passes: u16| {
        for _ in 0..=2 * most {
            let answer = call();
            if answer.status() == 429 {
                let wait: u32 = answer
                    .header("retry-after")
                    .parse()
                    .unwrap_or_else(|_| answer.fail("Retry-After is no number"));
                assert!((1..=60).contains(&wait), "{wait}");
                return;
            }
            let _ = answer.expect(passes);
        }
        panic!("no limit after {} attempts", 2 * most);
    };
    let register = || {
        client
            .call("POST", "/api/auth/register")
            .json(&json!({"email": new_email(), "password": PASSWORD}))
            .send()
    };
    attempts(3, &register, 201);
    let wrong = || {
        client
            .call("POST", "/api/auth/login")
            .json(&json!({"email": person.email, "password": "guess number 1"}))
            .send()
    };
    attempts(4, &wrong, 401);
    // The account is closed to guesses from elsewhere too, but others are not; an address gets three times as many.
    let others = || {
        client
            .call("POST", "/api/auth/login")
            .json(&json!({"email": new_email(), "password": "guess number 1"}))
            .send()
    };
    attempts(12, &others, 401);
}

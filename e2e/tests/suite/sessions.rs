//! Refresh tokens: rotation, reuse, logout.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use spindle_e2e::{
    api::{Answer, Client},
    person::{PASSWORD, new_email},
};

use crate::shared;

crate::tests![
    refreshing_rotates_the_token,
    a_refresh_without_a_good_cookie_is_refused,
    logging_out_ends_the_session_and_no_other,
    a_stolen_token_ends_the_family,
];

/// What a browser would send back of `Set-Cookie`.
#[track_caller]
pub(crate) fn cookie_of(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

#[track_caller]
pub(crate) fn sign_up(client: &Arc<Client>) -> (String, String) {
    let email = new_email();
    let answer = client
        .call("POST", "/api/auth/register")
        .json(&json!({"email": email, "password": PASSWORD}))
        .send()
        .expect(201);
    (email, cookie_of(&answer))
}

pub(crate) fn refresh(client: &Arc<Client>, cookie: &str) -> Answer {
    client.call("POST", "/api/auth/refresh").header("Cookie", cookie).send()
}

fn refreshing_rotates_the_token() {
    let client = shared::client();
    let (email, first) = sign_up(&client);
    let answer = refresh(&client, &first).expect(200);
    let second = cookie_of(&answer);
    assert_ne!(first, second);
    let session = answer.json();
    assert_eq!(session["user"]["email"], email);
    let token = session["access_token"].as_str().unwrap_or_default();
    client.call("GET", "/api/me").bearer(token).send().ok(200);
    // Two tabs may have raced for it: the old one is still taken for a moment, and the family lives on.
    refresh(&client, &first).ok(200);
    let third = cookie_of(&refresh(&client, &second).expect(200));
    assert_ne!(second, third);
    // Among other cookies.
    refresh(&client, &format!("theme=dark; {third}; x=y")).ok(200);
}

fn a_refresh_without_a_good_cookie_is_refused() {
    let client = shared::client();
    client.call("POST", "/api/auth/refresh").send().refused(401);
    for cookie in [
        "spindle_refresh=",
        "spindle_refresh=nonsense",
        "other=1",
        "spindle_refresh=%00",
        "spindle_refresh=a.b.c.d",
    ] {
        refresh(&client, cookie).refused(401);
    }
    let (_, good) = sign_up(&client);
    let mut forged = good.clone();
    forged.push('x');
    refresh(&client, &forged).refused(401);
    refresh(&client, good.get(..good.len() - 1).unwrap_or_default()).refused(401);
    refresh(&client, &good).ok(200);
}

fn logging_out_ends_the_session_and_no_other() {
    let client = shared::client();
    let (email, first) = sign_up(&client);
    let login = client
        .call("POST", "/api/auth/login")
        .json(&json!({"email": email, "password": PASSWORD}))
        .send()
        .expect(200);
    let second = cookie_of(&login);
    let out = client
        .call("POST", "/api/auth/logout")
        .header("Cookie", &first)
        .send()
        .expect(204);
    let cleared = out.header("set-cookie");
    assert!(
        cleared.starts_with("spindle_refresh=;") && cleared.contains("Max-Age=0"),
        "{cleared}"
    );
    refresh(&client, &first).refused(401);
    refresh(&client, &second).ok(200);
    // Without a session, and twice, it is the same.
    client.call("POST", "/api/auth/logout").send().expect(204).bytes();
    client
        .call("POST", "/api/auth/logout")
        .header("Cookie", &first)
        .send()
        .expect(204)
        .bytes();
}

fn a_stolen_token_ends_the_family() {
    let client = shared::client();
    let (email, stolen) = sign_up(&client);
    let other_device = cookie_of(
        &client
            .call("POST", "/api/auth/login")
            .json(&json!({"email": email, "password": PASSWORD}))
            .send()
            .expect(200),
    );
    let rotated = Instant::now();
    let kept = cookie_of(&refresh(&client, &stolen).expect(200));
    // Past the grace of 10 s, which is counted in whole seconds. There is nothing to look at meanwhile: looking is what must not happen before.
    while rotated.elapsed() < Duration::from_millis(11_100) {
        std::thread::sleep(Duration::from_millis(100));
    }
    refresh(&client, &stolen).refused(401);
    refresh(&client, &kept).refused(401);
    refresh(&client, &other_device).ok(200);
}

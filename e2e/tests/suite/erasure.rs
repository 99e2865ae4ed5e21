//! Erasing a person: nothing is left, and nobody else loses anything.

use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use spindle_e2e::{
    person::{PASSWORD, Person, id},
    poll::wait_until,
    sidecar::Sidecar,
};

use crate::{reminders, shared};

crate::tests![erasing_takes_the_password, erasing_leaves_nothing, an_address_is_free_again];

const KEY: &str = "saved for the erased";

fn erasing_takes_the_password() {
    let person = shared::person();
    person.create_titled("kept");
    person
        .call("DELETE", "/api/me")
        .json(&json!({}))
        .send()
        .refused_for(422, "password");
    person
        .call("DELETE", "/api/me")
        .json(&json!({"password": "not my password"}))
        .send()
        .refused_for(422, "password");
    person
        .call("DELETE", "/api/me")
        .json(&json!({"password": PASSWORD, "sure": true}))
        .send()
        .refused_for(422, "sure");
    person
        .call("DELETE", "/api/me")
        .body("text/plain", PASSWORD)
        .send()
        .refused(415);
    assert_eq!(person.get("/api/tasks").ok(200)["total"], 1);
}

fn erasing_leaves_nothing() {
    let client = shared::client();
    let (person, neighbour) = (shared::person(), shared::person());
    let mark = format!("Secret plan of {}", person.id);
    let ids: Vec<String> = (0..20)
        .map(|number| person.create_titled(&format!("{mark} {number}")))
        .collect();
    person.delete(format!("/api/tasks/{}", ids[0])).expect(204).bytes();
    neighbour.create_titled("mine");
    // An answer saved for its key, and a reminder that has rung.
    let ringing = json!({"title": format!("{mark} rings"), "reminder_at": reminders::at(chrono::TimeDelta::milliseconds(300))});
    let call = person.call("POST", "/api/tasks").header("Idempotency-Key", KEY);
    let ringing = id(&call.json(&ringing).send().ok(201));
    let _ = reminders::rung(&person, 1);
    person.audit(23);

    // Else the look afterwards would prove nothing.
    let before: Vec<String> = traces(&person, &mark, &ringing).into_iter().map(|(key, _)| key).collect();
    for kind in [
        "user:",
        "login:",
        "feed:",
        "audit:",
        "tasks:",
        "idem:",
        "idem-index:",
        "notifications:",
        "reminder:",
    ] {
        assert!(before.iter().any(|key| key.starts_with(kind)), "no {kind} among {before:?}");
    }

    let answer = person
        .call("DELETE", "/api/me")
        .json(&json!({"password": PASSWORD}))
        .send()
        .expect(204);
    assert!(
        answer.header("set-cookie").contains("Max-Age=0"),
        "the refresh cookie is cleared"
    );

    // The token is good for minutes more, but there is nobody behind it.
    for path in ["/api/me", "/api/tasks", "/api/tasks/search?q=secret", "/api/changes"] {
        person.get(path).refused(401);
    }
    person.post("/api/tasks", &json!({"title": "from the grave"})).refused(401);
    let answer = person.get(format!("/api/tasks/{}", ids[1]));
    assert!([401, 404].contains(&answer.status()), "{}", answer.status());
    let login = json!({"email": person.email, "password": PASSWORD});
    client.call("POST", "/api/auth/login").json(&login).send().refused(401);

    // The audit log is emptied after the answer, as part of what the outbox carries on.
    wait_until(Duration::from_secs(30), "the audit log of an erased person is empty", || {
        let answer = person.get("/api/events/audit");
        (answer.status() == 401 || answer.json()["total"] == 0).then_some(())
    });
    wait_until(Duration::from_secs(30), "no state of an erased person is left", || {
        traces(&person, &mark, &ringing).is_empty().then_some(())
    });
    assert_eq!(neighbour.get("/api/tasks").ok(200)["total"], 1);
    assert_eq!(neighbour.audit(1).len(), 1);
}

/// What the state store still holds of a person (design.md, section 6), as key and value. The chain's head may stay as a mark that
/// its owner is erased, when it tells nothing of them.
fn traces(person: &Person, mark: &str, ringing: &str) -> Vec<(String, String)> {
    let id = person.id.replace('-', "");
    let mut keys = vec![
        format!("user:{id}"),
        format!("login:{}", sha256(&person.email)),
        format!("feed:{id}"),
        format!("audit:{id}:head"),
        format!("notifications:{id}"),
        format!("idem:{id}:{}", sha256(KEY)),
    ];
    keys.push(format!("reminder:{id}:{}", ringing.replace('-', "")));
    keys.extend((0..16).map(|digit| format!("idem-index:{id}:{digit:x}")));
    keys.extend((0..8).map(|number| format!("tasks:{id}:{number}")));
    keys.extend((0..3).map(|number| format!("audit:{id}:{number}")));
    keys.extend((0..256).map(|slot| format!("outbox:{slot}")));
    let sidecar = shared::with_app(Sidecar::of).unwrap();
    let tells = |text: &str| text.contains(mark) || text.contains(&person.email);
    keys.into_iter()
        .filter_map(|key| sidecar.state(&key).unwrap().map(|value| (key, value)))
        .filter(|(key, value)| tells(value) || !(key.starts_with("outbox:") || key.ends_with(":head")))
        .collect()
}

fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn an_address_is_free_again() {
    let client = shared::client();
    let person = shared::person();
    person.create_titled("old life");
    person
        .call("DELETE", "/api/me")
        .json(&json!({"password": PASSWORD}))
        .send()
        .expect(204)
        .bytes();
    let again = client
        .call("POST", "/api/auth/register")
        .json(&json!({"email": person.email, "password": PASSWORD}))
        .send()
        .ok(201);
    assert_ne!(again["user"]["id"], Value::from(person.id.clone()));
    let again = Person::log_in(&client, &person.email);
    assert_eq!(again.get("/api/tasks").ok(200)["total"], 0);
    assert_eq!(again.get("/api/events/audit").ok(200)["total"], 0);
}

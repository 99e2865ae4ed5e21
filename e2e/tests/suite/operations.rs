//! What docs/operations.md tells an operator to do, done: back up and restore, rotate the signing key. Beside real Dapr only.

use std::fs;
use std::path::Path;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use spindle_e2e::{
    app::{App, Settings, run_to_end},
    audit::check_chain,
    person::{Person, id},
    poll::wait_until,
    stack::{Stack, Topology, daprd},
};

use crate::{
    recurrence::complete,
    reminders::{at, rung},
    sessions::{cookie_of, refresh, sign_up},
};

crate::tests![
    a_restored_backup_loses_nothing_that_it_knows,
    the_signing_key_is_rotated_and_nobody_is_signed_out,
];

const SOON: Duration = Duration::from_secs(30);

fn restart(app: &mut App) {
    app.stop().unwrap();
    app.restart().unwrap();
}

/// Version and title of each entry of a task, oldest first.
fn entries_of(person: &Person, task: &Value) -> Vec<(u64, String)> {
    let mut entries = person.all_pages("/api/events/audit", &format!("task_id={}", id(task)));
    entries.reverse();
    let told = |entry: &Value| {
        let title = entry["payload_snapshot"]["title"].as_str().unwrap_or_default();
        (entry["version"].as_u64().unwrap_or_default(), title.to_owned())
    };
    let changes = entries.iter().filter(|entry| entry["event_type"] != "reminder.fired");
    changes.map(told).collect()
}

fn rename(person: &Person, task: &Value, title: &str) {
    let path = format!("/api/tasks/{}", id(task));
    let _ = person.patch(&path, &json!({ "title": title })).expect(200);
}

fn a_restored_backup_loses_nothing_that_it_knows() {
    let began = Utc::now();
    // Several apps, so that one of them can be late.
    let mut app = App::start_beside_dapr(Settings::roomy(), Topology::FourApps).unwrap();
    let client = app.client();
    let person = Person::register(&client);
    let report = person.create(&json!({"title": "As created"}));
    let call = person.create(&json!({"title": "Call", "reminder_at": at(TimeDelta::seconds(10))}));
    let rent = person.create(&json!({"title": "Rent", "due_date": "2031-01-31", "recurrence_pattern": "monthly"}));
    assert_eq!(person.audit(3).len(), 3);

    // The backup knows a change that is published and not in the audit log yet.
    let stack = |app: &mut App, act: fn(&mut Stack) -> anyhow::Result<()>| act(app.stack().unwrap()).unwrap();
    stack(&mut app, |stack| stack.sidecar("audit-handler")?.stop());
    rename(&person, &report, "In the backup");
    wait_until(SOON, "the change is published", || {
        let records = app.stack().unwrap().kafka.records("task-events").unwrap();
        let mut values = records.iter().map(|record| &record.value);
        values.any(|value| value.contains("In the backup")).then_some(())
    });
    let backup = app.data().join("spindle.dump");
    app.stack().unwrap().postgres.dump(&backup).unwrap();

    // What comes after it is recorded, and will be undone.
    stack(&mut app, |stack| {
        daprd::supervise(stack.sidecar("audit-handler")?, daprd::is_ready)
    });
    rename(&person, &report, "Undone");
    let _ = complete(&person, &rent);
    // Two more of the report, one of each of the others, and the ring.
    assert_eq!(person.audit(8).len(), 8);
    let cursor = person.get("/api/changes").ok(200)["cursor"].clone();

    stack(&mut app, Stack::stop_sidecars);
    app.stop().unwrap();
    app.stack().unwrap().postgres.restore(&backup).unwrap();
    for group in ["task-api", "audit-handler", "reminder-handler", "recurrence-handler"] {
        app.stack().unwrap().kafka.reset_group(group, began).unwrap();
    }
    app.set_variable("after_restore", "true");
    app.restart().unwrap();
    stack(&mut app, Stack::start_sidecars);
    wait_until(SOON, "the undone changes are left out", || {
        let log = app.log();
        let lines = log.iter().filter(|line| line.contains("was undone by a restore"));
        (lines.count() >= 3).then_some(())
    });
    app.set_variable("after_restore", "false");
    restart(&mut app);

    let known = [(1, "As created".to_owned()), (2, "In the backup".to_owned())];
    assert_eq!(entries_of(&person, &report), known);
    // A page that was open meanwhile reads everything again.
    let changes = person.get(format!("/api/changes?since={cursor}")).ok(200);
    assert_eq!(changes["reset"], true, "{changes}");
    // The reminder rings again, because the backup does not know that it has, and is recorded once.
    assert_eq!(rung(&person, 1)[0]["task_id"], call["id"]);
    rename(&person, &report, "Goes on");
    // The successor has the id that the undone one had.
    let next = complete(&person, &rent);
    let entries = person.audit(8);
    assert_eq!(entries_of(&person, &report)[2..], [(3, "Goes on".to_owned())]);
    assert_eq!(entries_of(&person, &rent), [(1, "Rent".to_owned()), (2, "Rent".to_owned())]);
    assert_eq!(entries_of(&person, &next), [(1, "Rent".to_owned())]);
    assert_eq!(entries.len(), 8, "{entries:#?}");
    let created = entries.iter().find(|entry| entry["task_id"] == next["id"]).unwrap();
    assert_eq!(created["payload_snapshot"]["created_at"], next["created_at"]);
    check_chain(&entries).unwrap();
}

/// The public keys that `spindle secrets` has written into a folder.
fn public_keys(folder: &Path) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("spin.env")).unwrap();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("SPIN_VARIABLE_JWT_PUBLIC_KEYS="));
    let set: Value = serde_json::from_str(line.unwrap().trim_matches('\'')).unwrap();
    set["keys"].as_array().unwrap().clone()
}

fn secret_store(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("dapr-secrets.json")).unwrap()).unwrap()
}

fn the_signing_key_is_rotated_and_nobody_is_signed_out() {
    let mut app = App::start_beside_dapr(Settings::roomy(), Topology::OneApp).unwrap();
    let client = app.client();
    let works = |token: &str| client.call("GET", "/api/me").bearer(token).send();
    let token_of = |session: Value| session["access_token"].as_str().unwrap_or_default().to_owned();
    let (_, cookie) = sign_up(&client);
    let answer = refresh(&client, &cookie).expect(200);
    let (cookie, old) = (cookie_of(&answer), token_of(answer.json()));

    let (data, new_data) = (app.data().to_owned(), app.data().join("new"));
    let (code, _, errors) = run_to_end(&["secrets", "--data", &new_data.to_string_lossy()]).unwrap();
    assert_eq!(code, Some(0), "{errors}");
    let new_keys = public_keys(&new_data);
    let both = [public_keys(&data), new_keys.clone()].concat();
    app.set_variable("jwt_public_keys", &json!({ "keys": both }).to_string());
    restart(&mut app);
    works(&old).ok(200);

    let mut secrets = secret_store(&data);
    secrets["jwt-signing-key"] = secret_store(&new_data)["jwt-signing-key"].clone();
    fs::write(data.join("dapr-secrets.json"), secrets.to_string()).unwrap();
    let sidecar = app.stack().unwrap().sidecar("spindle").unwrap();
    sidecar.stop().unwrap();
    daprd::supervise(sidecar, daprd::is_ready).unwrap();
    let answer = refresh(&client, &cookie).expect(200);
    let (cookie, new) = (cookie_of(&answer), token_of(answer.json()));
    works(&old).ok(200);
    works(&new).ok(200);

    app.set_variable("jwt_public_keys", &json!({ "keys": new_keys }).to_string());
    restart(&mut app);
    works(&old).refused(401);
    works(&new).ok(200);
    refresh(&client, &cookie).ok(200);
}

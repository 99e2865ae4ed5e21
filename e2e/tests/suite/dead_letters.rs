//! Events that a handler has refused for good: kept, listed, replayed.

use std::time::Duration;

use serde_json::{Value, json};
use spindle_e2e::{
    app::run_to_end,
    poll::wait_until,
    sidecar::{Sidecar, app_api_token},
};

use crate::{outbox, shared};

crate::tests![
    what_a_handler_refuses_is_listed_and_comes_back_when_replayed,
    a_replayed_event_is_handled,
    wrong_arguments_are_one_line,
];

const SOON: Duration = Duration::from_secs(30);

/// Runs `spindle dead-letters` on the shared instance.
fn dead_letters(arguments: &[&str]) -> (Option<i32>, String, String) {
    let (sidecar, app_id, data) = shared::with_app(|app| {
        let data = app.data().display().to_string();
        (format!("http://{}", app.sidecar_address()), app.app_id(), data)
    });
    let from = ["--sidecar", &sidecar, "--app-id", app_id, "--data", &data];
    run_to_end(&[&["dead-letters"], arguments, &from].concat()).unwrap()
}

/// The line of the dead letter of an event, as its fields.
fn line_of(event_id: &str) -> Option<Vec<String>> {
    let (code, out, errors) = dead_letters(&["list"]);
    assert_eq!(code, Some(0), "{errors}");
    let mut lines = out
        .lines()
        .map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    lines.find(|fields| fields.last().is_some_and(|id| id == event_id))
}

fn what_a_handler_refuses_is_listed_and_comes_back_when_replayed() {
    let sidecar = shared::with_app(Sidecar::of).unwrap();
    let id = shared::person().id;
    // Nobody understands schema 99.
    let event = json!({
        "specversion": "1.0", "id": id, "source": "/spindle/task-api", "type": "task.created", "subject": id,
        "time": "2026-11-22T00:00:00Z", "datacontenttype": "application/json", "data": {"schema": 99},
    });
    sidecar.publish("task-events", &event).unwrap();
    let line = wait_until(SOON, "the refused event is listed", || line_of(&id));
    let number = line[0].clone();
    assert_eq!(line[2..], ["task-events", "task.created", &id, &id].map(str::to_owned));

    let (code, _, errors) = dead_letters(&["replay", &number]);
    assert_eq!((code, errors.trim()), (Some(0), "replayed 1"));
    let again = wait_until(SOON, "it is refused again", || line_of(&id).filter(|line| line[0] != number));
    let (code, _, errors) = dead_letters(&["replay", &number]);
    assert_eq!(code, Some(1), "it is forgotten under its old number");
    assert!(errors.contains(&number) && errors.lines().count() == 1, "{errors}");
    assert_ne!(again[0], number);
}

/// As if a handler had refused it once and been mended since.
fn a_replayed_event_is_handled() {
    let (person, task) = outbox::life();
    let entries = person.audit(2);
    let mut event = outbox::event_of(&entries[1]);
    event["data"]["version"] = json!(3);
    event["id"] = json!(format!("replayed-{task}"));
    let token = shared::with_app(|app| app_api_token(app.data())).unwrap();
    for _ in 0..2 {
        let call = person.client().call("POST", "/dead-letters").header("dapr-api-token", &token);
        let status: Value = call.body("application/cloudevents+json", event.to_string()).send().ok(200);
        assert_eq!(status["status"], "SUCCESS");
    }
    let (code, out, _) = dead_letters(&["list"]);
    let own = out.lines().filter(|line| line.contains(&format!("replayed-{task}"))).count();
    assert_eq!((code, own), (Some(0), 1), "one that comes again is one: {out}");
    let number = line_of(&format!("replayed-{task}")).unwrap().remove(0);
    assert_eq!(dead_letters(&["replay", &number]).0, Some(0));
    assert_eq!(person.audit(3).len(), 3);
    assert_eq!(line_of(&format!("replayed-{task}")), None);
}

fn wrong_arguments_are_one_line() {
    let (code, _, errors) = dead_letters(&["replay", "987654321"]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("987654321") && errors.lines().count() == 1, "{errors}");
    let nowhere = ["dead-letters", "list", "--sidecar", "http://127.0.0.1:1", "--token", "x"];
    let (code, _, errors) = run_to_end(&nowhere).unwrap();
    assert_eq!(code, Some(1));
    assert!(errors.contains("--sidecar") && errors.lines().count() == 1, "{errors}");
    let (code, _, errors) = dead_letters(&["list", "--token", "wrong"]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("--token") && errors.lines().count() == 1, "{errors}");
}

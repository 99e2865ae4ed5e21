//! Back ends that are not there, or not as they should be, at start: readiness says which, the log says it once, and it recovers. Only
//! beside real Dapr: the embedded sidecar has no back ends that could be away.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use spindle_e2e::{
    app::{App, Settings},
    person::Person,
    poll::wait_until,
    stack::{Stack, Topology},
};
use tempfile::TempDir;

crate::tests![
    a_broker_that_is_not_there_at_start,
    a_database_that_is_not_there_at_start,
    a_database_with_another_password,
    a_missing_topic,
    a_missing_secret,
];

const LONG: Duration = Duration::from_mins(2);
/// How often readiness is asked for in each state.
const PROBES: usize = 5;

/// A stack, before its sidecars; and the apps beside it.
fn apps(creates_topics: bool) -> App {
    let folder = TempDir::with_prefix("spindle-e2e-").unwrap();
    let stack = Stack::start_with(Topology::OneApp, folder.path(), creates_topics).unwrap();
    App::start_hosts(Settings::roomy(), stack, folder).unwrap()
}

/// The roles that readiness calls missing, with what it says of them; empty when ready.
fn missing(app: &App) -> Vec<(String, String)> {
    let answer = app.client().call("GET", "/health/ready").send();
    let body = answer.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    body["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|error| (text(&error["field"]), text(&error["message"])))
        .collect()
}

/// Waits until readiness calls just these roles missing, then asks a few times more.
fn wait_for(app: &App, roles: &[&str]) -> Vec<(String, String)> {
    let found = wait_until(LONG, &format!("{roles:?} are missing"), || {
        let found = missing(app);
        let names: Vec<&str> = found.iter().map(|(role, _)| role.as_str()).collect();
        (names == roles).then_some(found)
    });
    for _ in 0..PROBES {
        let _ = missing(app);
    }
    found
}

/// The lines of the log about readiness: status and error.
fn told(app: &App) -> Vec<(u64, String)> {
    let log = app.log();
    let lines = log.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter(|line| line["route"] == "/health/ready")
        .map(|line| {
            (
                line["status"].as_u64().unwrap_or_default(),
                line["error"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

/// No two lines in succession say the same.
fn assert_told_once(app: &App) {
    let told = told(app);
    let roles = |(status, error): &(u64, String)| {
        let roles: Vec<String> = error
            .split("; ")
            .filter_map(|cause| cause.split(' ').next())
            .map(str::to_owned)
            .collect();
        (*status, roles)
    };
    for pair in told.windows(2) {
        assert_ne!(roles(&pair[0]), roles(&pair[1]), "{told:#?}");
    }
    assert!(told.len() >= 2, "each state was told: {told:#?}");
}

/// Starts the sidecar again whenever it has ended, as its supervisor does, until all is ready.
fn supervise_until_ready(app: &mut App) {
    let end = Instant::now() + LONG;
    while !missing(app).is_empty() {
        assert!(Instant::now() < end, "still missing: {:?}", missing(app));
        let sidecar = app.stack().unwrap().sidecar("spindle").unwrap();
        if sidecar.has_ended().unwrap() {
            sidecar.spawn().unwrap();
        }
        thread::sleep(Duration::from_millis(100));
    }
}

fn works(app: &App) {
    let person = Person::register(&app.client());
    let _ = person.create_titled("It works");
    assert_eq!(person.audit(1).len(), 1);
}

fn ended(app: &mut App) -> String {
    wait_until(LONG, "the sidecar has given up", || {
        let sidecar = app.stack().unwrap().sidecar("spindle").unwrap();
        sidecar.has_ended().unwrap().then(|| sidecar.log())
    })
}

/// A back end is killed before the sidecar starts, and comes back later.
fn away_at_start(component: &str, kill: fn(&mut Stack) -> anyhow::Result<()>, start: fn(&mut Stack) -> anyhow::Result<()>) {
    let mut app = apps(true);
    kill(app.stack().unwrap()).unwrap();
    app.stack().unwrap().spawn_sidecars().unwrap();
    // Dapr ends when a component cannot be had, and says why.
    let log = ended(&mut app);
    assert!(log.contains(component) && log.contains("connection refused"), "{log}");
    let found = wait_for(&app, &["statestore", "pubsub", "secretstore"]);
    assert!(found.iter().all(|(_, message)| message.contains("sidecar")), "{found:?}");
    start(app.stack().unwrap()).unwrap();
    supervise_until_ready(&mut app);
    works(&app);
    assert_told_once(&app);
}

fn a_broker_that_is_not_there_at_start() {
    away_at_start(
        "pubsub",
        |stack| stack.kafka.daemon.kill(),
        |stack| stack.kafka.daemon.start(),
    );
}

fn a_database_that_is_not_there_at_start() {
    away_at_start(
        "statestore",
        |stack| stack.postgres.daemon.kill(),
        |stack| stack.postgres.start(),
    );
}

fn a_database_with_another_password() {
    let mut app = apps(true);
    app.stack().unwrap().spawn_sidecars().unwrap();
    wait_for(&app, &[]);
    let stack = app.stack().unwrap();
    let wrong = stack.postgres.connection_string_with("wrong");
    stack.write_connection_string(&wrong).unwrap();
    stack.sidecar("spindle").unwrap().stop().unwrap();
    stack.sidecar("spindle").unwrap().spawn().unwrap();
    let log = ended(&mut app);
    assert!(
        log.contains("statestore") && log.contains("password authentication failed"),
        "{log}"
    );
    wait_for(&app, &["statestore", "pubsub", "secretstore"]);
    let stack = app.stack().unwrap();
    let right = stack.postgres.connection_string();
    stack.write_connection_string(&right).unwrap();
    supervise_until_ready(&mut app);
    works(&app);
    assert_told_once(&app);
}

fn a_missing_topic() {
    let mut app = apps(false);
    app.stack().unwrap().spawn_sidecars().unwrap();
    wait_for(&app, &[]);
    let person = Person::register(&app.client());
    // Changes are answered all the same.
    let _ = person.create_titled("Nobody hears of it yet");
    let found = wait_for(&app, &["pubsub"]);
    assert!(found[0].1.contains("task-events"), "{found:?}");
    // What a load balancer asks for is there.
    let _ = app.client().call("GET", "/health/ready?only=statestore").send().expect(200);
    let kafka = &app.stack().unwrap().kafka;
    for topic in ["task-events", "reminders", "task-updates", "dead-letters"] {
        kafka.create_topic(topic).unwrap();
    }
    // Dapr finds it by itself.
    wait_for(&app, &[]);
    assert_eq!(person.audit(1).len(), 1);
    assert_told_once(&app);
}

fn a_missing_secret() {
    let mut app = apps(true);
    let path = app.data().join("dapr-secrets.json");
    let whole: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let mut without = whole.clone();
    without.as_object_mut().unwrap().remove("jwt-signing-key").unwrap();
    std::fs::write(&path, without.to_string()).unwrap();
    app.stack().unwrap().spawn_sidecars().unwrap();
    let found = wait_for(&app, &["secretstore"]);
    assert!(found[0].1.contains("jwt-signing-key"), "{found:?}");
    let body = serde_json::json!({"email": spindle_e2e::person::new_email(), "password": spindle_e2e::person::PASSWORD});
    let _ = app
        .client()
        .call("POST", "/api/auth/register")
        .json(&body)
        .send()
        .refused(503);
    std::fs::write(&path, whole.to_string()).unwrap();
    // The file is read when the sidecar starts.
    let stack = app.stack().unwrap();
    let connection = stack.postgres.connection_string();
    stack.write_connection_string(&connection).unwrap();
    stack.sidecar("spindle").unwrap().stop().unwrap();
    supervise_until_ready(&mut app);
    works(&app);
    assert_told_once(&app);
}

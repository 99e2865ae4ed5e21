//! Reminders across kills, races and a jobs API that is away: never lost, never early, shown once.

use std::thread;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use spindle_e2e::{
    api::Client,
    app::{App, Settings},
    person::{Person, id},
    poll::{slack, wait_until},
    sidecar::app_api_token,
};

use crate::{
    reminders::{SOON, at, notifications, rung},
    shared,
    tasks::instant,
};

crate::tests![
    down_across_the_time_it_rings_late_and_once,
    killed_around_the_time_it_rings_once,
    a_snooze_survives_a_restart,
    two_handlers_at_once_ring_once,
    a_job_that_never_comes_is_made_up_for_by_the_tick,
    many_at_one_instant_all_ring,
];

const ROUNDS: usize = 6;
const AT_ONCE: usize = 12;
const MANY: usize = 400;

fn post(client: &Client, token: &str, path: &str, body: &Value) -> u16 {
    client
        .call("POST", path)
        .header("dapr-api-token", token)
        .json(body)
        .send()
        .status()
}

fn job_of(person: &Person, task: &Value, minute: i64) -> (String, Value) {
    let data = json!({"user_id": person.id, "task_id": task["id"], "minute": minute});
    (format!("/job/reminder-{}", id(task)), data)
}

/// Time to create tasks, and to hear of them, before the moment at which they remind: what is past when it is said does not ring.
fn time_to_create(ms: i64) -> TimeDelta {
    TimeDelta::milliseconds(ms * i64::from(slack()))
}

fn restart(app: &mut App, person: &Person) -> Person {
    app.restart().unwrap();
    person.at(&app.client())
}

fn down_across_the_time_it_rings_late_and_once() {
    let (mut app, client) = shared::start(Settings::roomy());
    let person = Person::register(&client);
    let fire_at = Utc::now() + TimeDelta::milliseconds(1500);
    let task = person.create(&json!({"title": "While down", "reminder_at": at(TimeDelta::milliseconds(1500))}));
    // Planned, as the job shows, before the process dies.
    wait_until(SOON, "it is planned", || planned(&app, &person, &task).then_some(()));
    app.kill().unwrap();
    let wait = (fire_at + TimeDelta::milliseconds(1700) - Utc::now())
        .to_std()
        .unwrap_or_default();
    thread::sleep(wait);
    let person = restart(&mut app, &person);
    let found = rung(&person, 1);
    assert!(found[0]["late_seconds"].as_u64().unwrap() >= 1, "{found:?}");
    let token = app_api_token(app.data()).unwrap();
    assert_eq!(post(person.client(), &token, "/ticks/reminders", &json!({})), 200);
    assert_eq!(notifications(&person).len(), 1);
}

/// Whether the plan of a task is in the state store.
fn planned(app: &App, person: &Person, task: &Value) -> bool {
    let simple = |id: &str| id.replace('-', "");
    let key = format!("reminder:{}:{}", simple(&person.id), simple(&id(task)));
    let sidecar = spindle_e2e::sidecar::Sidecar::of(app).unwrap();
    sidecar.state(&key).unwrap().is_some()
}

/// Kills a little before, at, and a little after the moment, so that some stop between ringing and recording.
fn killed_around_the_time_it_rings_once() {
    let (mut app, client) = shared::start(Settings::roomy());
    let mut person = Person::register(&client);
    let mut expected = 0;
    for round in 0..ROUNDS {
        let moment = Utc::now() + time_to_create(1200);
        let tasks: Vec<Value> = (0..AT_ONCE)
            .map(|number| {
                let fire_at = moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
                person.create(&json!({"title": format!("{round}-{number}"), "reminder_at": fire_at}))
            })
            .collect();
        let kill_at = moment + TimeDelta::milliseconds(5 * i64::try_from(round).unwrap() - 2);
        thread::sleep((kill_at - Utc::now()).to_std().unwrap_or_default());
        app.kill().unwrap();
        person = restart(&mut app, &person);
        expected += tasks.len();
        let found = rung(&person, expected);
        assert_eq!(found.len(), expected);
        for task in &tasks {
            let own: Vec<&Value> = found.iter().filter(|found| found["task_id"] == task["id"]).collect();
            assert_eq!(own.len(), 1, "{own:?}");
            assert!(
                instant(&own[0]["fired_at"]) >= moment - TimeDelta::milliseconds(1),
                "never early"
            );
        }
    }
    let entries = wait_until(Duration::from_mins(1), "each ring is in the log once", || {
        let entries = person.audit(2 * expected);
        (entries.len() == 2 * expected).then_some(entries)
    });
    assert_eq!(spindle_e2e::audit::check_chain(&entries), Ok(()));
}

fn a_snooze_survives_a_restart() {
    let (mut app, client) = shared::start(Settings::roomy());
    let person = Person::register(&client);
    let _ = person.create(&json!({"title": "Snoozed", "reminder_at": at(TimeDelta::milliseconds(300))}));
    let first = rung(&person, 1).remove(0);
    let snooze = format!("/api/notifications/{}/snooze", id(&first));
    let _ = person
        .post(snooze, &json!({"until": at(TimeDelta::milliseconds(900))}))
        .ok(200);
    app.kill().unwrap();
    let person = restart(&mut app, &person);
    assert_eq!(rung(&person, 2).len(), 2);
}

/// As Dapr does: one that has lost too many races in a row says 503, and is asked again.
fn post_until_taken(client: &Client, token: &str, path: &str, body: &Value) {
    wait_until(SOON, "it is taken", || match post(client, token, path, body) {
        200 => Some(()),
        status => {
            assert_eq!(status, 503);
            None
        }
    });
}

fn two_handlers_at_once_ring_once() {
    let (app, client) = shared::start(Settings::roomy());
    let person = Person::register(&client);
    let token = app_api_token(app.data()).unwrap();
    let moment = Utc::now() + time_to_create(1500);
    let tasks: Vec<Value> = (0..AT_ONCE)
        .map(|number| {
            let fire_at = moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            person.create(&json!({"title": number.to_string(), "reminder_at": fire_at}))
        })
        .collect();
    thread::scope(|scope| {
        for worker in 0..8 {
            let (person, tasks, token) = (&person, &tasks, &token);
            scope.spawn(move || {
                while Utc::now() < moment + TimeDelta::milliseconds(400) {
                    if worker % 2 == 0 {
                        post_until_taken(person.client(), token, "/ticks/reminders", &json!({}));
                    } else {
                        for task in tasks {
                            let (path, data) = job_of(person, task, moment.timestamp() / 60);
                            post_until_taken(person.client(), token, &path, &data);
                        }
                    }
                }
            });
        }
    });
    let found = rung(&person, AT_ONCE);
    assert_eq!(found.len(), AT_ONCE);
    assert!(
        found
            .iter()
            .all(|found| instant(&found["fired_at"]) >= moment - TimeDelta::milliseconds(1)),
        "never early"
    );
    let entries = person.audit(2 * AT_ONCE);
    assert_eq!(entries.len(), 2 * AT_ONCE);
}

/// The job is taken back through the sidecar, as if Dapr had lost it.
fn a_job_that_never_comes_is_made_up_for_by_the_tick() {
    let (app, client) = shared::start(Settings::roomy());
    let person = Person::register(&client);
    let token = app_api_token(app.data()).unwrap();
    let sidecar = spindle_e2e::sidecar::Sidecar::of_component(&app, "reminder-handler").unwrap();
    let ahead = time_to_create(2500);
    let fire_at = Utc::now() + ahead;
    let task = person.create(&json!({"title": "Forgotten", "reminder_at": at(ahead)}));
    let job = format!("/v1.0/jobs/reminder-{}", id(&task));
    wait_until(SOON, "the job is set", || {
        (sidecar.status("GET", &job).unwrap() == 200).then_some(())
    });
    assert_eq!(sidecar.status("DELETE", &job).unwrap(), 204);
    assert_eq!(post(person.client(), &token, "/ticks/reminders", &json!({})), 200);
    assert_eq!(notifications(&person), Vec::<Value>::new(), "not before its time");
    thread::sleep(
        (fire_at + TimeDelta::milliseconds(50) - Utc::now())
            .to_std()
            .unwrap_or_default(),
    );
    assert_eq!(post(person.client(), &token, "/ticks/reminders", &json!({})), 200);
    assert_eq!(notifications(&person).len(), 1);
}

fn many_at_one_instant_all_ring() {
    let (_app, client) = shared::start(Settings::roomy());
    let people: Vec<Person> = (0..4).map(|_| Person::register(&client)).collect();
    let moment = Utc::now() + time_to_create(8000);
    let fire_at = moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    thread::scope(|scope| {
        for person in &people {
            let fire_at = &fire_at;
            scope.spawn(move || {
                for number in 0..MANY / 4 {
                    let _ = person.create(&json!({"title": number.to_string(), "reminder_at": fire_at}));
                }
            });
        }
    });
    for person in &people {
        let found = rung(person, MANY / 4);
        assert_eq!(found.len(), MANY / 4);
        assert!(
            found
                .iter()
                .all(|found| instant(&found["fired_at"]) >= moment - TimeDelta::milliseconds(1))
        );
    }
}

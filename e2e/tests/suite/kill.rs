//! kill -9 in the middle of 16 writers, again and again on the same data: nothing that was answered is lost, nothing is half done.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use spindle_e2e::{
    app::Settings,
    audit::check_chain,
    person::{Person, id},
    poll::wait_until,
};

use crate::shared;

crate::tests![sixteen_people_lose_nothing, one_person_with_sixteen_writers_loses_nothing];

const WRITERS: usize = 16;
const ROUNDS: usize = 10;
/// Answers that a round waits for before it kills: enough that all writers are at work.
const ANSWERS_BEFORE_KILL: usize = 120;
/// Tries of one change that the server asks to repeat.
const TRIES_MAX: u32 = 20;
const SETTLE_TIMEOUT: Duration = Duration::from_mins(1);

/// What a writer knows of one task after a round: the latest version that was answered, and its title then.
type Known = BTreeMap<String, (u64, String)>;

fn sixteen_people_lose_nothing() {
    rounds(WRITERS);
}

fn one_person_with_sixteen_writers_loses_nothing() {
    rounds(1);
}

/// `ROUNDS` rounds on one data folder, with so many people; both tests together make twenty.
fn rounds(people: usize) {
    let (mut app, client) = shared::start(Settings::roomy());
    let mut people: Vec<(Person, Known)> = (0..people).map(|_| (Person::register(&client), Known::new())).collect();
    for round in 0..ROUNDS {
        let client = app.client();
        let killed = AtomicBool::new(false);
        let answered = AtomicUsize::new(0);
        let told: Vec<(usize, Known)> = thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let owner = writer % people.len();
                    let person = people[owner].0.at(&client);
                    let (killed, answered) = (&killed, &answered);
                    scope.spawn(move || (owner, write(&person, &format!("{round}-{writer}"), killed, answered)))
                })
                .collect();
            // A different moment each round.
            let goal = ANSWERS_BEFORE_KILL + round * 7;
            wait_until(SETTLE_TIMEOUT, "the writers are at work", || {
                (answered.load(Ordering::Relaxed) >= goal).then_some(())
            });
            killed.store(true, Ordering::Relaxed);
            app.kill().unwrap();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        for (owner, known) in told {
            people[owner].1.extend(known);
        }
        app.restart().unwrap();
        let client = app.client();
        for (person, known) in &people {
            check(&person.at(&client), known, round);
        }
    }
}

/// Creates tasks and changes each once, until the process is gone; gives what was answered.
fn write(person: &Person, name: &str, killed: &AtomicBool, answered: &AtomicUsize) -> Known {
    let mut known = Known::new();
    for number in 0.. {
        let title = format!("{name}-{number}");
        let Some(task) = attempt(person, "POST", "/api/tasks", &json!({"title": title}), killed) else {
            break;
        };
        answered.fetch_add(1, Ordering::Relaxed);
        known.insert(id(&task), (1, title.clone()));
        let title = format!("{title} changed");
        let path = format!("/api/tasks/{}", id(&task));
        let Some(_) = attempt(person, "PATCH", &path, &json!({"title": title, "completed": true}), killed) else {
            break;
        };
        answered.fetch_add(1, Ordering::Relaxed);
        known.insert(id(&task), (2, title));
    }
    known
}

/// One change; none when the process was killed. Any other failure fails the test, but for 503: sixteen writers of one person may be
/// more than the server lets wait for each other, and it then asks to try again.
fn attempt(person: &Person, method: &str, path: &str, body: &Value, killed: &AtomicBool) -> Option<Value> {
    for _ in 0..TRIES_MAX {
        match person.call(method, path).json(body).try_send() {
            Ok(answer) if answer.status() < 300 => return Some(answer.json()),
            Ok(answer) if answer.status() == 503 && answer.find_header("retry-after").is_some() => {}
            Ok(answer) => answer.fail("a write was refused"),
            Err(error) => {
                let dead = killed.load(Ordering::Relaxed);
                assert!(dead, "the connection broke before the kill: {error}");
                return None;
            }
        }
    }
    panic!("{method} {path}: 503 for {TRIES_MAX} times");
}

/// What was answered is there; what is there is in the audit log exactly once, in order; the chain verifies.
fn check(person: &Person, known: &Known, round: usize) {
    let tasks: BTreeMap<String, Value> = person
        .all_pages("/api/tasks", "")
        .into_iter()
        .map(|task| (id(&task), task))
        .collect();
    for (task, (version, title)) in known {
        let found = tasks
            .get(task)
            .unwrap_or_else(|| panic!("round {round}: task {task}, answered 2xx, is gone"));
        let found_version = found["version"].as_u64().unwrap_or_default();
        assert!(
            found_version >= *version,
            "round {round}: version {version} of {task} was answered, {found_version} is there"
        );
        if found_version == *version {
            assert_eq!(found["title"], title.as_str(), "round {round}: {task}");
        }
    }
    // A change is whole: completed with its title, or neither.
    for task in tasks.values() {
        let changed = task["title"].as_str().is_some_and(|title| title.ends_with(" changed"));
        assert_eq!(
            (task["completed"] == true, task["version"] == 2),
            (changed, changed),
            "round {round}: half done: {task}"
        );
    }
    let changes: u64 = tasks.values().filter_map(|task| task["version"].as_u64()).sum();
    wait_until(
        SETTLE_TIMEOUT,
        &format!("round {round}: the audit log has {changes} entries"),
        || {
            let total = person.get("/api/events/audit?page_size=1").ok(200)["total"]
                .as_u64()
                .unwrap_or_default();
            assert!(total <= changes, "round {round}: {total} entries for {changes} changes");
            (total == changes).then_some(())
        },
    );
    let mut entries = person.all_pages("/api/events/audit", "");
    entries.reverse();
    let mut logged: BTreeMap<&str, u64> = BTreeMap::new();
    for entry in &entries {
        let last = logged.entry(entry["task_id"].as_str().unwrap_or_default()).or_default();
        *last += 1;
        assert_eq!(entry["version"], *last, "round {round}: out of order: {entry}");
        let task = tasks.get(entry["task_id"].as_str().unwrap_or_default());
        assert!(task.is_some(), "round {round}: an entry of a task that is not there: {entry}");
    }
    assert_eq!(check_chain(&entries), Ok(()), "round {round}");
    assert_eq!(person.get("/api/events/audit/verify").ok(200)["ok"], true, "round {round}");
}

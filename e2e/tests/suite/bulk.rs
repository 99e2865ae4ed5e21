//! The main job on real data: all 1,980 tasks created, listed, filtered, searched, changed, deleted, restored, audited; what each list
//! must hold is computed here from what was sent.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use spindle_e2e::{
    api::query,
    audit::check_chain,
    dataset::{self, Sample},
    person::{Person, id},
};

use crate::{shared, tasks::instant};

crate::tests![the_main_job_works_on_all_of_the_sample_tasks];

const CONNECTIONS: usize = 8;
/// Tries of one request that the server asks to repeat.
const TRIES_MAX: u32 = 20;

/// A task as it was sent and as it was made.
struct Made {
    id: String,
    created_at: DateTime<Utc>,
    due: DateTime<Utc>,
    sample: Sample,
}

fn the_main_job_works_on_all_of_the_sample_tasks() {
    let person = shared::person();
    let made = create_all(&person);
    filters(&person, &made);
    orders(&person, &made);
    searches(&person, &made);
    pages(&person, &made);
    let changes = change_some(&person, &made);
    let entries = person.audit(made.len() + changes);
    assert_eq!(entries.len(), made.len() + changes);
    assert_eq!(check_chain(&entries), Ok(()));
    let verified = person.get("/api/events/audit/verify").ok(200);
    assert_eq!((&verified["ok"], &verified["entries"]), (&json!(true), &json!(entries.len())));
}

fn create_all(person: &Person) -> Vec<Made> {
    let samples = dataset::read(&dataset::default_path()).unwrap();
    let queue = Mutex::new(samples.into_iter().enumerate());
    let made = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap().next();
                    let Some((number, sample)) = next else { break };
                    let call = person
                        .call("POST", "/api/tasks")
                        .header("Idempotency-Key", &format!("sample-{number}"))
                        .json(&json!(sample));
                    // A server that has too many writers of one person asks to try again; the key keeps that from making two.
                    let tries = (0..TRIES_MAX).map(|_| call.send());
                    let task = tries.into_iter().find(|answer| answer.status() != 503).unwrap().ok(201);
                    check_made(&task, &sample);
                    let due = instant(&json!(sample.due_date));
                    made.lock().unwrap().push(Made {
                        id: id(&task),
                        created_at: instant(&task["created_at"]),
                        due,
                        sample,
                    });
                }
            });
        }
    });
    let made = made.into_inner().unwrap();
    assert_eq!(made.len(), 1980);
    made
}

fn check_made(task: &Value, sample: &Sample) {
    assert_eq!(task["title"], sample.title.as_str());
    assert_eq!(task["tags"], json!(sample.tags));
    assert_eq!(task["priority"], sample.priority.as_str());
    assert_eq!(task["completed"], sample.completed);
    assert_eq!(instant(&task["due_at"]), instant(&json!(sample.due_date)));
}

#[track_caller]
fn expect(person: &Person, made: &[Made], parameters: &[(&str, &str)], keep: impl Fn(&Made) -> bool) {
    let expected: BTreeSet<&str> = made.iter().filter(|task| keep(task)).map(|task| task.id.as_str()).collect();
    let found = person.list_ids("/api/tasks", &query(parameters));
    assert_eq!(found.len(), expected.len(), "{parameters:?}");
    assert_eq!(
        found.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        expected,
        "{parameters:?}"
    );
}

fn filters(person: &Person, made: &[Made]) {
    let now = Utc::now();
    let at = |text: &str| instant(&json!(text));
    expect(person, made, &[], |_| true);
    expect(person, made, &[("status", "completed")], |task| task.sample.completed);
    expect(person, made, &[("status", "pending")], |task| !task.sample.completed);
    expect(person, made, &[("status", "overdue")], |task| {
        !task.sample.completed && task.due < now
    });
    expect(person, made, &[("status", "trashed")], |_| false);
    for priority in ["high", "medium", "low", "none"] {
        expect(person, made, &[("priority", priority)], |task| {
            task.sample.priority == priority
        });
    }
    expect(person, made, &[("priority", "low,none")], |task| {
        ["low", "none"].contains(&task.sample.priority.as_str())
    });
    let has = |task: &Made, tag: &str| task.sample.tags.iter().any(|known| known.eq_ignore_ascii_case(tag));
    for tag in ["fix", "API/v2", "a11y", "e2e", "time-tracking", "nobody-has-this"] {
        expect(person, made, &[("tags", tag)], |task| has(task, tag));
    }
    expect(person, made, &[("tags", "fix,frontend")], |task| {
        has(task, "fix") || has(task, "frontend")
    });
    expect(person, made, &[("tags", "fix,frontend"), ("tags_match", "all")], |task| {
        has(task, "fix") && has(task, "frontend")
    });
    // The person is in UTC, so a day begins at midnight UTC.
    expect(person, made, &[("due_before", "2026-01-01")], |task| {
        task.due < at("2026-01-01T00:00:00Z")
    });
    expect(person, made, &[("due_after", "2026-06-15T12:00")], |task| {
        task.due >= at("2026-06-15T12:00:00Z")
    });
    let month = [("due_after", "2026-03-01T00:00:00+02:00"), ("due_before", "2026-04-01")];
    expect(person, made, &month, |task| {
        task.due >= at("2026-02-28T22:00:00Z") && task.due < at("2026-04-01T00:00:00Z")
    });
    let all = [
        ("status", "pending"),
        ("priority", "high"),
        ("tags", "fix"),
        ("due_after", "2026-05-01"),
        ("search", "task"),
    ];
    let words = |task: &Made| finds(&task.sample, &["task"]);
    expect(person, made, &all, |task| {
        !task.sample.completed
            && task.sample.priority == "high"
            && has(task, "fix")
            && task.due >= at("2026-05-01T00:00:00Z")
            && words(task)
    });
}

/// Every word begins a word of the title or of a tag. Words are what stands between characters that are neither letters nor digits.
fn finds(sample: &Sample, words: &[&str]) -> bool {
    let texts = std::iter::once(&sample.title).chain(&sample.tags);
    let folded: Vec<String> = texts.map(|text| text.to_lowercase()).collect();
    words.iter().all(|word| {
        folded.iter().any(|text| {
            let begins = |(at, _): (usize, &str)| text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
            text.match_indices(word).any(begins)
        })
    })
}

fn orders(person: &Person, made: &[Made]) {
    let priority = |task: &Made| {
        ["none", "low", "medium", "high"]
            .iter()
            .position(|word| *word == task.sample.priority)
    };
    for descending in [false, true] {
        let order = if descending { "desc" } else { "asc" };
        let expected = |compare: &dyn Fn(&Made, &Made) -> std::cmp::Ordering| {
            let mut sorted: Vec<&Made> = made.iter().collect();
            sorted.sort_by(|a, b| {
                let forward = compare(a, b);
                (if descending { forward.reverse() } else { forward }).then_with(|| a.id.cmp(&b.id))
            });
            sorted.into_iter().map(|task| task.id.clone()).collect::<Vec<_>>()
        };
        let found = |by: &str| person.list_ids("/api/tasks", &format!("sort_by={by}&sort_order={order}"));
        assert_eq!(found("due_date"), expected(&|a, b| a.due.cmp(&b.due)), "due_date {order}");
        assert_eq!(
            found("priority"),
            expected(&|a, b| priority(a).cmp(&priority(b))),
            "priority {order}"
        );
        assert_eq!(
            found("created_at"),
            expected(&|a, b| a.created_at.cmp(&b.created_at)),
            "created_at {order}"
        );
        assert_eq!(
            found("updated_at"),
            expected(&|a, b| a.created_at.cmp(&b.created_at)),
            "updated_at {order}"
        );
        let title = |task: &Made| task.sample.title.to_lowercase();
        assert_eq!(found("title"), expected(&|a, b| title(a).cmp(&title(b))), "title {order}");
    }
}

fn searches(person: &Person, made: &[Made]) {
    for text in [
        "task",
        "label",
        "fix migration",
        "caldav",
        "tests for",
        "üb",
        "xyzzy",
        "time-tracking",
        "dark mode",
    ] {
        let words: Vec<&str> = text.split_whitespace().collect();
        let expected: BTreeSet<&str> = made
            .iter()
            .filter(|task| finds(&task.sample, &words))
            .map(|task| task.id.as_str())
            .collect();
        let found = person.list_ids("/api/tasks/search", &query(&[("q", text)]));
        assert_eq!(found.len(), expected.len(), "{text}");
        assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected, "{text}");
    }
    let found = person
        .get("/api/tasks/search?q=migration&priority=high&status=pending")
        .ok(200);
    for task in found["items"].as_array().into_iter().flatten() {
        assert_eq!((&task["priority"], &task["completed"]), (&json!("high"), &json!(false)));
    }
}

fn pages(person: &Person, made: &[Made]) {
    let body = person
        .get("/api/tasks?page=40&page_size=50&sort_by=title&sort_order=asc")
        .ok(200);
    assert_eq!((&body["total"], &body["pages"]), (&json!(made.len()), &json!(40)));
    assert_eq!(body["items"].as_array().map(Vec::len), Some(30));
}

/// Changes, deletes and restores some; gives how many changes that were.
fn change_some(person: &Person, made: &[Made]) -> usize {
    let path = |task: &Made| format!("/api/tasks/{}", task.id);
    let some: Vec<&Made> = made.iter().step_by(20).collect();
    for task in &some {
        let body = json!({"title": format!("{} (retitled)", task.sample.title), "completed": !task.sample.completed});
        let changed = person
            .call("PATCH", path(task))
            .header("If-Match", "\"1\"")
            .json(&body)
            .send()
            .ok(200);
        assert_eq!((&changed["title"], &changed["version"]), (&body["title"], &json!(2)));
        let _ = person.delete(path(task)).expect(204);
    }
    let trash: BTreeSet<String> = person.list_ids("/api/tasks", "status=trashed").into_iter().collect();
    assert_eq!(trash, some.iter().map(|task| task.id.clone()).collect());
    assert_eq!(person.get("/api/tasks").ok(200)["total"], made.len() - some.len());
    assert_eq!(person.get("/api/tasks/search?q=retitled").ok(200)["total"], 0);
    for task in &some {
        let _ = person.call("POST", format!("{}/restore", path(task))).send().expect(200);
    }
    assert_eq!(person.get("/api/tasks").ok(200)["total"], made.len());
    assert_eq!(person.get("/api/tasks?search=%22(retitled)%22").ok(200)["total"], some.len());
    some.len() * 3
}

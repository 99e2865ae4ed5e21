//! What people do: a bounded, random list of operations, drawn before anything runs, so that it can be made shorter.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};

use crate::{rng::Rng, run::START_MS};

/// One operation of one person.
#[derive(Debug, Clone)]
pub struct Op {
    /// When it begins, in milliseconds after the start.
    pub(crate) at: i64,
    pub(crate) person: usize,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    /// Makes a task, and again under the same key while the outcome is unknown.
    Create {
        name: usize,
        fields: Value,
    },
    /// PATCH of one of the person's tasks.
    Change {
        pick: usize,
        fields: Value,
    },
    Delete {
        pick: usize,
    },
    Restore {
        pick: usize,
    },
    Skip {
        pick: usize,
    },
    /// Puts one of the person's tasks before another.
    Move {
        pick: usize,
    },
    /// Asks for another person's task.
    Peek {
        pick: usize,
    },
    Snooze {
        ms: i64,
    },
    Zone {
        name: &'static str,
    },
    /// The process is killed and starts again.
    Kill,
}

/// When operations begin at the latest, in milliseconds.
pub(crate) const OPS_MS: i64 = 90_000;

pub(crate) fn workload(seed: u64) -> (usize, Vec<Op>) {
    let mut rng = Rng::new(seed ^ 0xf00d);
    let people = 2 + rng.below(2);
    let count = 16 + rng.below(40);
    let mut ops: Vec<Op> = (0..count)
        .map(|name| Op {
            at: rng.within(0, OPS_MS),
            person: rng.below(people),
            what: what(&mut rng, name),
        })
        .collect();
    ops.sort_by_key(|op| op.at);
    (people, ops)
}

fn what(rng: &mut Rng, name: usize) -> What {
    let pick = rng.below(1000);
    match rng.below(100) {
        0..38 => What::Create {
            name,
            fields: new_task(rng, name),
        },
        38..58 => What::Change {
            pick,
            fields: json!({"completed": true}),
        },
        58..68 => What::Change {
            pick,
            fields: json!({"completed": false}),
        },
        68..76 => What::Change {
            pick,
            fields: json!({"title": format!("renamed {name}"), "priority": "high"}),
        },
        76..80 => What::Change {
            pick,
            fields: json!({"reminder_at": moment(rng.within(0, 150_000))}),
        },
        80..82 => What::Move { pick },
        82..86 => What::Delete { pick },
        86..89 => What::Restore { pick },
        89..92 => What::Skip { pick },
        92..94 => What::Peek { pick },
        94..96 => What::Snooze {
            ms: rng.within(1_000, 30_000),
        },
        96..98 => What::Zone {
            name: rng.pick(&["Europe/Berlin", "UTC", "Asia/Tokyo"]).copied().unwrap_or("UTC"),
        },
        _ => What::Kill,
    }
}

fn new_task(rng: &mut Rng, name: usize) -> Value {
    let due = match rng.below(4) {
        0 => Some("2026-11-30".to_owned()),
        1 => Some("2026-11-22T11:00".to_owned()),
        2 => Some(moment(900_000 + rng.within(0, 120_000))),
        _ => None,
    };
    let (pattern, reminder) = match rng.below(4) {
        0 | 1 => (rng.pick(&["daily", "weekly"]).copied(), None),
        2 => (None, Some(moment(rng.within(0, 120_000)))),
        _ => (None, None),
    };
    json!({"title": format!("task {name}"), "due_date": due, "recurrence_pattern": pattern, "reminder_at": reminder})
}

/// An RFC 3339 time so many milliseconds after the start.
pub(crate) fn moment(after_ms: i64) -> String {
    DateTime::from_timestamp_millis(START_MS + after_ms)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

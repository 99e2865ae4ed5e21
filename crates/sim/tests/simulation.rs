//! Seeds that must hold, and worlds that must not.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use spindle_sim::{explain, mutants::Mutant, simulate};

/// By `SEEDS`, or 2,000.
fn seeds() -> u64 {
    std::env::var("SEEDS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(2_000)
}

#[test]
fn every_invariant_holds_on_every_seed() {
    let next = AtomicU64::new(0);
    let failed = thread::scope(|scope| {
        let running: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= seeds() {
                            return None;
                        }
                        if let Err(failure) = simulate(seed, None) {
                            return Some(explain(*failure, None));
                        }
                    }
                })
            })
            .collect();
        running.into_iter().find_map(|worker| worker.join().unwrap())
    });
    if let Some(failure) = failed {
        panic!("seed {}:\n{}\n{}", failure.seed, failure.trace.join("\n"), failure.wrong);
    }
}

#[test]
fn a_seed_is_a_run() {
    for seed in 0..5 {
        assert_eq!(simulate(seed, None).ok(), simulate(seed, None).ok(), "seed {seed}");
    }
}

/// What the seeds are there for does happen in them.
#[test]
fn the_seeds_see_every_kind_of_fault() {
    let runs: Vec<_> = (0..100).filter_map(|seed| simulate(seed, None).ok()).collect();
    assert!(runs.iter().map(|run| run.rung).sum::<usize>() > 200, "reminders ring");
    assert!(
        runs.iter().map(|run| run.followed).sum::<usize>() > 100,
        "occurrences are followed"
    );
    for event in [
        "no answer, no effect",
        "but the answer is lost",
        "STOPPED before",
        "STOPPED after",
        "AGAIN",
        ": lost",
        "cut off",
        "Kill",
        "Zone",
        "Snooze",
        "Restore",
        "Skip",
    ] {
        assert!(
            runs.iter().any(|run| run.trace.iter().any(|line| line.contains(event))),
            "{event} is never seen"
        );
    }
}

/// Some seed of the first so many must notice.
fn is_noticed(mutant: Mutant, within: u64) {
    assert!(
        (0..within).any(|seed| simulate(seed, Some(mutant)).is_err()),
        "{mutant:?} goes unnoticed"
    );
}

#[test]
fn a_missing_version_check_is_noticed() {
    is_noticed(Mutant::NoVersionCheck, 200);
}

#[test]
fn a_missing_outbox_retry_is_noticed() {
    is_noticed(Mutant::NoOutboxRetry, 200);
}

#[test]
fn a_missing_reminder_tick_is_noticed() {
    is_noticed(Mutant::NoReminderTick, 200);
}

#[test]
fn a_successor_without_first_write_is_noticed() {
    is_noticed(Mutant::NoFirstWrite, 300);
}

#[test]
fn a_log_without_memory_is_noticed() {
    is_noticed(Mutant::NoAuditMemory, 200);
}

#[test]
fn a_bulk_get_that_is_believed_is_noticed() {
    is_noticed(Mutant::NoSecondLook, 300);
}

//! Black-box tests of the built application over HTTP.
//!
//! A program of its own instead of the standard test harness: the tests share one running instance, which is stopped at the end, and
//! when all have run, every operation of the `OpenAPI` document must have been called.
//! `cargo test -p spindle-e2e --test suite -- accounts` runs the tests whose name holds `accounts`.
#![forbid(unsafe_code)]
#![expect(
    clippy::unwrap_used,
    reason = "a panic is how a test fails; clippy knows only #[test] functions as tests"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "what is indexed is a serde_json::Value: null for what is not there"
)]

mod accounts;
mod activity;
mod audit;
mod back_ends;
mod bulk;
mod calendar;
mod changes;
mod concurrency;
mod dapr_local;
mod dead_letters;
mod due;
mod erasure;
mod filters;
mod idempotency;
mod kill;
mod lists;
mod many;
mod operations;
mod ordering;
mod outbox;
mod patching;
mod process;
mod quick;
mod rates;
mod recurrence;
mod recurrence_faults;
mod refusals;
mod reminders;
mod reminders_faults;
mod search;
mod security;
mod service;
mod sessions;
mod settings;
mod shared;
mod tasks;
mod two_processes;
mod web;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use spindle_e2e::{app, coverage, stack::Topology};

/// Lists the tests of a module; one that is left out is reported as unused by the compiler.
macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        pub(crate) fn tests() -> Vec<libtest_mimic::Trial> {
            vec![$(libtest_mimic::Trial::test(
                concat!(module_path!(), "::", stringify!($name)).trim_start_matches("suite::"),
                || {
                    $name();
                    Ok(())
                },
            )),*]
        }
    };
}
pub(crate) use tests;

#[expect(clippy::print_stderr, reason = "the program's way to say why it failed")]
fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    if !arguments.list
        && let Err(error) = app::binary()
    {
        eprintln!("{error:#}");
        return ExitCode::FAILURE;
    }
    let whole = arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.list && !arguments.ignored;
    let beside_dapr = match Topology::from_environment() {
        Ok(topology) => topology == Some(Topology::OneApp),
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let trials: Vec<Trial> = [
        accounts::tests(),
        sessions::tests(),
        erasure::tests(),
        tasks::tests(),
        refusals::tests(),
        patching::tests(),
        due::tests(),
        lists::tests(),
        search::tests(),
        changes::tests(),
        recurrence::tests(),
        recurrence_faults::tests(),
        reminders::tests(),
        reminders_faults::tests(),
        ordering::tests(),
        filters::tests(),
        many::tests(),
        calendar::tests(),
        quick::tests(),
        settings::tests(),
        concurrency::tests(),
        idempotency::tests(),
        audit::tests(),
        activity::tests(),
        outbox::tests(),
        dead_letters::tests(),
        security::tests(),
        service::tests(),
        web::tests(),
        rates::tests(),
        process::tests(),
        // Some need the embedded sidecar, the others what `make test-dapr` brings.
        if beside_dapr {
            [back_ends::tests(), dapr_local::tests(), operations::tests()].concat_trials()
        } else {
            two_processes::tests()
        },
        bulk::tests(),
        kill::tests(),
    ]
    .concat_trials();
    let conclusion = libtest_mimic::run(&arguments, trials);
    let document = (whole && !conclusion.has_failed()).then(service::document);
    shared::stop(conclusion.has_failed());
    let missed = document.map(|document| coverage::missed(&document)).unwrap_or_default();
    if !missed.is_empty() {
        eprintln!(
            "operations of the OpenAPI document that no test called: {}",
            missed.join(", ")
        );
        return ExitCode::FAILURE;
    }
    conclusion.exit_code()
}

/// `concat` needs `Clone`, which a test is not.
trait ConcatTrials {
    fn concat_trials(self) -> Vec<Trial>;
}

impl<const N: usize> ConcatTrials for [Vec<Trial>; N] {
    fn concat_trials(self) -> Vec<Trial> {
        self.into_iter().flatten().collect()
    }
}

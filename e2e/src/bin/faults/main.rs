//! Kills what Spindle stands on, one after the other and two at once, under load, and checks from outside that nothing was lost.
//!
//! Four apps with a sidecar each beside Kafka, PostgreSQL and Dapr's scheduler (`spindle_e2e::stack`). Bounded in time by the faults and
//! the waits after them. `make test-dapr` runs it.
#![forbid(unsafe_code)]
#![expect(
    clippy::indexing_slicing,
    reason = "what is indexed is a serde_json::Value: null for what is not there"
)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]

mod check;
mod load;
mod plan;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Parser;
use spindle_e2e::app::{App, Settings};
use spindle_e2e::person::Person;
use spindle_e2e::stack::Topology;

use load::Load;
use plan::{Fault, Row};

/// Kills what Spindle stands on, under load, and checks that nothing was lost.
#[derive(Debug, Parser)]
struct Options {
    /// How long each thing is away, in seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=60))]
    away: u64,
    /// Only faults that have one of these in their name.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Write the table to docs/benchmarks.md.
    #[arg(long)]
    write: bool,
}

fn main() -> ExitCode {
    let started = Instant::now();
    match run(&Options::parse()) {
        Ok(()) => {
            println!("all held, {} s", started.elapsed().as_secs());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("faults: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> anyhow::Result<()> {
    let mut app = App::start_beside_dapr(Settings::roomy(), Topology::FourApps)?;
    let client = app.client();
    let people: Vec<Person> = (0..load::WRITERS).map(|_| Person::register(&client)).collect();
    let result = under_load(options, &mut app, &people);
    if result.is_err()
        && let Some(stack) = app.stack()
    {
        eprintln!("{}", stack.last_lines());
        let log = app.log();
        let errors: Vec<_> = log.iter().filter(|line| line.contains("\"error\":")).collect();
        for line in errors.iter().skip(errors.len().saturating_sub(20)) {
            eprintln!("{}", line.chars().take(400).collect::<String>());
        }
    }
    result
}

fn under_load(options: &Options, app: &mut App, people: &[Person]) -> anyhow::Result<()> {
    let load = Load::start(people);
    // Everything has been used once before anything is taken away.
    let result = plan::recovered(app, people)
        .context("before the first fault")
        .and_then(|_| faults(options, app, people, &load));
    let told = load.stop();
    let (rows, told) = (result?, told?);
    let (summary, reminders) = check::invariants(app, people, &told)?;
    let table = plan::table(&rows, options.away, &reminders);
    println!("{table}\n{summary}");
    if options.write {
        spindle_e2e::report::write("faults", &format!("{table}\n{summary}"))?;
    }
    Ok(())
}

fn faults(options: &Options, app: &mut App, people: &[Person], load: &Arc<Load>) -> anyhow::Result<Vec<Row>> {
    let chosen = |fault: &&Fault| options.only.is_empty() || options.only.iter().any(|only| fault.name.contains(only.as_str()));
    let mut rows = Vec::new();
    for fault in plan::FAULTS.iter().filter(chosen) {
        eprintln!("{} …", fault.name);
        let row = fault
            .run(app, people, load, Duration::from_secs(options.away))
            .with_context(|| fault.name.to_owned())?;
        rows.push(row);
    }
    Ok(rows)
}

//! Measures a release build of Spindle on its embedded sidecar and prints a Markdown table; `--write` keeps it in docs/benchmarks.md.
#![forbid(unsafe_code)]
#![expect(
    clippy::indexing_slicing,
    reason = "what is indexed is a serde_json::Value: null for what is not there"
)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]

mod audit;
mod dapr;
mod large;
mod reminders;
mod report;
mod requests;
mod scene;
mod soak;
mod start;

use std::process::ExitCode;

use clap::Parser;

use report::Report;
use scene::Scene;

/// Measures a release build of Spindle: the generator runs on the same machine and is part of what the processors do.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// How often each thing is measured; the medians are reported.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
    /// Length of one run, in seconds.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Tasks of the one person who has very many; 0 leaves that out.
    #[arg(long, default_value_t = 100_000)]
    large: usize,
    /// Reminders that are due at one instant; 0 leaves that out.
    #[arg(long, default_value_t = 10_000)]
    reminders: usize,
    /// Seconds of mixed load over which memory is watched; 0 leaves that out.
    #[arg(long, default_value_t = 60)]
    soak: u64,
    /// Beside real Dapr, Kafka and PostgreSQL instead, compared with the embedded sidecar (`make bench-dapr`).
    #[arg(long)]
    dapr: bool,
    /// Only what has this in its name.
    #[arg(long)]
    only: Option<String>,
    /// Write the table to docs/benchmarks.md.
    #[arg(long)]
    write: bool,
}

impl Options {
    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }
}

fn main() -> ExitCode {
    match bench(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn bench(options: &Options) -> anyhow::Result<()> {
    let mut report = Report::default();
    if options.dapr {
        dapr::measure(options, &mut report)?;
        return tell(options, &report, "dapr");
    }
    report.sizes()?;
    if options.wants("start") {
        start::measure(options, &mut report)?;
    }
    if ["reminders", "large"].iter().all(|own| options.only.as_deref() != Some(own)) {
        let scene = Scene::set(options)?;
        requests::measure(&scene, &mut report)?;
        if options.wants("audit") {
            audit::measure(&scene, &mut report)?;
        }
        if options.soak > 0 && options.wants("memory") {
            soak::measure(&scene, &mut report)?;
        }
    }
    if options.wants("reminders") {
        reminders::measure(options, &mut report)?;
    }
    if options.large > 0 && options.wants("large") {
        large::measure(options, &mut report)?;
    }
    tell(options, &report, "bench")
}

/// Prints the table, and writes it where that is asked for.
fn tell(options: &Options, report: &Report, section: &str) -> anyhow::Result<()> {
    let table = report.markdown(options);
    println!("{table}");
    if options.write {
        spindle_e2e::report::write(section, &table)?;
    }
    Ok(())
}

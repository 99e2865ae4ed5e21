//! The table.

use std::fmt::Write as _;

use anyhow::Context as _;
use spindle_e2e::{app::workspace, load::Run, process, stats};

use crate::Options;

/// What was measured, line by line.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<[String; 4]>,
}

impl Report {
    /// Adds a line: what, what it is to reach, what it reached, and whether that is so (unknown when there is nothing to reach).
    pub(crate) fn line(&mut self, what: &str, reach: &str, reached: String, met: Option<bool>) {
        let mark = match met {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "",
        };
        eprintln_line(what, &reached);
        self.lines.push([what.to_owned(), reach.to_owned(), reached, mark.to_owned()]);
    }

    /// The sizes of the components.
    pub(crate) fn sizes(&mut self) -> anyhow::Result<()> {
        for (name, reach) in [
            ("task_api", 1.6),
            ("audit_handler", 1.0),
            ("reminder_handler", 1.0),
            ("recurrence_handler", 1.0),
            ("web", 1.0),
        ] {
            let path = workspace().join(format!("target/wasm32-wasip2/wasm/{name}.wasm"));
            let bytes = std::fs::metadata(&path)
                .with_context(|| format!("{}: run `make build`", path.display()))?
                .len();
            #[expect(clippy::cast_precision_loss, reason = "a file of a few megabytes")]
            let megabytes = bytes as f64 / 1e6;
            let what = format!("{}.wasm", name.replace('_', "-"));
            self.line(
                &what,
                &format!("≤ {reach} MB"),
                format!("{megabytes:.2} MB"),
                Some(megabytes <= reach),
            );
        }
        Ok(())
    }

    /// The table with the machine, the day and the command.
    pub(crate) fn markdown(&self, options: &Options) -> String {
        let mut text = format!(
            "Measured {} on {}. Medians of {} runs of {} s; the generator (8 or 16 kept-alive connections) shares the processors.\n\n\
             | what | reach | reached | met |\n|---|---|---|---|\n",
            chrono::Utc::now().format("%Y-%m-%d"),
            process::machine(),
            options.runs,
            options.seconds,
        );
        for [what, reach, reached, met] in &self.lines {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "| {what} | {reach} | {reached} | {met} |");
        }
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let _ = writeln!(
            text,
            "\nCommand: `cargo run --release -p spindle-e2e --bin bench -- {}`",
            arguments.join(" ")
        );
        text
    }
}

fn eprintln_line(what: &str, reached: &str) {
    eprintln!("{what}: {reached}");
}

/// The medians of some runs.
pub(crate) fn medians(runs: &[Run]) -> Run {
    let of = |pick: fn(&Run) -> f64| stats::median(&runs.iter().map(pick).collect::<Vec<_>>());
    Run {
        rate: of(|run| run.rate),
        p50_ms: of(|run| run.p50_ms),
        p99_ms: of(|run| run.p99_ms),
        server_cpu_ms: of(|run| run.server_cpu_ms),
        client_cpu_us: of(|run| run.client_cpu_us),
    }
}

/// A run in words.
pub(crate) fn words(run: &Run) -> String {
    format!(
        "{:.0}/s, p50 {:.2} ms, p99 {:.1} ms, {:.2} ms CPU (generator {:.0} µs)",
        run.rate, run.p50_ms, run.p99_ms, run.server_cpu_ms, run.client_cpu_us
    )
}

//! The `spindle` binary: runs a Spin application on wasmtime, with an embedded Dapr-compatible sidecar or another one.
//!
//! It reads the same `spin.toml` as Spin 3.6 and 4 and keeps to Spin's rules for routes, variables and outbound hosts, so that the
//! same `.wasm` files run here, under `spin up` and in a cluster. Beyond Spin it limits time, memory and concurrency of requests.
//! Deliberately absent: other triggers than HTTP, TLS, Spin's key-value stores and databases.
#![deny(unsafe_code)]

mod app;
mod building;
mod cache;
mod cli;
mod component;
mod data;
mod dead_letters;
mod embedded;
mod engine;
mod instance;
mod log;
mod manifest;
mod outbound;
mod problem;
mod ready;
mod routes;
mod secrets;
mod secrets_cmd;
mod serve;
mod sidecar_cmd;
mod stdio;
mod up;
mod variables;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    let command = Cli::parse().command;
    log::init(match &command {
        Command::Up(args) => args.log_format,
        Command::Sidecar(args) => args.log_format,
        Command::Build(_) | Command::Secrets(_) | Command::DeadLetters(_) => log::Format::Text,
    });
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::error(&one_line(&error), &[]);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match command {
        Command::Up(args) => runtime()?.block_on(up::up(args)),
        Command::Sidecar(args) => runtime()?.block_on(sidecar_cmd::sidecar(args)),
        Command::Secrets(args) => secrets_cmd::secrets(&args),
        Command::DeadLetters(command) => runtime()?.block_on(dead_letters::dead_letters(command)),
        Command::Build(args) => {
            let manifest = manifest::Manifest::load(&args.app.from)?;
            building::build(&up::select(manifest, &args.app.components)?)?;
            Ok(())
        }
    }
}

/// The error with those of its causes that it does not tell already, as one line.
fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.is_empty() {
            line = cause;
        } else if !line.contains(&cause) {
            line.push_str(": ");
            line.push_str(&cause);
        }
    }
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Ends the process at once: someone asked twice.
#[expect(clippy::exit, reason = "the second signal means now; what is durable is so already")]
fn quit() -> ! {
    let _gone = std::io::stderr().flush();
    std::process::exit(130)
}

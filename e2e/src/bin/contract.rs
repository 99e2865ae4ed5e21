//! Runs the sidecar's contract suite (crates/sidecar/tests/contract) against real daprd: on Kafka and PostgreSQL, and on Kafka and SQLite.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use spindle_e2e::app::workspace;
use spindle_e2e::stack::daprd::{self, Options, Ports};
use spindle_e2e::stack::{Stack, Topology};
use tempfile::TempDir;

const TOKENS: (&str, &str) = ("contract-token", "contract-app-token");
/// Where the suite's secret store looks, from the folder that the sidecar runs in.
const RESOURCES: &str = "tests/contract/resources";

fn main() -> ExitCode {
    for with_postgres in [true, false] {
        let store = if with_postgres { "PostgreSQL" } else { "SQLite" };
        println!("contract suite on daprd, Kafka, {store}");
        if let Err(error) = run(with_postgres) {
            eprintln!("contract on Kafka and {store}: {error:#}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn run(with_postgres: bool) -> anyhow::Result<()> {
    let folder = TempDir::with_prefix("spindle-contract-")?;
    let stack = Stack::start(Topology::OneApp, folder.path())?;
    let resources = resources(folder.path(), with_postgres, &stack)?;
    let ports = Ports::free()?;
    let options = Options {
        app_id: "spindle",
        ports,
        resources: vec![resources],
        config: workspace().join("dapr/config.yaml"),
        scheduler: Some(stack.scheduler.address()),
        tokens: (TOKENS.0.to_owned(), TOKENS.1.to_owned()),
    };
    let mut daemon =
        daprd::daprd(&stack.tools().join("daprd"), folder.path(), &options)?.variable("KAFKA_BROKERS", stack.kafka.brokers());
    // Its app is the suite's, which comes next.
    daprd::supervise(&mut daemon, daprd::has_components)?;
    let status = Command::new("cargo")
        .args([
            "test",
            "--locked",
            "--release",
            // As everywhere: another choice of packages would compile them anew.
            "--workspace",
            "--test",
            "contract",
            "--",
        ])
        // Which tests; all when none is named.
        .args(std::env::args().skip(1))
        .current_dir(workspace())
        .env("SPINDLE_CONTRACT_SIDECAR", format!("http://127.0.0.1:{}", ports.http))
        .env("SPINDLE_CONTRACT_APP_PORT", ports.app.to_string())
        .env("SPINDLE_CONTRACT_TOKEN", TOKENS.0)
        .env("SPINDLE_CONTRACT_APP_TOKEN", TOKENS.1)
        .status()
        .context("cargo cannot be run")?;
    if !status.success() {
        bail!("the suite failed; last lines of the sidecar:\n{}", daemon.last_lines());
    }
    Ok(())
}

/// The suite's resources, but for the components that are the project's own for Kafka and PostgreSQL.
fn resources(folder: &Path, with_postgres: bool, stack: &Stack) -> anyhow::Result<PathBuf> {
    let made = folder.join(RESOURCES);
    fs::create_dir_all(&made)?;
    for entry in fs::read_dir(workspace().join("crates/sidecar").join(RESOURCES))? {
        let entry = entry?;
        fs::copy(entry.path(), made.join(entry.file_name()))?;
    }
    let product = workspace().join("dapr/kafka-postgres");
    fs::copy(product.join("pubsub.yaml"), made.join("pubsub.yaml"))?;
    if with_postgres {
        fs::copy(product.join("statestore.yaml"), made.join("statestore.yaml"))?;
    }
    let path = made.join("secrets.json");
    let mut secrets: Value = serde_json::from_slice(&fs::read(&path)?)?;
    if let Some(secrets) = secrets.as_object_mut() {
        let connection = json!({"connectionString": stack.postgres.connection_string()});
        secrets.insert("postgres".to_owned(), connection);
    }
    fs::write(&path, secrets.to_string())?;
    Ok(made)
}

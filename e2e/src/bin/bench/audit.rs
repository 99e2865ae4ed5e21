//! From an answer to the entry in the audit log.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use spindle_e2e::{
    http::{Connection, Response},
    load,
    person::Person,
    poll::wait_until,
    stats,
};

use crate::{report::Report, scene::Scene};

const CHANGES: usize = 300;
const TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) fn measure(scene: &Scene<'_>, report: &mut Report) -> anyhow::Result<()> {
    let (p50, p99) = latencies(scene)?;
    let reached = format!("p50 {p50:.1} ms, p99 {p99:.1} ms (one change at a time, seen by asking without pause)");
    report.line(
        "from answer to audit entry",
        "p50 ≤ 10 ms, p99 ≤ 100 ms",
        reached,
        Some(p50 <= 10.0 && p99 <= 100.0),
    );
    Ok(())
}

/// The medians of the runs' p50 and p99, in milliseconds.
pub(crate) fn latencies(scene: &Scene<'_>) -> anyhow::Result<(f64, f64)> {
    let (Some(person), Some(task)) = (
        scene.writers.last(),
        scene.writer_tasks.last().and_then(|tasks| tasks.first()),
    ) else {
        bail!("nobody to measure with");
    };
    // What other measurements have left to relay must be through.
    wait_until(Duration::from_mins(2), "a quiet outbox", || {
        let ready = person.client().call("GET", "/health/ready").send();
        (ready.json()["outbox"]["oldest_seconds"] == 0).then_some(())
    });
    let mut runs = Vec::new();
    for _ in 0..scene.options.runs {
        let mut latencies = one_run(scene, person, task)?;
        runs.push((
            stats::percentile(&mut latencies, 0.5),
            stats::percentile(&mut latencies, 0.99),
        ));
    }
    Ok((
        stats::median(&runs.iter().map(|run| run.0).collect::<Vec<_>>()),
        stats::median(&runs.iter().map(|run| run.1).collect::<Vec<_>>()),
    ))
}

/// Changes a task again and again; after each answer, asks until the entry is there. Milliseconds.
fn one_run(scene: &Scene<'_>, person: &Person, task: &str) -> anyhow::Result<Vec<f64>> {
    let address = scene.app.address();
    let mut connection = Connection::open(address)?;
    let look = load::request(
        address,
        &person.token,
        "GET",
        &format!("/api/events/audit?task_id={task}&page_size=1"),
        None,
    );
    let mut latencies = Vec::with_capacity(CHANGES);
    for number in 0..CHANGES {
        let body = json!({"description": format!("{number} at {:?}", Instant::now())});
        let answer = connection.exchange(&scene.request(person, "PATCH", &format!("/api/tasks/{task}"), &body), false)?;
        let answered = Instant::now();
        let version = json(&answer)?["version"].as_u64().context("a task without version")?;
        while json(&connection.exchange(&look, false)?)?["items"][0]["version"].as_u64() != Some(version) {
            if answered.elapsed() > TIMEOUT {
                bail!("version {version} of {task} did not reach the audit log within {TIMEOUT:?}");
            }
        }
        latencies.push(answered.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(latencies)
}

fn json(answer: &Response) -> anyhow::Result<Value> {
    if answer.status != 200 {
        bail!("{}: {}", answer.status, answer.text());
    }
    Ok(serde_json::from_slice(&answer.body)?)
}

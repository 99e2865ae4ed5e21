//! Load: many connections that send prepared requests, and what came of it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use serde_json::Value;

use crate::{
    dataset::Sample,
    http::{self, Connection, Response},
    process, stats,
};

/// Tries of one request that the server asks to repeat later.
const TRIES_MAX: u32 = 20;

/// A request as bytes, with an access token.
pub fn request(address: SocketAddr, token: &str, method: &str, target: &str, body: Option<&Value>) -> Vec<u8> {
    let mut headers = vec![("Authorization".to_owned(), format!("Bearer {token}"))];
    if body.is_some() {
        headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
    }
    let body = body.map(Value::to_string);
    http::render(
        method,
        target,
        &address.to_string(),
        &headers,
        body.as_deref().map(str::as_bytes),
    )
}

/// What one client sends, one after another, from the first again when all are sent.
pub type Script = Vec<Vec<u8>>;

/// What came of a run.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// Answers a second.
    pub rate: f64,
    /// Half of the answers took at most this long, in milliseconds.
    pub p50_ms: f64,
    /// 99 of 100 answers took at most this long, in milliseconds.
    pub p99_ms: f64,
    /// Processor time of the server's process an answer, in milliseconds, with what it does for it afterwards.
    pub server_cpu_ms: f64,
    /// Processor time of this process an answer, in microseconds.
    pub client_cpu_us: f64,
}

/// How long a run is, and how fast.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Until no more is sent.
    pub length: Duration,
    /// Requests a second, of all connections together; none is as many as are answered.
    pub rate: Option<u32>,
}

impl Pace {
    /// As many as are answered.
    pub fn full(length: Duration) -> Self {
        Self { length, rate: None }
    }
}

/// Sends each script over a connection of its own; every answer must have the status `expected`.
pub fn run(pid: u32, address: SocketAddr, scripts: &[Script], pace: Pace, expected: u16) -> anyhow::Result<Run> {
    let start = Barrier::new(scripts.len() + 1);
    let step = pace.rate.map_or(Duration::ZERO, |rate| Duration::from_secs(1) / rate);
    // All have their turn before one has it again.
    let between: Duration = scripts.iter().map(|_| step).sum();
    let (elapsed, server_cpu, client_cpu, latencies) = thread::scope(|scope| {
        let mut first = Duration::ZERO;
        let clients: Vec<_> = scripts
            .iter()
            .map(|script| {
                let connection = Connection::open(address);
                let start = &start;
                let wait = first;
                first += step;
                scope.spawn(move || {
                    start.wait();
                    thread::sleep(wait);
                    drive(connection?, script, pace.length, between, expected)
                })
            })
            .collect();
        start.wait();
        let begun = Instant::now();
        let (server, client) = (process::cpu_seconds(pid)?, process::cpu_seconds(std::process::id())?);
        let mut latencies = Vec::new();
        for handle in clients {
            latencies.extend(handle.join().map_err(|_| anyhow!("a client panicked"))??);
        }
        let elapsed = begun.elapsed().as_secs_f64();
        let used = (
            process::cpu_seconds_at_rest(pid)? - server,
            process::cpu_seconds(std::process::id())? - client,
        );
        anyhow::Ok((elapsed, used.0, used.1, latencies))
    })?;
    let mut latencies = latencies;
    #[expect(clippy::cast_precision_loss, reason = "a count of answers is far below 2^52")]
    let count = latencies.len().max(1) as f64;
    Ok(Run {
        rate: count / elapsed,
        p50_ms: stats::percentile(&mut latencies, 0.5),
        p99_ms: stats::percentile(&mut latencies, 0.99),
        server_cpu_ms: server_cpu * 1000.0 / count,
        client_cpu_us: client_cpu * 1_000_000.0 / count,
    })
}

/// Sends one request after another, `between` after the one before or later, for `length`; gives how long each took, in milliseconds.
fn drive(
    mut connection: Connection,
    script: &Script,
    length: Duration,
    between: Duration,
    expected: u16,
) -> anyhow::Result<Vec<f64>> {
    let begun = Instant::now();
    let mut latencies = Vec::new();
    for (request, turn) in script.iter().cycle().zip(0..) {
        thread::sleep((between * turn).saturating_sub(begun.elapsed()));
        let sent = Instant::now();
        if sent.duration_since(begun) >= length {
            break;
        }
        let answer = connection.exchange(request, false)?;
        latencies.push(sent.elapsed().as_secs_f64() * 1000.0);
        if answer.status != expected {
            bail!("{} instead of {expected}: {}", answer.status, answer.text());
        }
    }
    Ok(latencies)
}

/// Sends a request, and again when the server asks for patience (429, 503 with `Retry-After`).
pub fn send_patiently(connection: &mut Connection, address: SocketAddr, request: &[u8]) -> anyhow::Result<Response> {
    for _ in 0..TRIES_MAX {
        if !connection.is_reusable() {
            *connection = Connection::open(address)?;
        }
        let answer = connection.exchange(request, false)?;
        if ![429, 503].contains(&answer.status) {
            return Ok(answer);
        }
        let seconds = answer
            .header("retry-after")
            .and_then(|seconds| seconds.parse().ok())
            .unwrap_or(1);
        thread::sleep(Duration::from_secs(seconds));
    }
    bail!("the server asked {TRIES_MAX} times to try again later")
}

/// Creates the samples over several connections, each under an idempotency key, so that one sent again makes no second task. Gives
/// the ids in the order of the samples.
pub fn create_all(
    address: SocketAddr,
    token: &str,
    samples: &[Sample],
    connections: usize,
    key: &str,
) -> anyhow::Result<Vec<String>> {
    let next = AtomicUsize::new(0);
    let ids = Mutex::new(vec![String::new(); samples.len()]);
    let worker = || -> anyhow::Result<()> {
        let mut connection = Connection::open(address)?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(sample) = samples.get(number) else { return Ok(()) };
            let headers = [
                ("Authorization".to_owned(), format!("Bearer {token}")),
                ("Content-Type".to_owned(), "application/json".to_owned()),
                ("Idempotency-Key".to_owned(), format!("{key}-{number}")),
            ];
            let body = serde_json::to_vec(sample)?;
            let request = http::render("POST", "/api/tasks", &address.to_string(), &headers, Some(&body));
            let answer = send_patiently(&mut connection, address, &request)?;
            if answer.status != 201 {
                bail!(
                    "task {} of {} was refused: {} {}",
                    number + 1,
                    samples.len(),
                    answer.status,
                    answer.text()
                );
            }
            let task: Value = serde_json::from_slice(&answer.body)?;
            let id = task["id"].as_str().context("a task without id")?.to_owned();
            if let Ok(mut ids) = ids.lock()
                && let Some(place) = ids.get_mut(number)
            {
                *place = id;
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..connections).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().map_err(|_| anyhow!("a connection's thread panicked"))?)
    })?;
    ids.into_inner().map_err(|_| anyhow!("a connection's thread panicked"))
}

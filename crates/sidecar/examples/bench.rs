//! Operations a second and CPU time per operation of the embedded sidecar, in process.
//!
//! ```text
//! cargo run --release -p spindle-sidecar --example bench -- [folder for the database]
//! ```

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::too_many_lines,
    reason = "a program for people, read from top to bottom"
)]

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Request, Response};
use spindle_sidecar::{App, AppFuture, Options, Sidecar};
use tokio::sync::Notify;

const STORE: &str = "/v1.0/state/statestore";

#[derive(Default)]
struct Sink {
    delivered: AtomicUsize,
    came: Notify,
    latencies: Mutex<Vec<Duration>>,
    published: Mutex<Option<Instant>>,
}

impl App for Sink {
    fn call(&self, request: Request<Bytes>) -> AppFuture<'_> {
        Box::pin(async move {
            let body = match request.uri().path() {
                "/dapr/subscribe" => r#"[{"pubsubname":"pubsub","topic":"t","route":"/event"}]"#,
                "/dapr/config" => "{}",
                _ => {
                    if let Ok(Some(published)) = self.published.lock().map(|mut published| published.take())
                        && let Ok(mut latencies) = self.latencies.lock()
                    {
                        latencies.push(published.elapsed());
                    }
                    self.delivered.fetch_add(1, Ordering::SeqCst);
                    self.came.notify_waiters();
                    ""
                }
            };
            Ok(Response::new(Bytes::from_static(body.as_bytes())))
        })
    }
}

/// CPU seconds of this process so far, user and system.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|n| n.parse().ok())
        .collect();
    fields.iter().sum::<f64>() / 100.0
}

fn report(what: &str, count: usize, begun: Instant, cpu_before: f64) {
    let seconds = begun.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let count = count as f64;
    println!(
        "{what:44} {:>8.0}/s  {:>7.1} µs CPU each",
        count / seconds,
        (cpu() - cpu_before) / count * 1e6
    );
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted
        .get(sorted.len().saturating_sub(1) * percent / 100)
        .copied()
        .unwrap_or_default()
}

async fn send(sidecar: &Sidecar, request: Request<Bytes>) -> Response<Bytes> {
    let response = sidecar.handle(request).await;
    assert!(response.status().is_success(), "{response:?}");
    response
}

fn post(path: &str, content_type: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    Request::post(path)
        .header("content-type", content_type)
        .body(body.into())
        .expect("a request")
}

/// Runs `tasks` tasks that each send `each` requests.
async fn spread(
    sidecar: &Sidecar,
    tasks: usize,
    each: usize,
    request: impl Fn(usize, usize) -> Request<Bytes> + Send + Sync + 'static,
) {
    let request = Arc::new(request);
    let running: Vec<_> = (0..tasks)
        .map(|task| {
            let (sidecar, request) = (sidecar.clone(), Arc::clone(&request));
            tokio::spawn(async move {
                for n in 0..each {
                    send(&sidecar, request(task, n)).await;
                }
            })
        })
        .collect();
    for task in running {
        task.await.expect("no panic");
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args()
        .nth(1)
        .map_or_else(|| std::env::temp_dir().join("spindle-bench"), PathBuf::from);
    let options = Options {
        app_id: "spindle".into(),
        data_file: Some(folder.join("bench.db")),
        app_max_concurrency: 16,
        ..Options::default()
    };
    let sidecar = Sidecar::open(options)?;
    let sink = Arc::new(Sink::default());
    sidecar.connect_app(Arc::<Sink>::clone(&sink));
    while sidecar
        .handle(Request::get("/v1.0/healthz").body(Bytes::new())?)
        .await
        .status()
        != 204
    {
        tokio::task::yield_now().await;
    }
    let text = "x".repeat(10_000);
    for n in 0..500 {
        send(
            &sidecar,
            post(
                STORE,
                "application/json",
                format!(r#"[{{"key":"doc:{n}","value":"{text}"}}]"#),
            ),
        )
        .await;
    }

    let (begun, before) = (Instant::now(), cpu());
    spread(&sidecar, 2, 50_000, |_, n| {
        Request::get(format!("{STORE}/doc:{}", n % 500))
            .body(Bytes::new())
            .expect("a request")
    })
    .await;
    report("get of 10 KB, 2 tasks", 100_000, begun, before);

    let (begun, before) = (Instant::now(), cpu());
    let keys: Vec<_> = (0..16).map(|n| format!("\"doc:{n}\"")).collect();
    let body = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
    spread(&sidecar, 2, 5_000, move |_, _| {
        post(&format!("{STORE}/bulk"), "application/json", body.clone())
    })
    .await;
    report("bulk get of 16 × 10 KB, 2 tasks", 10_000, begun, before);

    for tasks in [1, 16, 64] {
        let each = 4_000 / tasks;
        let (begun, before, text) = (Instant::now(), cpu(), text.clone());
        let transaction = move |task: usize, n: usize| {
            let item = |part: usize| {
                format!(
                    r#"{{"operation":"upsert","request":{{"key":"tx:{task}:{part}:{}","value":"{text}"}}}}"#,
                    n % 20
                )
            };
            let body = format!(r#"{{"operations":[{},{},{},{}]}}"#, item(0), item(1), item(2), item(3));
            post(&format!("{STORE}/transaction"), "application/json", body)
        };
        spread(&sidecar, tasks, each, transaction).await;
        report(
            &format!("transaction of 4 × 10 KB, {tasks} tasks"),
            tasks * each,
            begun,
            before,
        );
    }

    let event = r#"{"specversion":"1.0","id":"1","type":"t","source":"s","time":"2026-11-22T00:00:00Z","datacontenttype":"application/json","data":{"a":1}}"#;
    let (begun, before, delivered) = (Instant::now(), cpu(), sink.delivered.load(Ordering::SeqCst));
    spread(&sidecar, 16, 500, move |task, _| {
        post(
            &format!("/v1.0/publish/pubsub/t?metadata.partitionKey={task}"),
            "application/cloudevents+json",
            event,
        )
    })
    .await;
    while sink.delivered.load(Ordering::SeqCst) < delivered + 8_000 {
        tokio::task::yield_now().await;
    }
    report("publish, deliver, acknowledge, 16 tasks", 8_000, begun, before);

    if let Ok(mut latencies) = sink.latencies.lock() {
        latencies.clear();
    }
    let mut publishing = Vec::new();
    for n in 0..500 {
        let came = sink.came.notified();
        let start = Instant::now();
        if let Ok(mut published) = sink.published.lock() {
            *published = Some(start);
        }
        send(
            &sidecar,
            post(
                &format!("/v1.0/publish/pubsub/t?metadata.partitionKey={n}"),
                "application/cloudevents+json",
                event,
            ),
        )
        .await;
        publishing.push(start.elapsed());
        came.await;
    }
    publishing.sort();
    let mut latencies = sink.latencies.lock().map(|latencies| latencies.clone()).unwrap_or_default();
    latencies.sort();
    println!(
        "publish answered                             p50 {:?}, p99 {:?}",
        percentile(&publishing, 50),
        percentile(&publishing, 99)
    );
    println!(
        "from publish to delivery                     p50 {:?}, p99 {:?}",
        percentile(&latencies, 50),
        percentile(&latencies, 99)
    );
    let wal = std::fs::metadata(folder.join("bench.db-wal"))?.len();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!(
        "log {} MiB; {}",
        wal >> 20,
        status
            .lines()
            .filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"))
            .collect::<Vec<_>>()
            .join(", ")
    );
    sidecar.shutdown().await;
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

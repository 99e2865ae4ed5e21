//! Dapr's sidecar.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::api::Client;

use super::daemon::{Daemon, free_port};

/// Ports of one sidecar.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// Of the Dapr API by HTTP.
    pub http: u16,
    /// Where other sidecars call.
    pub internal: u16,
    /// Where its app listens.
    pub app: u16,
}

impl Ports {
    /// Free ones.
    pub fn free() -> anyhow::Result<Self> {
        Ok(Self {
            http: free_port()?,
            internal: free_port()?,
            app: free_port()?,
        })
    }
}

/// What a sidecar is started with.
#[derive(Debug)]
pub struct Options<'a> {
    /// Dapr's app id.
    pub app_id: &'a str,
    /// Its ports.
    pub ports: Ports,
    /// Folders with components, subscriptions and resiliency.
    pub resources: Vec<PathBuf>,
    /// Its Configuration.
    pub config: PathBuf,
    /// Where the scheduler listens; none without jobs.
    pub scheduler: Option<SocketAddr>,
    /// Both tokens: the one that it asks for, and the one that it shows to the app.
    pub tokens: (String, String),
}

/// A sidecar on loopback that runs in `folder`; not started yet.
pub fn daprd(program: &Path, folder: &Path, options: &Options<'_>) -> anyhow::Result<Daemon> {
    let Options {
        app_id,
        ports,
        resources,
        config,
        scheduler,
        tokens,
    } = options;
    let mut daemon = Daemon::new(format!("daprd-{app_id}"), program, folder, ports.http)
        .arguments([
            format!("--app-id={app_id}"),
            format!("--app-port={}", ports.app),
            format!("--dapr-http-port={}", ports.http),
            format!("--dapr-grpc-port={}", free_port()?),
            format!("--dapr-internal-grpc-port={}", ports.internal),
            "--dapr-internal-grpc-listen-address=127.0.0.1".to_owned(),
            "--dapr-listen-addresses=127.0.0.1".to_owned(),
            format!("--metrics-port={}", free_port()?),
            "--metrics-listen-address=127.0.0.1".to_owned(),
            "--dapr-graceful-shutdown-seconds=2".to_owned(),
            "--app-max-concurrency=16".to_owned(),
            "--log-as-json".to_owned(),
            format!("--config={}", config.display()),
        ])
        .arguments(
            resources
                .iter()
                .map(|folder| format!("--resources-path={}", folder.display())),
        )
        .variable("DAPR_API_TOKEN", &tokens.0)
        .variable("APP_API_TOKEN", &tokens.1);
    if let Some(scheduler) = scheduler {
        daemon = daemon.arguments([format!("--scheduler-host-address={scheduler}")]);
    }
    Ok(daemon)
}

/// Starts it and waits until `ready` says so; again where it ends: what its components need may be away or slow, and whoever supervises a
/// sidecar starts it again then.
pub fn supervise(daemon: &mut Daemon, ready: fn(SocketAddr) -> bool) -> anyhow::Result<()> {
    let end = Instant::now() + RETURN_TIMEOUT;
    loop {
        daemon.spawn()?;
        let address = daemon.address();
        match daemon.wait(|| ready(address)) {
            Ok(()) => return Ok(()),
            Err(error) if Instant::now() > end => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_secs(1)),
        }
    }
}

/// Whether a sidecar says that it is ready, which needs its app.
pub fn is_ready(address: SocketAddr) -> bool {
    says_yes(address, "/v1.0/healthz")
}

/// Whether a sidecar says that its components are loaded, its app aside.
pub fn has_components(address: SocketAddr) -> bool {
    says_yes(address, "/v1.0/healthz/outbound")
}

fn says_yes(address: SocketAddr, path: &str) -> bool {
    // A broken connection means that it does not listen yet.
    let answer = Client::new(address).call("GET", path).try_send();
    answer.is_ok_and(|answer| answer.status() == 204)
}

/// How long a sidecar may take to come back in a test that kills it.
pub const RETURN_TIMEOUT: Duration = Duration::from_mins(1);

//! One process of `spindle up`.

use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::app::{Settings, binary, workspace};
use crate::stack::daprd::Ports;
use crate::stack::{AppId, Topology};

/// How long a start may take: the first one compiles the components.
const START_TIMEOUT: Duration = Duration::from_mins(3);
/// How long a graceful stop may take: the host gives requests ten seconds.
const STOP_TIMEOUT: Duration = Duration::from_secs(20);
/// A process of `spindle up`.
#[derive(Debug)]
pub(crate) struct Host {
    /// Which app it is where there are several.
    pub(crate) app: Option<AppId>,
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) sidecar: SocketAddr,
    pub(crate) log: Arc<Mutex<Vec<String>>>,
    /// From the start of the process to the line that says it is ready.
    pub(crate) took: Duration,
}

impl Host {
    /// SIGTERM, and waits until it has ended; its exit code.
    pub(crate) fn stop(&mut self) -> anyhow::Result<Option<i32>> {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .context("kill cannot be run")?;
        if !sent.success() {
            bail!("process {pid} is gone already");
        }
        let end = Instant::now() + STOP_TIMEOUT;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status.code());
            }
            if Instant::now() > end {
                self.child.kill()?;
                self.child.wait()?;
                bail!("did not stop within {STOP_TIMEOUT:?} of SIGTERM");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // Both fail only when the process is gone already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How an app runs beside a sidecar of its own.
pub(crate) struct Beside {
    pub(crate) app: AppId,
    pub(crate) topology: Topology,
    pub(crate) ports: Ports,
}

/// The command line of `spindle up`.
fn command(settings: &Settings, data: &Path, beside: Option<&Beside>) -> anyhow::Result<Command> {
    let mut command = Command::new(binary()?);
    command
        .current_dir(workspace())
        .arg("up")
        .arg("--data")
        .arg(data)
        .args(["--log-format", "json"]);
    for (name, value) in &settings.variables {
        command.arg("--variable").arg(format!("{name}={value}"));
    }
    command.args(&settings.arguments);
    let port = beside.map_or(settings.port, |beside| beside.ports.app);
    command.args(["--listen", &format!("127.0.0.1:{port}")]);
    if let Some(Beside { app, topology, ports }) = beside {
        command.args(["--sidecar", &format!("http://127.0.0.1:{}", ports.http)]);
        if let Some(component) = app.component {
            command.args(["--component", component]);
        }
        if *topology == Topology::FourApps {
            command.args(["--variable", "subscriptions=declarative"]);
            command.args(["--variable", "audit_app_id=audit-handler"]);
        }
    } else if !settings.arguments.iter().any(|argument| argument == "--sidecar") {
        command.args(["--sidecar-listen", "127.0.0.1:0"]);
    }
    Ok(command)
}

/// Starts it and waits until it says that it is ready.
pub(crate) fn launch(settings: &Settings, data: &Path, beside: Option<&Beside>) -> anyhow::Result<Host> {
    let started = Instant::now();
    let mut child = command(settings, data, beside)?
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("spindle cannot be started")?;
    let log = Arc::new(Mutex::new(Vec::new()));
    if let Some(stderr) = child.stderr.take() {
        let log = Arc::clone(&log);
        std::thread::spawn(move || {
            each_line(stderr, |line| {
                if let Ok(mut log) = log.lock() {
                    log.push(line);
                }
            });
        });
    }
    let (sender, ready) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        std::thread::spawn(move || {
            each_line(stdout, |line| {
                // Nobody listens any more once it is ready.
                let _ = sender.send(line);
            });
        });
    }
    let Ok(line) = ready.recv_timeout(START_TIMEOUT) else {
        // It has ended, or hangs: the log says more than the exit code.
        let _ = child.kill();
        let status = child.wait()?;
        let log = log.lock().map(|log| log.join("\n")).unwrap_or_default();
        bail!("spindle did not get ready ({status}):\n{log}");
    };
    let took = started.elapsed();
    let line: Value = serde_json::from_str(&line).with_context(|| format!("not a ready line in JSON: {line}"))?;
    let address = |member: &str| -> anyhow::Result<SocketAddr> {
        let url = line
            .get(member)
            .and_then(Value::as_str)
            .with_context(|| format!("no {member} in {line}"))?;
        let authority = url.trim_start_matches("http://").trim_end_matches('/');
        authority.parse().with_context(|| format!("{member} is no address: {url}"))
    };
    Ok(Host {
        app: beside
            .filter(|beside| beside.app.component.is_some())
            .map(|beside| beside.app),
        address: address("url")?,
        sidecar: address("sidecar")?,
        child,
        log,
        took,
    })
}

fn each_line(stream: impl Read, mut take: impl FnMut(String)) {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
        take(String::from_utf8_lossy(&line).trim_end().to_owned());
        line.clear();
    }
}

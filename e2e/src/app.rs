//! The process under test: `spindle up` on free ports and a data folder of its own.

use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;
use tempfile::TempDir;

/// How long a start may take: the first one compiles the components.
const START_TIMEOUT: Duration = Duration::from_mins(3);
/// How long a graceful stop may take: the host gives requests ten seconds.
const STOP_TIMEOUT: Duration = Duration::from_secs(20);
/// Log lines shown when a test fails.
const LINES_SHOWN: usize = 40;

/// The root of the sources: where spin.toml is.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// The binary under test, or one line that says how to get it.
pub fn binary() -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("SPINDLE_BIN").map_or_else(|| workspace().join("target/release/spindle"), PathBuf::from);
    if !path.is_file() {
        bail!(
            "{} is missing: run `make build`, or name the binary in SPINDLE_BIN",
            path.display()
        );
    }
    path.canonicalize()
        .with_context(|| format!("{}: cannot be resolved", path.display()))
}

/// How to start it.
#[derive(Debug, Default)]
pub struct Settings {
    variables: Vec<(String, String)>,
    port: u16,
    arguments: Vec<String>,
}

impl Settings {
    /// With limits of registrations and logins so high that tests do not meet them.
    pub fn roomy() -> Self {
        Self::default()
            .variable("register_limit_per_minute", "100000")
            .variable("login_limit_per_minute", "100000")
    }

    /// Sets an application variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Serves on this port instead of a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Adds an argument of `spindle up`.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }
}

/// `spindle sidecar` alone, on a data folder of its own; killed when dropped.
#[derive(Debug)]
pub struct LoneSidecar {
    child: Child,
    url: String,
    app_port: u16,
    folder: TempDir,
}

impl LoneSidecar {
    /// Starts it for an application that listens, or will, on this port.
    pub fn start(app_port: u16) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("spindle-e2e-sidecar-")?;
        let (child, url) = Self::launch(folder.path(), app_port, "127.0.0.1:0")?;
        Ok(Self {
            child,
            url,
            app_port,
            folder,
        })
    }

    fn launch(data: &Path, app_port: u16, listen: &str) -> anyhow::Result<(Child, String)> {
        let mut child = Command::new(binary()?)
            .current_dir(workspace())
            .args([
                "sidecar",
                "--log-format",
                "json",
                "--listen",
                listen,
                "--app",
                &format!("http://127.0.0.1:{app_port}"),
                "--data",
            ])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let ready: Value = serde_json::from_str(&line).with_context(|| format!("not a ready line in JSON: {line}"))?;
        let url = ready
            .get("sidecar")
            .and_then(Value::as_str)
            .context("no sidecar in the ready line")?;
        Ok((child, url.trim_end_matches('/').to_owned()))
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its data folder, where the tokens and keys are that the application needs.
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// SIGKILL.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Starts again at the same address, on the same data.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        let listen = self.url.trim_start_matches("http://").to_owned();
        (self.child, self.url) = Self::launch(self.folder.path(), self.app_port, &listen)?;
        Ok(())
    }
}

impl Drop for LoneSidecar {
    fn drop(&mut self) {
        // Both fail only when the process is gone already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A running Spindle. Dropped, it is killed and its data removed; when a test fails, its last log lines are shown.
#[derive(Debug)]
pub struct App {
    settings: Settings,
    data: PathBuf,
    running: Running,
    /// Removed with the value; none when the data is somebody else's.
    _folder: Option<TempDir>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    address: SocketAddr,
    sidecar: SocketAddr,
    log: Arc<Mutex<Vec<String>>>,
    /// From the start of the process to the line that says it is ready.
    took: Duration,
}

impl App {
    /// Starts on an empty data folder.
    pub fn start(settings: Settings) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("spindle-e2e-")?;
        // Not there yet: whether it is made rightly is a part of what is tested.
        let data = folder.path().join("data");
        let running = launch(&settings, &data)?;
        Ok(Self {
            settings,
            data,
            running,
            _folder: Some(folder),
        })
    }

    /// Starts on a data folder that is kept by somebody else.
    pub fn start_on(settings: Settings, data: &Path) -> anyhow::Result<Self> {
        let running = launch(&settings, data)?;
        Ok(Self {
            settings,
            data: data.to_path_buf(),
            running,
            _folder: None,
        })
    }

    /// Where the application answers.
    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// Where the embedded sidecar answers.
    pub fn sidecar_address(&self) -> SocketAddr {
        self.running.sidecar
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.running.child.id()
    }

    /// From the start of the process to the line that says it is ready.
    pub fn start_took(&self) -> Duration {
        self.running.took
    }

    /// The log so far: standard error, line by line.
    pub fn log(&self) -> Vec<String> {
        self.running.log.lock().map(|log| log.clone()).unwrap_or_default()
    }

    /// SIGKILL, and waits until the process is gone.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.running.child.kill()?;
        self.running.child.wait()?;
        Ok(())
    }

    /// SIGTERM, and waits until the process has ended; gives its exit code.
    pub fn stop(&mut self) -> anyhow::Result<Option<i32>> {
        let pid = self.pid().to_string();
        let sent = Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .context("kill cannot be run")?;
        if !sent.success() {
            bail!("process {pid} is gone already");
        }
        let end = Instant::now() + STOP_TIMEOUT;
        loop {
            if let Some(status) = self.running.child.try_wait()? {
                return Ok(status.code());
            }
            if Instant::now() > end {
                self.kill()?;
                bail!("did not stop within {STOP_TIMEOUT:?} of SIGTERM");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Starts again on the same data; the address changes.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        self.running = launch(&self.settings, &self.data)?;
        Ok(())
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // Both fail only when the process is gone already, which is what is wanted.
        let _ = self.running.child.kill();
        let _ = self.running.child.wait();
        if std::thread::panicking() {
            show_log(&self.log());
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "shown when a test fails, as the only way to see what the server said"
)]
fn show_log(lines: &[String]) {
    eprintln!("--- last log lines of spindle");
    for line in lines.iter().skip(lines.len().saturating_sub(LINES_SHOWN)) {
        eprintln!("{line}");
    }
}

/// The command line of `spindle up`, without `--listen`.
fn command(settings: &Settings, data: &Path) -> anyhow::Result<Command> {
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
    if !settings.arguments.iter().any(|argument| argument == "--sidecar") {
        command.args(["--sidecar-listen", "127.0.0.1:0"]);
    }
    Ok(command)
}

fn launch(settings: &Settings, data: &Path) -> anyhow::Result<Running> {
    let started = Instant::now();
    let mut child = command(settings, data)?
        .args(["--listen", &format!("127.0.0.1:{}", settings.port)])
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
    Ok(Running {
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

/// Runs `spindle` with these arguments until it ends: exit code, standard output, standard error. For commands that must fail.
pub fn run_to_end(arguments: &[&str]) -> anyhow::Result<(Option<i32>, String, String)> {
    let output = Command::new(binary()?)
        .current_dir(workspace())
        .args(arguments)
        .stdin(Stdio::null())
        .output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((output.status.code(), text(&output.stdout), text(&output.stderr)))
}

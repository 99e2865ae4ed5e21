//! A server process that can be killed and started again.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// How long a server may take to answer after its start; on a loaded machine a broker needs half a minute.
const START_TIMEOUT: Duration = Duration::from_mins(2);
/// How long a server may take to end after SIGTERM.
const STOP_TIMEOUT: Duration = Duration::from_secs(20);
/// Lines of its log that are shown when it fails.
const LINES_SHOWN: usize = 12;
/// Characters of each.
const WIDTH_SHOWN: usize = 300;

/// A port on loopback that nobody listens on.
///
/// Below the range that the system takes client ports from (32768): there a client that dials a server which is down may be given that
/// server's own port, connect to itself, and keep the port from the server.
pub fn free_port() -> anyhow::Result<u16> {
    const FIRST: u16 = 18_000;
    const LAST: u16 = 31_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let process = u16::try_from(std::process::id() % 128).unwrap_or(0) * 100;
    for _ in FIRST..LAST {
        let offset = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(process) % (LAST - FIRST);
        let port = FIRST + offset;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port between {FIRST} and {LAST} is free")
}

/// How to start a server, and its process while it runs. Killed when dropped.
#[derive(Debug)]
pub struct Daemon {
    name: String,
    program: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(String, OsString)>,
    folder: PathBuf,
    log: PathBuf,
    /// Answers when the server is ready.
    address: SocketAddr,
    child: Option<Child>,
}

impl Daemon {
    /// A server that is not started yet. It runs in `folder`, where its log goes too, and listens on `port` of loopback.
    pub fn new(name: impl Into<String>, program: impl Into<PathBuf>, folder: impl Into<PathBuf>, port: u16) -> Self {
        let (name, folder) = (name.into(), folder.into());
        Self {
            log: folder.join(format!("{name}.log")),
            name,
            program: program.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            folder,
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            child: None,
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn arguments<T: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = T>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets a variable of the environment, now and for later starts.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.set_variable(name, value);
        self
    }

    /// Sets a variable of the environment for later starts.
    pub fn set_variable(&mut self, name: &str, value: impl Into<OsString>) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.into()));
    }

    /// What it is called in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Starts it without waiting.
    pub fn spawn(&mut self) -> anyhow::Result<()> {
        let log = |path| -> std::io::Result<File> { OpenOptions::new().create(true).append(true).open(path) };
        let (out, errors) = (log(&self.log)?, log(&self.log)?);
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(errors)
            .spawn()
            .with_context(|| format!("{} cannot be started: {}", self.name, self.program.display()))?;
        self.child = Some(child);
        Ok(())
    }

    /// Starts it and waits until it listens.
    pub fn start(&mut self) -> anyhow::Result<()> {
        self.spawn()?;
        let address = self.address;
        self.wait(|| TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok())
    }

    /// Waits until it is ready.
    pub fn wait(&mut self, ready: impl Fn() -> bool) -> anyhow::Result<()> {
        let end = Instant::now() + START_TIMEOUT;
        while !ready() {
            if self.has_ended()? {
                bail!("{} has ended:\n{}", self.name, self.last_lines());
            }
            if Instant::now() > end {
                bail!("{} is not ready after {START_TIMEOUT:?}:\n{}", self.name, self.last_lines());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Whether its process has ended by itself, or does not run.
    pub fn has_ended(&mut self) -> anyhow::Result<bool> {
        match &mut self.child {
            None => Ok(true),
            Some(child) => Ok(child.try_wait()?.is_some()),
        }
    }

    /// SIGKILL, and waits until the process is gone. One that is gone already stays so.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// SIGTERM, and SIGKILL when that does not end it.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        let Some(pid) = self.pid() else { return Ok(()) };
        let _sent = Command::new("kill").args(["-TERM", &pid.to_string()]).status()?;
        let end = Instant::now() + STOP_TIMEOUT;
        while !self.has_ended()? && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.kill()
    }

    /// The log so far.
    pub fn log(&self) -> String {
        std::fs::read(&self.log).map_or_else(|_| String::new(), |text| String::from_utf8_lossy(&text).into_owned())
    }

    /// The end of its log.
    pub fn last_lines(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let shown = lines.iter().skip(lines.len().saturating_sub(LINES_SHOWN));
        let cut = |line: &&str| line.chars().take(WIDTH_SHOWN).collect::<String>();
        shown.map(cut).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Fails only when the process is gone already, which is what is wanted.
        let _gone = self.kill();
    }
}

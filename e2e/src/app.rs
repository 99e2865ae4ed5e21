//! What is under test: `spindle up` on free ports and a data folder of its own, beside whatever it needs.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use crate::api::Client;
use crate::host::{Beside, Host, launch};
use crate::stack::{Stack, Topology};

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
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) port: u16,
    pub(crate) arguments: Vec<String>,
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

/// A running Spindle: one process with the embedded sidecar or, where `SPINDLE_E2E` says so, one or several beside real Dapr, Kafka and
/// PostgreSQL. Dropped, it is killed and its data removed; when a test fails, its last log lines are shown.
#[derive(Debug)]
pub struct App {
    settings: Settings,
    data: PathBuf,
    /// Before the folder, so that it is gone before its files are.
    hosts: Vec<Host>,
    stack: Option<Stack>,
    /// Removed with the value; none when the data is somebody else's.
    folder: Option<TempDir>,
}

impl App {
    /// Starts on an empty data folder.
    pub fn start(settings: Settings) -> anyhow::Result<Self> {
        match Topology::from_environment()? {
            None => Self::start_embedded(settings),
            Some(topology) => Self::start_beside_dapr(settings, topology),
        }
    }

    /// Starts with the embedded sidecar on an empty data folder.
    pub fn start_embedded(settings: Settings) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("spindle-e2e-")?;
        // Not there yet: whether it is made rightly is a part of what is tested.
        let data = folder.path().join("data");
        let mut app = Self::start_on(settings, &data)?;
        app.folder = Some(folder);
        Ok(app)
    }

    /// Starts on a data folder that is kept by somebody else.
    pub fn start_on(settings: Settings, data: &Path) -> anyhow::Result<Self> {
        let hosts = vec![launch(&settings, data, None)?];
        Ok(Self {
            settings,
            data: data.to_path_buf(),
            hosts,
            stack: None,
            folder: None,
        })
    }

    /// Starts beside real Dapr, Kafka and PostgreSQL.
    pub fn start_beside_dapr(settings: Settings, topology: Topology) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("spindle-e2e-")?;
        let stack = Stack::start(topology, folder.path())?;
        let mut app = Self::start_hosts(settings, stack, folder)?;
        if let Some(stack) = &mut app.stack
            && let Err(error) = stack.start_sidecars()
        {
            show_log(&app.log());
            return Err(error);
        }
        Ok(app)
    }

    /// Starts the apps beside a stack whose sidecars do not run yet.
    pub fn start_hosts(settings: Settings, stack: Stack, folder: TempDir) -> anyhow::Result<Self> {
        let data = folder.path().join(".spindle");
        let (code, _, errors) = run_to_end(&["secrets", "--data", &data.to_string_lossy()])?;
        if code != Some(0) {
            bail!("spindle secrets failed: {errors}");
        }
        let mut app = Self {
            settings,
            data,
            hosts: Vec::new(),
            stack: Some(stack),
            folder: Some(folder),
        };
        app.restart()?;
        Ok(app)
    }

    /// Where the application answers; where there are several, the first of them.
    pub fn address(&self) -> SocketAddr {
        self.hosts
            .first()
            .map_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0)), |host| host.address)
    }

    /// Dapr's id of the app that has task-api.
    pub fn app_id(&self) -> &'static str {
        self.hosts.first().and_then(|host| host.app).map_or("spindle", |app| app.id)
    }

    /// A client that leads each call to its app, as the ingress does.
    pub fn client(&self) -> Arc<Client> {
        let routes = self.hosts.iter().flat_map(|host| {
            let prefixes = host.app.map_or(&["/"] as &[_], |app| app.prefixes);
            prefixes.iter().map(|prefix| (*prefix, host.address))
        });
        Arc::new(Client::routed(self.address(), routes.collect()))
    }

    /// Where a sidecar answers, of which the state store can be asked.
    pub fn sidecar_address(&self) -> SocketAddr {
        self.hosts
            .first()
            .map_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0)), |host| host.sidecar)
    }

    /// Where the sidecar of the app answers that has this component.
    pub fn sidecar_address_of(&self, component: &str) -> SocketAddr {
        let own = |host: &&Host| host.app.is_some_and(|app| app.component == Some(component));
        self.hosts
            .iter()
            .find(own)
            .map_or_else(|| self.sidecar_address(), |host| host.sidecar)
    }

    /// What is beside it, when that is real Dapr.
    pub fn stack(&mut self) -> Option<&mut Stack> {
        self.stack.as_mut()
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The process; where there are several, the first.
    pub fn pid(&self) -> u32 {
        self.hosts.first().map_or(0, |host| host.child.id())
    }

    /// From the start of the process to the line that says it is ready.
    pub fn start_took(&self) -> Duration {
        self.hosts.first().map(|host| host.took).unwrap_or_default()
    }

    /// The log so far: standard error, line by line.
    pub fn log(&self) -> Vec<String> {
        let logs = self.hosts.iter().filter_map(|host| host.log.lock().ok());
        logs.flat_map(|log| log.clone()).collect()
    }

    /// SIGKILL to every app, and waits until they are gone. Sidecars of their own stay.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        for host in &mut self.hosts {
            host.child.kill()?;
            host.child.wait()?;
        }
        Ok(())
    }

    /// SIGKILL to the app of this id, and waits until it is gone.
    pub fn kill_app(&mut self, app_id: &str) -> anyhow::Result<()> {
        let host = self
            .hosts
            .iter_mut()
            .find(|host| host.app.is_some_and(|app| app.id == app_id));
        let host = host.with_context(|| format!("no app {app_id} runs"))?;
        host.child.kill()?;
        host.child.wait()?;
        Ok(())
    }

    /// Starts the app of this id again, at the same address.
    pub fn restart_app(&mut self, app_id: &str) -> anyhow::Result<()> {
        let host = self
            .hosts
            .iter_mut()
            .find(|host| host.app.is_some_and(|app| app.id == app_id));
        let host = host.with_context(|| format!("no app {app_id} is known"))?;
        let beside = beside(self.stack.as_ref(), app_id)?;
        *host = launch(&self.settings, &self.data, Some(&beside))?;
        Ok(())
    }

    /// SIGTERM, and waits until the process has ended; gives its exit code, of several the first.
    pub fn stop(&mut self) -> anyhow::Result<Option<i32>> {
        let mut codes = Vec::new();
        for host in &mut self.hosts {
            codes.push(host.stop()?);
        }
        Ok(codes.first().copied().flatten())
    }

    /// Sets an application variable for later starts.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.settings.variables.retain(|(known, _)| known != name);
        self.settings.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Starts again on the same data; the address changes, but beside Dapr.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        let Some(stack) = &self.stack else {
            self.hosts = vec![launch(&self.settings, &self.data, None)?];
            return Ok(());
        };
        let mut hosts = Vec::new();
        for app in stack.topology.apps() {
            let beside = beside(Some(stack), app.id)?;
            hosts.push(launch(&self.settings, &self.data, Some(&beside))?);
        }
        self.hosts = hosts;
        Ok(())
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut lines = self.log();
            lines = lines.split_off(lines.len().saturating_sub(LINES_SHOWN));
            lines.extend(self.stack.iter().map(Stack::last_lines));
            show_log(&lines);
        }
    }
}

fn beside(stack: Option<&Stack>, app_id: &str) -> anyhow::Result<Beside> {
    let stack = stack.context("there is no sidecar of its own")?;
    let sidecar = stack.sidecars.iter().find(|sidecar| sidecar.app.id == app_id);
    let sidecar = sidecar.with_context(|| format!("there is no app {app_id}"))?;
    Ok(Beside {
        app: sidecar.app,
        topology: stack.topology,
        ports: sidecar.ports,
    })
}

#[expect(
    clippy::print_stderr,
    reason = "shown when a test fails, as the only way to see what the server said"
)]
fn show_log(lines: &[String]) {
    eprintln!("--- last log lines of spindle");
    for line in lines {
        eprintln!("{line}");
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

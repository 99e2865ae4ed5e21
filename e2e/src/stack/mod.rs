//! The house: Kafka, PostgreSQL, Dapr's scheduler and sidecars, all on loopback, all started for one test and gone after it.
//!
//! The programs come from `tools/dapr.sh`, which `make test-dapr` calls; `SPINDLE_TOOLS` names their folder.

pub mod daemon;
pub mod daprd;
pub mod kafka;
pub mod postgres;
pub mod scheduler;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use crate::app::workspace;

use daemon::Daemon;
use kafka::Kafka;
use postgres::Postgres;

/// How the components are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topology {
    /// One app with one sidecar; subscriptions from `GET /dapr/subscribe`.
    OneApp,
    /// An app and a sidecar for each component that has one; declarative subscriptions, service invocation between them.
    FourApps,
}

/// An app: which components it is made of, and its sidecar.
#[derive(Debug, Clone, Copy)]
pub struct AppId {
    /// Dapr's app id.
    pub id: &'static str,
    /// Its component; none when it has all of them.
    pub component: Option<&'static str>,
    /// Paths that are led to it where there are several apps; the longest that fits decides.
    pub prefixes: &'static [&'static str],
    /// Whether it has a sidecar.
    pub has_sidecar: bool,
}

impl Topology {
    /// What `SPINDLE_E2E` says: none is the embedded sidecar.
    pub fn from_environment() -> anyhow::Result<Option<Self>> {
        match std::env::var("SPINDLE_E2E").as_deref() {
            Err(_) | Ok("" | "embedded") => Ok(None),
            Ok("one-app") => Ok(Some(Self::OneApp)),
            Ok("four-apps") => Ok(Some(Self::FourApps)),
            Ok(other) => bail!("SPINDLE_E2E is {other}; it must be embedded, one-app or four-apps"),
        }
    }

    /// Its apps. Where there are several, the routes are those of the cluster's ingress and of the sidecars.
    pub fn apps(self) -> &'static [AppId] {
        match self {
            Self::OneApp => &[AppId {
                id: "spindle",
                component: None,
                prefixes: &["/"],
                has_sidecar: true,
            }],
            Self::FourApps => &[
                AppId {
                    id: "task-api",
                    component: Some("task-api"),
                    prefixes: &["/api", "/health", "/dapr", "/ticks/outbox", "/dead-letters"],
                    has_sidecar: true,
                },
                AppId {
                    id: "audit-handler",
                    component: Some("audit-handler"),
                    prefixes: &["/api/events/audit", "/api/events/task-events", "/health/ready/audit-handler"],
                    has_sidecar: true,
                },
                AppId {
                    id: "reminder-handler",
                    component: Some("reminder-handler"),
                    prefixes: &[
                        "/api/notifications",
                        "/api/events/reminders",
                        "/job",
                        "/ticks/reminders",
                        "/health/ready/reminder-handler",
                    ],
                    has_sidecar: true,
                },
                AppId {
                    id: "recurrence-handler",
                    component: Some("recurrence-handler"),
                    prefixes: &["/api/events/task-updates", "/health/ready/recurrence-handler"],
                    has_sidecar: true,
                },
                AppId {
                    id: "web",
                    component: Some("web"),
                    prefixes: &["/", "/api/openapi.json"],
                    has_sidecar: false,
                },
            ],
        }
    }
}

/// A sidecar and the ports that it was given.
#[derive(Debug)]
pub struct Sidecar {
    /// Whose it is.
    pub app: AppId,
    /// Its ports.
    pub ports: daprd::Ports,
    /// The process; none while it has not been started for the first time.
    pub daemon: Option<Daemon>,
}

/// The back ends and sidecars of one instance.
#[derive(Debug)]
pub struct Stack {
    /// How the components are divided.
    pub topology: Topology,
    /// The broker.
    pub kafka: Kafka,
    /// The database.
    pub postgres: Postgres,
    /// Jobs.
    pub scheduler: Daemon,
    /// One for each app, in the order of [`Topology::apps`]; of an app without a sidecar only the app's port counts.
    pub sidecars: Vec<Sidecar>,
    /// Where everything runs; `.spindle` in it has the keys.
    folder: PathBuf,
    tools: PathBuf,
}

impl Stack {
    /// Starts the back ends. `folder` is where the sidecars will run: `.spindle/dapr-secrets.json` in it is what their secret store reads.
    pub fn start(topology: Topology, folder: &Path) -> anyhow::Result<Self> {
        Self::start_with(topology, folder, true)
    }

    /// The same with a broker that makes topics by their being used, or not.
    pub fn start_with(topology: Topology, folder: &Path, creates_topics: bool) -> anyhow::Result<Self> {
        let tools = tools()?;
        let mut stack = Self {
            topology,
            kafka: Kafka::new(&tools.join("kafka"), folder, creates_topics)?,
            postgres: Postgres::new(folder)?,
            scheduler: scheduler::scheduler(&tools.join("scheduler"), folder)?,
            sidecars: Vec::new(),
            folder: folder.to_owned(),
            tools,
        };
        for app in topology.apps() {
            stack.sidecars.push(Sidecar {
                app: *app,
                ports: daprd::Ports::free()?,
                daemon: None,
            });
        }
        stack.kafka.daemon.spawn()?;
        stack.postgres.start()?;
        stack.scheduler.start()?;
        let address = stack.kafka.daemon.address();
        stack.kafka.daemon.wait(|| std::net::TcpStream::connect(address).is_ok())?;
        Ok(stack)
    }

    /// Starts the sidecars of apps that run, with the tokens that are in the data folder.
    ///
    /// One after the other until each has loaded its components, and again where one ends: of four that started at once on an empty database
    /// one was seen to end with its state store not initialised.
    pub fn start_sidecars(&mut self) -> anyhow::Result<()> {
        self.configure_sidecars()?;
        for daemon in self.sidecars.iter_mut().filter_map(|sidecar| sidecar.daemon.as_mut()) {
            daprd::supervise(daemon, daprd::has_components)?;
        }
        for daemon in self.sidecars.iter_mut().filter_map(|sidecar| sidecar.daemon.as_mut()) {
            let address = daemon.address();
            daemon.wait(|| daprd::is_ready(address))?;
        }
        Ok(())
    }

    /// Starts them without waiting.
    pub fn spawn_sidecars(&mut self) -> anyhow::Result<()> {
        self.configure_sidecars()?;
        self.sidecars
            .iter_mut()
            .filter_map(|sidecar| sidecar.daemon.as_mut())
            .try_for_each(Daemon::spawn)
    }

    /// SIGTERM to all of them, and waits until they are gone.
    pub fn stop_sidecars(&mut self) -> anyhow::Result<()> {
        self.sidecars
            .iter_mut()
            .filter_map(|sidecar| sidecar.daemon.as_mut())
            .try_for_each(Daemon::stop)
    }

    fn configure_sidecars(&mut self) -> anyhow::Result<()> {
        let data = self.folder.join(".spindle");
        let secrets = read(&data.join("secrets.json"))?;
        let token = |name: &str| secrets[name].as_str().unwrap_or_default().to_owned();
        let tokens = (token("dapr-api-token"), token("app-api-token"));
        self.write_connection_string(&self.postgres.connection_string())?;
        let config = self.write_config()?;
        let mut resources = vec![workspace().join("dapr/kafka-postgres")];
        if self.topology == Topology::FourApps {
            resources.push(workspace().join("dapr/subscriptions"));
        }
        for sidecar in self.sidecars.iter_mut().filter(|sidecar| sidecar.app.has_sidecar) {
            let options = daprd::Options {
                app_id: sidecar.app.id,
                ports: sidecar.ports,
                resources: resources.clone(),
                config: config.clone(),
                scheduler: Some(self.scheduler.address()),
                tokens: tokens.clone(),
            };
            let daemon = daprd::daprd(&self.tools.join("daprd"), &self.folder, &options)?;
            sidecar.daemon = Some(daemon.variable("KAFKA_BROKERS", self.kafka.brokers()));
        }
        Ok(())
    }

    /// Where daprd and the others are.
    pub fn tools(&self) -> &Path {
        &self.tools
    }

    /// The sidecar of an app.
    pub fn sidecar(&mut self, app_id: &str) -> anyhow::Result<&mut Daemon> {
        self.sidecars
            .iter_mut()
            .find(|sidecar| sidecar.app.id == app_id)
            .and_then(|sidecar| sidecar.daemon.as_mut())
            .with_context(|| format!("{app_id} has no sidecar"))
    }

    /// Puts the database's address into what the secret store reads.
    pub fn write_connection_string(&self, connection_string: &str) -> anyhow::Result<()> {
        let path = self.folder.join(".spindle/dapr-secrets.json");
        let mut secrets = read(&path)?;
        secrets["postgres"] = json!({"connectionString": connection_string});
        fs::write(&path, secrets.to_string())?;
        Ok(())
    }

    /// The project's Configuration, with the addresses of the sidecars: on one machine Dapr's usual resolver needs multicast, which a
    /// sandbox may not have.
    fn write_config(&self) -> anyhow::Result<PathBuf> {
        let text = fs::read_to_string(workspace().join("dapr/config.yaml"))?;
        let mut addresses = String::new();
        for sidecar in &self.sidecars {
            // Writing to a String cannot fail.
            let _ = write!(
                addresses,
                "{{{{if eq .ID \"{}\"}}}}127.0.0.1:{}{{{{end}}}}",
                sidecar.app.id, sidecar.ports.internal
            );
        }
        let resolver = format!(
            "  nameResolution:\n    component: kubernetes\n    version: v1\n    configuration:\n      template: '{addresses}'\n"
        );
        let path = self.folder.join("config.yaml");
        fs::write(&path, text + &resolver)?;
        Ok(path)
    }

    /// The ends of all logs, for a test that failed.
    pub fn last_lines(&self) -> String {
        let sidecars = self.sidecars.iter().filter_map(|sidecar| sidecar.daemon.as_ref());
        let mut text = String::new();
        for daemon in [&self.kafka.daemon, &self.postgres.daemon, &self.scheduler]
            .into_iter()
            .chain(sidecars)
        {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "--- last log lines of {}\n{}", daemon.name(), daemon.last_lines());
        }
        text
    }
}

fn read(path: &Path) -> anyhow::Result<Value> {
    let text = fs::read(path).with_context(|| format!("{}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{}", path.display()))
}

/// The folder of daprd, scheduler and kafka.
pub fn tools() -> anyhow::Result<PathBuf> {
    let folder = std::env::var_os("SPINDLE_TOOLS")
        .map(PathBuf::from)
        .context("SPINDLE_TOOLS does not name the folder of daprd, scheduler and kafka; run `make test-dapr`")?;
    for program in ["daprd", "scheduler", "kafka"] {
        if !folder.join(program).exists() {
            bail!("{} is missing; run `make test-dapr`", folder.join(program).display());
        }
    }
    Ok(folder)
}

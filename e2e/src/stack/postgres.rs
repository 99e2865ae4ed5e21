//! A PostgreSQL server, from the system's packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use super::daemon::{Daemon, free_port};

/// The role that owns the database.
const ROLE: &str = "spindle";
/// Of a server that lives as long as a test and listens on loopback.
const PASSWORD: &str = "only-in-tests";
/// The account that Debian's package makes: the server refuses to run as root.
const SYSTEM_ACCOUNT: &str = "postgres";

/// A server on loopback, with a password.
#[derive(Debug)]
pub struct Postgres {
    /// The process.
    pub daemon: Daemon,
    /// A folder of its own, because the server's account must own it and be able to reach it.
    _folder: TempDir,
}

impl Postgres {
    /// A server on new data; not started yet.
    pub fn new(log_folder: &Path) -> anyhow::Result<Self> {
        let programs = programs()?;
        let folder = TempDir::with_prefix("spindle-e2e-postgres-")?;
        let password = folder.path().join("password");
        fs::write(&password, PASSWORD)?;
        // The server's account, when we are root; else our own.
        let account = if is_root()? { account() } else { Vec::new() };
        if !account.is_empty() {
            let owned = Command::new("chown")
                .args(["-R", SYSTEM_ACCOUNT])
                .arg(folder.path())
                .status()?;
            if !owned.success() {
                bail!("there is no account {SYSTEM_ACCOUNT}; on Debian: apt-get install postgresql");
            }
        }
        let data = folder.path().join("data");
        // `env` where no other account is needed, so that both are one way.
        let runner = if account.is_empty() { "env" } else { "setpriv" };
        let mut initdb = Command::new(runner);
        initdb
            .args(&account)
            .arg(programs.join("initdb"))
            .args([
                "--no-sync",
                "--no-instructions",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
            ])
            .args(["--username", ROLE, "--pwfile"])
            .arg(&password)
            .arg("--pgdata")
            .arg(&data)
            .current_dir(folder.path());
        succeed(&mut initdb)?;
        let port = free_port()?;
        let daemon = Daemon::new("postgres", runner, log_folder, port)
            .arguments(account)
            .arguments([programs.join("postgres")]);
        let daemon = daemon.arguments(["-D".into(), data.into_os_string()]).arguments([
            "-h".to_owned(),
            "127.0.0.1".to_owned(),
            "-p".to_owned(),
            port.to_string(),
            "-c".to_owned(),
            "unix_socket_directories=".to_owned(),
        ]);
        Ok(Self { daemon, _folder: folder })
    }

    /// As Dapr's `state.postgresql` takes it.
    pub fn connection_string(&self) -> String {
        self.connection_string_with(PASSWORD)
    }

    /// The same with another password.
    pub fn connection_string_with(&self, password: &str) -> String {
        let address = self.daemon.address();
        format!(
            "host={} port={} user={ROLE} password={password} dbname=postgres sslmode=disable connect_timeout=3",
            address.ip(),
            address.port()
        )
    }

    /// Writes a backup, as docs/operations.md says.
    pub fn dump(&self, file: &Path) -> anyhow::Result<()> {
        let mut dump = Command::new(programs()?.join("pg_dump"));
        dump.args(["--format=custom", "--table=spindle_state", "--table=dapr_metadata"])
            .arg("--file")
            .arg(file)
            .arg(self.connection_string());
        succeed(&mut dump)
    }

    /// Puts a backup in the place of what there is, as docs/operations.md says.
    pub fn restore(&self, file: &Path) -> anyhow::Result<()> {
        let mut restore = Command::new(programs()?.join("pg_restore"));
        restore
            .args(["--clean", "--if-exists"])
            .arg(format!("--dbname={}", self.connection_string()))
            .arg(file);
        succeed(&mut restore)
    }

    /// Starts it, after a kill as well: the processes of the killed server take a moment to notice.
    pub fn start(&mut self) -> anyhow::Result<()> {
        for _ in 0..20 {
            if self.daemon.start().is_ok() {
                return Ok(());
            }
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        self.daemon.start()
    }
}

fn succeed(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output().with_context(|| format!("{command:?} cannot be run"))?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

fn account() -> Vec<String> {
    vec![
        format!("--reuid={SYSTEM_ACCOUNT}"),
        format!("--regid={SYSTEM_ACCOUNT}"),
        "--clear-groups".to_owned(),
        "--".to_owned(),
    ]
}

fn is_root() -> anyhow::Result<bool> {
    let output = Command::new("id").arg("-u").output()?;
    Ok(output.stdout.trim_ascii() == b"0")
}

/// Where `initdb` and `postgres` are: on Debian in a folder by version, the newest of which is taken.
fn programs() -> anyhow::Result<PathBuf> {
    let found = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = found
        .map(|entry| entry.path().join("bin"))
        .filter(|folder| folder.join("initdb").is_file())
        .collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders
        .pop()
        .or_else(|| std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file()))
        .context("there is no PostgreSQL server; on Debian: apt-get install postgresql")
}

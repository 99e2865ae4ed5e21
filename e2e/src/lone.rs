//! The embedded sidecar in a process of its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;
use serde_json::Value;
use tempfile::TempDir;

use crate::app::{binary, workspace};

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

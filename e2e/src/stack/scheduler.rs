//! Dapr's scheduler, with its embedded etcd.

use std::path::Path;

use super::daemon::{Daemon, free_port};

/// A scheduler on loopback; not started yet. Its data lies in `folder`.
pub fn scheduler(program: &Path, folder: &Path) -> anyhow::Result<Daemon> {
    let (port, health, metrics, client, peer) = (free_port()?, free_port()?, free_port()?, free_port()?, free_port()?);
    Ok(Daemon::new("scheduler", program, folder, port).arguments([
        format!("--port={port}"),
        "--listen-address=127.0.0.1".to_owned(),
        format!("--healthz-port={health}"),
        "--healthz-listen-address=127.0.0.1".to_owned(),
        format!("--metrics-port={metrics}"),
        "--metrics-listen-address=127.0.0.1".to_owned(),
        "--id=dapr-scheduler-server-0".to_owned(),
        format!("--override-broadcast-host-port=127.0.0.1:{port}"),
        format!("--etcd-initial-cluster=dapr-scheduler-server-0=http://127.0.0.1:{peer}"),
        format!("--etcd-client-port={client}"),
        "--etcd-client-listen-address=127.0.0.1".to_owned(),
        format!("--etcd-data-dir={}", folder.join("scheduler").display()),
        format!("--identity-directory-write={}", folder.join("scheduler-identity").display()),
    ]))
}

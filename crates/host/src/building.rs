//! `spindle build`: runs the build commands that the manifest names.

use std::process::{Command, Stdio};

use crate::manifest::Manifest;

/// A build did not succeed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BuildError {
    #[error("component `{id}`: cannot run `{command}` ({source}); install what it needs")]
    Start {
        id: String,
        command: String,
        source: std::io::Error,
    },
    #[error("component `{id}`: `{command}` failed ({status}); its own messages are above")]
    Failed {
        id: String,
        command: String,
        status: std::process::ExitStatus,
    },
}

/// Runs the commands of all components of `manifest`, one after the other, each in its folder. Their output passes through.
pub(crate) fn build(manifest: &Manifest) -> Result<(), BuildError> {
    for (id, component) in &manifest.components {
        let Some(build) = &component.build else { continue };
        for command in &build.commands {
            let mut shell = if cfg!(windows) {
                Command::new("cmd")
            } else {
                Command::new("sh")
            };
            let status = shell
                .args([if cfg!(windows) { "/C" } else { "-c" }, command])
                .current_dir(&build.workdir)
                .stdin(Stdio::null())
                .status()
                .map_err(|source| BuildError::Start {
                    id: id.clone(),
                    command: command.clone(),
                    source,
                })?;
            if !status.success() {
                return Err(BuildError::Failed {
                    id: id.clone(),
                    command: command.clone(),
                    status,
                });
            }
        }
    }
    Ok(())
}

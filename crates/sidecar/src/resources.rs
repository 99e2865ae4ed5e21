//! What the sidecar offers, by name: from Dapr's resource files, or the built-in defaults.

mod secrets;
mod subscription;
mod yaml;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use serde_json::Value;

pub(crate) use secrets::Secrets;
pub(crate) use subscription::{Programmatic, Subscription};

use crate::core::{retry::RetryPolicy, schedule::Schedule};

/// A component as it was declared.
#[derive(Debug, Clone)]
pub(crate) struct Component {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) version: String,
}

/// A cron binding.
#[derive(Debug, Clone)]
pub(crate) struct CronBinding {
    pub(crate) name: String,
    /// Path at the app, with its slash.
    pub(crate) route: String,
    pub(crate) schedule: Schedule,
}

/// Everything declared.
#[derive(Debug, Default)]
pub(crate) struct Resources {
    pub(crate) components: Vec<Component>,
    pub(crate) state_stores: BTreeSet<String>,
    pub(crate) pubsubs: BTreeSet<String>,
    pub(crate) secret_stores: BTreeMap<String, Secrets>,
    pub(crate) crons: Vec<CronBinding>,
    pub(crate) subscriptions: Vec<Subscription>,
    /// Inbound retries by pub/sub component.
    pub(crate) retries: BTreeMap<String, RetryPolicy>,
    /// One line for each thing taken or left.
    pub(crate) notices: Vec<String>,
}

/// Why resource files cannot be used. One line each.
#[derive(Debug, thiserror::Error)]
pub enum ResourceError {
    /// A folder or file cannot be read.
    #[error("{path} cannot be read: {reason}")]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// Not YAML, or not of a resource's form.
    #[error("{path}:{line}: {reason}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line of the error, from 1; 0 if unknown.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// A resource that says something impossible.
    #[error("{path}: {kind} {name:?}: {reason}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The kind of the resource.
        kind: String,
        /// Its name.
        name: String,
        /// What is wrong.
        reason: String,
    },
}

impl Resources {
    /// Reads the folders in order, their files by name. Nothing is written.
    pub(crate) fn load(
        folders: &[PathBuf],
        app_id: &str,
        given_secrets: &BTreeMap<String, Value>,
    ) -> Result<Self, ResourceError> {
        let mut resources = Self::default();
        for folder in folders {
            for path in yaml::files(folder)? {
                yaml::load(&mut resources, &path, app_id, given_secrets)?;
            }
        }
        resources.fill_in(given_secrets);
        Ok(resources)
    }

    /// The built-in defaults, for each role that no file has filled.
    fn fill_in(&mut self, given_secrets: &BTreeMap<String, Value>) {
        for (missing, name, kind) in [
            (self.state_stores.is_empty(), "statestore", "state.sqlite"),
            (self.pubsubs.is_empty(), "pubsub", "pubsub.in-memory"),
            (self.secret_stores.is_empty(), "secretstore", "secretstores.local.file"),
        ] {
            if missing {
                let component = Component {
                    name: name.into(),
                    kind: kind.into(),
                    version: "v1".into(),
                };
                self.take(component, Secrets::new(given_secrets), "built in");
            }
        }
    }

    /// Takes a component of a role that the engine plays, whatever product it names.
    fn take(&mut self, component: Component, secrets: Secrets, origin: &str) -> bool {
        let role = component.kind.split('.').next().unwrap_or_default();
        match role {
            "state" => drop(self.state_stores.insert(component.name.clone())),
            "pubsub" => drop(self.pubsubs.insert(component.name.clone())),
            "secretstores" => drop(self.secret_stores.insert(component.name.clone(), secrets)),
            _ => return false,
        }
        self.notices.push(format!(
            "{role} {:?} ({}, {origin}) is served by the embedded engine",
            component.name, component.kind
        ));
        self.components.push(component);
        true
    }

    fn invalid(path: &Path, kind: &str, name: &str, reason: &impl ToString) -> ResourceError {
        ResourceError::Invalid {
            path: path.into(),
            kind: kind.into(),
            name: name.into(),
            reason: reason.to_string(),
        }
    }
}

#[cfg(test)]
mod tests;

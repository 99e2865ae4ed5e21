//! How a sidecar is opened, and why it may not.

use std::{
    collections::BTreeMap,
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

use crate::{core::SchemaError, resources::ResourceError};

/// What a sidecar is opened with.
#[derive(Clone, Default)]
pub struct Options {
    /// The Dapr app id of the one app.
    pub app_id: String,
    /// The database file; its folder is created. `None` keeps everything in memory.
    pub data_file: Option<PathBuf>,
    /// Folders with Dapr resource files. Roles that none of them fills get the defaults `statestore`, `pubsub`, `secretstore`.
    pub resources: Vec<PathBuf>,
    /// Contents of the secret stores. They add to, and win over, the file that a `secretstores.local.file` names.
    pub secrets: BTreeMap<String, serde_json::Value>,
    /// Demanded as `dapr-api-token` by our API.
    pub api_token: Option<String>,
    /// Sent as `dapr-api-token` to the app.
    pub app_token: Option<String>,
    /// Deliveries in flight to the app at once, of all kinds; at least 1.
    pub app_max_concurrency: usize,
}

/// Never shows a secret.
impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("app_id", &self.app_id)
            .field("data_file", &self.data_file)
            .field("resources", &self.resources)
            .field("app_max_concurrency", &self.app_max_concurrency)
            .finish_non_exhaustive()
    }
}

/// Why a sidecar cannot start. Each is one line for a person.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The resource files.
    #[error(transparent)]
    Resources(#[from] ResourceError),
    /// The database.
    #[error(transparent)]
    Database(#[from] SchemaError),
    /// The database, while setting up its readers.
    #[error("the database failed: {0}")]
    Storage(#[from] rusqlite::Error),
    /// Another process has the data folder.
    #[error("{path} is in use by another sidecar")]
    InUse {
        /// The database file.
        path: PathBuf,
    },
    /// The writer thread could not be started.
    #[error("the writer thread cannot start: {0}")]
    Thread(#[source] std::io::Error),
}

/// Keeps a second sidecar away from the database: two would deliver everything twice.
pub(super) struct Lock {
    pub(super) file: File,
    path: PathBuf,
    created: bool,
}

impl Lock {
    pub(super) fn take(data_file: &Path) -> Result<Self, OpenError> {
        let not_writable = |error: std::io::Error| SchemaError::NotWritable {
            path: data_file.into(),
            reason: error.to_string(),
        };
        if let Some(folder) = data_file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(not_writable)?;
        }
        let mut path = data_file.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        let created = !path.exists();
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(not_writable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file, path, created }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: data_file.into() }),
            Err(TryLockError::Error(error)) => Err(not_writable(error).into()),
        }
    }

    /// After a failure nothing must have changed on disk.
    pub(super) fn undo(self) {
        if self.created
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            tracing::debug!(%error, "the lock file stays");
        }
    }
}

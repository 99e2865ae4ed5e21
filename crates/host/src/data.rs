//! The data folder: everything that `spindle` keeps, readable by its owner alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataError {
    #[error("the data folder {path} is not writable ({source}); correct its owner or give another with --data")]
    NotWritable { path: String, source: io::Error },
    #[error("the data folder {path} is in use by another spindle; stop that one or give another with --data")]
    InUse { path: String },
}

/// An open data folder, held by a lock until this is dropped.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    // Held, never read: the lock ends with the file.
    _lock: File,
}

impl DataFolder {
    /// Opens the folder, makes it (mode 0700) when it is not there, and keeps others out of it.
    pub(crate) fn open(path: &Path) -> Result<Self, DataError> {
        let not_writable = |source| DataError::NotWritable {
            path: path.display().to_string(),
            source,
        };
        create_private_folder(path).map_err(not_writable)?;
        let lock = private(OpenOptions::new().write(true).create(true).truncate(false))
            .open(path.join("lock"))
            .map_err(not_writable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(fs::TryLockError::WouldBlock) => Err(DataError::InUse {
                path: path.display().to_string(),
            }),
            Err(fs::TryLockError::Error(source)) => Err(not_writable(source)),
        }
    }

    /// The folder's path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Makes `path` and what leads to it; what is made is the owner's alone.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Writes a file that only its owner may read, whole or not at all.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("tmp");
    // One left behind by a crash may have other permissions.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private(OpenOptions::new().write(true).create_new(true)).open(&temporary)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&temporary, path)
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ok = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
pub(crate) mod scratch {
    use std::path::{Path, PathBuf};

    /// A folder for one test, removed at its end.
    pub(crate) struct Scratch(PathBuf);

    impl Scratch {
        pub(crate) fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("spindle-{name}-{}", std::process::id()));
            let _absent = std::fs::remove_dir_all(&path);
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        pub(crate) fn path(&self) -> &Path {
            &self.0
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _gone = std::fs::remove_dir_all(&self.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::scratch::Scratch;
    use super::{DataError, DataFolder, write_private};

    #[test]
    fn a_folder_is_held_by_one_at_a_time() {
        let scratch = Scratch::new("lock");
        let path = scratch.path().join("a/b");
        let held = DataFolder::open(&path).unwrap();
        assert!(matches!(DataFolder::open(&path), Err(DataError::InUse { .. })));
        drop(held);
        assert!(DataFolder::open(&path).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read() {
        use std::os::unix::fs::PermissionsExt as _;
        let scratch = Scratch::new("modes");
        let folder = DataFolder::open(&scratch.path().join("data")).unwrap();
        let file = folder.path().join("secret");
        write_private(&file, b"one").unwrap();
        write_private(&file, b"two").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"two");
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder.path()), mode(&file)), (0o700, 0o600));
    }
}

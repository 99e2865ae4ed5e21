//! Tables, migrations, and how a connection is set up.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};

/// `application_id` of our files, "SPDL": a foreign SQLite file is refused instead of being filled with our tables.
const APPLICATION_ID: i32 = 0x5350_444c;
/// Files up to this size are checked wholly at each start (some 10 ms); larger ones only where they are read.
const CHECKED_BYTES: u64 = 8 * 1024 * 1024;
const MAGIC: &[u8] = b"SQLite format 3\0";

/// One step per version; a step is never changed once released.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE number (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL) STRICT;
    INSERT INTO number VALUES (1, 0);
    -- Documents are large, so this is a rowid table: the index on the key stays small and is not touched by an update.
    CREATE TABLE state (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, value BLOB NOT NULL, etag INTEGER NOT NULL, expires INTEGER
    ) STRICT;
    CREATE INDEX state_expires ON state (expires) WHERE expires IS NOT NULL;
    CREATE TABLE subscription (pubsub TEXT NOT NULL, topic TEXT NOT NULL, PRIMARY KEY (pubsub, topic)) STRICT, WITHOUT ROWID;
    CREATE TABLE message (
        seq INTEGER PRIMARY KEY, pubsub TEXT NOT NULL, topic TEXT NOT NULL, key TEXT, traceparent TEXT, dead INTEGER NOT NULL DEFAULT 0,
        event BLOB NOT NULL
    ) STRICT;
    CREATE TABLE job (
        name TEXT PRIMARY KEY, version INTEGER NOT NULL, next INTEGER NOT NULL, fired INTEGER NOT NULL, expires INTEGER,
        schedule TEXT, repeats INTEGER, retry_interval INTEGER NOT NULL, retry_max INTEGER, answer TEXT NOT NULL, data BLOB
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX job_next ON job (next);
"];

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The file or its folder cannot be created or written.
    #[error("{path} cannot be written: {reason}")]
    NotWritable {
        /// The database file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The file is not a database, or is broken.
    #[error("{path} is damaged: {reason}; restore it from a backup or move it away")]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A SQLite file of some other program.
    #[error("{path} is a database of another program")]
    Foreign {
        /// The database file.
        path: PathBuf,
    },
    /// The file was written by a later version.
    #[error("{path} was written by a newer version (schema {found}, this one knows {known})")]
    Newer {
        /// The database file.
        path: PathBuf,
        /// Its schema.
        found: usize,
        /// The newest schema that this version knows.
        known: usize,
    },
    /// Anything else that SQLite reports.
    #[error("the database failed: {0}")]
    Storage(#[from] rusqlite::Error),
}

pub(super) fn open_writer(path: &Path) -> Result<Connection, SchemaError> {
    let size = check_magic(path)?;
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| explain(path, error))?;
    prepare(&conn, path, size).map_err(|error| match error {
        SchemaError::Storage(error) => explain(path, error),
        other => other,
    })?;
    Ok(conn)
}

pub(super) fn open_memory() -> Result<Connection, SchemaError> {
    let conn = Connection::open_in_memory()?;
    conn.set_prepared_statement_cache_capacity(64);
    migrate(&conn, Path::new(":memory:"))?;
    Ok(conn)
}

pub(super) fn open_reader(path: &Path) -> Result<Connection, rusqlite::Error> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.set_prepared_statement_cache_capacity(16);
    conn.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -2048; PRAGMA busy_timeout = 2000; PRAGMA mmap_size = 0;")?;
    Ok(conn)
}

/// Before SQLite gets to see the file: it would create a journal beside it, and a refused file must stay as it was.
fn check_magic(path: &Path) -> Result<u64, SchemaError> {
    use std::io::Read as _;
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => {
            return Err(SchemaError::NotWritable {
                path: path.into(),
                reason: error.to_string(),
            });
        }
    };
    let mut head = Vec::with_capacity(MAGIC.len());
    let read = file.by_ref().take(MAGIC.len() as u64).read_to_end(&mut head);
    read.map_err(|error| SchemaError::NotWritable {
        path: path.into(),
        reason: error.to_string(),
    })?;
    if !head.is_empty() && head != MAGIC {
        return Err(SchemaError::Damaged {
            path: path.into(),
            reason: "it is not a SQLite file".into(),
        });
    }
    Ok(file.metadata().map_or(0, |metadata| metadata.len()))
}

fn prepare(conn: &Connection, path: &Path, size: u64) -> Result<(), SchemaError> {
    conn.set_prepared_statement_cache_capacity(64);
    conn.execute_batch("PRAGMA busy_timeout = 2000; PRAGMA mmap_size = 0;")?;
    let application: i32 = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: u32 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(SchemaError::Foreign { path: path.into() });
    }
    if size > 0 && size <= CHECKED_BYTES {
        let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(SchemaError::Damaged {
                path: path.into(),
                reason: verdict.lines().last().unwrap_or_default().to_owned(),
            });
        }
    }
    // The write-ahead log is checkpointed by the runtime, beside the writer, hence no automatic checkpoint in a commit.
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 33554432;
         PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY;",
    )?;
    migrate(conn, path)
}

fn migrate(conn: &Connection, path: &Path) -> Result<(), SchemaError> {
    let found: usize = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > MIGRATIONS.len() {
        return Err(SchemaError::Newer {
            path: path.into(),
            found,
            known: MIGRATIONS.len(),
        });
    }
    for (version, step) in MIGRATIONS.iter().enumerate().skip(found) {
        conn.execute_batch(&format!(
            "BEGIN IMMEDIATE; {step} PRAGMA user_version = {}; PRAGMA application_id = {APPLICATION_ID}; COMMIT;",
            version + 1
        ))?;
    }
    Ok(())
}

/// One clear line instead of SQLite's code.
fn explain(path: &Path, error: rusqlite::Error) -> SchemaError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => SchemaError::Damaged {
            path: path.into(),
            reason: error.to_string(),
        },
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => SchemaError::NotWritable {
            path: path.into(),
            reason: error.to_string(),
        },
        _ => SchemaError::Storage(error),
    }
}

pub(super) fn load_number(conn: &Connection) -> Result<u64, rusqlite::Error> {
    conn.query_row("SELECT last FROM number", [], |row| row.get(0))
        .map(super::from_sql)
}

pub(super) fn save_number(conn: &Connection, last: u64) -> Result<(), rusqlite::Error> {
    conn.prepare_cached("UPDATE number SET last = ?1")?
        .execute([super::to_sql(last)])
        .map(drop)
}

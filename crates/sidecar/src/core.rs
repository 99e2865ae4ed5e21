//! The pure core: state, messages and jobs on one SQLite connection.
//!
//! It reads no clock, starts no thread, and draws no random number: callers pass `now` and ids. The runtime around it and a
//! deterministic simulation therefore run the same code. Writes are grouped by the caller:
//! [`Core::begin`], any number of [`Core::apply`], [`Core::commit`]; each `apply` stands or falls alone.
//! What has to happen next in memory (deliver, start a timer) comes back as [`Done`].

pub mod cloudevent;
pub mod dispatch;
mod jobs;
mod messages;
mod pragmas;
pub mod retry;
pub mod schedule;
mod schema;
mod state;

use std::{collections::HashSet, path::Path};

use rusqlite::Connection;

pub use jobs::{Job, JobTimer, NewJob};
pub use messages::{Message, NewMessage};
pub use pragmas::Checkpoint;
pub use schema::SchemaError;
pub use state::{Document, Item, Match, Operation};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Timestamp = i64;

/// A topic of a pub/sub component.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Topic {
    /// The name of the pub/sub component.
    pub pubsub: String,
    /// The topic's name.
    pub name: String,
}

/// One request to change something.
#[derive(Debug)]
pub enum Write {
    /// Saves each item by itself: an earlier one stays when a later one fails, as in Dapr.
    Save(Vec<Item>),
    /// All operations or none.
    Transaction(Vec<Operation>),
    /// Keeps messages for the topics that have a subscription, or for all topics while subscriptions are unknown.
    Publish(Vec<NewMessage>),
    /// The message was handled or dropped.
    Settle(u64),
    /// The message goes to the dead-letter topic.
    DeadLetter {
        /// The message's number.
        seq: u64,
        /// The dead-letter topic's name, in the same pub/sub component.
        topic: String,
    },
    /// Says which topics have a subscription from now on and loads what waits for them.
    Subscribe(HashSet<Topic>),
    /// Schedules a job.
    PutJob(Box<NewJob>),
    /// Forgets a job; fine if there is none.
    DeleteJob(String),
    /// The callback of a job succeeded or was given up: next time, or the end.
    JobFired {
        /// The job's name.
        name: String,
        /// The job's version, so that one that was overwritten meanwhile is left alone.
        version: u64,
        /// Whether the retries were used up. A job that has no next time is dropped all the same.
        gave_up: bool,
    },
    /// Loads the timers of jobs that are due within ten minutes of this time and were not loaded before.
    LoadJobs(Timestamp),
    /// Removes expired documents, at most this many.
    Sweep(u32),
}

impl Write {
    /// About how many bytes it adds to the write-ahead log: its documents, and a page or two for what points to them.
    pub fn log_bytes(&self) -> usize {
        const ROW: usize = 8192;
        match self {
            Self::Save(items) => items.iter().map(|item| item.value.len() + ROW).sum(),
            Self::Transaction(operations) => operations
                .iter()
                .map(|operation| match operation {
                    Operation::Upsert(item) => item.value.len() + ROW,
                    Operation::Delete { .. } => ROW,
                })
                .sum(),
            Self::Publish(messages) => messages.iter().map(|message| message.event.len() + ROW).sum(),
            Self::PutJob(job) => job.answer.len() + ROW,
            _ => ROW,
        }
    }
}

/// What a write has led to, for the in-memory side.
#[derive(Debug, Default)]
pub struct Done {
    /// Messages to be delivered, in order.
    pub messages: Vec<Message>,
    /// Timers to be started.
    pub timers: Vec<JobTimer>,
    /// How many rows a sweep has removed.
    pub swept: u32,
}

/// Why a write did not happen. The other writes of its group are not touched.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// An ETag did not match, or the key exists already under `first-write`.
    #[error("possible etag mismatch. error from state store")]
    Conflict,
    /// A job of that name exists and `overwrite` was not asked for.
    #[error("job already exists: {0}")]
    JobExists(String),
    /// The database failed.
    #[error("the database failed: {0}")]
    Storage(#[from] rusqlite::Error),
    /// The group that this write was in could not be committed.
    #[error("the change could not be committed: {0}")]
    Commit(String),
    /// The sidecar is stopping.
    #[error("the sidecar is stopping")]
    Stopping,
}

/// The writing side: one per database.
#[derive(Debug)]
pub struct Core {
    conn: Connection,
    /// The last number given out: ETags, message numbers and job versions all come from here, so none ever repeats.
    last_number: u64,
    saved_number: u64,
    /// `None` until the subscriptions are known.
    subscribed: Option<HashSet<Topic>>,
    job_horizon: Timestamp,
}

impl Core {
    /// Opens or creates the database file, and migrates it.
    pub fn open(path: &Path) -> Result<Self, SchemaError> {
        Self::with(schema::open_writer(path)?)
    }

    /// A database that is gone when dropped.
    pub fn in_memory() -> Result<Self, SchemaError> {
        Self::with(schema::open_memory()?)
    }

    fn with(conn: Connection) -> Result<Self, SchemaError> {
        let last_number = schema::load_number(&conn)?;
        Ok(Self {
            conn,
            last_number,
            saved_number: last_number,
            subscribed: None,
            job_horizon: Timestamp::MIN,
        })
    }

    /// The reading side of this database.
    pub fn reader(&self) -> Reader<'_> {
        Reader { conn: &self.conn }
    }

    /// Forgets what is in memory only, as a restart does.
    pub fn forget_memory(&mut self) {
        self.subscribed = None;
        self.job_horizon = Timestamp::MIN;
    }

    /// Begins a group.
    pub fn begin(&mut self) -> Result<(), rusqlite::Error> {
        self.conn.prepare_cached("BEGIN IMMEDIATE")?.execute([]).map(drop)
    }

    /// Commits the group: only now may its results be told to anyone.
    pub fn commit(&mut self) -> Result<(), rusqlite::Error> {
        if self.saved_number != self.last_number {
            schema::save_number(&self.conn, self.last_number)?;
        }
        self.conn.prepare_cached("COMMIT")?.execute([])?;
        self.saved_number = self.last_number;
        Ok(())
    }

    /// Undoes the group. Numbers stay used. Subscriptions are loaded again by the next [`Write::Subscribe`].
    pub fn rollback(&mut self) {
        if !self.conn.is_autocommit() {
            // A failing ROLLBACK leaves the transaction open, which the next BEGIN reports: nothing is hidden.
            if let Err(error) = self.conn.execute_batch("ROLLBACK") {
                tracing::error!(%error, "could not roll back");
            }
        }
    }

    /// Whether the database has ended the group by itself (disk full, I/O error): every write of the group is lost.
    pub fn group_lost(&self) -> bool {
        self.conn.is_autocommit()
    }

    /// Applies one write inside the open group.
    pub fn apply(&mut self, now: Timestamp, write: Write) -> Result<Done, WriteError> {
        match write {
            Write::Save(items) => self.save(now, &items).map(|()| Done::default()),
            Write::Transaction(operations) => self
                .isolated(|core| core.transact(now, &operations))
                .map(|()| Done::default()),
            Write::Publish(messages) => self.isolated(|core| core.publish(messages)),
            Write::Settle(seq) => self.settle(seq).map(|()| Done::default()),
            Write::DeadLetter { seq, topic } => self.dead_letter(seq, &topic),
            Write::Subscribe(topics) => self.isolated(|core| core.subscribe(topics)),
            Write::PutJob(job) => self.put_job(now, &job),
            Write::DeleteJob(name) => self.delete_job(&name).map(|()| Done::default()),
            Write::JobFired { name, version, gave_up } => self.job_fired(now, &name, version, gave_up),
            Write::LoadJobs(from) => self.load_jobs(from),
            Write::Sweep(limit) => self.sweep(now, limit),
        }
    }

    /// Runs several statements so that they all count or none does, whatever else is in the group.
    fn isolated<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, WriteError>) -> Result<T, WriteError> {
        self.conn.prepare_cached("SAVEPOINT one")?.execute([])?;
        let result = run(self);
        if result.is_err() && !self.conn.is_autocommit() {
            self.conn.prepare_cached("ROLLBACK TO one")?.execute([])?;
        }
        if !self.conn.is_autocommit() {
            self.conn.prepare_cached("RELEASE one")?.execute([])?;
        }
        result
    }

    fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }
}

/// The reading side: any number per database, each on a connection of its own.
#[derive(Debug)]
pub struct Reader<'a> {
    conn: &'a Connection,
}

impl<'a> Reader<'a> {
    /// Reads by this connection, which [`open_reader`] has opened.
    pub fn new(conn: &'a Connection) -> Self {
        Self { conn }
    }
}

/// Opens a connection for [`Reader`].
pub fn open_reader(path: &Path) -> Result<Connection, rusqlite::Error> {
    schema::open_reader(path)
}

/// Opens a connection for [`Checkpoint::passive`] beside the writer.
pub fn open_checkpointer(path: &Path) -> Result<Connection, rusqlite::Error> {
    let conn = schema::open_reader(path)?;
    conn.execute_batch("PRAGMA query_only = OFF; PRAGMA synchronous = FULL;")?;
    Ok(conn)
}

/// SQLite has signed 64-bit integers only; our numbers start at 1 and never come near the sign.
fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

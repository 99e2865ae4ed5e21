//! Moving the write-ahead log into the database file.

use rusqlite::Connection;

use super::Core;

/// How far a checkpoint came, in pages of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// Pages in the log.
    pub log: i64,
    /// Pages of them that are in the database file now. When all are, the next write starts the log from its beginning.
    pub moved: i64,
}

impl Checkpoint {
    /// Copies what can be copied without waiting for anyone.
    pub fn passive(conn: &Connection) -> Result<Self, rusqlite::Error> {
        conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
            Ok(Self {
                log: row.get(1)?,
                moved: row.get(2)?,
            })
        })
    }

    /// Whether the whole log was moved.
    pub fn complete(self) -> bool {
        self.log == self.moved
    }
}

impl Core {
    /// A passive checkpoint by the writer itself: finishes what one beside it has left.
    pub fn checkpoint(&mut self) -> Result<Checkpoint, rusqlite::Error> {
        Checkpoint::passive(&self.conn)
    }

    /// Empties the log, for a clean stop.
    pub fn checkpoint_truncate(&mut self) -> Result<(), rusqlite::Error> {
        self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }
}

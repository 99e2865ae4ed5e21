//! Documents with ETags, times to live, and transactions.

use bytes::Bytes;
use rusqlite::{OptionalExtension as _, params};

use super::{Core, Done, Reader, Timestamp, WriteError, from_sql, to_sql};

/// What the stored document must look like for a write to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// Last write wins.
    Any,
    /// `first-write` without an ETag: there must be no live document.
    Absent,
    /// It must have this ETag.
    Etag(u64),
    /// An ETag that this store never gave out: never matches.
    Never,
}

/// A document to be saved.
#[derive(Debug, Clone)]
pub struct Item {
    /// The full key, with the store's prefix.
    pub key: String,
    /// JSON text, stored as given.
    pub value: Bytes,
    /// The condition.
    pub condition: Match,
    /// When it ceases to exist.
    pub expires: Option<Timestamp>,
}

/// One operation of a transaction.
#[derive(Debug, Clone)]
pub enum Operation {
    /// Saves.
    Upsert(Item),
    /// Deletes.
    Delete {
        /// The full key.
        key: String,
        /// The condition.
        condition: Match,
    },
}

/// A stored document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// JSON text.
    pub value: Bytes,
    /// The ETag.
    pub etag: u64,
    /// When it ceases to exist.
    pub expires: Option<Timestamp>,
}

const UPSERT: &str = "INSERT INTO state (key, value, etag, expires) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, etag = excluded.etag, expires = excluded.expires";
const CREATE: &str = "INSERT INTO state (key, value, etag, expires) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, etag = excluded.etag, expires = excluded.expires WHERE expires <= ?5";
const UPDATE: &str =
    "UPDATE state SET value = ?2, etag = ?3, expires = ?4 WHERE key = ?1 AND etag = ?6 AND (expires IS NULL OR expires > ?5)";

impl Core {
    pub(super) fn save(&mut self, now: Timestamp, items: &[Item]) -> Result<(), WriteError> {
        let mut failed = None;
        for item in items {
            if let Err(error) = self.upsert(now, item) {
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    pub(super) fn transact(&mut self, now: Timestamp, operations: &[Operation]) -> Result<(), WriteError> {
        operations.iter().try_for_each(|operation| match operation {
            Operation::Upsert(item) => self.upsert(now, item),
            Operation::Delete { key, condition } => self.delete(now, key, *condition),
        })
    }

    fn upsert(&mut self, now: Timestamp, item: &Item) -> Result<(), WriteError> {
        let etag = to_sql(self.next_number());
        let value = item.value.as_ref();
        let changed = match item.condition {
            Match::Any => self
                .conn
                .prepare_cached(UPSERT)?
                .execute(params![item.key, value, etag, item.expires])?,
            Match::Absent => self
                .conn
                .prepare_cached(CREATE)?
                .execute(params![item.key, value, etag, item.expires, now])?,
            Match::Etag(old) => {
                self.conn
                    .prepare_cached(UPDATE)?
                    .execute(params![item.key, value, etag, item.expires, now, to_sql(old)])?
            }
            Match::Never => 0,
        };
        if changed == 0 { Err(WriteError::Conflict) } else { Ok(()) }
    }

    fn delete(&mut self, now: Timestamp, key: &str, condition: Match) -> Result<(), WriteError> {
        let changed = match condition {
            // Deleting what is not there is a success.
            Match::Any | Match::Absent => {
                self.conn.prepare_cached("DELETE FROM state WHERE key = ?1")?.execute([key])?;
                1
            }
            Match::Etag(old) => self
                .conn
                .prepare_cached("DELETE FROM state WHERE key = ?1 AND etag = ?2 AND (expires IS NULL OR expires > ?3)")?
                .execute(params![key, to_sql(old), now])?,
            Match::Never => 0,
        };
        if changed == 0 { Err(WriteError::Conflict) } else { Ok(()) }
    }

    pub(super) fn sweep(&mut self, now: Timestamp, limit: u32) -> Result<Done, WriteError> {
        let swept = self
            .conn
            .prepare_cached("DELETE FROM state WHERE id IN (SELECT id FROM state WHERE expires <= ?1 ORDER BY expires LIMIT ?2)")?
            .execute(params![now, limit])?;
        Ok(Done {
            swept: u32::try_from(swept).unwrap_or(u32::MAX),
            ..Done::default()
        })
    }
}

impl Reader<'_> {
    /// The live document of that key.
    pub fn get(&self, now: Timestamp, key: &str) -> Result<Option<Document>, rusqlite::Error> {
        self.visit(now, key, |value, etag, expires| Document {
            value: Bytes::copy_from_slice(value),
            etag,
            expires,
        })
    }

    /// Shows the documents of these keys, as they stood at one moment, in the order asked for.
    pub fn bulk(
        &self,
        now: Timestamp,
        keys: impl Iterator<Item = String>,
        mut show: impl FnMut(usize, Option<(&[u8], u64, Option<Timestamp>)>),
    ) -> Result<(), rusqlite::Error> {
        // On the writer's own connection (databases in memory) there may be no second BEGIN; then there is also no other writer.
        let own = self.conn.is_autocommit();
        if own {
            self.conn.prepare_cached("BEGIN")?.execute([])?;
        }
        let result = (|| {
            for (index, key) in keys.enumerate() {
                let found = self.visit(now, &key, |value, etag, expires| show(index, Some((value, etag, expires))))?;
                if found.is_none() {
                    show(index, None);
                }
            }
            Ok(())
        })();
        if own {
            self.conn.prepare_cached("COMMIT")?.execute([])?;
        }
        result
    }

    fn visit<T>(
        &self,
        now: Timestamp,
        key: &str,
        show: impl FnOnce(&[u8], u64, Option<Timestamp>) -> T,
    ) -> Result<Option<T>, rusqlite::Error> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT value, etag, expires FROM state WHERE key = ?1 AND (expires IS NULL OR expires > ?2)")?;
        statement
            .query_row(params![key, now], |row| {
                let value = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
                Ok(show(value, from_sql(row.get(1)?), row.get(2)?))
            })
            .optional()
    }
}

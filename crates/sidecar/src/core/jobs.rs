//! Jobs: their table, and when each is due next.

use bytes::Bytes;
use rusqlite::{OptionalExtension as _, params};

use super::{Core, Done, Reader, Timestamp, WriteError, dispatch::JobRetry, from_sql, schedule::Schedule, to_sql};

/// Timers are held in memory for jobs due within this time, in milliseconds; later ones wait in the table.
pub(super) const HORIZON: i64 = 10 * 60 * 1000;

/// A job as it is scheduled.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Its name.
    pub name: String,
    /// Whether it may replace one of the same name.
    pub overwrite: bool,
    /// When it is due first.
    pub next: Timestamp,
    /// Repeats by this schedule, which [`Schedule::parse`] has accepted.
    pub schedule: Option<String>,
    /// How many times in all.
    pub repeats: Option<u32>,
    /// After this it is not due any more.
    pub expires: Option<Timestamp>,
    /// Wait between retries, in milliseconds.
    pub retry_interval: i64,
    /// Retries after the first try; `None` is without limit.
    pub retry_max: Option<u32>,
    /// What GET answers, as JSON; empty for a job that cannot be told.
    pub answer: String,
    /// What the app is sent. Without it each try fails.
    pub data: Option<Bytes>,
}

/// A stored job, as far as its callback needs it.
#[derive(Debug, Clone)]
pub struct Job {
    /// Changes when the job is overwritten.
    pub version: u64,
    /// When it is due.
    pub next: Timestamp,
    /// How it is retried.
    pub retry: JobRetry,
    /// What the app is sent. Without it each try fails.
    pub data: Option<Bytes>,
}

/// When to look at a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobTimer {
    /// When it is due.
    pub at: Timestamp,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u64,
}

impl Core {
    pub(super) fn put_job(&mut self, now: Timestamp, job: &NewJob) -> Result<Done, WriteError> {
        let version = self.next_number();
        let verb = if job.overwrite {
            "INSERT OR REPLACE"
        } else {
            "INSERT OR IGNORE"
        };
        // A job past its end is as good as expired: it must not stand in the way of a new one.
        self.conn
            .prepare_cached("DELETE FROM job WHERE name = ?1 AND expires <= ?2")?
            .execute(params![job.name, now])?;
        let changed = self
            .conn
            .prepare_cached(&format!(
                "{verb} INTO job (name, version, next, fired, expires, schedule, repeats, retry_interval, retry_max, answer, data)
                 VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
            ))?
            .execute(params![
                job.name,
                to_sql(version),
                job.next,
                job.expires,
                job.schedule,
                job.repeats,
                job.retry_interval,
                job.retry_max,
                job.answer,
                job.data.as_deref()
            ])?;
        if changed == 0 {
            return Err(WriteError::JobExists(job.name.clone()));
        }
        Ok(self.timer(job.next, &job.name, version))
    }

    pub(super) fn delete_job(&mut self, name: &str) -> Result<(), WriteError> {
        self.conn.prepare_cached("DELETE FROM job WHERE name = ?1")?.execute([name])?;
        Ok(())
    }

    pub(super) fn job_fired(&mut self, now: Timestamp, name: &str, version: u64, gave_up: bool) -> Result<Done, WriteError> {
        struct Stored {
            next: Timestamp,
            fired: u32,
            expires: Option<Timestamp>,
            schedule: Option<String>,
            repeats: Option<u32>,
        }
        let stored = self
            .conn
            .prepare_cached("SELECT next, fired, expires, schedule, repeats FROM job WHERE name = ?1 AND version = ?2")?
            .query_row(params![name, to_sql(version)], |row| {
                Ok(Stored {
                    next: row.get(0)?,
                    fired: row.get(1)?,
                    expires: row.get(2)?,
                    schedule: row.get(3)?,
                    repeats: row.get(4)?,
                })
            })
            .optional()?;
        // Overwritten or deleted while its callback ran: the new one has a timer of its own.
        let Some(stored) = stored else { return Ok(Done::default()) };
        if gave_up {
            tracing::warn!(job = name, "a job's callback failed too often: this run is dropped");
        }
        let fired = stored.fired.saturating_add(1);
        let again = stored.repeats.is_none_or(|repeats| fired < repeats);
        let next = stored
            .schedule
            .filter(|_| again)
            .and_then(|text| Schedule::parse(&text).ok())
            .and_then(|schedule| schedule.next(stored.next, now))
            .filter(|next| stored.expires.is_none_or(|expires| *next <= expires));
        let Some(next) = next else {
            self.conn
                .prepare_cached("DELETE FROM job WHERE name = ?1 AND version = ?2")?
                .execute(params![name, to_sql(version)])?;
            return Ok(Done::default());
        };
        self.conn
            .prepare_cached("UPDATE job SET next = ?2, fired = ?3 WHERE name = ?1")?
            .execute(params![name, next, fired])?;
        Ok(self.timer(next, name, version))
    }

    pub(super) fn load_jobs(&mut self, now: Timestamp) -> Result<Done, WriteError> {
        let until = now.saturating_add(HORIZON);
        let mut statement = self
            .conn
            .prepare_cached("SELECT next, name, version FROM job WHERE next >= ?1 AND next < ?2 ORDER BY next")?;
        let timers = statement
            .query_map(params![self.job_horizon, until], |row| {
                Ok(JobTimer {
                    at: row.get(0)?,
                    name: row.get(1)?,
                    version: from_sql(row.get(2)?),
                })
            })?
            .collect::<Result<Vec<_>, _>>()?;
        drop(statement);
        self.job_horizon = until;
        Ok(Done {
            timers,
            ..Done::default()
        })
    }

    fn timer(&self, at: Timestamp, name: &str, version: u64) -> Done {
        let timers = if at < self.job_horizon {
            vec![JobTimer {
                at,
                name: name.to_owned(),
                version,
            }]
        } else {
            Vec::new()
        };
        Done {
            timers,
            ..Done::default()
        }
    }
}

impl Reader<'_> {
    /// The job of that name, for its callback.
    pub fn job(&self, now: Timestamp, name: &str) -> Result<Option<Job>, rusqlite::Error> {
        self.conn
            .prepare_cached(
                "SELECT version, next, retry_interval, retry_max, data FROM job WHERE name = ?1 AND (expires IS NULL OR expires > ?2)",
            )?
            .query_row(params![name, now], |row| {
                Ok(Job {
                    version: from_sql(row.get(0)?),
                    next: row.get(1)?,
                    retry: JobRetry {
                        interval: row.get(2)?,
                        max: row.get(3)?,
                    },
                    data: row.get::<_, Option<Vec<u8>>>(4)?.map(Bytes::from),
                })
            })
            .optional()
    }

    /// What GET answers for the job of that name, as JSON.
    pub fn job_answer(&self, now: Timestamp, name: &str) -> Result<Option<String>, rusqlite::Error> {
        self.conn
            .prepare_cached("SELECT answer FROM job WHERE name = ?1 AND (expires IS NULL OR expires > ?2)")?
            .query_row(params![name, now], |row| row.get(0))
            .optional()
    }
}

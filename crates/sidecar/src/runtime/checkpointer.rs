//! Keeps the write-ahead log short without a long stall: a thread beside the writer moves most of it into the database, the writer itself
//! only finishes the little that is left, so that the log can start again from its beginning.

use std::{
    path::Path,
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
};

use super::OpenError;
use crate::core::{Checkpoint, Core, open_checkpointer};

/// Begins when about this much was written since the last time.
const BYTES: usize = 16 * 1024 * 1024;

pub(super) struct Checkpointer {
    requests: Sender<()>,
    /// One for each request, when it is over.
    results: Receiver<()>,
    busy: bool,
    written: usize,
}

impl Checkpointer {
    pub(super) fn start(path: &Path) -> Result<Self, OpenError> {
        let (requests, inbox) = channel::<()>();
        let (outbox, results) = channel();
        let connection = open_checkpointer(path)?;
        let run = move || {
            while inbox.recv().is_ok() {
                if let Err(error) = Checkpoint::passive(&connection) {
                    tracing::warn!(%error, "the log could not be moved into the database; the writer tries next");
                }
                if outbox.send(()).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new()
            .name("sidecar-log".into())
            .spawn(run)
            .map_err(OpenError::Thread)?;
        Ok(Self {
            requests,
            results,
            busy: false,
            written: 0,
        })
    }

    /// To be called by the writer between two transactions.
    pub(super) fn wrote(&mut self, bytes: usize, core: &Mutex<Core>) {
        self.written = self.written.saturating_add(bytes);
        if self.busy {
            if self.results.try_recv().is_err() {
                return;
            }
            self.busy = false;
            match core.lock().unwrap_or_else(PoisonError::into_inner).checkpoint() {
                Ok(result) if result.complete() => self.written = 0,
                // A reader holds an old part: the next look comes with the next group.
                Ok(result) => tracing::debug!(?result, "the log could not be moved wholly"),
                Err(error) => tracing::warn!(%error, "the log could not be moved into the database; trying again"),
            }
        } else if self.written >= BYTES {
            self.busy = self.requests.send(()).is_ok();
        }
    }
}

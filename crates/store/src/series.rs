//! Series: the task that follows a completed occurrence.

use std::convert::Infallible;

use spindle_contract::events::EventType;
use spindle_domain::{
    Task,
    recurrence::{Settled, Successor, successor_id},
};
use uuid::Uuid;

use crate::{Author, ChangeError, Decision, Outcome, Store, StoreError};

impl Store {
    /// Makes, withdraws or leaves alone the successor of an occurrence, as [`Task::settle`] says, in one transaction with what the
    /// occurrence remembers of it. Gives the successor's id when it was changed.
    ///
    /// Safe to repeat and to cut off at any await: what is to be done follows from what is stored, and is written under the `ETag`s of
    /// what was read.
    pub async fn settle_successor(&self, author: &Author, occurrence: Uuid) -> Result<Option<Uuid>, StoreError> {
        let successor = successor_id(occurrence);
        let outcome = self
            .change_together(author, [occurrence, successor], None, |profile, [task, follower]| {
                let now = self.clock.now();
                let settled = task.map_or(Settled::Already, |task| task.settle(follower, profile.zone, now));
                Ok::<_, Infallible>(match (settled, task, follower) {
                    (Settled::Made(made), Some(task), _) => {
                        let note = remembering(task, made.version, false);
                        [Decision::Note(note), Decision::Put(*made, EventType::Created)]
                    }
                    (Settled::Withdrawn, Some(task), Some(follower)) => {
                        let note = remembering(task, follower.version.saturating_add(1), true);
                        [Decision::Note(note), Decision::Purge]
                    }
                    _ => [Decision::Keep, Decision::Keep],
                })
            })
            .await;
        match outcome {
            Ok([Outcome::Task { changed: true, .. }, _]) => Ok(Some(successor)),
            // Nothing to do, or the person has been erased; there is no key that could have been used before.
            Ok(_) | Err(ChangeError::NoPerson | ChangeError::KeyReused) => Ok(None),
            Err(ChangeError::Store(error)) => Err(error),
            Err(ChangeError::Refused(never)) => match never {},
        }
    }
}

fn remembering(task: &Task, version: u64, withdrawn: bool) -> Task {
    Task {
        successor: Some(Successor { version, withdrawn }),
        ..task.clone()
    }
}

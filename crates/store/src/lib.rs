//! Tasks, people, audit and outbox over Dapr's state API.
//!
//! The store below is keys and values with ETags, transactions and bulk get; there is no query. This crate knows the documents,
//! their keys and the transactions that keep the invariants; nothing above it sees a key or an ETag of the store.
//!
//! * A change of a task, its event and the answer saved for its idempotency key are one transaction ([`Store::change`]).
//! * Events leave through the outbox ([`Store::relay`]).
//! * The audit chain takes each version of a task once, in order ([`Store::append_audit`]).
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod audit;
mod change;
mod dead_letters;
mod erasure;
mod feed;
mod filters;
mod idempotency;
mod keys;
mod notifications;
mod outbox;
mod people;
mod reminders;
mod replan;
mod series;
mod shard;
mod tasks;

use std::rc::Rc;

use serde::Serialize;
use spindle_dapr::{
    Dapr, StateError,
    ports::{Clock, Random, uuid_v7},
};
use uuid::Uuid;

pub use audit::{Appended, AuditFilter, AuditPage, AuditRecord, GENESIS, Verified};
pub use change::{Author, ChangeError, Decision, Outcome};
pub use dead_letters::{DeadLetter, ReplayError};
pub use feed::FeedKind;
pub use filters::{FilterChange, FilterOutcome};
pub use idempotency::{IDEMPOTENCY_SECONDS, Idempotency, SavedAnswer};
pub use keys::{hex, slot_of};
pub use outbox::{RELAY_GRACE, RelayError, Waiting, Which};
pub use people::{Profile, REUSE_GRACE_SECONDS, Refreshed, SESSION_SECONDS};
pub use reminders::{Alarm, Place, Rung, Said, Ticked};
pub use shard::Row;
pub use tasks::Person;

/// The store of one request: the client carries the request's trace.
#[derive(Clone)]
pub struct Store {
    dapr: Dapr,
    clock: Rc<dyn Clock>,
    random: Rc<dyn Random>,
}

/// Why the store could not do something.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The state store failed, or its answer cannot be read.
    #[error(transparent)]
    State(#[from] StateError),
    /// A stored document holds what this version did not write.
    #[error("the document {0} is damaged")]
    Damaged(String),
    /// Too many others wrote the same documents at the same time.
    #[error("too many concurrent writers")]
    Contended,
}

impl Store {
    /// A store over this client.
    pub fn new(dapr: Dapr, clock: Rc<dyn Clock>, random: Rc<dyn Random>) -> Self {
        Self { dapr, clock, random }
    }

    /// A new version 7 UUID.
    pub fn new_id(&self) -> Uuid {
        uuid_v7(&*self.clock, &*self.random)
    }
}

fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| {
        StateError::Unreadable {
            what: "a document to be stored".to_owned(),
            source,
        }
        .into()
    })
}

//! The sidecar port and the typed client of Dapr's HTTP API.
//!
//! Everything outside a component is reached through here: state, pub/sub, secrets, service invocation, health. What Dapr answers
//! differently per back end (a lost race is 409 on a save, 500 with a telling message on a transaction) is one
//! [`StateError::Conflict`] here, so that nothing above knows which store is behind.
//!
//! Deliberately absent: retries. A call that failed may have taken effect; only the caller knows whether it may be repeated.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod client;
mod jobs;
pub mod ports;
mod state;

pub use client::{CallError, Dapr, Names};
pub use state::{BulkAnswer, BulkItem, Guard, StateError, Write};

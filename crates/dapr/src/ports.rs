//! What a handler may touch of the world: the sidecar, a clock, randomness.
//!
//! In Wasm they are backed by spin-sdk, in native tests by an in-process sidecar, in the simulation by a seeded one. Futures are
//! not `Send`: a component instance has one thread, and so has the simulation.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future::LocalBoxFuture;
use http::{Request, Response};
use uuid::Uuid;

/// Why a call brought no HTTP answer. Whether it took effect is then unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Nothing listens there, or the connection broke.
    #[error("the sidecar could not be reached: {0}")]
    Unreachable(String),
    /// No answer within the call's time-out.
    #[error("the sidecar did not answer within {} ms", .0.as_millis())]
    Timeout(Duration),
}

/// Carries HTTP requests to the Dapr sidecar.
pub trait Sidecar {
    /// Sends a request whose URI is a path with an optional query (`/v1.0/…`); the implementation knows the sidecar's address.
    fn send(&self, request: Request<Bytes>, timeout: Duration) -> LocalBoxFuture<'_, Result<Response<Bytes>, SendError>>;
}

/// Tells the time.
pub trait Clock {
    /// Now, in UTC.
    fn now(&self) -> DateTime<Utc>;
    /// Waits; used for back-off between retries.
    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'_, ()>;
}

/// Gives random bytes fit for keys and tokens.
pub trait Random {
    /// Fills `buffer` with random bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// A version 7 UUID (RFC 9562 §5.7) from the two ports: sortable by its millisecond, 74 random bits.
pub fn uuid_v7(clock: &dyn Clock, random: &dyn Random) -> Uuid {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let millis = u64::try_from(clock.now().timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

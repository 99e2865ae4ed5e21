//! Waiting for something that happens soon, without guessing how long it takes.

use std::time::{Duration, Instant};

use crate::stack::Topology;

/// How long between two looks.
const PAUSE: Duration = Duration::from_millis(10);
/// How many times longer things may take beside real Dapr: a broker, a database, a scheduler and sidecars share the processors.
const SLACK_BESIDE_DAPR: u32 = 4;

/// How many times longer than with the embedded sidecar things may take in this run.
pub fn slack() -> u32 {
    match Topology::from_environment() {
        Ok(None) => 1,
        _ => SLACK_BESIDE_DAPR,
    }
}

/// Looks again and again until `probe` gives something; panics, naming `what`, when `limit` has passed.
#[track_caller]
pub fn wait_until<T>(limit: Duration, what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let limit = limit * slack();
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(Instant::now() < end, "waited {limit:?} in vain: {what}");
        std::thread::sleep(PAUSE);
    }
}

//! The contract suite: what Spindle relies on of a Dapr sidecar, one test per fact, over HTTP.
//!
//! By itself it starts the embedded sidecar in this process. Against another sidecar:
//!
//! ```text
//! SPINDLE_CONTRACT_SIDECAR=http://127.0.0.1:3500   its HTTP address
//! SPINDLE_CONTRACT_APP_PORT=3000                   where it expects the app, which is this test's recorder
//! SPINDLE_CONTRACT_TOKEN=…                         its DAPR_API_TOKEN, if it has one
//! SPINDLE_CONTRACT_APP_TOKEN=…                     its APP_API_TOKEN, if it has one
//! ```
//!
//! It must have app id `spindle`, the resources in `tests/contract/resources`, and this crate's folder as its working directory. Where back
//! ends differ, a test accepts what Spindle's own client accepts.

#[cfg(test)]
#[path = "contract/cron.rs"]
mod cron;
#[cfg(test)]
#[path = "contract/harness.rs"]
mod harness;
#[cfg(test)]
#[path = "contract/health.rs"]
mod health;
#[cfg(test)]
#[path = "contract/invoke.rs"]
mod invoke;
#[cfg(test)]
#[path = "contract/jobs.rs"]
mod jobs;
#[cfg(test)]
#[path = "contract/pubsub.rs"]
mod pubsub;
#[cfg(test)]
#[path = "contract/recorder.rs"]
mod recorder;
#[cfg(test)]
#[path = "contract/secrets.rs"]
mod secrets;
#[cfg(test)]
#[path = "contract/state.rs"]
mod state;
#[cfg(test)]
#[path = "contract/transactions.rs"]
mod transactions;

//! The black-box harness of Spindle: starts the `spindle` binary, talks to it over HTTP and knows how to check what it promised.
//!
//! Nothing here depends on the code under test; what is expected comes from the specification. The tests are in `tests/suite`, the
//! programs in `src/bin`: `demo` fills a running Spindle, `bench` measures it.
//!
//! By itself it uses the embedded sidecar; `SPINDLE_E2E=one-app` or `four-apps` means real Dapr, Kafka and PostgreSQL ([`stack`]).
//!
//! Needs the release binary and the built components (`make build`). `SPINDLE_BIN` names another binary.
#![forbid(unsafe_code)]
#![expect(
    clippy::indexing_slicing,
    reason = "what is indexed is a serde_json::Value: null for what is not there"
)]

pub mod api;
pub mod app;
pub mod audit;
pub mod coverage;
pub mod dataset;
mod host;
pub mod http;
pub mod load;
pub mod lone;
pub mod person;
pub mod poll;
pub mod process;
pub mod report;
pub mod sidecar;
pub mod stack;
pub mod stats;

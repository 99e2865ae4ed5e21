//! The sidecar port and the typed client of Dapr's HTTP API.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod ports;

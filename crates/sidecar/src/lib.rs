//! A Dapr-compatible sidecar on one SQLite file, for development and single machines.
//!
//! It serves the part of Dapr's HTTP API that Spindle uses (state, pub/sub, jobs, cron bindings, secrets, service invocation to the one
//! app, health) with Dapr's answers, statuses and error codes. What was answered 2xx is durable; events and jobs are delivered at least
//! once, events of one partition key in order. See this crate's README for what it does not do.
//!
//! [`core`] is pure: no clock, thread or randomness, so that a simulation can drive it. [`Sidecar`] is the runtime around it.
//!
//! ```
//! # tokio_test(async {
//! use spindle_sidecar::{Options, Sidecar};
//!
//! let sidecar = Sidecar::open(Options { app_id: "spindle".into(), app_max_concurrency: 16, ..Options::default() })?;
//! let request = http::Request::get("/v1.0/state/statestore/missing").body(bytes::Bytes::new())?;
//! assert_eq!(sidecar.handle(request).await.status(), 204);
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! # });
//! # fn tokio_test<T>(future: impl Future<Output = Result<T, Box<dyn std::error::Error>>>) {
//! #     tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future).unwrap();
//! # }
//! ```

#![forbid(unsafe_code)]

mod api;
mod app;
pub mod core;
mod resources;
mod runtime;

pub use app::{App, AppError, AppFuture, HttpApp};
pub use core::SchemaError;
pub use resources::ResourceError;
pub use runtime::{Delivery, OpenError, Options, Sidecar, Stepped};

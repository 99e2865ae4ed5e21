//! What every component does with a request before and after its handler: route it, learn who calls, check media type and size,
//! turn failures into problem+json, and write one log line.
//!
//! * The person's id comes from the verified token, never from the request.
//! * A route that Dapr calls demands the app's token, compared in constant time.
//! * Every answer that is not a success is `application/problem+json`, whoever made it.
#![forbid(unsafe_code)]

mod call;
pub mod config;
pub mod cookie;
mod cors;
pub mod etag;
pub mod jwt;
mod log;
mod measure;
mod peer;
mod ready;
mod serve;

pub use call::{Call, Failure, Reply, Work};
pub use config::{Config, Ctx};
pub use etag::IfMatch;
pub use measure::Measures;
pub use ready::{Missing, component_ready, missing_pubsub, missing_sidecar, ready};
pub use serve::{Handler, Served, serve};

//! What crosses a boundary: request and answer bodies, problems, events, limits, the route table, and the `OpenAPI` document made of
//! them.
//!
//! It is linked into every component, and a component is made anew for each request, so there are no tables to build and no
//! framework: bodies are read field by field ([`body`]) and written straight into a buffer ([`json`]).
//!
//! Deliberately absent: rules about values, which are `spindle_domain`'s, and how things are stored, which is `spindle_store`'s.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod audit;
pub mod auth;
pub mod body;
pub mod bulk;
pub mod calendar;
pub mod changes;
pub mod events;
pub mod filters;
pub mod health;
pub mod json;
pub mod limits;
pub mod notifications;
pub mod page;
pub mod problem;
pub mod query;
pub mod quick;
pub mod recurrence;
pub mod routes;
#[cfg(feature = "schema")]
pub mod schema;
pub mod tasks;

pub use body::parse_json;
pub use problem::Problem;

/// The `OpenAPI` 3.1 document of the API, as it is served. A test keeps it equal to the code.
pub const OPENAPI_JSON: &str = include_str!("../../../docs/openapi/v1.json");

//! Deterministic simulation: the real handlers over the real sidecar core, with a virtual clock and seeded faults at every sidecar call.
//!
//! One [`World`](world::World) is one process: everything in it runs on one thread, and what runs next, how long a call takes and what
//! goes wrong is drawn from one seed. A call may fail before its effect or after it, a task may stop at any call, deliveries come late,
//! twice and after newer ones, jobs are lost, the process restarts. When the faults have ended and the ticks have run, the invariants of
//! the design are checked ([`check`]).
#![forbid(unsafe_code)]

mod app;
pub mod check;
mod history;
pub mod mutants;
mod person;
mod rng;
pub mod run;
mod workload;
pub mod world;

pub use run::{Failure, Good, explain, simulate};

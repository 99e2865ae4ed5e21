//! What Spindle means by a task: due times in three kinds, edits and their rules, filters, sort orders, search.
//!
//! Pure: no I/O, no async, no clock and no randomness; whatever depends on the moment takes `now`, whatever needs an id is given one.
//! It is compiled into Wasm components that live for one request, so nothing here builds tables or patterns at start-up.
//!
//! Invariants: a [`Task`] made by [`Task::create`] or [`Task::edited`] keeps every rule of [`limits`]; `version` rises by exactly one
//! with each change, `updated_at` never goes back, and an edit that changes nothing makes no new version.
//!
//! Deliberately absent: JSON (the `contract` crate), storage (`store`), and anything about who may do what.
//!
//! ```
//! use chrono::{DateTime, Utc};
//! use spindle_domain::{Due, Task, TaskEdit};
//!
//! let now: DateTime<Utc> = "2026-11-22T10:00:00Z".parse()?;
//! let edit = TaskEdit { title: Some("Water the plants".into()), due: Some(Some(Due::parse("2026-11-22T18:00")?)), ..TaskEdit::default() };
//! let task = Task::create(uuid::Uuid::from_u128(1), edit, now).map_err(|violations| format!("{violations:?}"))?;
//! assert_eq!(task.version, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod due;
mod edit;
mod fold;
pub mod limits;
pub mod position;
pub mod profile;
pub mod query;
pub mod quick;
pub mod recurrence;
pub mod reminder;
mod saved_filter;
pub mod settings;
mod task;
mod text;
mod violation;
mod zone;

pub use due::{Due, DueError};
pub use edit::TaskEdit;
pub use query::filter::{DueBound, Filter, Matcher, Status, TagsMatch};
pub use query::search::{Rank, SearchError, SearchQuery};
pub use query::sort::{SortBy, SortKey, SortOrder};
pub use query::{Facts, UnknownWord, window};
pub use saved_filter::{check_filter_query_length, clean_filter_name, is_same_filter_name};
pub use task::{Priority, Task, UnknownPriority};
pub use violation::Violation;
pub use zone::{ZoneError, parse_zone, zone_data_version};

//! The dates of a rule, as the API tells them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use spindle_domain::Due;

use crate::{json, problem::Problem, query::Params, tasks::Viewer, tasks::fields::write_occurrence};

/// The parameters of GET `/api/tasks/{id}/occurrences` and POST `/api/recurrence/preview`.
pub const OCCURRENCES_PARAMETERS: &[&str] = &["count"];
/// How many dates are told when nothing is said.
pub const OCCURRENCES_DEFAULT: u32 = 5;
/// The most dates that are told.
pub const OCCURRENCES_MAX: u32 = 100;

/// A rule in words, and its next dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Occurrences))]
pub struct OccurrencesBody {
    /// Such as "every month on the 31st, the last day in shorter months"; `null` when the task does not repeat.
    #[cfg_attr(feature = "schema", schema(required))]
    pub text: Option<String>,
    /// The dates after this one, as completing each on time makes them.
    pub items: Vec<OccurrenceBody>,
    /// Whether these are all that are to come.
    pub ends: bool,
}

/// One date of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Occurrence))]
pub struct OccurrenceBody {
    /// In the form of the task's due date.
    pub due_date: String,
    /// Its instant; `null` for a day.
    #[cfg_attr(feature = "schema", schema(required))]
    pub due_at: Option<DateTime<Utc>>,
}

/// Reads the query string: how many dates are wanted.
///
/// # Errors
/// 400 when it is no number from 1 to 100.
pub fn parse_count(query: Option<&str>) -> Result<usize, Problem> {
    let mut params = Params::parse(query, OCCURRENCES_PARAMETERS)?;
    let count = params.number("count", OCCURRENCES_MAX);
    params.finish(count.unwrap_or(OCCURRENCES_DEFAULT) as usize)
}

/// An [`OccurrencesBody`] as JSON. `zone` is the task's own; the person's stands in.
pub fn write_occurrences(text: Option<&str>, dates: &[Due], ends: bool, zone: Option<chrono_tz::Tz>, viewer: &Viewer) -> Vec<u8> {
    let zone = zone.unwrap_or(viewer.person.zone);
    let mut out = Vec::with_capacity(128 + dates.len() * 96);
    out.extend_from_slice(b"{\"text\":");
    json::optional_string(&mut out, text);
    out.extend_from_slice(b",\"items\":");
    json::list(&mut out, dates, |out, due| {
        out.push(b'{');
        write_occurrence(out, *due, zone);
        out.push(b'}');
    });
    out.extend_from_slice(b",\"ends\":");
    json::boolean(&mut out, ends);
    out.push(b'}');
    out
}

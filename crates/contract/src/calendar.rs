//! The dates of a person's series in a span of days, for a calendar.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use spindle_domain::{Due, Task};
use uuid::Uuid;

use crate::{
    json,
    limits::CALENDAR_DAYS_MAX,
    problem::Problem,
    query::Params,
    tasks::{PriorityBody, Viewer, fields::write_occurrence},
};

/// The parameters of GET `/api/occurrences`.
pub const CALENDAR_PARAMETERS: &[&str] = &["from", "to"];

/// A span of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: NaiveDate,
    /// The first after it.
    pub to: NaiveDate,
}

/// Occurrences that are still to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Calendar))]
pub struct CalendarBody {
    /// By date, at most 1,000: the earliest.
    pub items: Vec<CalendarItemBody>,
}

/// One future occurrence of a task that repeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = CalendarItem))]
pub struct CalendarItemBody {
    /// The open task of the series.
    pub task_id: Uuid,
    /// Of that task.
    pub title: String,
    /// Of that task.
    pub priority: PriorityBody,
    /// In the form of the task's due date.
    pub due_date: String,
    /// Its instant; `null` for a day.
    #[cfg_attr(feature = "schema", schema(required))]
    pub due_at: Option<DateTime<Utc>>,
}

/// Reads the query string.
///
/// # Errors
/// 400 when one of the days is missing or none, 422 when they are in the wrong order or more than 62 days apart.
pub fn parse_days(query: Option<&str>) -> Result<Days, Problem> {
    let mut params = Params::parse(query, CALENDAR_PARAMETERS)?;
    let mut day = |name: &'static str| {
        let rule = "must be a day, such as 2026-11-22";
        let read = params.parsed(name, "not_a_day", |text| match Due::parse(text) {
            Ok(Due::Day(day)) => Ok(Some(day)),
            _ if text.is_empty() => Ok(None),
            _ => Err(rule),
        });
        if matches!(read, Some(None)) || (read.is_none() && !params.is_noted(name)) {
            params.malformed(name, "required", format!("is required: it {rule}"));
        }
        read.flatten()
    };
    let (from, to) = (day("from"), day("to"));
    if let (Some(from), Some(to)) = (from, to) {
        let apart = to.signed_duration_since(from).num_days();
        if apart < 1 {
            params.refuse("to", "out_of_range", "must be after from");
        } else if apart > CALENDAR_DAYS_MAX {
            params.refuse(
                "to",
                "out_of_range",
                format!("must be at most {CALENDAR_DAYS_MAX} days after from"),
            );
        }
    }
    // What is missing has been noted, so nobody sees these.
    let (from, to) = from.zip(to).unwrap_or_default();
    params.finish(Days { from, to })
}

/// A [`CalendarBody`] as JSON.
pub fn write_calendar(items: &[(&Task, Due)], viewer: &Viewer) -> Vec<u8> {
    let mut out = Vec::with_capacity(16 + items.len() * 192);
    out.extend_from_slice(b"{\"items\":");
    json::list(&mut out, items, |out, (task, due)| {
        let zone = task.zone_or(viewer.person.zone);
        out.extend_from_slice(b"{\"task_id\":");
        json::uuid(out, task.id);
        out.extend_from_slice(b",\"title\":");
        json::string(out, &task.title);
        out.extend_from_slice(b",\"priority\":");
        json::string(out, task.priority.as_str());
        out.push(b',');
        write_occurrence(out, *due, zone);
        out.push(b'}');
    });
    out.push(b'}');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_days_are_needed_in_their_order() {
        assert!(parse_days(Some("from=2026-11-01&to=2027-01-02")).is_ok());
        for (query, status, fields) in [
            ("", 400, vec!["from", "to"]),
            ("from=2026-11-01", 400, vec!["to"]),
            ("from=&to=2026-11-01", 400, vec!["from"]),
            ("from=2026-11-01T09:00&to=x", 400, vec!["from", "to"]),
            ("from=2026-11-01&to=2026-11-01", 422, vec!["to"]),
            ("from=2026-11-02&to=2026-11-01", 422, vec!["to"]),
            ("from=2026-11-01&to=2027-01-03", 422, vec!["to"]),
        ] {
            let problem = parse_days(Some(query)).unwrap_err();
            let named: Vec<&str> = problem.errors.iter().map(|error| error.field.as_str()).collect();
            assert_eq!((problem.status.as_u16(), named), (status, fields), "{query}");
        }
    }
}

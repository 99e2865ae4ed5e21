//! Tasks as they cross the API: what a person sends, what they get.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use spindle_domain::{Task, reminder::PersonTime};
use uuid::Uuid;

use crate::json;

pub(crate) mod fields;
mod input;
mod moving;

use fields::Field;
pub(crate) use input::parse_instant;
pub use input::{NO_REMINDER, READ_ONLY_FIELDS, ReminderInput, TaskInput};
pub use moving::MoveInput;

/// A task as the API answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Task))]
pub struct TaskBody {
    /// Version 7, so newer tasks sort after older ones.
    pub id: Uuid,
    /// What is to be done.
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 500, example = "Renew the passport")
    )]
    pub title: String,
    /// Everything else about it.
    #[cfg_attr(feature = "schema", schema(max_length = 16000))]
    pub description: String,
    /// Whether it is done.
    pub completed: bool,
    /// When it was done.
    #[cfg_attr(feature = "schema", schema(required))]
    pub completed_at: Option<DateTime<Utc>>,
    /// Where it stands in the manual order, compared byte by byte; by when it was made until it is moved.
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 64, pattern = "^[0-9a-z]+$", example = "019aaf8be4c07f3a")
    )]
    pub position: String,
    /// Whose task it is.
    pub user_id: Uuid,
    /// How much it matters.
    pub priority: PriorityBody,
    /// In the order they were given.
    #[cfg_attr(feature = "schema", schema(max_items = 50, example = json!(["home", "papers"])))]
    pub tags: Vec<String>,
    /// A day, wall time, or an instant with the offset of the task's zone: in the form it was given.
    #[cfg_attr(feature = "schema", schema(required, example = "2026-11-22T09:00"))]
    pub due_date: Option<String>,
    /// The task's own zone; `null` when it follows the person's.
    #[cfg_attr(feature = "schema", schema(required, example = "Europe/Berlin"))]
    pub time_zone: Option<String>,
    /// When the reminder rings: as it was set, or by the due date; `null` when it does not.
    #[cfg_attr(feature = "schema", schema(required))]
    pub reminder_at: Option<DateTime<Utc>>,
    /// Minutes before the due date; `null` for no reminder.
    #[cfg_attr(feature = "schema", schema(required, example = 15))]
    pub reminder_minutes_before: Option<u32>,
    /// Days before the due date, at the same wall time.
    pub reminder_days_before: u32,
    /// How it repeats; `null` when it does not.
    #[cfg_attr(feature = "schema", schema(required))]
    pub recurrence_pattern: Option<PatternBody>,
    /// Every how many days, weeks, months or years of a plain pattern.
    #[cfg_attr(feature = "schema", schema(required, minimum = 1))]
    pub recurrence_interval: Option<u32>,
    /// On which weekdays of a plain pattern; numbered (`1MO`, `-1FR`) for a monthly one.
    pub recurrence_days: Vec<String>,
    /// The rule (RFC 5545) of a custom pattern, without its end.
    #[cfg_attr(feature = "schema", schema(required))]
    pub recurrence_rule: Option<String>,
    /// The cron expression of a custom pattern.
    #[cfg_attr(feature = "schema", schema(required))]
    pub recurrence_cron: Option<String>,
    /// From where the next date counts: the calendar, or the day of completion.
    pub recurrence_mode: ModeBody,
    /// What follows a late completion: the first date to come, or the next even if it is past.
    pub recurrence_missed: MissedBody,
    /// What becomes of a day that a month lacks: its last day, or no occurrence.
    pub recurrence_month_end: MonthEndBody,
    /// The last moment of the series, inclusive.
    #[cfg_attr(feature = "schema", schema(required))]
    pub recurrence_until: Option<String>,
    /// How many occurrences the schedule has from the anchor on.
    #[cfg_attr(feature = "schema", schema(required, minimum = 1))]
    pub recurrence_count: Option<u32>,
    /// Days without an occurrence.
    #[cfg_attr(feature = "schema", schema(max_items = 500))]
    pub recurrence_exdates: Vec<chrono::NaiveDate>,
    /// The due date that the rule counts from.
    #[cfg_attr(feature = "schema", schema(required))]
    pub recurrence_anchor: Option<String>,
    /// Whether completing it makes the next one.
    pub recurrence_enabled: bool,
    /// The first task of the series, when that is another.
    #[cfg_attr(feature = "schema", schema(required))]
    pub parent_task_id: Option<Uuid>,
    /// The instant of `due_date`; `null` for a day.
    #[cfg_attr(feature = "schema", schema(required))]
    pub due_at: Option<DateTime<Utc>>,
    /// Open, and its instant (or the whole day in the person's zone) is past.
    pub is_overdue: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it went to the trash.
    #[cfg_attr(feature = "schema", schema(required))]
    pub deleted_at: Option<DateTime<Utc>>,
    /// Rises by one with each change; also the `ETag`.
    #[cfg_attr(feature = "schema", schema(minimum = 1))]
    pub version: u64,
}

/// How much a task matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Priority))]
pub enum PriorityBody {
    /// The most.
    High,
    /// Some.
    Medium,
    /// A little.
    Low,
    /// Not said.
    None,
}

/// How a task repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = RecurrencePattern))]
pub enum PatternBody {
    /// Every so many days.
    Daily,
    /// Every so many weeks.
    Weekly,
    /// Every so many months.
    Monthly,
    /// Every so many years.
    Yearly,
    /// As `recurrence_rule` or `recurrence_cron` says.
    Custom,
}

/// From where the next date counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = RecurrenceMode))]
pub enum ModeBody {
    /// The calendar.
    Schedule,
    /// The day of completion.
    Completion,
}

/// What follows a late completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = RecurrenceMissed))]
pub enum MissedBody {
    /// The first date after both the due date and the completion.
    Future,
    /// The first after the due date, even if it is past.
    Next,
}

/// What becomes of a day that a month lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = RecurrenceMonthEnd))]
pub enum MonthEndBody {
    /// The month's last day.
    Clamp,
    /// No occurrence in that month.
    Skip,
}

/// For whom, and when, a task is shown.
#[derive(Debug, Clone, Copy)]
pub struct Viewer {
    /// Whose tasks they are.
    pub user_id: Uuid,
    /// What of the person decides about times.
    pub person: PersonTime,
    /// Decides what is overdue.
    pub now: DateTime<Utc>,
}

/// Appends a task as [`TaskBody`].
pub fn write_task(out: &mut Vec<u8>, task: &Task, viewer: &Viewer) {
    write_stored(out, task, viewer.user_id, &viewer.person);
    // Reopens the object that has just been closed.
    out.pop();
    out.extend_from_slice(b",\"is_overdue\":");
    json::boolean(out, task.is_overdue(viewer.person.zone, viewer.now));
    out.push(b'}');
}

/// A task as [`TaskBody`], in a buffer of its own.
pub fn task_json(task: &Task, viewer: &Viewer) -> Vec<u8> {
    let mut out = Vec::with_capacity(640 + task.title.len() + task.description.len());
    write_task(&mut out, task, viewer);
    out
}

/// Appends a task without what depends on the time of reading (`is_overdue`): the form that events and the audit log keep.
pub(crate) fn write_stored(out: &mut Vec<u8>, task: &Task, user_id: Uuid, person: &PersonTime) {
    out.extend_from_slice(b"{\"id\":");
    json::uuid(out, task.id);
    for field in Field::ALL {
        out.extend_from_slice(b",\"");
        out.extend_from_slice(field.name().as_bytes());
        out.extend_from_slice(b"\":");
        match field {
            Field::ReminderAt => json::optional_millis(out, task.reminds_at(person)),
            Field::Position => json::string(out, &task.place()),
            field => field.write(out, Some(task), person.zone),
        }
    }
    out.extend_from_slice(b",\"user_id\":");
    json::uuid(out, user_id);
    out.extend_from_slice(b",\"due_at\":");
    match task.due.and_then(|due| due.at(task.zone_or(person.zone))) {
        Some(at) => json::seconds(out, at),
        None => json::null(out),
    }
    out.extend_from_slice(b",\"created_at\":");
    json::millis(out, task.created_at);
    out.extend_from_slice(b",\"updated_at\":");
    json::millis(out, task.updated_at);
    out.extend_from_slice(b",\"version\":");
    json::number(out, task.version);
    out.push(b'}');
}

#[cfg(test)]
mod tests;

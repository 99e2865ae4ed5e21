//! The schemas of bodies that are read field by field or written piece by piece. They exist for the document only; a test holds
//! the fields against those that the reading code knows.
#![expect(dead_code, reason = "only their schemas are used")]

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    audit::AuditEntryBody,
    auth::{HourCycleBody, LanguageBody, ThemeBody, WeekStartBody},
    tasks::{MissedBody, ModeBody, MonthEndBody, PatternBody, PriorityBody, TaskBody},
};

/// A whole task, for POST and PUT: what is left out or `null` has its default.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "Renew the passport", "tags": ["papers"], "due_date": "2026-11-22T09:00"}))]
pub(super) struct TaskWrite {
    /// What is to be done; trimmed, one line.
    #[schema(min_length = 1, max_length = 500)]
    title: String,
    /// Everything else about it.
    #[schema(max_length = 16000)]
    description: Option<String>,
    /// Whether it is done.
    completed: Option<bool>,
    /// When it was done, not in the future; now, when `completed` comes without it.
    completed_at: Option<DateTime<Utc>>,
    /// `none` by default.
    priority: Option<PriorityBody>,
    /// Each of 1 to 64 characters, without commas; compared without regard to case.
    #[schema(max_items = 50)]
    tags: Option<Vec<String>>,
    /// A day (`2026-11-22`), wall time (`2026-11-22T09:00`), or an instant (`2026-11-22T09:00:00Z`).
    due_date: Option<String>,
    /// A name of the IANA time zone database; the person's zone when not given.
    time_zone: Option<String>,
    /// When to remind, instead of some time before the due date; it stays when the due date moves.
    reminder_at: Option<DateTime<Utc>>,
    /// Minutes before the due date, `null` for no reminder; 15, or 0 for a day, when not given.
    #[schema(maximum = 527_040)]
    reminder_minutes_before: Option<u32>,
    /// Days before the due date, at the same wall time.
    #[schema(maximum = 366)]
    reminder_days_before: Option<u32>,
    /// Where it stands in the manual order; by when it was made when not given.
    #[schema(min_length = 1, max_length = 64, pattern = "^[0-9a-z]+$")]
    position: Option<String>,
    /// How it repeats: a plain pattern, or `custom` with a rule or cron expression, which need not be said.
    recurrence_pattern: Option<PatternBody>,
    /// Every how many days, weeks, months or years of a plain pattern.
    #[schema(minimum = 1, maximum = 9999)]
    recurrence_interval: Option<u32>,
    /// On which weekdays of a plain weekly pattern (`MO`), or which of the month's (`1MO`, `-1FR`) of a monthly one.
    recurrence_days: Option<Vec<String>>,
    /// A rule of RFC 5545: FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, WKST, COUNT, UNTIL.
    #[schema(max_length = 1000, example = "FREQ=MONTHLY;BYMONTHDAY=-1")]
    recurrence_rule: Option<String>,
    /// A cron expression of five fields, in the task's zone.
    #[schema(max_length = 1000, example = "0 9 * * 1-5")]
    recurrence_cron: Option<String>,
    /// From where the next date counts.
    recurrence_mode: Option<ModeBody>,
    /// What follows a late completion.
    recurrence_missed: Option<MissedBody>,
    /// What becomes of a day that a month lacks.
    recurrence_month_end: Option<MonthEndBody>,
    /// The last moment of the series, inclusive; not with `recurrence_count`.
    recurrence_until: Option<String>,
    /// How many occurrences the schedule has from the anchor on.
    #[schema(minimum = 1, maximum = 9999)]
    recurrence_count: Option<u32>,
    /// Days without an occurrence.
    #[schema(max_items = 500)]
    recurrence_exdates: Option<Vec<NaiveDate>>,
    /// Whether completing it makes the next one.
    recurrence_enabled: Option<bool>,
}

/// A change of a task (RFC 7396): what is left out stays, `null` clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"completed": true}))]
pub(super) struct TaskPatch {
    /// What is to be done; trimmed, one line.
    #[schema(min_length = 1, max_length = 500, nullable = false)]
    #[serde(default)]
    title: String,
    /// Everything else about it.
    #[schema(max_length = 16000)]
    description: Option<String>,
    /// Completes or reopens.
    completed: Option<bool>,
    /// When it was done, not in the future.
    completed_at: Option<DateTime<Utc>>,
    /// How much it matters.
    priority: Option<PriorityBody>,
    /// Each of 1 to 64 characters, without commas; compared without regard to case.
    #[schema(max_items = 50)]
    tags: Option<Vec<String>>,
    /// A day (`2026-11-22`), wall time (`2026-11-22T09:00`), or an instant (`2026-11-22T09:00:00Z`).
    due_date: Option<String>,
    /// A name of the IANA time zone database.
    time_zone: Option<String>,
    /// When to remind, instead of some time before the due date; it stays when the due date moves.
    reminder_at: Option<DateTime<Utc>>,
    /// Minutes before the due date, `null` for no reminder; 15, or 0 for a day, when not given.
    #[schema(maximum = 527_040)]
    reminder_minutes_before: Option<u32>,
    /// Days before the due date, at the same wall time.
    #[schema(maximum = 366)]
    reminder_days_before: Option<u32>,
    /// Where it stands in the manual order; by when it was made when not given.
    #[schema(min_length = 1, max_length = 64, pattern = "^[0-9a-z]+$")]
    position: Option<String>,
    /// How it repeats: a plain pattern, or `custom` with a rule or cron expression, which need not be said.
    recurrence_pattern: Option<PatternBody>,
    /// Every how many days, weeks, months or years of a plain pattern.
    #[schema(minimum = 1, maximum = 9999)]
    recurrence_interval: Option<u32>,
    /// On which weekdays of a plain weekly pattern (`MO`), or which of the month's (`1MO`, `-1FR`) of a monthly one.
    recurrence_days: Option<Vec<String>>,
    /// A rule of RFC 5545: FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, WKST, COUNT, UNTIL.
    #[schema(max_length = 1000, example = "FREQ=MONTHLY;BYMONTHDAY=-1")]
    recurrence_rule: Option<String>,
    /// A cron expression of five fields, in the task's zone.
    #[schema(max_length = 1000, example = "0 9 * * 1-5")]
    recurrence_cron: Option<String>,
    /// From where the next date counts.
    recurrence_mode: Option<ModeBody>,
    /// What follows a late completion.
    recurrence_missed: Option<MissedBody>,
    /// What becomes of a day that a month lacks.
    recurrence_month_end: Option<MonthEndBody>,
    /// The last moment of the series, inclusive; not with `recurrence_count`.
    recurrence_until: Option<String>,
    /// How many occurrences the schedule has from the anchor on.
    #[schema(minimum = 1, maximum = 9999)]
    recurrence_count: Option<u32>,
    /// Days without an occurrence.
    #[schema(max_items = 500)]
    recurrence_exdates: Option<Vec<NaiveDate>>,
    /// Whether completing it makes the next one.
    recurrence_enabled: Option<bool>,
}

/// A way to set a reminder: an instant, or so long before the due date.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reminder_minutes_before": 30}))]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
pub(super) struct ReminderWrite {
    /// When to remind; not with the others.
    reminder_at: Option<DateTime<Utc>>,
    /// Minutes before the due date.
    #[schema(maximum = 527_040)]
    reminder_minutes_before: Option<u32>,
    /// Days before the due date, at the same wall time.
    #[schema(maximum = 366)]
    reminder_days_before: Option<u32>,
}

/// When a notification is to come again: in so many minutes, or at a time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"minutes": 10}))]
pub(super) struct Snooze {
    /// From now; not with `until`.
    #[schema(minimum = 1, maximum = 43_200)]
    minutes: Option<u32>,
    /// Ahead, at most a year.
    until: Option<DateTime<Utc>>,
}

/// A place in the manual order: between two tasks, or beside one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"after": "019aaf8b-e4c0-7f3a-8000-000000000000", "before": null}))]
pub(super) struct TaskMove {
    /// The task that is to stand before it; at least one of the two is needed.
    after: Option<Uuid>,
    /// The task that is to stand behind it.
    before: Option<Uuid>,
}

/// A line that says everything of a task.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "Water the plants every 2 weeks on mon 9am #home !high"}))]
pub(super) struct QuickAdd {
    /// Title, `#tag`, `!high`, dates, times, repetition, reminder, in English or German; what stands in double quotes is title.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// Phrases, as they stand in the text, that are part of the title.
    #[schema(max_items = 100)]
    literal: Option<Vec<String>>,
}

/// The same change of several tasks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ids": ["019aaf8b-e4c0-7f3a-8000-000000000000"], "action": "update", "changes": {"completed": true}}))]
pub(super) struct TaskBulk {
    /// Each once.
    #[schema(min_items = 1, max_items = 100)]
    ids: Vec<Uuid>,
    /// What to do with each.
    action: BulkActionBody,
    /// As for PATCH; with the action `update` only.
    changes: Option<TaskPatch>,
}

/// What to do with each task.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = BulkAction)]
pub(super) enum BulkActionBody {
    /// As PATCH does.
    Update,
    /// As DELETE does: into the trash, or from there for good.
    Delete,
    /// Out of the trash.
    Restore,
}

/// A filter to be saved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Work, important", "query": "status=pending&priority=high&tags=work&sort_by=due_date"}))]
pub(super) struct FilterWrite {
    /// Unique among the person's; trimmed, one line.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The query string of GET /api/tasks, without paging; empty for all tasks.
    #[schema(max_length = 2000)]
    query: String,
}

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.org", "password": "correct horse battery", "time_zone": "Europe/London"}))]
pub(super) struct Registration {
    /// One account each; compared without regard to case.
    #[schema(min_length = 3, max_length = 254)]
    email: String,
    /// Not the address.
    #[schema(min_length = 10, max_length = 128, format = Password)]
    password: String,
    /// How to call the person.
    #[schema(max_length = 200)]
    name: Option<String>,
    /// Where the person's days begin and end: a name of the IANA time zone database. UTC when not given.
    time_zone: Option<String>,
}

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.org", "password": "correct horse battery"}))]
pub(super) struct Credentials {
    /// As registered, in any case.
    email: String,
    /// As registered.
    #[schema(format = Password)]
    password: String,
}

/// A change of the own profile (RFC 7396): what is left out stays, `null` gives the default.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"time_zone": "Europe/Berlin"}))]
pub(super) struct ProfilePatch {
    /// How to call the person.
    #[schema(max_length = 200)]
    name: Option<String>,
    /// Where the person's days begin and end: a name of the IANA time zone database.
    time_zone: Option<String>,
    /// When a task that is due on a day without time reminds, in the person's zone; 09:00 by default.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    all_day_reminder_at: Option<String>,
    /// The first day of a week; `monday` by default.
    week_start: Option<WeekStartBody>,
    /// 12 or 24 hours; `null` as the browser's language has it.
    hour_cycle: Option<HourCycleBody>,
    /// Light, dark, or as the device has it, the default.
    theme: Option<ThemeBody>,
    /// Of the UI and of quick add; `null` as the browser has it.
    language: Option<LanguageBody>,
}

/// Erasing the own account takes its password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "correct horse battery"}))]
pub(super) struct Erasure {
    /// Of the account.
    #[schema(format = Password)]
    password: String,
}

/// A page of tasks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskPage {
    /// The tasks of this page.
    items: Vec<TaskBody>,
    /// Tasks on all pages.
    total: u64,
    /// Which page this is; the first is 1.
    #[schema(minimum = 1)]
    page: u32,
    /// Tasks on a full page.
    #[schema(minimum = 1, maximum = 200)]
    page_size: u32,
    /// How many pages there are.
    pages: u64,
}

/// A page of audit entries, newest first.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AuditPage {
    /// The entries of this page.
    items: Vec<AuditEntryBody>,
    /// Entries on all pages.
    total: u64,
    /// Which page this is; the first is 1.
    #[schema(minimum = 1)]
    page: u32,
    /// Entries on a full page.
    #[schema(minimum = 1, maximum = 200)]
    page_size: u32,
    /// How many pages there are.
    pages: u64,
}

/// The process answers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Health {
    /// `live`
    #[schema(pattern = "^live$", example = "live")]
    status: String,
}

/// What a request needs can be reached.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Readiness {
    /// `ready`
    #[schema(pattern = "^ready$", example = "ready")]
    status: String,
    /// The version of the IANA time zone database in use.
    #[schema(example = "2025b")]
    time_zone_data: String,
    /// Events that wait for the broker.
    outbox: OutboxState,
    /// Events that a handler has refused for good; `spindle dead-letters` lists and replays them.
    #[schema(minimum = 0)]
    dead_letters: u64,
}

/// What one component needs can be reached.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ComponentReadiness {
    /// `ready`
    #[schema(pattern = "^ready$", example = "ready")]
    status: String,
}

/// Events that wait for the broker.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OutboxState {
    /// The age of the oldest, in seconds; 0 when none waits.
    oldest_seconds: i64,
    /// Whether the broker seems not to take them.
    delayed: bool,
}

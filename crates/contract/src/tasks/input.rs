//! Tasks as a person sends them: whole, as a patch, or only the reminder.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use spindle_domain::{
    Due, Priority, TaskEdit, Violation,
    limits::RECURRENCE_EXDATES_MAX,
    parse_zone,
    recurrence::{MissedPolicy, Mode, MonthEnd, Pattern, PatternWord, RecurrenceEdit, RuleError},
    reminder::{Before, Reminder, ReminderEdit},
};

use super::fields::{CUSTOM, missed_name, mode_name, month_end_name, pattern_name};
use crate::body::{Body, FromBody, Patch};

/// Fields that a body may hold because GET gave them, and that are not looked at.
pub const READ_ONLY_FIELDS: &[&str] = &[
    "id",
    "user_id",
    "version",
    "created_at",
    "updated_at",
    "deleted_at",
    "due_at",
    "is_overdue",
    "parent_task_id",
    "recurrence_anchor",
];

/// The fields of a task in a request body. What they mean when left out or `null` depends on the operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskInput {
    title: Patch<String>,
    description: Patch<String>,
    completed: Patch<bool>,
    completed_at: Patch<DateTime<Utc>>,
    priority: Patch<Priority>,
    tags: Patch<Vec<String>>,
    due_date: Patch<Due>,
    time_zone: Patch<Tz>,
    reminder_at: Patch<DateTime<Utc>>,
    reminder_minutes_before: Patch<u32>,
    reminder_days_before: Patch<u32>,
    position: Patch<String>,
    recurrence: RecurrenceInput,
}

/// The fields of its recurrence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct RecurrenceInput {
    pattern: Patch<PatternWord>,
    interval: Patch<u32>,
    days: Patch<Vec<String>>,
    rule: Patch<String>,
    cron: Patch<String>,
    mode: Patch<Mode>,
    missed: Patch<MissedPolicy>,
    month_end: Patch<MonthEnd>,
    until: Patch<Due>,
    count: Patch<u32>,
    exdates: Patch<Vec<NaiveDate>>,
    enabled: Patch<bool>,
}

impl FromBody for TaskInput {
    fn from_body(body: &mut Body<'_>) -> Option<Self> {
        let input = Self {
            title: body.string("title"),
            description: body.string("description"),
            completed: body.boolean("completed"),
            completed_at: body.parsed("completed_at", "not_a_time", parse_instant),
            priority: body.parsed("priority", "not_a_priority", Priority::parse),
            tags: body.strings("tags"),
            due_date: body.parsed("due_date", "not_a_due_date", Due::parse),
            time_zone: body.parsed("time_zone", "not_a_time_zone", parse_zone),
            reminder_at: body.parsed("reminder_at", "not_a_time", parse_instant),
            reminder_minutes_before: body.number("reminder_minutes_before"),
            reminder_days_before: body.number("reminder_days_before"),
            position: body.string("position"),
            recurrence: RecurrenceInput::from_body(body),
        };
        body.ignore(READ_ONLY_FIELDS);
        Some(input)
    }
}

impl TaskInput {
    /// POST: a new task. Fields left out or `null` have their defaults.
    ///
    /// # Errors
    /// When there is no title.
    pub fn create(self) -> Result<TaskEdit, Vec<Violation>> {
        self.whole()
    }

    /// PUT: the task is to be this; fields left out or `null` get their defaults. A task that stays completed without a
    /// `completed_at` keeps the one it has.
    ///
    /// # Errors
    /// When there is no title.
    pub fn replace(self) -> Result<TaskEdit, Vec<Violation>> {
        self.whole()
    }

    fn whole(self) -> Result<TaskEdit, Vec<Violation>> {
        let title = self.title.clone().value().ok_or_else(title_required)?;
        Ok(TaskEdit {
            title: Some(title),
            ..self.untitled()
        })
    }

    /// A task to look at, not to keep: as POST takes it, but it needs no title.
    pub fn untitled(self) -> TaskEdit {
        let completed = self.completed.value().unwrap_or(false);
        TaskEdit {
            title: None,
            description: Some(self.description.value().unwrap_or_default()),
            completed: Some(completed),
            completed_at: self.completed_at.value().map(Some),
            priority: Some(self.priority.value().unwrap_or(Priority::None)),
            tags: Some(self.tags.value().unwrap_or_default()),
            due: Some(self.due_date.value()),
            time_zone: Some(self.time_zone.value()),
            reminder: ReminderEdit {
                at: Some(self.reminder_at.value()),
                before: Some(before(self.reminder_minutes_before).unwrap_or_default()),
                days: Some(self.reminder_days_before.value().unwrap_or(0)),
            },
            position: Some(self.position.value()),
            recurrence: self.recurrence.whole(),
        }
    }

    /// PATCH (RFC 7396): fields left out stay, `null` clears.
    ///
    /// # Errors
    /// When the title is to be cleared.
    pub fn patch(self) -> Result<TaskEdit, Vec<Violation>> {
        if self.title == Patch::Null {
            return Err(title_required());
        }
        Ok(TaskEdit {
            title: self.title.value(),
            description: cleared(self.description),
            completed: cleared(self.completed),
            completed_at: self.completed_at.nullable(),
            priority: self.priority.nullable().map(|priority| priority.unwrap_or(Priority::None)),
            tags: cleared(self.tags),
            due: self.due_date.nullable(),
            time_zone: self.time_zone.nullable(),
            reminder: ReminderEdit {
                at: self.reminder_at.nullable(),
                before: before(self.reminder_minutes_before),
                days: cleared(self.reminder_days_before),
            },
            position: self.position.nullable(),
            recurrence: self.recurrence.patch(),
        })
    }
}

impl RecurrenceInput {
    fn from_body(body: &mut Body<'_>) -> Self {
        Self {
            pattern: body.parsed("recurrence_pattern", "not_a_pattern", parse_pattern),
            interval: body.number("recurrence_interval"),
            days: body.strings("recurrence_days"),
            rule: body.string("recurrence_rule"),
            cron: body.string("recurrence_cron"),
            mode: body.word(
                "recurrence_mode",
                &[Mode::Schedule, Mode::Completion].map(|mode| (mode_name(mode), mode)),
            ),
            missed: body.word(
                "recurrence_missed",
                &[MissedPolicy::Future, MissedPolicy::Next].map(|missed| (missed_name(missed), missed)),
            ),
            month_end: body.word(
                "recurrence_month_end",
                &[MonthEnd::Clamp, MonthEnd::Skip].map(|month_end| (month_end_name(month_end), month_end)),
            ),
            until: body.parsed("recurrence_until", "not_a_due_date", Due::parse),
            count: body.number("recurrence_count"),
            exdates: parse_dates(body, "recurrence_exdates"),
            enabled: body.boolean("recurrence_enabled"),
        }
    }

    fn whole(self) -> RecurrenceEdit {
        RecurrenceEdit {
            pattern: Some(self.pattern.value()),
            interval: Some(self.interval.value()),
            days: Some(self.days.value().unwrap_or_default()),
            rule: Some(self.rule.value()),
            cron: Some(self.cron.value()),
            mode: Some(self.mode.value().unwrap_or_default()),
            missed: Some(self.missed.value().unwrap_or_default()),
            month_end: Some(self.month_end.value().unwrap_or_default()),
            until: Some(self.until.value()),
            count: Some(self.count.value()),
            exdates: Some(self.exdates.value().unwrap_or_default()),
            enabled: Some(self.enabled.value()),
        }
    }

    fn patch(self) -> RecurrenceEdit {
        RecurrenceEdit {
            pattern: self.pattern.nullable(),
            interval: self.interval.nullable(),
            days: cleared(self.days),
            rule: self.rule.nullable(),
            cron: self.cron.nullable(),
            mode: cleared(self.mode),
            missed: cleared(self.missed),
            month_end: cleared(self.month_end),
            until: self.until.nullable(),
            count: self.count.nullable(),
            exdates: cleared(self.exdates),
            enabled: self.enabled.nullable(),
        }
    }
}

/// A reminder to be set: either an instant, or so many minutes (and days) before the due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReminderInput(pub ReminderEdit);

impl FromBody for ReminderInput {
    fn from_body(body: &mut Body<'_>) -> Option<Self> {
        let at = body.parsed("reminder_at", "not_a_time", parse_instant).value();
        let minutes = body.number("reminder_minutes_before").value();
        let days = body.number("reminder_days_before").value();
        let relative = ReminderEdit {
            at: Some(None),
            before: Some(minutes.map_or(Before::Usual, Before::Minutes)),
            days: Some(days.unwrap_or(0)),
        };
        match (at, minutes.is_some() || days.is_some()) {
            (None, true) => Some(Self(relative)),
            (Some(_), false) => Some(Self(ReminderEdit {
                at: Some(at),
                ..ReminderEdit::default()
            })),
            (Some(_), true) => {
                body.refuse(
                    "reminder_at",
                    "conflict",
                    "must not come with minutes or days before: leave one of them out",
                );
                None
            }
            (None, false) => {
                body.refuse(
                    "reminder_at",
                    "required",
                    "is required, or else reminder_minutes_before or reminder_days_before",
                );
                None
            }
        }
    }
}

/// The edit that leaves a task without a reminder.
pub const NO_REMINDER: ReminderEdit = ReminderEdit {
    at: Some(Reminder::NONE.at),
    before: Some(Reminder::NONE.before),
    days: Some(Reminder::NONE.days),
};

/// `null` means no reminder.
fn before(patch: Patch<u32>) -> Option<Before> {
    patch.nullable().map(|minutes| minutes.map_or(Before::Never, Before::Minutes))
}

fn parse_pattern(text: &str) -> Result<PatternWord, &'static str> {
    if text == CUSTOM {
        return Ok(PatternWord::Custom);
    }
    [Pattern::Daily, Pattern::Weekly, Pattern::Monthly, Pattern::Yearly]
        .into_iter()
        .find(|pattern| pattern_name(*pattern) == text)
        .map(PatternWord::Plain)
        .ok_or("must be one of daily, weekly, monthly, yearly, custom")
}

fn parse_dates(body: &mut Body<'_>, name: &'static str) -> Patch<Vec<NaiveDate>> {
    let texts = match body.strings(name) {
        Patch::Absent => return Patch::Absent,
        Patch::Null => return Patch::Null,
        Patch::Value(texts) => texts,
    };
    // As they stand there: one that is given twice counts twice.
    if texts.len() > RECURRENCE_EXDATES_MAX {
        body.refuse(name, "too_many", RuleError::Exdates.to_string());
        return Patch::Absent;
    }
    let mut dates = Vec::with_capacity(texts.len());
    for (index, text) in texts.iter().enumerate() {
        match Due::parse(text) {
            Ok(Due::Day(date)) => dates.push(date),
            _ => body.refuse(
                format!("{name}.{index}"),
                "not_a_day",
                "must be a day in the years 1900 to 9999, such as 2026-11-22",
            ),
        }
    }
    Patch::Value(dates)
}

/// `null` gives the default.
fn cleared<T: Default>(patch: Patch<T>) -> Option<T> {
    patch.nullable().map(Option::unwrap_or_default)
}

fn title_required() -> Vec<Violation> {
    vec![Violation {
        field: "title".to_owned(),
        code: "required",
        message: "is required and must not be null".to_owned(),
    }]
}

/// An RFC 3339 time with an offset; kept to the millisecond.
pub(crate) fn parse_instant(text: &str) -> Result<DateTime<Utc>, &'static str> {
    let rule = "must be a time with an offset, such as 2026-11-22T09:00:00Z";
    let time = DateTime::parse_from_rfc3339(text).map_err(|_| rule)?;
    DateTime::from_timestamp_millis(time.timestamp_millis()).ok_or(rule)
}

//! The fields of a task that a change can touch: their names, and how each is written as JSON. What the API shows of a task and what
//! events tell of a change come from here, so they cannot differ.

use chrono_tz::Tz;
use spindle_domain::{
    Due, Task,
    recurrence::{MissedPolicy, Mode, MonthEnd, Pattern, Recurrence, Repeat},
};

use crate::json;

/// A field that a change can touch.
#[derive(Clone, Copy)]
pub(crate) enum Field {
    Title,
    Description,
    Completed,
    CompletedAt,
    Priority,
    Tags,
    DueDate,
    TimeZone,
    ReminderAt,
    ReminderMinutesBefore,
    ReminderDaysBefore,
    RecurrencePattern,
    RecurrenceInterval,
    RecurrenceDays,
    RecurrenceRule,
    RecurrenceCron,
    RecurrenceMode,
    RecurrenceMissed,
    RecurrenceMonthEnd,
    RecurrenceUntil,
    RecurrenceCount,
    RecurrenceExdates,
    RecurrenceAnchor,
    RecurrenceEnabled,
    ParentTaskId,
    Position,
    DeletedAt,
}

impl Field {
    pub(crate) const ALL: [Self; 27] = [
        Self::Title,
        Self::Description,
        Self::Completed,
        Self::CompletedAt,
        Self::Priority,
        Self::Tags,
        Self::DueDate,
        Self::TimeZone,
        Self::ReminderAt,
        Self::ReminderMinutesBefore,
        Self::ReminderDaysBefore,
        Self::RecurrencePattern,
        Self::RecurrenceInterval,
        Self::RecurrenceDays,
        Self::RecurrenceRule,
        Self::RecurrenceCron,
        Self::RecurrenceMode,
        Self::RecurrenceMissed,
        Self::RecurrenceMonthEnd,
        Self::RecurrenceUntil,
        Self::RecurrenceCount,
        Self::RecurrenceExdates,
        Self::RecurrenceAnchor,
        Self::RecurrenceEnabled,
        Self::ParentTaskId,
        Self::Position,
        Self::DeletedAt,
    ];

    /// The field's name in the API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Description => "description",
            Self::Completed => "completed",
            Self::CompletedAt => "completed_at",
            Self::Priority => "priority",
            Self::Tags => "tags",
            Self::DueDate => "due_date",
            Self::TimeZone => "time_zone",
            Self::ReminderAt => "reminder_at",
            Self::ReminderMinutesBefore => "reminder_minutes_before",
            Self::ReminderDaysBefore => "reminder_days_before",
            Self::RecurrencePattern => "recurrence_pattern",
            Self::RecurrenceInterval => "recurrence_interval",
            Self::RecurrenceDays => "recurrence_days",
            Self::RecurrenceRule => "recurrence_rule",
            Self::RecurrenceCron => "recurrence_cron",
            Self::RecurrenceMode => "recurrence_mode",
            Self::RecurrenceMissed => "recurrence_missed",
            Self::RecurrenceMonthEnd => "recurrence_month_end",
            Self::RecurrenceUntil => "recurrence_until",
            Self::RecurrenceCount => "recurrence_count",
            Self::RecurrenceExdates => "recurrence_exdates",
            Self::RecurrenceAnchor => "recurrence_anchor",
            Self::RecurrenceEnabled => "recurrence_enabled",
            Self::ParentTaskId => "parent_task_id",
            Self::Position => "position",
            Self::DeletedAt => "deleted_at",
        }
    }

    /// Appends the value of a task; `None` stands for a task that is not there yet. `person` is the person's zone. A reminder's instant
    /// and a position are those that were set; the API shows those in force.
    pub(crate) fn write(self, out: &mut Vec<u8>, task: Option<&Task>, person: Tz) {
        let Some(task) = task else { return self.write_default(out) };
        let zone = task.zone_or(person);
        match self {
            Self::Title => json::string(out, &task.title),
            Self::Description => json::string(out, &task.description),
            Self::Completed => json::boolean(out, task.is_completed()),
            Self::CompletedAt => json::optional_millis(out, task.completed_at),
            Self::Priority => json::string(out, task.priority.as_str()),
            Self::Tags => json::list(out, &task.tags, |out, tag| json::string(out, tag)),
            Self::DueDate => write_due(out, task.due, zone),
            Self::TimeZone => json::optional_string(out, task.time_zone.map(Tz::name)),
            Self::ReminderAt => json::optional_millis(out, task.reminder.at),
            Self::ReminderMinutesBefore => json::optional_number(out, task.reminder.minutes(task.due)),
            Self::ReminderDaysBefore => json::number(out, task.reminder.days.into()),
            Self::ParentTaskId => match task.parent {
                Some(parent) => json::uuid(out, parent),
                None => json::null(out),
            },
            Self::Position => json::optional_string(out, task.position.as_deref()),
            Self::DeletedAt => json::optional_millis(out, task.deleted_at),
            _ => match &task.recurrence {
                Some(recurrence) => self.write_recurrence(out, recurrence, zone),
                None => self.write_default(out),
            },
        }
    }

    fn write_recurrence(self, out: &mut Vec<u8>, recurrence: &Recurrence, zone: Tz) {
        match (self, &recurrence.repeat) {
            (Self::RecurrencePattern, Repeat::Pattern { pattern, .. }) => json::string(out, pattern_name(*pattern)),
            (Self::RecurrencePattern, _) => json::string(out, CUSTOM),
            (Self::RecurrenceInterval, Repeat::Pattern { interval, .. }) => json::number(out, (*interval).into()),
            (Self::RecurrenceDays, Repeat::Pattern { days, .. }) => json::list(out, days, |out, day| json::string(out, day)),
            (Self::RecurrenceRule, Repeat::Rule(text)) | (Self::RecurrenceCron, Repeat::Cron(text)) => json::string(out, text),
            (Self::RecurrenceMode, _) => json::string(out, mode_name(recurrence.mode)),
            (Self::RecurrenceMissed, _) => json::string(out, missed_name(recurrence.missed)),
            (Self::RecurrenceMonthEnd, _) => json::string(out, month_end_name(recurrence.month_end)),
            (Self::RecurrenceUntil, _) => write_due(out, recurrence.until, zone),
            (Self::RecurrenceCount, _) => json::optional_number(out, recurrence.count),
            (Self::RecurrenceExdates, _) => {
                json::list(out, &recurrence.exdates, |out, date| {
                    json::string(out, &Due::Day(*date).show(zone));
                });
            }
            (Self::RecurrenceAnchor, _) => write_due(out, recurrence.anchor, zone),
            (Self::RecurrenceEnabled, _) => json::boolean(out, recurrence.enabled),
            _ => self.write_default(out),
        }
    }

    /// What a task has when nothing is said.
    fn write_default(self, out: &mut Vec<u8>) {
        match self {
            Self::Title | Self::Description => json::string(out, ""),
            Self::Completed | Self::RecurrenceEnabled => json::boolean(out, false),
            Self::Priority => json::string(out, "none"),
            Self::Tags | Self::RecurrenceDays | Self::RecurrenceExdates => out.extend_from_slice(b"[]"),
            Self::ReminderMinutesBefore => json::number(out, spindle_domain::reminder::MINUTES_BEFORE_DEFAULT.into()),
            Self::ReminderDaysBefore => json::number(out, 0),
            Self::RecurrenceMode => json::string(out, mode_name(Mode::default())),
            Self::RecurrenceMissed => json::string(out, missed_name(MissedPolicy::default())),
            Self::RecurrenceMonthEnd => json::string(out, month_end_name(MonthEnd::default())),
            _ => json::null(out),
        }
    }
}

/// Appends `{field: {before, after}}` of what differs.
pub(crate) fn write_changes(out: &mut Vec<u8>, before: Option<&Task>, after: &Task, person: Tz) {
    out.push(b'{');
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let mut first = true;
    for field in Field::ALL {
        old.clear();
        new.clear();
        field.write(&mut old, before, person);
        field.write(&mut new, Some(after), person);
        if old == new {
            continue;
        }
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        json::string(out, field.name());
        out.extend_from_slice(b":{\"before\":");
        out.extend_from_slice(if before.is_some() { &old } else { b"null" });
        out.extend_from_slice(b",\"after\":");
        out.extend_from_slice(&new);
        out.push(b'}');
    }
    out.push(b'}');
}

pub(crate) fn write_due(out: &mut Vec<u8>, due: Option<Due>, zone: Tz) {
    match due {
        Some(due) => json::string(out, &due.show(zone)),
        None => json::null(out),
    }
}

/// The members `due_date` and `due_at` of a date that is shown outside of its task.
pub(crate) fn write_occurrence(out: &mut Vec<u8>, due: Due, zone: Tz) {
    out.extend_from_slice(b"\"due_date\":");
    write_due(out, Some(due), zone);
    out.extend_from_slice(b",\"due_at\":");
    match due.at(zone) {
        Some(at) => json::seconds(out, at),
        None => json::null(out),
    }
}

/// The word for a rule or cron expression.
pub(crate) const CUSTOM: &str = "custom";

pub(crate) const fn pattern_name(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::Daily => "daily",
        Pattern::Weekly => "weekly",
        Pattern::Monthly => "monthly",
        Pattern::Yearly => "yearly",
    }
}

pub(crate) const fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Schedule => "schedule",
        Mode::Completion => "completion",
    }
}

pub(crate) const fn missed_name(missed: MissedPolicy) -> &'static str {
    match missed {
        MissedPolicy::Future => "future",
        MissedPolicy::Next => "next",
    }
}

pub(crate) const fn month_end_name(month_end: MonthEnd) -> &'static str {
    match month_end {
        MonthEnd::Clamp => "clamp",
        MonthEnd::Skip => "skip",
    }
}

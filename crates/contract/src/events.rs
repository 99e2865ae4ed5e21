//! Events: `CloudEvents` 1.0 in JSON, as the outbox keeps them and Dapr carries them.

use chrono::{DateTime, Utc};
use spindle_domain::{Task, reminder::PersonTime};
use uuid::Uuid;

use crate::{
    json,
    notifications::NotificationBody,
    tasks::{self, fields::write_changes},
};

mod received;

pub use received::{Event, EventData, EventError, Payload, ReminderData, UpdateData};

/// The topic of what happens to tasks.
pub const TASK_EVENTS: &str = "task-events";
/// The topic of when a task's reminder is to ring.
pub const REMINDERS: &str = "reminders";
/// The topic of recurring tasks that were completed or reopened.
pub const TASK_UPDATES: &str = "task-updates";
/// The topic of events that a handler has refused for good.
pub const DEAD_LETTERS: &str = "dead-letters";
/// The media type of an event with its envelope (`CloudEvents` HTTP binding §3.2, structured mode).
pub const MEDIA_TYPE: &str = "application/cloudevents+json";
/// The version of [`EventData`]. A consumer that does not know a later one must not guess.
pub const DATA_SCHEMA: u32 = 1;
const SPEC_VERSION: &str = "1.0";

/// What happened to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventType {
    /// It was made.
    Created,
    /// It was changed, but for what the others say.
    Updated,
    /// It was done.
    Completed,
    /// It is open again.
    Reopened,
    /// It went to the trash.
    Deleted,
    /// It came out of the trash.
    Restored,
    /// It was deleted for good.
    Purged,
    /// The open task of a series was moved to its next date.
    Skipped,
    /// Its reminder rang. No change of the task.
    ReminderFired,
    /// When its reminder is to ring has changed. For reminder-handler only.
    ReminderChanged,
}

impl EventType {
    /// Those of the topic [`TASK_EVENTS`], which the audit log keeps.
    pub const LOGGED: [Self; 9] = [
        Self::Created,
        Self::Updated,
        Self::Completed,
        Self::Reopened,
        Self::Deleted,
        Self::Restored,
        Self::Purged,
        Self::Skipped,
        Self::ReminderFired,
    ];

    /// The `CloudEvents` `type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "task.created",
            Self::Updated => "task.updated",
            Self::Completed => "task.completed",
            Self::Reopened => "task.reopened",
            Self::Deleted => "task.deleted",
            Self::Restored => "task.restored",
            Self::Purged => "task.purged",
            Self::Skipped => "task.skipped",
            Self::ReminderFired => "reminder.fired",
            Self::ReminderChanged => "reminder.changed",
        }
    }

    /// What an edit of a task is: completing or reopening goes before changing (one change, one event).
    pub fn of_edit(before: &Task, after: &Task) -> Self {
        match (before.completed_at.is_some(), after.completed_at.is_some()) {
            (false, true) => Self::Completed,
            (true, false) => Self::Reopened,
            _ => Self::Updated,
        }
    }
}

/// A change of a task, to be told.
#[derive(Debug, Clone, Copy)]
pub struct TaskChange<'a> {
    /// The event's id.
    pub id: Uuid,
    /// What happened.
    pub event_type: EventType,
    /// The component that tells it.
    pub component: &'a str,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// Whose task it is.
    pub user_id: Uuid,
    /// Which task; also the partition key.
    pub task_id: Uuid,
    /// The task's version after the change.
    pub version: u64,
    /// The task before; `None` when it was made.
    pub before: Option<&'a Task>,
    /// The task after; `None` when it is gone for good.
    pub after: Option<&'a Task>,
    /// What of the person decides about times.
    pub person: PersonTime,
    /// Who did it.
    pub actor: &'a str,
    /// The request or event that caused it.
    pub request_id: &'a str,
}

/// The event of a change: a `CloudEvent` as JSON text.
pub fn task_event(change: &TaskChange<'_>) -> String {
    let mut out = Vec::with_capacity(1536);
    open_event(&mut out, change, change.event_type);
    out.extend_from_slice(b",\"task\":");
    match change.after {
        Some(task) => tasks::write_stored(&mut out, task, change.user_id, &change.person),
        None => json::null(&mut out),
    }
    out.extend_from_slice(b",\"changes\":");
    match change.after {
        Some(after) => write_changes(&mut out, change.before, after, change.person.zone),
        // The log has the last state already.
        None => out.extend_from_slice(b"{}"),
    }
    out.extend_from_slice(b",\"actor\":");
    json::string(&mut out, change.actor);
    out.extend_from_slice(b",\"request_id\":");
    json::string(&mut out, change.request_id);
    close_event(out)
}

/// The event that tells reminder-handler when the task's reminder is to ring from now on. `silent` when the task was due before.
pub fn reminder_event(change: &TaskChange<'_>, fire_at: Option<DateTime<Utc>>, silent: bool) -> String {
    let mut out = Vec::with_capacity(512);
    open_event(&mut out, change, EventType::ReminderChanged);
    out.extend_from_slice(b",\"fire_at\":");
    json::optional_millis(&mut out, fire_at);
    out.extend_from_slice(b",\"silent\":");
    json::boolean(&mut out, silent);
    close_event(out)
}

/// The event of a reminder that rang: no change of the task. `change.version` is how many times the task's reminder has rung.
pub fn fired_event(change: &TaskChange<'_>, notification: &NotificationBody) -> String {
    let mut out = Vec::with_capacity(768);
    open_event(&mut out, change, EventType::ReminderFired);
    out.extend_from_slice(b",\"task\":null,\"changes\":{\"reminder\":{\"before\":null,\"after\":{\"notification_id\":");
    json::uuid(&mut out, notification.id);
    out.extend_from_slice(b",\"fire_at\":");
    json::millis(&mut out, notification.fire_at);
    out.extend_from_slice(b",\"fired_at\":");
    json::millis(&mut out, notification.fired_at);
    out.extend_from_slice(b",\"late_seconds\":");
    json::number(&mut out, notification.late_seconds);
    out.extend_from_slice(b"}}},\"actor\":");
    json::string(&mut out, change.actor);
    out.extend_from_slice(b",\"request_id\":");
    json::string(&mut out, change.request_id);
    close_event(out)
}

/// The event that tells recurrence-handler that an occurrence was completed or reopened, as `change.event_type` says.
pub fn update_event(change: &TaskChange<'_>) -> String {
    let mut out = Vec::with_capacity(512);
    open_event(&mut out, change, change.event_type);
    out.extend_from_slice(b",\"request_id\":");
    json::string(&mut out, change.request_id);
    close_event(out)
}

/// Appends the envelope, and of the data what every event says.
fn open_event(out: &mut Vec<u8>, change: &TaskChange<'_>, event_type: EventType) {
    out.extend_from_slice(b"{\"specversion\":\"1.0\",\"id\":");
    json::uuid(out, change.id);
    out.extend_from_slice(b",\"source\":\"/spindle/");
    out.extend_from_slice(change.component.as_bytes());
    out.extend_from_slice(b"\",\"type\":\"");
    out.extend_from_slice(event_type.as_str().as_bytes());
    out.extend_from_slice(b"\",\"subject\":");
    json::uuid(out, change.task_id);
    out.extend_from_slice(b",\"time\":");
    json::millis(out, change.time);
    out.extend_from_slice(b",\"datacontenttype\":\"application/json\",\"data\":{\"schema\":");
    json::number(out, DATA_SCHEMA.into());
    out.extend_from_slice(b",\"user_id\":");
    json::uuid(out, change.user_id);
    out.extend_from_slice(b",\"task_id\":");
    json::uuid(out, change.task_id);
    out.extend_from_slice(b",\"version\":");
    json::number(out, change.version);
}

fn close_event(mut out: Vec<u8>) -> String {
    out.extend_from_slice(b"}}");
    // Put together from whole strings and ASCII, so it is UTF-8; checking again costs less than a second buffer.
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests;

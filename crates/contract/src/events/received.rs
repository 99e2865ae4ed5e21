//! Events that come in: their envelope, and what each topic's events say.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{DATA_SCHEMA, EventType, SPEC_VERSION};

/// What the events of one topic say.
pub trait Payload: DeserializeOwned {
    /// The types that the topic carries.
    const TYPES: &'static [EventType];

    /// Which task it is about: the event's subject.
    fn task_id(&self) -> Uuid;
}

/// What a task's event says ([`TASK_EVENTS`](super::TASK_EVENTS)). `task` and `changes` are kept as they came, so that passing them on costs
/// no more than copying.
#[derive(Debug, Serialize, Deserialize)]
pub struct EventData {
    /// The version of this form: [`DATA_SCHEMA`].
    pub schema: u32,
    /// Whose task it is.
    pub user_id: Uuid,
    /// Which task.
    pub task_id: Uuid,
    /// The task's version after the change; for `reminder.fired` how many times its reminder has rung.
    pub version: u64,
    /// The task after the change, `null` when it is gone for good or has not changed.
    #[serde(default)]
    pub task: Option<Box<RawValue>>,
    /// `{field: {before, after}}`.
    pub changes: Box<RawValue>,
    /// Who did it.
    pub actor: String,
    /// The request or event that caused it.
    pub request_id: String,
}

impl Payload for EventData {
    const TYPES: &'static [EventType] = &EventType::LOGGED;

    fn task_id(&self) -> Uuid {
        self.task_id
    }
}

/// When a task's reminder is to ring from now on ([`REMINDERS`](super::REMINDERS)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReminderData {
    /// The version of this form: [`DATA_SCHEMA`].
    pub schema: u32,
    /// Whose task it is.
    pub user_id: Uuid,
    /// Which task.
    pub task_id: Uuid,
    /// The task's version after the change.
    pub version: u64,
    /// When, in UTC; `null` when it is not to ring.
    pub fire_at: Option<DateTime<Utc>>,
    /// Whether the task was due before this was said: then it does not ring.
    pub silent: bool,
}

impl Payload for ReminderData {
    const TYPES: &'static [EventType] = &[EventType::ReminderChanged];

    fn task_id(&self) -> Uuid {
        self.task_id
    }
}

/// A recurring task was completed or reopened ([`TASK_UPDATES`](super::TASK_UPDATES)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateData {
    /// The version of this form: [`DATA_SCHEMA`].
    pub schema: u32,
    /// Whose task it is.
    pub user_id: Uuid,
    /// Which task.
    pub task_id: Uuid,
    /// The task's version after the change.
    pub version: u64,
    /// The request that caused it.
    pub request_id: String,
}

impl Payload for UpdateData {
    const TYPES: &'static [EventType] = &[EventType::Completed, EventType::Reopened];

    fn task_id(&self) -> Uuid {
        self.task_id
    }
}

/// An event that has come in.
#[derive(Debug)]
pub struct Event<T> {
    /// Tells events apart, together with the source (`CloudEvents` §3.1).
    pub id: String,
    /// The component that told it, such as `/spindle/task-api`.
    pub source: String,
    /// What happened.
    pub event_type: EventType,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// What it says.
    pub data: T,
}

/// Why a delivery is not an event that this version understands. Sending it again does not help.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Not JSON, or not of the form.
    #[error("the event is not of the expected form")]
    Malformed(#[source] serde_json::Error),
    /// Without an id nothing tells it from others (CloudEvents §3.1).
    #[error("the event has no id")]
    NoId,
    /// Another version of `CloudEvents`.
    #[error("CloudEvents {0} is not understood, only 1.0")]
    SpecVersion(String),
    /// A type that this version does not know, or that does not belong to the topic.
    #[error("events of type {0} are not understood")]
    UnknownType(String),
    /// A later form of the data.
    #[error("version {0} of the event's data is not understood")]
    UnknownSchema(u32),
    /// The subject is not the task of the data.
    #[error("the event's subject {subject} is not its task {task_id}")]
    Subject {
        /// What the envelope says.
        subject: String,
        /// What the data says.
        task_id: Uuid,
    },
}

impl<T: Payload> Event<T> {
    /// Reads a delivery. What Dapr adds (topic, pubsubname, traceparent…) and unknown extensions are passed over, as `CloudEvents`
    /// asks of consumers.
    ///
    /// # Errors
    /// When it is not an event of ours, or of a later version.
    pub fn parse(bytes: &[u8]) -> Result<Self, EventError> {
        /// What tells whether the data can be read.
        #[derive(Deserialize)]
        struct Envelope<'a> {
            specversion: String,
            id: String,
            source: String,
            #[serde(rename = "type")]
            event_type: String,
            #[serde(default)]
            subject: Option<String>,
            time: DateTime<Utc>,
            #[serde(borrow)]
            data: &'a RawValue,
        }
        #[derive(Deserialize)]
        struct Schema {
            schema: u32,
        }
        let envelope: Envelope<'_> = serde_json::from_slice(bytes).map_err(EventError::Malformed)?;
        if envelope.specversion != SPEC_VERSION {
            return Err(EventError::SpecVersion(envelope.specversion));
        }
        if envelope.id.is_empty() {
            return Err(EventError::NoId);
        }
        let known = T::TYPES.iter().find(|known| known.as_str() == envelope.event_type);
        let Some(event_type) = known.copied() else {
            return Err(EventError::UnknownType(envelope.event_type));
        };
        let Schema { schema } = serde_json::from_str(envelope.data.get()).map_err(EventError::Malformed)?;
        if schema != DATA_SCHEMA {
            return Err(EventError::UnknownSchema(schema));
        }
        let data: T = serde_json::from_str(envelope.data.get()).map_err(EventError::Malformed)?;
        match envelope.subject {
            Some(subject) if Uuid::try_parse(&subject).ok() != Some(data.task_id()) => Err(EventError::Subject {
                subject,
                task_id: data.task_id(),
            }),
            _ => Ok(Self {
                id: envelope.id,
                source: envelope.source,
                event_type,
                time: envelope.time,
                data,
            }),
        }
    }
}

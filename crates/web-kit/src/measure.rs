//! What a request has measured besides its own duration. It goes into the log line, from which metrics are made.

use serde::Serialize;

/// Whole seconds each; what was not measured is left out of the line.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Measures {
    /// The age of the oldest event that waited for the broker; 0 when none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbox_oldest_seconds: Option<u64>,
    /// How long after its time the latest of the reminders rang that this request rang.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder_late_seconds: Option<u64>,
}

//! Broken worlds: each takes away one thing that the invariants rest on, to show that the simulation notices.

use bytes::Bytes;
use http::Request;
use serde_json::Value;

/// What is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// Transactions write whatever stands there: no ETag, no first-write.
    NoVersionCheck,
    /// Nothing of the outbox's tick: what a crash left there stays.
    NoOutboxRetry,
    /// The task that follows another is written whatever stands there (`first-write` of the series' documents is gone): the feed, which
    /// makes two settlings of one person exclude each other, is not compared.
    NoFirstWrite,
    /// Nothing of the reminders' tick: what no job rings stays.
    NoReminderTick,
    /// The audit log forgets what it has seen.
    NoAuditMemory,
    /// What a bulk get calls missing seems so to the next get of it too: as if nobody looked again.
    NoSecondLook,
}

impl Mutant {
    /// Whether a delivery does not take place in this world.
    pub(crate) fn swallows(self, path: &str) -> bool {
        match self {
            Self::NoOutboxRetry => path == "/ticks/outbox",
            Self::NoReminderTick => path == "/ticks/reminders",
            Self::NoVersionCheck | Self::NoFirstWrite | Self::NoAuditMemory | Self::NoSecondLook => false,
        }
    }

    pub(crate) fn applied(self, request: Request<Bytes>) -> Request<Bytes> {
        if !request.uri().path().ends_with("/transaction") {
            return request;
        }
        let (parts, body) = request.into_parts();
        let Ok(mut transaction) = serde_json::from_slice::<Value>(&body) else {
            return Request::from_parts(parts, body);
        };
        let operations = transaction.pointer_mut("/operations").and_then(Value::as_array_mut);
        for operation in operations.into_iter().flatten() {
            let Some(Value::Object(request)) = operation.get_mut("request") else {
                continue;
            };
            let key = request.get("key").and_then(Value::as_str).unwrap_or_default().to_owned();
            let forgets = match self {
                Self::NoVersionCheck => true,
                Self::NoFirstWrite => key.starts_with("feed:") || key.starts_with("tasks:"),
                Self::NoOutboxRetry | Self::NoReminderTick | Self::NoAuditMemory | Self::NoSecondLook => false,
            };
            if forgets {
                request.remove("etag");
                request.remove("options");
            }
            if self == Self::NoAuditMemory && key.starts_with("audit-seen:") {
                // As if it had been written and lost.
                request.insert("metadata".to_owned(), serde_json::json!({"ttlInSeconds": "1"}));
            }
        }
        Request::from_parts(parts, Bytes::from(transaction.to_string()))
    }
}

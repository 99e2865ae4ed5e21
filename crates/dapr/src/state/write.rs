//! The writes of a transaction.

use super::{StateError, to_json};

/// What must hold for a write to take effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// The stored value still has this ETag.
    Etag(String),
    /// The key does not exist.
    Absent,
    /// Nothing: the last write wins.
    Any,
}

/// One write of a transaction.
#[derive(Debug, Clone)]
pub struct Write {
    key: String,
    /// JSON text; `None` deletes the key.
    value: Option<String>,
    guard: Guard,
    ttl_seconds: Option<u32>,
}

impl Write {
    /// Writes `value`, JSON text.
    pub fn put(key: impl Into<String>, value: String, guard: Guard) -> Self {
        Self {
            key: key.into(),
            value: Some(value),
            guard,
            ttl_seconds: None,
        }
    }

    /// Deletes the key.
    pub fn delete(key: impl Into<String>, guard: Guard) -> Self {
        Self {
            key: key.into(),
            value: None,
            guard,
            ttl_seconds: None,
        }
    }

    /// What it writes.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Lets the value expire (Dapr's `ttlInSeconds`, given per operation because the transaction's own is ignored).
    #[must_use]
    pub fn expiring(mut self, seconds: u32) -> Self {
        self.ttl_seconds = Some(seconds);
        self
    }
}

/// Put together by hand, because the values are JSON text already and may be large.
pub(super) fn transaction_body(writes: &[Write]) -> Result<String, StateError> {
    let size: usize = writes
        .iter()
        .map(|write| write.key.len() + write.value.as_ref().map_or(0, String::len) + 160)
        .sum();
    let mut body = String::with_capacity(size);
    body.push_str("{\"operations\":[");
    for (index, write) in writes.iter().enumerate() {
        if index > 0 {
            body.push(',');
        }
        body.push_str(if write.value.is_some() {
            "{\"operation\":\"upsert\""
        } else {
            "{\"operation\":\"delete\""
        });
        body.push_str(",\"request\":{\"key\":");
        body.push_str(&to_json("a key", &write.key)?);
        if let Some(value) = &write.value {
            body.push_str(",\"value\":");
            body.push_str(value);
        }
        match &write.guard {
            Guard::Etag(etag) => {
                body.push_str(",\"etag\":");
                body.push_str(&to_json("an ETag", etag)?);
                body.push_str(",\"options\":{\"concurrency\":\"first-write\"}");
            }
            Guard::Absent => body.push_str(",\"options\":{\"concurrency\":\"first-write\"}"),
            Guard::Any => {}
        }
        if let Some(seconds) = write.ttl_seconds {
            body.push_str(",\"metadata\":{\"ttlInSeconds\":\"");
            body.push_str(&seconds.to_string());
            body.push_str("\"}");
        }
        body.push_str("}}");
    }
    body.push_str("]}");
    Ok(body)
}

//! Answers kept for their `Idempotency-Key`, and an index of them, so that erasing a person finds them before they expire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use spindle_dapr::{Guard, Write};
use spindle_domain::Task;
use uuid::Uuid;

use crate::{Store, StoreError, keys, people::Profile, tasks::parse_bytes, to_json};

/// How long an answer is kept for its idempotency key: 24 hours.
pub const IDEMPOTENCY_SECONDS: u32 = 24 * 3600;

/// An answer kept for its `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header §2.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedAnswer {
    /// Tells whether a repeated key comes with the same request.
    #[serde(rename = "f")]
    pub fingerprint: String,
    /// The status.
    #[serde(rename = "s")]
    pub status: u16,
    /// Headers by name.
    #[serde(rename = "h")]
    pub headers: Vec<(String, String)>,
    /// The body, text.
    #[serde(rename = "b")]
    pub body: String,
}

/// The idempotency key of a request, and how its answer reads.
pub struct Idempotency<'a> {
    /// As the client sent it.
    pub key: &'a str,
    /// Of the request.
    pub fingerprint: String,
    /// Makes the answer that is to be saved; there is no task when it is gone for good.
    pub render: &'a dyn Fn(&Profile, Option<&Task>) -> SavedAnswer,
}

/// `idem-index:{user}:{0..f}`: the saved answers whose key's hash begins with that digit, each with when it expires, in seconds since 1970.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct IndexDoc(Vec<(String, i64)>);

/// The writes that keep an answer under `key` and note it in its index.
pub(crate) fn saving(
    key: &str,
    answer: &SavedAnswer,
    (index_key, mut index, guard): (&str, IndexDoc, Guard),
    now: DateTime<Utc>,
) -> Result<[Write; 2], StoreError> {
    index.0.retain(|(_, expires)| *expires > now.timestamp());
    index
        .0
        .push((key.to_owned(), now.timestamp() + i64::from(IDEMPOTENCY_SECONDS)));
    Ok([
        Write::put(key, to_json(answer)?, Guard::Absent).expiring(IDEMPOTENCY_SECONDS),
        Write::put(index_key, to_json(&index)?, guard).expiring(IDEMPOTENCY_SECONDS),
    ])
}

impl Store {
    /// Deletes the saved answers of a person, and then their indexes.
    pub(crate) async fn erase_answers(&self, user: Uuid) -> Result<(), StoreError> {
        for digit in 0..16 {
            let key = keys::idempotency_index(user, digit);
            let Some((body, _)) = self.dapr.get(&key).await? else {
                continue;
            };
            let IndexDoc(answers) = parse_bytes(&key, &body)?;
            let mut writes: Vec<Write> = answers.into_iter().map(|(key, _)| Write::delete(key, Guard::Any)).collect();
            writes.push(Write::delete(key, Guard::Any));
            self.dapr.transaction(&writes).await?;
        }
        Ok(())
    }
}

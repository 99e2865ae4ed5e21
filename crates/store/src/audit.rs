//! The audit chain: one entry per change, exactly once, in order per task, hash-chained per person.
//!
//! `audit:{user}:head` holds how many entries there are, the hash of the latest and the entries of the page being filled; a full
//! page moves to `audit:{user}:{n}`. `audit-seen:{user}:{task}` holds the last version logged for a task and where its entries are. All
//! of an append is one transaction on the head's ETag, so a redelivered event either finds its version seen or loses the race.
//!
//! An entry is stored as the API shows it. `hash` is the SHA-256 (hexadecimal) of the entry's JSON without `hash`, keys sorted, no
//! white space; it covers `prev_hash`, so anybody who fetched the entries can verify them.

mod read;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};
use sha2::{Digest, Sha256};
use spindle_contract::events::EventType;
use spindle_dapr::{Guard, StateError, Write};
use uuid::Uuid;

use crate::{
    Store, StoreError, keys,
    tasks::{parse, parse_bytes},
    to_json,
};
pub use read::{AuditFilter, AuditPage, Verified};

/// Entries a page: a change rewrites half a page on average.
pub(crate) const PAGE_ENTRIES: u64 = 16;
/// What the first entry of a chain gives as the hash before it.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What is to be recorded.
#[derive(Debug, Clone)]
pub struct AuditRecord {
    /// The event's id.
    pub event_id: String,
    /// What happened.
    pub event_type: EventType,
    /// Whose chain.
    pub user_id: Uuid,
    /// Which task.
    pub task_id: Uuid,
    /// The task's version after the change; for `reminder.fired` the number of the ring.
    pub version: u64,
    /// When the change was made.
    pub timestamp: DateTime<Utc>,
    /// Who made it.
    pub actor: String,
    /// Which request made it.
    pub request_id: String,
    /// `{field: {before, after}}`, JSON.
    pub changes: Value,
    /// The task after the change, JSON.
    pub snapshot: Value,
}

/// What became of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is in the chain now.
    Added,
    /// It was in the chain before.
    Seen,
    /// A change before it is not in the chain yet; this one must come again later.
    TooEarly {
        /// The last version in the chain.
        last: u64,
    },
    /// The person has been erased; nothing of theirs is kept.
    Erased,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct HeadDoc<'a> {
    /// Number of entries in the whole chain.
    #[serde(rename = "n")]
    pub(crate) entries: u64,
    #[serde(rename = "h")]
    pub(crate) hash: String,
    /// The entries of the last, unfinished page.
    #[serde(rename = "e", borrow, default)]
    pub(crate) open_page: Vec<&'a RawValue>,
    /// The depth of the person's shards when they were erased.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub(crate) erased_depth: Option<u8>,
}

impl Default for HeadDoc<'_> {
    fn default() -> Self {
        Self {
            entries: 0,
            hash: GENESIS.to_owned(),
            open_page: Vec::new(),
            erased_depth: None,
        }
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct SeenDoc {
    #[serde(rename = "v")]
    version: u64,
    /// How many rings of its reminder are in the chain.
    #[serde(rename = "r", default)]
    rings: u64,
    /// The positions of the task's entries in the chain.
    #[serde(rename = "n")]
    positions: Vec<u64>,
}

impl Store {
    /// Appends a record to the person's chain unless it is there.
    pub async fn append_audit(&self, record: &AuditRecord) -> Result<Appended, StoreError> {
        let mut attempt = 0;
        loop {
            match self.try_append(record).await {
                Err(StoreError::State(StateError::Conflict)) => self.back_off(&mut attempt).await?,
                result => return result,
            }
        }
    }

    /// Whether the store knows less than the record tells: a backup from before the change has been restored.
    ///
    /// Of a task that is not there, the audit log tells whether it was deleted for good or never was. Rings of a task that is there are
    /// never undone: they are numbered apart, and one that rings again has the same number.
    pub async fn is_undone(&self, record: &AuditRecord) -> Result<bool, StoreError> {
        if let Some((_, task)) = self.task(record.user_id, record.task_id).await? {
            return Ok(record.event_type != EventType::ReminderFired && task.version < record.version);
        }
        let seen = keys::audit_seen(record.user_id, record.task_id);
        Ok(self.dapr.get(&seen).await?.is_none())
    }

    async fn try_append(&self, record: &AuditRecord) -> Result<Appended, StoreError> {
        let keys = [
            keys::audit_head(record.user_id),
            keys::audit_seen(record.user_id, record.task_id),
        ];
        let answer = self.dapr.bulk_get_unproved(&keys).await?;
        let mut head = (HeadDoc::default(), Guard::Absent);
        let mut seen = (SeenDoc::default(), Guard::Absent);
        for item in answer.items::<&RawValue>()? {
            let (Some(data), Some(etag)) = (item.data, item.etag) else {
                continue;
            };
            if item.key == keys[0] {
                head = (parse(&item.key, data)?, Guard::Etag(etag));
            } else {
                seen = (parse(&item.key, data)?, Guard::Etag(etag));
            }
        }
        let ((mut head, head_guard), (mut seen, seen_guard)) = (head, seen);
        if head.erased_depth.is_some() {
            return Ok(Appended::Erased);
        }
        // Rings are numbered apart from the versions, because ringing is no change of the task.
        let last = if record.event_type == EventType::ReminderFired {
            &mut seen.rings
        } else {
            &mut seen.version
        };
        if record.version <= *last {
            return Ok(Appended::Seen);
        }
        if record.version > *last + 1 {
            let last = *last;
            return if self.dapr.are_missing(&answer, &keys).await? {
                Ok(Appended::TooEarly { last })
            } else {
                Err(StateError::Conflict.into())
            };
        }
        *last = record.version;
        // From here on what was called missing is created, which proves it.

        let (entry, hash) = self.entry(record, &head.hash)?;
        let position = head.entries;
        head.open_page.push(&entry);
        head.entries += 1;
        head.hash = hash;
        seen.positions.push(position);
        let [head_key, seen_key] = keys;
        let mut writes = vec![Write::put(seen_key, to_json(&seen)?, seen_guard)];
        if head.entries.is_multiple_of(PAGE_ENTRIES) {
            let page = keys::audit_page(record.user_id, position / PAGE_ENTRIES);
            writes.push(Write::put(page, to_json(&head.open_page)?, Guard::Absent));
            head.open_page.clear();
        }
        writes.push(Write::put(head_key, to_json(&head)?, head_guard));
        self.dapr.transaction(&writes).await?;
        Ok(Appended::Added)
    }

    fn entry(&self, record: &AuditRecord, prev_hash: &str) -> Result<(Box<RawValue>, String), StoreError> {
        let time = |at: DateTime<Utc>| Value::from(at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true));
        let mut entry: Map<String, Value> = [
            ("id", Value::from(self.new_id().to_string())),
            ("event_id", Value::from(record.event_id.as_str())),
            ("event_type", Value::from(record.event_type.as_str())),
            ("user_id", Value::from(record.user_id.to_string())),
            ("task_id", Value::from(record.task_id.to_string())),
            ("timestamp", time(record.timestamp)),
            ("created_at", time(self.clock.now())),
            ("version", Value::from(record.version)),
            ("actor", Value::from(record.actor.as_str())),
            ("request_id", Value::from(record.request_id.as_str())),
            ("changes", record.changes.clone()),
            ("payload_snapshot", record.snapshot.clone()),
            ("prev_hash", Value::from(prev_hash)),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        let hash = hash_of(&entry)?;
        entry.insert("hash".to_owned(), Value::from(hash.as_str()));
        let text = RawValue::from_string(to_json(&entry)?).map_err(|source| StateError::Unreadable {
            what: "the audit entry".to_owned(),
            source,
        })?;
        Ok((text, hash))
    }

    pub(crate) async fn audit_head(&self, user: Uuid) -> Result<StoredHead, StoreError> {
        let key = keys::audit_head(user);
        let body = self.dapr.get(&key).await?;
        Ok(StoredHead { key, body })
    }
}

pub(crate) struct StoredHead {
    key: String,
    body: Option<(bytes::Bytes, String)>,
}

impl StoredHead {
    pub(crate) fn doc(&self) -> Result<HeadDoc<'_>, StoreError> {
        self.body
            .as_ref()
            .map_or_else(|| Ok(HeadDoc::default()), |(body, _)| parse_bytes(&self.key, body))
    }

    /// What may be shown: nothing of a person who has been erased.
    fn shown(&self) -> Result<HeadDoc<'_>, StoreError> {
        let head = self.doc()?;
        Ok(if head.erased_depth.is_some() {
            HeadDoc::default()
        } else {
            head
        })
    }

    pub(crate) fn guard(&self) -> Guard {
        self.body
            .as_ref()
            .map_or(Guard::Absent, |(_, etag)| Guard::Etag(etag.clone()))
    }
}

/// `serde_json`'s map is sorted by key, and its output has no white space: that is the canonical form.
fn hash_of(entry: &Map<String, Value>) -> Result<String, StoreError> {
    Ok(keys::hex(&Sha256::digest(to_json(entry)?.as_bytes())))
}

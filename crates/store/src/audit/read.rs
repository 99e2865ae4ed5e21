//! Reading the audit chain: lists, and whether it verifies.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};
use uuid::Uuid;

use super::{GENESIS, HeadDoc, PAGE_ENTRIES, SeenDoc, hash_of};
use crate::{Store, StoreError, keys, tasks::parse_bytes};

const PAGES_PER_GET: usize = 64;

/// What of a chain is to be listed.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only of this task.
    pub task_id: Option<Uuid>,
    /// Only of this type.
    pub event_type: Option<String>,
    /// Changes made at or after this moment.
    pub from: Option<DateTime<Utc>>,
    /// Changes made before this moment.
    pub to: Option<DateTime<Utc>>,
}

/// Entries of a page, newest first, and how many match in all.
#[derive(Debug)]
pub struct AuditPage {
    /// JSON texts.
    pub items: Vec<String>,
    /// Of all pages.
    pub total: usize,
}

/// What verifying a chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Number of entries.
    pub entries: u64,
    /// The hash of the latest entry.
    pub head: String,
    /// The position (from 0) of the first entry that does not fit.
    pub broken_at: Option<u64>,
}

#[derive(Deserialize)]
struct Selected<'a> {
    #[serde(borrow)]
    event_type: &'a str,
    task_id: Uuid,
    timestamp: DateTime<Utc>,
}

impl AuditFilter {
    fn is_open(&self) -> bool {
        self.task_id.is_none() && self.event_type.is_none() && self.from.is_none() && self.to.is_none()
    }

    fn matches(&self, entry: &Selected<'_>) -> bool {
        self.task_id.is_none_or(|task| task == entry.task_id)
            && self
                .event_type
                .as_deref()
                .is_none_or(|event_type| event_type == entry.event_type)
            && self.from.is_none_or(|from| entry.timestamp >= from)
            && self.to.is_none_or(|to| entry.timestamp < to)
    }
}

impl Store {
    /// Lists the entries that match, newest first.
    pub async fn audit(&self, user: Uuid, filter: &AuditFilter, skip: usize, take: usize) -> Result<AuditPage, StoreError> {
        let head = self.audit_head(user).await?;
        let head = head.shown()?;
        let positions: Vec<u64> = match filter.task_id {
            Some(task) => {
                let seen_key = keys::audit_seen(user, task);
                let seen = self
                    .dapr
                    .get(&seen_key)
                    .await?
                    .map(|(body, _)| parse_bytes::<SeenDoc>(&seen_key, &body))
                    .transpose()?;
                seen.map(|seen| seen.positions).unwrap_or_default()
            }
            None => (0..head.entries).collect(),
        };
        // Without further filters only the page asked for is read; with them all that may match.
        let rest_open = AuditFilter {
            task_id: None,
            ..filter.clone()
        }
        .is_open();
        let window: Vec<u64> = if rest_open {
            positions.iter().rev().skip(skip).take(take).copied().collect()
        } else {
            positions.iter().rev().copied().collect()
        };
        let mut matching = Vec::new();
        let mut total = if rest_open { positions.len() } else { 0 };
        self.visit_entries(user, &head, &window, |_, entry| {
            let Ok(selected) = serde_json::from_str::<Selected<'_>>(entry.get()) else {
                return;
            };
            if filter.matches(&selected) {
                matching.push(entry.get().to_owned());
            }
        })
        .await?;
        let items = if rest_open {
            matching
        } else {
            total = matching.len();
            matching.into_iter().skip(skip).take(take).collect()
        };
        Ok(AuditPage { items, total })
    }

    /// Walks the whole chain.
    pub async fn verify_audit(&self, user: Uuid) -> Result<Verified, StoreError> {
        let head = self.audit_head(user).await?;
        let head = head.shown()?;
        let positions: Vec<u64> = (0..head.entries).collect();
        let mut previous = GENESIS.to_owned();
        let mut next = 0;
        let mut broken_at = None;
        self.visit_entries(user, &head, &positions, |position, entry| {
            let fits = position == next
                && fits(entry, &previous).is_some_and(|hash| {
                    previous = hash;
                    true
                });
            next = position + 1;
            if !fits && broken_at.is_none() {
                broken_at = Some(position);
            }
        })
        .await?;
        if broken_at.is_none() && (next != head.entries || previous != head.hash) {
            broken_at = Some(next.min(head.entries));
        }
        Ok(Verified {
            entries: head.entries,
            head: head.hash,
            broken_at,
        })
    }

    /// Calls `visit` with the entries at these positions (ascending or descending), in this order; positions whose page is missing are passed over.
    async fn visit_entries(
        &self,
        user: Uuid,
        head: &HeadDoc<'_>,
        positions: &[u64],
        mut visit: impl FnMut(u64, &RawValue),
    ) -> Result<(), StoreError> {
        let closed_pages = head.entries / PAGE_ENTRIES;
        let by_page: Vec<&[u64]> = positions.chunk_by(|a, b| a / PAGE_ENTRIES == b / PAGE_ENTRIES).collect();
        let page_of = |group: &[u64]| group.first().map_or(0, |position| position / PAGE_ENTRIES);
        for groups in by_page.chunks(PAGES_PER_GET) {
            let keys: Vec<String> = groups
                .iter()
                .map(|group| page_of(group))
                .filter(|page| *page < closed_pages)
                .map(|page| keys::audit_page(user, page))
                .collect();
            let answer = self.dapr.bulk_get(&keys).await?;
            let pages: BTreeMap<String, Vec<&RawValue>> = answer
                .items()?
                .into_iter()
                .filter_map(|item| item.data.map(|data| (item.key, data)))
                .collect();
            for group in groups {
                let page = page_of(group);
                let entries = if page == closed_pages {
                    Some(&head.open_page)
                } else {
                    pages.get(&keys::audit_page(user, page))
                };
                for position in *group {
                    let offset = usize::try_from(position % PAGE_ENTRIES).unwrap_or(usize::MAX);
                    if let Some(entry) = entries.and_then(|entries| entries.get(offset)) {
                        visit(*position, entry);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The hash of an entry if it is what the entry says and follows `previous`.
fn fits(entry: &RawValue, previous: &str) -> Option<String> {
    let mut entry: Map<String, Value> = serde_json::from_str(entry.get()).ok()?;
    let stated = entry.remove("hash")?;
    let hash = hash_of(&entry).ok()?;
    (stated.as_str() == Some(hash.as_str()) && entry.get("prev_hash").and_then(Value::as_str) == Some(previous)).then_some(hash)
}

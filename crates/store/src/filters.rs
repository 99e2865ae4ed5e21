//! `filters:{user}`: the filters that a person has saved.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use spindle_contract::filters::{FilterBody, FilterInput};
use spindle_dapr::{Guard, StateError, Write};
use spindle_domain::{is_same_filter_name, limits::FILTERS_MAX};
use uuid::Uuid;

use crate::{
    Store, StoreError,
    feed::{FeedDoc, FeedKind},
    keys,
    tasks::parse_bytes,
    to_json,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    #[serde(rename = "i")]
    id: Uuid,
    #[serde(rename = "n")]
    name: String,
    #[serde(rename = "q")]
    query: String,
    #[serde(rename = "c")]
    created_ms: i64,
    #[serde(rename = "u")]
    updated_ms: i64,
}

impl Entry {
    fn body(&self) -> FilterBody {
        let time = |ms| DateTime::from_timestamp_millis(ms).unwrap_or_default();
        FilterBody {
            id: self.id,
            name: self.name.clone(),
            query: self.query.clone(),
            created_at: time(self.created_ms),
            updated_at: time(self.updated_ms),
        }
    }
}

/// The document.
#[derive(Debug, Default, Serialize, Deserialize)]
struct FiltersDoc {
    /// Rises with each change.
    #[serde(rename = "n")]
    version: u64,
    #[serde(rename = "e", default)]
    entries: Vec<Entry>,
}

impl FiltersDoc {
    fn is_taken(&self, name: &str, by_other_than: Option<Uuid>) -> bool {
        self.entries
            .iter()
            .any(|entry| Some(entry.id) != by_other_than && is_same_filter_name(&entry.name, name))
    }
}

/// What is to become of a person's filters.
#[derive(Debug, Clone)]
pub enum FilterChange {
    /// One more.
    Add(Uuid, FilterInput),
    /// This one is to be so.
    Replace(Uuid, FilterInput),
    /// This one is to go.
    Remove(Uuid),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilterOutcome {
    /// The filter as it is now, or was before it went.
    Done(FilterBody),
    /// There is no such filter.
    Unknown,
    /// Another one has the name.
    NameTaken,
    /// There are [`FILTERS_MAX`].
    TooMany,
    /// There is no such person (any more).
    NoPerson,
}

impl Store {
    /// A person's filters, and a number that rises with each change of them.
    pub async fn filters(&self, user: Uuid) -> Result<(Vec<FilterBody>, u64), StoreError> {
        let (doc, _) = self.filters_doc(user).await?;
        Ok((doc.entries.iter().map(Entry::body).collect(), doc.version))
    }

    /// Adds, replaces or removes a filter. The person's feed is told in the same transaction; its guard also keeps an erased person's
    /// filters from coming back.
    pub async fn change_filters(&self, user: Uuid, change: &FilterChange) -> Result<FilterOutcome, StoreError> {
        let mut attempt = 0;
        loop {
            match self.try_change_filters(user, change).await {
                Err(StoreError::State(StateError::Conflict)) => self.back_off(&mut attempt).await?,
                outcome => return outcome,
            }
        }
    }

    async fn try_change_filters(&self, user: Uuid, change: &FilterChange) -> Result<FilterOutcome, StoreError> {
        let feed_key = keys::feed(user);
        let Some((feed, feed_etag)) = self.dapr.get(&feed_key).await? else {
            return Ok(FilterOutcome::NoPerson);
        };
        let mut feed: FeedDoc<'_> = parse_bytes(&feed_key, &feed)?;
        let (mut doc, guard) = self.filters_doc(user).await?;
        let (id, body) = match apply(&mut doc, change, self.clock.now()) {
            Ok((_, body, false)) => return Ok(FilterOutcome::Done(body)),
            Ok((id, body, true)) => (id, body),
            Err(outcome) => return Ok(outcome),
        };
        doc.version += 1;
        feed.push(id, FeedKind::Filter, self.clock.now());
        let writes = [
            Write::put(keys::filters(user), to_json(&doc)?, guard),
            Write::put(feed_key, to_json(&feed)?, Guard::Etag(feed_etag)),
        ];
        self.dapr.transaction(&writes).await?;
        Ok(FilterOutcome::Done(body))
    }

    async fn filters_doc(&self, user: Uuid) -> Result<(FiltersDoc, Guard), StoreError> {
        let key = keys::filters(user);
        Ok(match self.dapr.get(&key).await? {
            None => (FiltersDoc::default(), Guard::Absent),
            Some((body, etag)) => (parse_bytes(&key, &body)?, Guard::Etag(etag)),
        })
    }
}

/// The filter that was touched, and whether anything is another now.
fn apply(doc: &mut FiltersDoc, change: &FilterChange, now: DateTime<Utc>) -> Result<(Uuid, FilterBody, bool), FilterOutcome> {
    let now = now.timestamp_millis();
    match change {
        FilterChange::Add(id, FilterInput { name, query }) => {
            if doc.is_taken(name, None) {
                return Err(FilterOutcome::NameTaken);
            }
            if doc.entries.len() >= FILTERS_MAX {
                return Err(FilterOutcome::TooMany);
            }
            let entry = Entry {
                id: *id,
                name: name.clone(),
                query: query.clone(),
                created_ms: now,
                updated_ms: now,
            };
            let body = entry.body();
            doc.entries.push(entry);
            Ok((*id, body, true))
        }
        FilterChange::Replace(id, FilterInput { name, query }) => {
            let taken = doc.is_taken(name, Some(*id));
            let entry = doc
                .entries
                .iter_mut()
                .find(|entry| entry.id == *id)
                .ok_or(FilterOutcome::Unknown)?;
            if taken {
                return Err(FilterOutcome::NameTaken);
            }
            let changed = entry.name != *name || entry.query != *query;
            if changed {
                entry.name.clone_from(name);
                entry.query.clone_from(query);
                entry.updated_ms = now.max(entry.updated_ms);
            }
            Ok((*id, entry.body(), changed))
        }
        FilterChange::Remove(id) => {
            let at = doc
                .entries
                .iter()
                .position(|entry| entry.id == *id)
                .ok_or(FilterOutcome::Unknown)?;
            let body = doc.entries.remove(at).body();
            Ok((*id, body, true))
        }
    }
}

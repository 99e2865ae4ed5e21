//! `feed:{user}`: a number that rises with each change of a person, and what the latest changes were.
//!
//! It is in every transaction of that person, so its ETag also serialises them: two changes of one person never both take effect
//! on the same reading. It gives cheap 304s, list ETags and `/api/changes`.
//!
//! The number is made of the time, so that none comes again after a backup has been restored: a cursor from what the restore has undone is
//! known to be none of ours, and nobody takes an old list for the present one.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many changes are kept.
pub(crate) const FEED_CHANGES_MAX: usize = 256;

/// What a change did to the thing it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FeedKind {
    /// A task was made or changed.
    #[serde(rename = "u")]
    Updated,
    /// A task went to the trash or for good.
    #[serde(rename = "g")]
    Gone,
    /// A notification came or changed.
    #[serde(rename = "n")]
    Notification,
    /// A saved filter was made, changed or deleted.
    #[serde(rename = "f")]
    Filter,
}

/// What was changed, the number before the change, and how.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FeedEntry<'a>(#[serde(borrow)] Cow<'a, str>, u64, FeedKind);

/// The document: the number of the latest change and the latest changes, oldest first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct FeedDoc<'a> {
    #[serde(rename = "n")]
    pub(crate) number: u64,
    #[serde(rename = "e", borrow, default)]
    changes: Vec<FeedEntry<'a>>,
}

/// The number alone, for those who need not know what changed.
#[derive(Debug, Deserialize)]
pub(crate) struct FeedNumber {
    #[serde(rename = "n")]
    pub(crate) number: u64,
}

impl FeedDoc<'_> {
    pub(crate) fn push(&mut self, id: Uuid, kind: FeedKind, now: DateTime<Utc>) {
        let surplus = (self.changes.len() + 1).saturating_sub(FEED_CHANGES_MAX);
        self.changes.drain(..surplus);
        let id = Cow::Owned(id.simple().to_string());
        self.changes.push(FeedEntry(id, self.number, kind));
        self.number = risen(self.number, now);
    }

    /// The tasks touched after `cursor`, each once with its latest kind; `None` when the ring no longer reaches back so far, or the
    /// cursor is not ours.
    pub(crate) fn since(&self, cursor: u64) -> Option<Vec<(Uuid, FeedKind)>> {
        let start = if cursor == self.number {
            self.changes.len()
        } else {
            self.changes.iter().position(|FeedEntry(_, before, _)| *before == cursor)?
        };
        let mut touched: Vec<(Uuid, FeedKind)> = Vec::new();
        for FeedEntry(id, _, kind) in self.changes.iter().skip(start) {
            let Ok(id) = Uuid::try_parse_ascii(id.as_bytes()) else {
                continue;
            };
            touched.retain(|(seen, _)| *seen != id);
            touched.push((id, *kind));
        }
        Some(touched)
    }
}

/// The number after this one: milliseconds since 1970, or one more where the clock has not gone on.
pub(crate) fn risen(number: u64, now: DateTime<Utc>) -> u64 {
    u64::try_from(now.timestamp_millis()).unwrap_or(0).max(number + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(ms).unwrap()
    }

    fn id(n: usize) -> Uuid {
        Uuid::from_u128(n as u128)
    }

    #[test]
    fn the_ring_keeps_the_latest_changes_and_numbers_them() {
        let mut feed = FeedDoc::default();
        assert_eq!(feed.since(0), Some(vec![]));
        let mut clock = 1000;
        for n in 0..300 {
            feed.push(id(n), FeedKind::Updated, at(clock));
            // Three in each millisecond.
            if n % 3 == 2 {
                clock += 10;
            }
        }
        assert_eq!((feed.number, feed.changes.len()), (1992, FEED_CHANGES_MAX));
        assert_eq!(feed.since(1992), Some(vec![]));
        let last_two = vec![(id(298), FeedKind::Updated), (id(299), FeedKind::Updated)];
        assert_eq!(feed.since(1990), Some(last_two));
        assert_eq!(feed.since(1141).map(|touched| touched.len()), Some(256));
        assert_eq!(feed.since(1140), None, "older than the ring");
        assert_eq!(feed.since(0), None, "older than the ring");
        assert_eq!(feed.since(1993), None, "a cursor of the future is not ours");
        assert_eq!(feed.since(1985), None, "nor is one of what a restore has undone");
    }

    #[test]
    fn a_task_touched_twice_is_told_once_as_it_is_now() {
        let mut feed = FeedDoc::default();
        feed.push(id(1), FeedKind::Updated, at(5));
        feed.push(id(2), FeedKind::Updated, at(4));
        feed.push(id(1), FeedKind::Gone, at(9));
        assert_eq!(feed.number, 9);
        assert_eq!(feed.since(0), Some(vec![(id(2), FeedKind::Updated), (id(1), FeedKind::Gone)]));
    }
}

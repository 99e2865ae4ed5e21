//! `feed:{user}`: a number that rises with each change of a person, and what the latest changes were.
//!
//! It is in every transaction of that person, so its ETag also serialises them: two changes of one person never both take effect
//! on the same reading. It gives cheap 304s, list ETags and `/api/changes`.

use std::borrow::Cow;

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

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FeedEntry<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>, pub(crate) u64, pub(crate) FeedKind);

/// The document: the number of the latest change and the latest changes, oldest first; the last has that number.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct FeedDoc<'a> {
    #[serde(rename = "n")]
    pub(crate) number: u64,
    #[serde(rename = "c", borrow, default)]
    pub(crate) changes: Vec<FeedEntry<'a>>,
}

/// The number alone, for those who need not know what changed.
#[derive(Debug, Deserialize)]
pub(crate) struct FeedNumber {
    #[serde(rename = "n")]
    pub(crate) number: u64,
}

impl FeedDoc<'_> {
    pub(crate) fn push(&mut self, task: Uuid, version: u64, kind: FeedKind) {
        self.number += 1;
        let surplus = (self.changes.len() + 1).saturating_sub(FEED_CHANGES_MAX);
        self.changes.drain(..surplus);
        self.changes
            .push(FeedEntry(Cow::Owned(task.simple().to_string()), version, kind));
    }

    /// The tasks touched after `cursor`, each once with its latest kind; `None` when the ring no longer reaches back so far, or the
    /// cursor is not ours.
    pub(crate) fn since(&self, cursor: u64) -> Option<Vec<(Uuid, FeedKind)>> {
        let missed = usize::try_from(self.number.checked_sub(cursor)?).ok()?;
        let start = self.changes.len().checked_sub(missed)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> Uuid {
        Uuid::from_u128(n as u128)
    }

    #[test]
    fn the_ring_keeps_the_latest_changes_and_numbers_them() {
        let mut feed = FeedDoc::default();
        for n in 0..300 {
            feed.push(id(n), 1, FeedKind::Updated);
        }
        assert_eq!((feed.number, feed.changes.len()), (300, FEED_CHANGES_MAX));
        assert_eq!(feed.since(300), Some(vec![]));
        assert_eq!(
            feed.since(298),
            Some(vec![(id(298), FeedKind::Updated), (id(299), FeedKind::Updated)])
        );
        assert_eq!(feed.since(44).map(|touched| touched.len()), Some(256));
        assert_eq!(feed.since(43), None, "older than the ring");
        assert_eq!(feed.since(301), None, "a cursor of the future is not ours");
    }

    #[test]
    fn a_task_touched_twice_is_told_once_as_it_is_now() {
        let mut feed = FeedDoc::default();
        feed.push(id(1), 1, FeedKind::Updated);
        feed.push(id(2), 1, FeedKind::Updated);
        feed.push(id(1), 2, FeedKind::Gone);
        assert_eq!(feed.since(0), Some(vec![(id(2), FeedKind::Updated), (id(1), FeedKind::Gone)]));
    }
}

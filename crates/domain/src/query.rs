//! Lists: which tasks, in which order, which page of them.
//!
//! A list request looks at every task of a person, so this works on [`Facts`] borrowed from the stored documents, tests the cheapest
//! conditions first, allocates nothing for ASCII text, and sorts no more than the page asked for.

pub(crate) mod filter;
pub(crate) mod search;
pub(crate) mod sort;

use chrono_tz::Tz;
use uuid::Uuid;

use crate::{Due, Priority};

/// A borrowed view of a task: what filters, sorting and search need, without building a [`Task`](crate::Task).
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The task's id.
    pub id: Uuid,
    /// Its title.
    pub title: &'a str,
    /// Its description.
    pub description: &'a str,
    /// Its tags, joined by commas, which no tag may hold.
    pub tags: &'a str,
    /// Its priority.
    pub priority: Priority,
    /// Whether it is done.
    pub completed: bool,
    /// Whether it lies in the trash.
    pub trashed: bool,
    /// When it is due.
    pub due: Option<Due>,
    /// Its own zone.
    pub zone: Option<Tz>,
    /// When it was created, in milliseconds since 1970 in UTC.
    pub created_ms: i64,
    /// When it last changed, in milliseconds since 1970 in UTC.
    pub updated_ms: i64,
    /// Where it stands in the manual order, when it was moved.
    pub position: Option<&'a str>,
}

/// A word that is none of those a parameter knows; holds the words it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {0}")]
pub struct UnknownWord(pub &'static str);

/// Sorts only the `len` items from `start` on, and gives them; fewer, or none, when the items end before. Equal items must not occur
/// (sort keys and ranks end in the id), or their order is left open.
pub fn window<K: Ord>(items: &mut [K], start: usize, len: usize) -> &mut [K] {
    let Some(end) = items
        .len()
        .checked_sub(start)
        .filter(|left| *left > 0 && len > 0)
        .map(|left| start + left.min(len))
    else {
        return &mut [];
    };
    if start > 0 {
        items.select_nth_unstable(start);
    }
    let rest = items.get_mut(start..).unwrap_or_default();
    if end - start < rest.len() {
        rest.select_nth_unstable(end - start - 1);
    }
    let page = rest.get_mut(..end - start).unwrap_or_default();
    page.sort_unstable();
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_what_sorting_all_would_give() {
        let items: Vec<u32> = (0..97).map(|n| n * 37 % 97).collect();
        for start in [0, 1, 50, 90, 96, 97, 1000] {
            for len in [0, 1, 10, 97, usize::MAX] {
                let expected: Vec<u32> = (0..97).skip(start).take(len).collect();
                assert_eq!(window(&mut items.clone(), start, len), expected, "{start} {len}");
            }
        }
        assert!(window::<u32>(&mut [], 0, 10).is_empty());
    }
}

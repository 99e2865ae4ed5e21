//! In which order a list stands.

use std::cmp::Ordering;

use chrono_tz::Tz;
use uuid::Uuid;

use super::{Facts, UnknownWord};
use crate::fold::{cmp_fold_case, fold_case_prefix};
use crate::position::{DERIVED_CHARS, derived};

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// When the task was created.
    #[default]
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// When it is due; tasks without come last in either order.
    DueDate,
    /// Its priority; descending puts high first.
    Priority,
    /// Its title, without difference of case, by code point.
    Title,
    /// The manual order.
    Position,
}

impl SortBy {
    /// Reads the API's word.
    pub fn parse(text: &str) -> Result<Self, UnknownWord> {
        Ok(match text {
            "created_at" => Self::CreatedAt,
            "updated_at" => Self::UpdatedAt,
            "due_date" => Self::DueDate,
            "priority" => Self::Priority,
            "title" => Self::Title,
            "position" => Self::Position,
            _ => return Err(UnknownWord("created_at, updated_at, due_date, priority, title, position")),
        })
    }
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// Smallest, oldest, lowest first.
    Asc,
    /// Largest, newest, highest first.
    #[default]
    Desc,
}

impl SortOrder {
    /// Reads the API's word.
    pub fn parse(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "asc" => Ok(Self::Asc),
            "desc" => Ok(Self::Desc),
            _ => Err(UnknownWord("asc, desc")),
        }
    }
}

/// What one task is sorted by, small and computed once. Keys of one list compare; the order asked for is in them already, so a list is
/// sorted ascending by its keys. Ties go by id, ascending in either order, so no two tasks are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortKey<'a> {
    value: Value<'a>,
    id: Uuid,
}

/// The variants' order is theirs: what is missing comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value<'a> {
    Number(i64),
    Title(Title<'a>),
    Place(Place<'a>),
    Missing,
}

impl<'a> SortKey<'a> {
    /// The key of a task; `person` is the person's zone, for due dates.
    pub fn new(facts: &Facts<'a>, by: SortBy, order: SortOrder, person: Tz) -> Self {
        let number = match by {
            SortBy::CreatedAt => Some(facts.created_ms),
            SortBy::UpdatedAt => Some(facts.updated_ms),
            SortBy::Priority => Some(facts.priority as i64),
            SortBy::DueDate => facts
                .due
                .map(|due| due.start(facts.zone.unwrap_or(person), person).timestamp()),
            SortBy::Title => {
                let title = Title {
                    prefix: fold_case_prefix(facts.title),
                    text: facts.title,
                    descending: order == SortOrder::Desc,
                };
                return Self {
                    value: Value::Title(title),
                    id: facts.id,
                };
            }
            SortBy::Position => {
                return Self {
                    value: Value::Place(Place::of(facts, order == SortOrder::Desc)),
                    id: facts.id,
                };
            }
        };
        let value = match (number, order) {
            (None, _) => Value::Missing,
            (Some(number), SortOrder::Asc) => Value::Number(number),
            // Not `-number`: that has no partner for the smallest.
            (Some(number), SortOrder::Desc) => Value::Number(!number),
        };
        Self { value, id: facts.id }
    }
}

/// Most titles are told apart by the first bytes of their fold; only those that agree there are folded whole, as they are compared.
#[derive(Clone, Copy, Debug)]
struct Title<'a> {
    prefix: [u8; 16],
    text: &'a str,
    descending: bool,
}

impl Ord for Title<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let ascending = self
            .prefix
            .cmp(&other.prefix)
            .then_with(|| cmp_fold_case(self.text, other.text));
        if self.descending { ascending.reverse() } else { ascending }
    }
}

impl PartialOrd for Title<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Title<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Title<'_> {}

/// The position's first bytes and the rest; bytes that are not there are 0 and stand before all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place<'a> {
    head: [u8; DERIVED_CHARS],
    tail: &'a str,
    descending: bool,
}

impl<'a> Place<'a> {
    fn of(facts: &Facts<'a>, descending: bool) -> Self {
        let Some(text) = facts.position else {
            return Self {
                head: derived(facts.created_ms, facts.id),
                tail: "",
                descending,
            };
        };
        let mut head = [0; DERIVED_CHARS];
        for (place, byte) in head.iter_mut().zip(text.bytes()) {
            *place = byte;
        }
        Self {
            head,
            tail: text.get(DERIVED_CHARS..).unwrap_or_default(),
            descending,
        }
    }
}

impl Ord for Place<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let ascending = self.head.cmp(&other.head).then_with(|| self.tail.cmp(other.tail));
        if self.descending { ascending.reverse() } else { ascending }
    }
}

impl PartialOrd for Place<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Due, Priority};

    fn facts(id: u128, title: &'static str) -> Facts<'static> {
        Facts {
            id: Uuid::from_u128(id),
            title,
            description: "",
            tags: "",
            priority: Priority::None,
            completed: false,
            trashed: false,
            due: None,
            zone: None,
            created_ms: 0,
            updated_ms: 0,
            position: None,
        }
    }

    fn sorted(all: &[Facts<'static>], by: SortBy, order: SortOrder) -> Vec<u128> {
        let mut keys: Vec<_> = all
            .iter()
            .map(|facts| (SortKey::new(facts, by, order, Tz::Europe__Berlin), facts.id.as_u128()))
            .collect();
        keys.sort();
        keys.into_iter().map(|(_, id)| id).collect()
    }

    #[test]
    fn due_dates_mix_their_kinds_and_none_is_last() {
        let due = |id, text: &str, zone| Facts {
            due: Due::parse(text).ok(),
            zone,
            ..facts(id, "t")
        };
        let all = [
            facts(1, "t"),
            due(2, "2026-11-22T00:30", None),
            due(3, "2026-11-22", None),
            due(4, "2026-11-21T22:30:00Z", None),
            due(5, "2026-11-22T00:30", Some(Tz::America__New_York)),
            facts(0, "t"),
        ];
        assert_eq!(sorted(&all, SortBy::DueDate, SortOrder::Asc), [4, 3, 2, 5, 0, 1]);
        assert_eq!(sorted(&all, SortBy::DueDate, SortOrder::Desc), [5, 2, 3, 4, 0, 1]);
    }

    #[test]
    fn priority_descending_is_high_first_and_ties_go_by_id() {
        let all: Vec<_> = [
            (1, Priority::Low),
            (2, Priority::High),
            (3, Priority::None),
            (4, Priority::High),
            (5, Priority::Medium),
        ]
        .into_iter()
        .map(|(id, priority)| Facts {
            priority,
            ..facts(id, "t")
        })
        .collect();
        assert_eq!(sorted(&all, SortBy::Priority, SortOrder::Desc), [2, 4, 5, 1, 3]);
        assert_eq!(sorted(&all, SortBy::Priority, SortOrder::Asc), [3, 1, 5, 2, 4]);
    }

    #[test]
    fn titles_go_by_their_fold() {
        let all = [
            facts(1, "banana"),
            facts(2, "Apple"),
            facts(3, "BANANA"),
            facts(4, "Äpfel"),
            facts(5, "a very long title, end b"),
            facts(6, "A VERY LONG TITLE, end a"),
        ];
        assert_eq!(sorted(&all, SortBy::Title, SortOrder::Asc), [6, 5, 2, 1, 3, 4]);
        assert_eq!(sorted(&all, SortBy::Title, SortOrder::Desc), [4, 1, 3, 2, 5, 6]);
    }

    #[test]
    fn times_go_by_millisecond() {
        let all: Vec<_> = [(1, 5), (2, i64::MIN), (3, i64::MAX), (4, -1)]
            .into_iter()
            .map(|(id, ms)| Facts {
                created_ms: ms,
                updated_ms: -(ms / 2),
                position: None,
                ..facts(id, "t")
            })
            .collect();
        assert_eq!(sorted(&all, SortBy::CreatedAt, SortOrder::Asc), [2, 4, 1, 3]);
        assert_eq!(sorted(&all, SortBy::CreatedAt, SortOrder::Desc), [3, 1, 4, 2]);
        assert_eq!(sorted(&all, SortBy::UpdatedAt, SortOrder::Desc), [2, 4, 1, 3]);
    }

    #[test]
    fn words_read() {
        assert_eq!(SortBy::parse("due_date"), Ok(SortBy::DueDate));
        assert_eq!(SortOrder::parse("asc"), Ok(SortOrder::Asc));
        assert!(SortBy::parse("due").is_err() && SortOrder::parse("ASC").is_err());
    }
}

//! Where a task stands in the order that a person gives their tasks by hand.
//!
//! A position is text of `0` to `9` and `a` to `z`, compared byte by byte, so between two of them there is nearly always room for
//! another. A task that was never moved has the one that follows from when it was made and its id: newer tasks come after older ones.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::limits::POSITION_CHARS_MAX;
use crate::{Task, Violation};

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// Digits of the position that follows from a task: 12 of its moment, 4 of its id.
pub(crate) const DERIVED_CHARS: usize = 16;
/// A step beyond one neighbour, when there is no other, is made at this digit: a millisecond of the positions that follow from moments.
const STEP_DIGIT: usize = 12;

/// Why there is no position between two others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    /// The first stands at or after the second.
    #[error("must stand before the task in before: swap the two")]
    WrongOrder,
    /// Nothing fits between them any more.
    #[error("has no room before the task in before: move one of the two first")]
    NoRoom,
}

impl NoPlace {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongOrder => "wrong_order",
            Self::NoRoom => "no_room",
        }
    }
}

/// The position of a task that was never moved.
pub(crate) fn derived(created_ms: i64, id: Uuid) -> [u8; DERIVED_CHARS] {
    let mut text = [b'0'; DERIVED_CHARS];
    let moment = u64::try_from(created_ms).unwrap_or(0);
    // Version 7 has random bits after the version, and version 5 a hash.
    let entropy = u64::try_from(id.as_u128() >> 60 & 0xffff).unwrap_or(0);
    let mut value = (moment & 0xffff_ffff_ffff) << 16 | entropy;
    for place in text.iter_mut().rev() {
        *place = digit(u8::try_from(value & 15).unwrap_or(0));
        value >>= 4;
    }
    text
}

impl Task {
    /// Where it stands: as it was moved, or by when it was made.
    pub fn place(&self) -> String {
        self.position
            .clone()
            .unwrap_or_else(|| derived_text(self.created_at, self.id))
    }
}

fn derived_text(created_at: DateTime<Utc>, id: Uuid) -> String {
    derived(created_at.timestamp_millis(), id).map(char::from).iter().collect()
}

/// Checks a position that was given; the one that follows from the task anyway says nothing.
pub(crate) fn checked(text: String, task: &Task, found: &mut Vec<Violation>) -> Option<String> {
    if text.is_empty() || text.len() > POSITION_CHARS_MAX || !text.bytes().all(|byte| DIGITS.contains(&byte)) {
        let rule = format!("must be 1 to {POSITION_CHARS_MAX} characters of 0-9 and a-z: send one that GET gave, or null");
        found.push(Violation::new("position", "not_a_position", rule));
        return None;
    }
    (text != derived_text(task.created_at, task.id)).then_some(text)
}

/// A position after one task and before another; without one of them, a small step beyond the other.
///
/// # Errors
/// When the two stand in the wrong order, or so close that nothing fits between them.
pub fn between(after: Option<&str>, before: Option<&str>) -> Result<String, NoPlace> {
    match (after, before) {
        (Some(after), Some(before)) if after >= before => Err(if after == before {
            NoPlace::NoRoom
        } else {
            NoPlace::WrongOrder
        }),
        (Some(after), None) => stepped(after, true).or_else(|_| middle(after.as_bytes(), None)),
        (None, Some(before)) => stepped(before, false).or_else(|_| middle(b"", Some(before.as_bytes()))),
        (after, before) => middle(after.unwrap_or_default().as_bytes(), before.map(str::as_bytes)),
    }
}

/// The first digits, as a number, one up or down.
fn stepped(text: &str, up: bool) -> Result<String, NoPlace> {
    let mut digits: Vec<u8> = text.bytes().map(value).chain(std::iter::repeat(0)).take(STEP_DIGIT).collect();
    for place in digits.iter_mut().rev() {
        match (up, *place) {
            (true, 35) => *place = 0,
            (false, 0) => *place = 35,
            (up, place_value) => {
                *place = if up { place_value + 1 } else { place_value - 1 };
                return Ok(digits.into_iter().map(|value| char::from(digit(value))).collect());
            }
        }
    }
    Err(NoPlace::NoRoom)
}

/// A short text between two, the second of which stands after the first, or after everything.
fn middle(after: &[u8], before: Option<&[u8]>) -> Result<String, NoPlace> {
    let mut text = String::new();
    // While the digits agree with those of `before`, what follows must stay below it.
    let mut below = before;
    for place in 0..POSITION_CHARS_MAX {
        let low = after.get(place).copied().map_or(0, value);
        let high = match below {
            None => 36,
            Some(before) => before.get(place).copied().map(value).ok_or(NoPlace::NoRoom)?,
        };
        if high > low + 1 {
            text.push(char::from(digit(low + (high - low) / 2)));
            return Ok(text);
        }
        text.push(char::from(digit(low)));
        if high > low {
            below = None;
        }
    }
    Err(NoPlace::NoRoom)
}

fn digit(value: u8) -> u8 {
    DIGITS.get(usize::from(value)).copied().unwrap_or(b'0')
}

fn value(digit: u8) -> u8 {
    DIGITS
        .iter()
        .position(|known| *known == digit)
        .and_then(|at| u8::try_from(at).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TaskEdit;
    use proptest::prelude::*;

    fn task(ms: i64, id: u128) -> Task {
        let edit = TaskEdit {
            title: Some("x".to_owned()),
            ..TaskEdit::default()
        };
        Task::create(Uuid::from_u128(id), edit, DateTime::from_timestamp_millis(ms).unwrap()).unwrap()
    }

    #[test]
    fn newer_tasks_stand_after_older_ones() {
        let (old, new) = (task(1_700_000_000_000, u128::MAX), task(1_700_000_000_001, 1));
        assert!(old.place() < new.place());
        assert_eq!(old.place(), "018bcfe56800ffff");
    }

    #[test]
    fn what_stands_in_the_wrong_order_is_refused() {
        assert_eq!(between(Some("b"), Some("a")), Err(NoPlace::WrongOrder));
        assert_eq!(between(Some("a"), Some("a")), Err(NoPlace::NoRoom));
        assert_eq!(between(Some("a"), Some("a0")), Err(NoPlace::NoRoom));
    }

    #[test]
    fn a_person_can_move_to_the_same_end_for_years() {
        let mut first = task(1_700_000_000_000, 7).place();
        let mut last = first.clone();
        for _ in 0..10_000 {
            let (before, after) = (between(None, Some(&first)).unwrap(), between(Some(&last), None).unwrap());
            assert!(before < first && after > last && after.len() <= DERIVED_CHARS);
            (first, last) = (before, after);
        }
    }

    #[test]
    fn hundreds_fit_between_the_same_two() {
        let (low, mut high) = (task(1_700_000_000_000, 7).place(), task(1_700_000_900_000, 7).place());
        for _ in 0..200 {
            let found = between(Some(&low), Some(&high)).unwrap();
            assert!(low < found && found < high, "{low} {found} {high}");
            high = found;
        }
    }

    proptest! {
        #[test]
        fn between_is_between(a in "[0-9a-z]{1,64}", b in "[0-9a-z]{1,64}") {
            let (low, high) = if a < b { (a, b) } else { (b, a) };
            for (after, before) in [(Some(&*low), Some(&*high)), (Some(&*low), None), (None, Some(&*low))] {
                if let Ok(found) = between(after, before) {
                    prop_assert!(after.is_none_or(|after| after < &*found), "{after:?} {found}");
                    prop_assert!(before.is_none_or(|before| &*found < before), "{found} {before:?}");
                    prop_assert!(!found.is_empty() && found.len() <= POSITION_CHARS_MAX);
                }
            }
        }
    }
}

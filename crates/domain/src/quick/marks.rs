//! Tags, priorities and reminders.

use super::scan::{Read, Scan};
use super::words::Unit;
use crate::Priority;

/// How long before the due date to remind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Remind {
    pub(super) days: u32,
    pub(super) minutes: u32,
}

impl Scan<'_> {
    /// `#tag`, `#"two words"`. A mere number is none: `#42` names something else.
    pub(super) fn tag(&self, at: usize) -> Option<String> {
        let raw = self.token(at)?.raw.strip_prefix('#')?;
        let tag = match raw.strip_prefix('"') {
            Some(quoted) => quoted.strip_suffix('"')?.trim(),
            None => raw.trim_end_matches([')', ']', '"', '\'']),
        };
        let names = tag.chars().any(char::is_alphabetic) && !tag.starts_with('#');
        names.then(|| tag.to_owned())
    }

    /// `!high`, `!1`, `!hoch`.
    pub(super) fn priority(&self, at: usize) -> Option<Priority> {
        let token = self.token(at)?;
        let word = token.word.strip_prefix('!')?;
        let german = match word {
            "hoch" => Some(Priority::High),
            "mittel" => Some(Priority::Medium),
            "niedrig" => Some(Priority::Low),
            "keine" => Some(Priority::None),
            _ => None,
        };
        Some(match word {
            "1" | "high" => Priority::High,
            "2" | "medium" => Priority::Medium,
            "3" | "low" => Priority::Low,
            "4" | "none" => Priority::None,
            _ => german.filter(|_| self.languages.de)?,
        })
    }

    /// `remind 30m before`, `remind me 1 day before`, `erinnere 30 Minuten vorher`.
    pub(super) fn reminder(&self, at: usize) -> Option<Read<Remind>> {
        let verb = ["erinnere", "erinnern", "erinnerung"];
        if !self.is(at, &["remind", "reminder"], &verb) {
            return None;
        }
        let me = self.skip(at + 1, &["me"], &["mich"]);
        let amount = self.amount(at + 1 + me)?;
        let end = at + 1 + me + amount.words;
        let before = self.is(end, &["before", "earlier"], &["vorher", "davor", "zuvor"]);
        let (count, unit) = amount.value;
        let minutes = |each: u32| {
            Some(Remind {
                days: 0,
                minutes: count.checked_mul(each)?,
            })
        };
        let days = |each: u32| {
            Some(Remind {
                days: count.checked_mul(each)?,
                minutes: 0,
            })
        };
        let remind = match unit {
            Unit::Minute => minutes(1)?,
            Unit::Hour => minutes(60)?,
            Unit::Day => days(1)?,
            Unit::Week => days(7)?,
            _ => return None,
        };
        before.then(|| Read::new(remind, end + 1 - at))
    }
}

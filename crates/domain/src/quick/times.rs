//! Times of day.

use chrono::{NaiveTime, Timelike};

use super::scan::{Read, Scan};

impl Scan<'_> {
    /// A time of day: `9am`, `9:30`, `at 14:00`, `noon`, `um 9 Uhr`.
    pub(super) fn time(&self, at: usize) -> Option<Read<NaiveTime>> {
        let at_exactly = self.is(at, &["at"], &["um"]);
        let before = self.skip(at, &["at", "by"], &["um", "bis"]);
        let read = self.clock(at + before).or_else(|| {
            // `at 9` with nothing else to it is a time when the text ends there.
            let last = at + before + 1 == self.tokens.len();
            let hour = self.digits(at + before).filter(|_| at_exactly && last)?;
            Some(Read::new(NaiveTime::from_hms_opt(hour, 0, 0)?, 1))
        })?;
        Some(read.after(before))
    }

    fn clock(&self, at: usize) -> Option<Read<NaiveTime>> {
        if self.is(at, &["noon", "midday"], &["mittags"]) {
            return NaiveTime::from_hms_opt(12, 0, 0).map(|noon| Read::new(noon, 1));
        }
        let word = self.word(at);
        if self.languages.en {
            if let Some((time, half)) = split_half(word) {
                return Some(Read::new(twelve(time, half)?, 1));
            }
            if self.is(at + 1, &["am", "pm"], &[]) {
                return twelve(word, self.word(at + 1)).map(|time| Read::new(time, 2));
            }
        }
        let german_hour = self.is(at + 1, &[], &["uhr"]);
        if let Some((hour, minute)) = hour_minute(word, ':') {
            let time = NaiveTime::from_hms_opt(hour, minute, 0)?;
            return Some(Read::new(time, if german_hour { 2 } else { 1 }));
        }
        if german_hour {
            let hour = self.digits(at)?;
            // `9 Uhr 30`
            let minute = self.digits(at + 2).filter(|_| self.word(at + 2).len() == 2);
            return match minute.and_then(|minute| NaiveTime::from_hms_opt(hour, minute, 0)) {
                Some(time) => Some(Read::new(time, 3)),
                None => NaiveTime::from_hms_opt(hour, 0, 0).map(|time| Read::new(time, 2)),
            };
        }
        None
    }

    fn digits(&self, at: usize) -> Option<u32> {
        digits(self.word(at))
    }
}

/// One or two digits.
fn digits(text: &str) -> Option<u32> {
    let fits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| fits)
}

fn hour_minute(text: &str, mark: char) -> Option<(u32, u32)> {
    let (hour, minute) = text.split_once(mark)?;
    Some((digits(hour)?, digits(minute).filter(|_| minute.len() == 2)?))
}

fn split_half(word: &str) -> Option<(&str, &str)> {
    let at = word.len().checked_sub(2)?;
    let (time, half) = word.split_at_checked(at)?;
    (["am", "pm"].contains(&half) && !time.is_empty()).then_some((time, half))
}

/// `9`, `9:30` or `9.30` in the morning or the afternoon.
fn twelve(text: &str, half: &str) -> Option<NaiveTime> {
    let (hour, minute) = hour_minute(text, ':')
        .or_else(|| hour_minute(text, '.'))
        .or_else(|| digits(text).map(|hour| (hour, 0)))?;
    if !(1..=12).contains(&hour) {
        return None;
    }
    NaiveTime::from_hms_opt(hour % 12 + if half == "pm" { 12 } else { 0 }, minute, 0)
}

/// Such as `09:00`.
pub(super) fn show(time: NaiveTime) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

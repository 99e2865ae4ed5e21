//! Cron expressions of five fields, as crontab(5) of Vixie cron reads them.
//!
//! The two day fields are alternatives when both are restricted, and both must hold when either begins with `*`. As cron(8) has it, an
//! expression with fixed hours and minutes fires once a day it names whatever the clock does, and one whose minutes or hours begin with
//! `*` follows the clock: nothing in a gap, twice in an hour that comes twice.
//!
//! The `cron` crate is not used: it wants seconds, joins the two day fields by AND, counts Sunday as 1, and knows nothing of gaps.

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use super::rule::longest_month;
use super::{Rule, RuleError};
use crate::limits::{RECURRENCE_RULE_BYTES_MAX, YEAR_MAX};
use crate::zone::{resolve, rules, wall_at};

/// A cron expression, valid and sure to fire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    /// Single blanks, names in upper case.
    text: String,
    pub(super) minutes: u64,
    pub(super) hours: u32,
    pub(super) days: u32,
    pub(super) months: u32,
    /// Bit 0 is Sunday.
    pub(super) weekdays: u32,
    /// A day field begins with `*`.
    both_days: bool,
    /// The minutes or the hours begin with `*`.
    follows_clock: bool,
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
/// Longer than between two 29 February on the same weekday, across a year like 2100.
const HORIZON_YEARS: i32 = 60;

impl Rule {
    /// Reads a cron expression of five fields; names of months and weekdays may be used, 0 and 7 are Sunday.
    pub fn parse_cron(text: &str) -> Result<Self, RuleError> {
        if text.len() > RECURRENCE_RULE_BYTES_MAX {
            return Err(RuleError::TooLong);
        }
        let upper = text.to_ascii_uppercase();
        let fields: Vec<&str> = upper.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = *fields.as_slice() else {
            return Err(RuleError::CronFields(fields.len()));
        };
        let weekdays = parse_field(weekday, "day of week", 0, 7, &WEEKDAYS)?;
        let cron = Cron {
            text: fields.join(" "),
            minutes: parse_field(minute, "minute", 0, 59, &[])?,
            hours: low(parse_field(hour, "hour", 0, 23, &[])?),
            days: low(parse_field(day, "day of month", 1, 31, &[])?),
            months: low(parse_field(month, "month", 1, 12, &MONTHS)?),
            weekdays: low((weekdays | weekdays >> 7) & 0x7f),
            both_days: day.starts_with('*') || weekday.starts_with('*'),
            follows_clock: minute.starts_with('*') || hour.starts_with('*'),
        };
        let exists = (1..=12).any(|month| cron.months & (1 << month) != 0 && cron.days.trailing_zeros() <= longest_month(month));
        if exists || !cron.both_days {
            Ok(Self::Cron(cron))
        } else {
            Err(RuleError::Never)
        }
    }
}

impl Cron {
    /// The expression, with single blanks and names in upper case.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first time it fires after an instant, in a zone.
    pub(super) fn first_after(&self, at: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let found = if self.follows_clock {
            self.by_clock(at, zone)
        } else {
            self.by_day(at, zone)
        };
        found.filter(|found| found.year() <= YEAR_MAX)
    }

    /// Fixed times: each wall time once, moved out of a gap, the first of two.
    fn by_day(&self, at: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let local = wall(at, zone);
        // Times of a gap in the last day may still be to come, moved forward.
        let moved = offset_seconds(at - Duration::days(1), zone) != offset_seconds(at, zone);
        let mut from = if moved { local - Duration::days(1) } else { local };
        let mut best: Option<DateTime<Utc>> = None;
        while let Some(time) = self.next_wall(from) {
            // What was moved out of a gap can be overtaken by what stands right behind the gap, so look on that far.
            if best.is_some_and(|best| time >= wall(best, zone)) {
                break;
            }
            let found = resolve(time, zone);
            if found > at {
                best = Some(best.map_or(found, |best| best.min(found)));
            }
            from = time + Duration::minutes(1);
        }
        best
    }

    /// By the clock: every instant at which the clock shows a time that fits.
    fn by_clock(&self, at: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let offset = offset_seconds(at, zone);
        let next = self.next_wall(wall(at, zone) + Duration::seconds(1))?;
        let found = (next - Duration::seconds(offset)).and_utc();
        // With no change of the clock near, in the next day or around what was found, the next time on the wall is it.
        let steady = |moment: DateTime<Utc>| {
            offset_seconds(moment - Duration::days(1), zone) == offset
                && offset_seconds(moment + Duration::days(1), zone) == offset
        };
        if steady(found) && steady(at) && offset_seconds(found, zone) == offset {
            return Some(found);
        }
        self.by_clock_near_change(at, zone)
    }

    /// Goes through all the times on the wall from before a change of at most a day to after it.
    fn by_clock_near_change(&self, at: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let mut from = wall(at, zone) - Duration::days(1);
        let mut best: Option<(DateTime<Utc>, NaiveDateTime)> = None;
        while let Some(time) = self.next_wall(from) {
            if best.is_some_and(|(_, best)| time > best + Duration::days(1)) {
                break;
            }
            let shown = rules(zone).from_local_datetime(&time);
            for found in [shown.earliest(), shown.latest()]
                .into_iter()
                .flatten()
                .map(|found| found.to_utc())
            {
                if found > at && best.is_none_or(|(best, _)| found < best) {
                    best = Some((found, time));
                }
            }
            from = time + Duration::minutes(1);
        }
        best.map(|(found, _)| found)
    }

    /// The first time on the wall that fits, at or after one.
    fn next_wall(&self, from: NaiveDateTime) -> Option<NaiveDateTime> {
        let from = if from.second() > 0 {
            from + Duration::seconds(60 - i64::from(from.second()))
        } else {
            from
        };
        if self.fits(from.date())
            && let Some(time) = self.next_time(from.hour(), from.minute())
        {
            return from.date().and_hms_opt(time.0, time.1, 0);
        }
        let (hour, minute) = self.next_time(0, 0)?;
        self.next_day(from.date().succ_opt()?)?.and_hms_opt(hour, minute, 0)
    }

    fn next_time(&self, hour: u32, minute: u32) -> Option<(u32, u32)> {
        let minutes = self.minutes >> minute << minute;
        if self.hours & (1 << hour) != 0 && minutes != 0 {
            return Some((hour, minutes.trailing_zeros()));
        }
        let hours = self
            .hours
            .checked_shr(hour + 1)
            .and_then(|hours| hours.checked_shl(hour + 1))
            .unwrap_or(0);
        (hours != 0).then(|| (hours.trailing_zeros(), self.minutes.trailing_zeros()))
    }

    fn next_day(&self, from: NaiveDate) -> Option<NaiveDate> {
        let mut date = from;
        while date.year() <= from.year() + HORIZON_YEARS {
            if self.months & (1 << date.month()) == 0 {
                date = date.with_day(1)?.checked_add_months(chrono::Months::new(1))?;
            } else if self.fits(date) {
                return Some(date);
            } else {
                date = date.checked_add_days(Days::new(1))?;
            }
        }
        None
    }

    fn fits(&self, date: NaiveDate) -> bool {
        let day = self.days & (1 << date.day()) != 0;
        let weekday = self.weekdays & (1 << date.weekday().num_days_from_sunday()) != 0;
        self.months & (1 << date.month()) != 0 && if self.both_days { day && weekday } else { day || weekday }
    }
}

fn wall(at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    wall_at(at, zone)
}

fn offset_seconds(at: DateTime<Utc>, zone: Tz) -> i64 {
    rules(zone).offset_from_utc_datetime(&at.naive_utc()).local_minus_utc().into()
}

/// The low half of a set whose fields all lie in it.
fn low(bits: u64) -> u32 {
    u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(0)
}

fn parse_field(text: &str, field: &'static str, min: u32, max: u32, names: &[&str]) -> Result<u64, RuleError> {
    let wrong = || RuleError::CronField { field, min, max };
    let number = |text: &str| {
        let named = names
            .iter()
            .position(|name| *name == text)
            .and_then(|index| u32::try_from(index).ok())
            .map(|index| index + min);
        let digits = || {
            (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| text.parse().ok())
                .flatten()
        };
        named
            .or_else(digits)
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(wrong)
    };
    let mut set = 0_u64;
    for item in text.split(',') {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => {
                let digits = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
                let step: usize = digits
                    .then(|| step.parse().ok())
                    .flatten()
                    .filter(|step| *step > 0)
                    .ok_or_else(wrong)?;
                (range, Some(step))
            }
            None => (item, None),
        };
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None if range == "*" => (min, max),
            // A start with a step goes on to the end.
            None => (number(range)?, if step.is_some() { max } else { number(range)? }),
        };
        if first > last {
            return Err(wrong());
        }
        for value in (first..=last).step_by(step.unwrap_or(1)) {
            set |= 1 << value;
        }
    }
    Ok(set)
}

#[cfg(test)]
mod tests;

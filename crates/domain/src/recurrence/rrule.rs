//! RRULE text, in and out (RFC 5545 section 3.3.10, RFC 7529 section 4).

use chrono::{NaiveDate, NaiveDateTime, Weekday};

use super::{Calendar, Frequency, MonthEnd, Rule, RuleError};
use crate::Due;
use crate::limits::{RECURRENCE_COUNT_MAX, RECURRENCE_INTERVAL_MAX, RECURRENCE_RULE_BYTES_MAX, YEAR_MAX, YEAR_MIN};

/// The nth such weekday of a month or year, from its start or, when negative, from its end; never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WeekdayNumber {
    /// Which one: 1 is the first, -1 the last.
    pub number: i8,
    /// Days from Monday, 0 to 6.
    pub from_monday: u8,
}

/// What an RRULE text says: the rule, and what a [`Series`](super::Series) keeps beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The rule.
    pub rule: Rule,
    /// COUNT.
    pub count: Option<u32>,
    /// UNTIL: a day, a wall time, or an instant, inclusive.
    pub until: Option<Due>,
    /// SKIP, when said.
    pub month_end: Option<MonthEnd>,
}

const PARTS: [&str; 11] = [
    "FREQ",
    "INTERVAL",
    "BYDAY",
    "BYMONTHDAY",
    "BYMONTH",
    "BYSETPOS",
    "WKST",
    "COUNT",
    "UNTIL",
    "RSCALE",
    "SKIP",
];
const FREQUENCIES: [(&str, Frequency); 6] = [
    ("MINUTELY", Frequency::Minutely),
    ("HOURLY", Frequency::Hourly),
    ("DAILY", Frequency::Daily),
    ("WEEKLY", Frequency::Weekly),
    ("MONTHLY", Frequency::Monthly),
    ("YEARLY", Frequency::Yearly),
];
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Mon),
    ("TU", Weekday::Tue),
    ("WE", Weekday::Wed),
    ("TH", Weekday::Thu),
    ("FR", Weekday::Fri),
    ("SA", Weekday::Sat),
    ("SU", Weekday::Sun),
];

impl Rule {
    /// Reads RRULE text; a leading `RRULE:` is dropped, case does not matter.
    pub fn parse_rrule(text: &str) -> Result<Parsed, RuleError> {
        if text.len() > RECURRENCE_RULE_BYTES_MAX {
            return Err(RuleError::TooLong);
        }
        let text = text.trim().to_ascii_uppercase();
        let parts = split(text.strip_prefix("RRULE:").unwrap_or(&text))?;
        let get = |name: &str| parts.iter().find(|(part, _)| *part == name).map(|(_, value)| *value);
        let frequency = FREQUENCIES
            .iter()
            .find(|(name, _)| get("FREQ") == Some(name))
            .ok_or(RuleError::NoFrequency)?
            .1;
        let mut rule = Calendar::new(frequency);
        let (mut count, mut until, mut month_end) = (None, None, None);
        for (part, value) in &parts {
            match *part {
                "INTERVAL" => rule.interval = bounded(value, RECURRENCE_INTERVAL_MAX).ok_or(RuleError::Interval)?,
                "BYDAY" => add_weekdays(&mut rule, value.split(','))?,
                "BYMONTHDAY" => add_month_days(&mut rule, value)?,
                "BYMONTH" => add_months(&mut rule, value)?,
                "BYSETPOS" => rule.positions = positions(value)?,
                "WKST" => {
                    rule.week_start = weekday(value).ok_or(RuleError::Value {
                        part: "WKST",
                        rule: "one of MO, TU, WE, TH, FR, SA, SU",
                    })?;
                }
                "COUNT" => count = Some(bounded(value, RECURRENCE_COUNT_MAX).ok_or(RuleError::Count)?),
                "UNTIL" => until = Some(parse_until(value)?),
                "RSCALE" if *value != "GREGORIAN" => {
                    return Err(RuleError::Value {
                        part: "RSCALE",
                        rule: "GREGORIAN",
                    });
                }
                "SKIP" => month_end = Some(skip(value)?),
                _ => {}
            }
        }
        if count.is_some() && until.is_some() {
            return Err(RuleError::CountAndUntil);
        }
        Ok(Parsed {
            rule: Self::Calendar(rule.checked()?),
            count,
            until,
            month_end,
        })
    }
}

impl Calendar {
    /// The rule as RRULE text in canonical order, without its end.
    #[expect(clippy::format_push_string, reason = "write! would add errors that cannot happen")]
    pub fn to_rrule(&self) -> String {
        let mut text = format!("FREQ={}", self.frequency.name());
        if self.interval > 1 {
            text.push_str(&format!(";INTERVAL={}", self.interval));
        }
        let mut list = |name: &str, values: Vec<String>| {
            if !values.is_empty() {
                text.push_str(&format!(";{name}={}", values.join(",")));
            }
        };
        list("BYMONTH", bits(self.months.into()).map(|month| month.to_string()).collect());
        let from_end = bits(self.month_days_from_end).map(|day| format!("-{day}"));
        list(
            "BYMONTHDAY",
            bits(self.month_days).map(|day| day.to_string()).chain(from_end).collect(),
        );
        let plain = bits(self.weekdays.into()).map(|day| weekday_name(day).to_owned());
        list("BYDAY", plain.chain(self.numbered.iter().map(ToString::to_string)).collect());
        list("BYSETPOS", self.positions.iter().map(ToString::to_string).collect());
        if self.week_start != Weekday::Mon {
            list("WKST", vec![weekday_name(self.week_start.num_days_from_monday()).to_owned()]);
        }
        text
    }
}

impl Frequency {
    /// The name RFC 5545 gives it.
    pub fn name(self) -> &'static str {
        FREQUENCIES
            .iter()
            .find(|(_, frequency)| *frequency == self)
            .map_or("", |(name, _)| name)
    }
}

impl std::fmt::Display for WeekdayNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.number, weekday_name(self.from_monday.into()))
    }
}

/// Adds weekdays such as `MO`, `1MO`, `-1FR` to a rule.
pub(super) fn add_weekdays<'a>(rule: &mut Calendar, days: impl Iterator<Item = &'a str>) -> Result<(), RuleError> {
    let wrong = RuleError::Value {
        part: "BYDAY",
        rule: "a list of MO, TU, WE, TH, FR, SA, SU, each with an optional number such as 1MO or -1FR",
    };
    for day in days {
        let (number, name) = day
            .len()
            .checked_sub(2)
            .and_then(|at| day.split_at_checked(at))
            .ok_or_else(|| wrong.clone())?;
        let from_monday = weekday(name).ok_or_else(|| wrong.clone())?.num_days_from_monday();
        if number.is_empty() {
            rule.weekdays |= 1 << from_monday;
            continue;
        }
        let number = signed(number, 53)
            .and_then(|number| i8::try_from(number).ok())
            .ok_or_else(|| wrong.clone())?;
        let from_monday = u8::try_from(from_monday).map_err(|_| wrong.clone())?;
        rule.numbered.push(WeekdayNumber { number, from_monday });
    }
    rule.numbered.sort_unstable();
    rule.numbered.dedup();
    Ok(())
}

fn add_month_days(rule: &mut Calendar, value: &str) -> Result<(), RuleError> {
    for day in value.split(',') {
        let day = signed(day, 31).ok_or(RuleError::Value {
            part: "BYMONTHDAY",
            rule: "a list of days from 1 to 31, or from the end, -1 to -31",
        })?;
        let days = if day > 0 {
            &mut rule.month_days
        } else {
            &mut rule.month_days_from_end
        };
        *days |= 1 << day.unsigned_abs();
    }
    Ok(())
}

fn add_months(rule: &mut Calendar, value: &str) -> Result<(), RuleError> {
    for month in value.split(',') {
        let month = bounded(month, 12).ok_or(RuleError::Value {
            part: "BYMONTH",
            rule: "a list of months from 1 to 12",
        })?;
        rule.months |= 1 << month;
    }
    Ok(())
}

fn positions(value: &str) -> Result<Vec<i16>, RuleError> {
    let mut positions = value
        .split(',')
        .map(|position| {
            signed(position, 366).ok_or(RuleError::Value {
                part: "BYSETPOS",
                rule: "a list of numbers from 1 to 366 or -1 to -366",
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    positions.sort_unstable();
    positions.dedup();
    Ok(positions)
}

/// The name of a weekday, `MO` to `SU`.
pub(super) fn weekday_name(from_monday: u32) -> &'static str {
    WEEKDAYS
        .iter()
        .find(|(_, day)| day.num_days_from_monday() == from_monday)
        .map_or("", |(name, _)| name)
}

fn weekday(name: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(known, _)| *known == name).map(|(_, day)| *day)
}

/// The set bits' numbers, smallest first.
pub(super) fn bits(mask: u32) -> impl Iterator<Item = u32> {
    (0..32).filter(move |bit| mask & (1 << bit) != 0)
}

fn split(text: &str) -> Result<Vec<(&'static str, &str)>, RuleError> {
    let mut parts: Vec<(&'static str, &str)> = Vec::new();
    for part in text.strip_suffix(';').unwrap_or(text).split(';') {
        let (name, value) = part.split_once('=').ok_or(RuleError::Form)?;
        let name = PARTS.into_iter().find(|known| *known == name).ok_or(RuleError::UnknownPart)?;
        if parts.iter().any(|(known, _)| *known == name) {
            return Err(RuleError::Twice(name));
        }
        parts.push((name, value));
    }
    Ok(parts)
}

/// A number without sign from 1 to `max`.
fn bounded(text: &str, max: u32) -> Option<u32> {
    let number = text
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()?;
    (1..=max).contains(&number).then_some(number)
}

/// A number with optional sign, from 1 to `max` either way.
fn signed(text: &str, max: u32) -> Option<i16> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    Some(sign * i16::try_from(bounded(digits, max)?).ok()?)
}

fn skip(value: &str) -> Result<MonthEnd, RuleError> {
    match value {
        "BACKWARD" => Ok(MonthEnd::Clamp),
        "OMIT" => Ok(MonthEnd::Skip),
        _ => Err(RuleError::Value {
            part: "SKIP",
            rule: "BACKWARD or OMIT",
        }),
    }
}

fn parse_until(text: &str) -> Result<Due, RuleError> {
    const WRONG: RuleError = RuleError::Value {
        part: "UNTIL",
        rule: "a date such as 20261231 or a time such as 20261231T235959Z, in the years 1900 to 9999",
    };
    let digits = |at: std::ops::Range<usize>| {
        text.get(at)
            .filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?
            .parse::<u32>()
            .ok()
    };
    let day = || {
        let year = i32::try_from(digits(0..4)?)
            .ok()
            .filter(|year| (YEAR_MIN..=YEAR_MAX).contains(year))?;
        NaiveDate::from_ymd_opt(year, digits(4..6)?, digits(6..8)?)
    };
    let time = || -> Option<NaiveDateTime> { day()?.and_hms_opt(digits(9..11)?, digits(11..13)?, digits(13..15)?) };
    let separated = text.get(8..9) == Some("T");
    match (text.len(), separated, text.ends_with('Z')) {
        (8, ..) => day().map(Due::Day),
        (15, true, false) => time().map(Due::Wall),
        (16, true, true) => time().map(|at| Due::Instant(at.and_utc())),
        _ => None,
    }
    .ok_or(WRONG)
}

/// UNTIL as RRULE text.
pub(super) fn show_until(until: Due) -> String {
    match until {
        Due::Day(day) => day.format("%Y%m%d").to_string(),
        Due::Wall(wall) => wall.format("%Y%m%dT%H%M%S").to_string(),
        Due::Instant(at) => at.format("%Y%m%dT%H%M%SZ").to_string(),
    }
}

#[cfg(test)]
mod tests;

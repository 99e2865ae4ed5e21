//! A series in words, and as RRULE text that any reader takes for the same dates.
#![expect(
    clippy::format_push_string,
    reason = "built once, for people; write! would add errors that cannot happen"
)]

use chrono::Datelike;
use chrono_tz::Tz;

use super::rrule::{bits, show_until};
use super::rule::longest_month;
use super::{Calendar, Frequency, Mode, MonthEnd, Rule, Series};
use crate::{Due, zone::wall_at};

mod cron;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const WORKING_DAYS: u8 = 0b1_1111;

/// Month and day of the anchor: what a rule that names no day falls on.
#[derive(Clone, Copy)]
struct Anchor {
    month: u32,
    day: u32,
    from_monday: u32,
}

impl Series {
    /// The series in words, such as "every month on the 31st, the last day in shorter months". `person` is the person's zone.
    pub fn words(&self, person: Tz) -> String {
        let mut words = match &self.rule {
            Rule::Calendar(rule) => calendar(rule, self.anchor_parts(person), self.month_end),
            Rule::Cron(rule) => cron::words(rule),
        };
        if self.mode == Mode::Completion {
            words.push_str(", counted from completion");
        }
        if let Some(count) = self.count {
            words.push_str(&if count == 1 {
                ", once".to_owned()
            } else {
                format!(", {count} times")
            });
        }
        if let Some(until) = self.until {
            words.push_str(&format!(", until {}", self.show_day(until, person)));
        }
        if !self.exdates.is_empty() {
            let days = match self.exdates.len() {
                1..=3 => join(self.exdates.iter().map(|date| self.show_day(Due::Day(*date), person)), "and"),
                days => format!("{days} days"),
            };
            words.push_str(&format!(", except {days}"));
        }
        words
    }

    /// The series as RRULE text; `None` for cron, which has none. Clamped month ends are said in a way that any reader of RFC 5545 takes
    /// for the same dates (`BYMONTHDAY=30,-1;BYSETPOS=1`), or else by `SKIP` (RFC 7529). Mode, exceptions and zone are not part of it.
    pub fn to_rrule(&self, person: Tz) -> Option<String> {
        let Rule::Calendar(rule) = &self.rule else { return None };
        let mut text = match (self.month_end, self.anchor_parts(person)) {
            (MonthEnd::Clamp, Some(anchor)) if has_short_months(rule, Some(anchor)) => portable(rule, anchor),
            (MonthEnd::Clamp, None) if has_short_months(rule, None) => skipping(rule),
            _ => rule.to_rrule(),
        };
        if let Some(count) = self.count {
            text.push_str(&format!(";COUNT={count}"));
        }
        if let Some(until) = self.until {
            text.push_str(&format!(";UNTIL={}", show_until(until)));
        }
        Some(text)
    }

    fn anchor_parts(&self, person: Tz) -> Option<Anchor> {
        let date = match self.anchor? {
            Due::Day(day) => day,
            Due::Wall(wall) => wall.date(),
            Due::Instant(at) => wall_at(at, self.zone.unwrap_or(person)).date(),
        };
        Some(Anchor {
            month: date.month(),
            day: date.day(),
            from_monday: date.weekday().num_days_from_monday(),
        })
    }

    fn show_day(&self, due: Due, person: Tz) -> String {
        let zone = self.zone.unwrap_or(person);
        match due {
            Due::Day(day) => day.format("%-d %B %Y").to_string(),
            Due::Wall(wall) => wall.format("%-d %B %Y %H:%M").to_string(),
            Due::Instant(at) => wall_at(at, zone).format("%-d %B %Y %H:%M").to_string(),
        }
    }
}

/// A clamping rule as one that clamps nothing: the days asked for and the last, of which as many are taken as were asked for.
fn portable(original: &Calendar, anchor: Anchor) -> String {
    let mut rule = original.clone();
    let yearly_alone = rule.frequency == Frequency::Yearly && rule.months == 0 && !rule.has_month_days();
    if !rule.has_month_days() {
        rule.month_days = 1 << anchor.day;
        if yearly_alone {
            rule.months = 1 << anchor.month;
        }
    }
    let one_month = rule.months.is_power_of_two();
    let plain = rule.month_days_from_end == 0 && !rule.has_weekdays() && rule.positions.is_empty();
    match rule.frequency {
        Frequency::Monthly if plain => {}
        Frequency::Yearly if plain && one_month => {}
        // The same every year, and positions count within the month.
        Frequency::Yearly if plain && rule.interval == 1 => rule.frequency = Frequency::Monthly,
        _ => return skipping(original),
    }
    if rule.month_days == 1 << 31 {
        rule.month_days = 0;
    } else {
        rule.positions = (1..).take(rule.month_days.count_ones() as usize).collect();
    }
    rule.month_days_from_end = 1 << 1;
    rule.to_rrule()
}

fn skipping(rule: &Calendar) -> String {
    format!("RSCALE=GREGORIAN;{};SKIP=BACKWARD", rule.to_rrule())
}

/// Whether the rule names a day that some of its months lack.
fn has_short_months(rule: &Calendar, anchor: Option<Anchor>) -> bool {
    let month_wise = rule.frequency >= Frequency::Monthly;
    let by_anchor = month_wise && !rule.has_month_days() && !rule.has_weekdays();
    let last = if by_anchor {
        anchor.map_or(31, |anchor| anchor.day)
    } else {
        rule.month_days.checked_ilog2().unwrap_or(0)
    };
    let anchors_month = anchor
        .filter(|_| by_anchor && rule.frequency == Frequency::Yearly && rule.months == 0)
        .map(|anchor| anchor.month);
    (1..=12)
        .filter(|month| anchors_month.map_or(rule.months == 0 || rule.months & (1 << month) != 0, |anchor| anchor == *month))
        .any(|month| shortest_month(month) < last)
}

fn shortest_month(month: u32) -> u32 {
    if month == 2 { 28 } else { longest_month(month) }
}

fn calendar(rule: &Calendar, anchor: Option<Anchor>, month_end: MonthEnd) -> String {
    let mut words = every(rule);
    let no_days = !rule.has_weekdays() && !rule.has_month_days();
    let yearly_alone = no_days && rule.months == 0 && rule.frequency == Frequency::Yearly;
    match anchor {
        Some(anchor) if yearly_alone => words.push_str(&format!(" on {} {}", anchor.day, name(&MONTHS, anchor.month - 1))),
        Some(anchor) if no_days && rule.frequency >= Frequency::Monthly => {
            words.push_str(&format!(" on the {}", ordinal(anchor.day)));
        }
        Some(anchor) if no_days && rule.frequency == Frequency::Weekly => {
            words.push_str(&format!(" on {}", name(&WEEKDAYS, anchor.from_monday)));
        }
        _ => {}
    }
    if rule.has_month_days() {
        let from_end = bits(rule.month_days_from_end).map(|day| {
            if day == 1 {
                "the last day".to_owned()
            } else {
                format!("the {} to last day", ordinal(day))
            }
        });
        let from_start = bits(rule.month_days).map(|day| format!("the {}", ordinal(day)));
        words.push_str(&format!(" on {}", join(from_start.chain(from_end), "and")));
    }
    if rule.has_month_days() && rule.has_weekdays() {
        words.push_str(&format!(" if it is {}", weekdays(rule, "or")));
    } else if rule.has_weekdays() && words != "every weekday" {
        words.push_str(&format!(" on {}", weekdays(rule, "and")));
    }
    if rule.months != 0 {
        words.push_str(&format!(
            " in {}",
            join(
                bits(rule.months.into()).map(|month| name(&MONTHS, month - 1).to_owned()),
                "and"
            )
        ));
    }
    if !rule.positions.is_empty() {
        let mut positions = rule.positions.clone();
        positions.sort_unstable_by_key(|position| from_the_start(*position));
        let which = positions.iter().map(|position| format!("the {}", position_word(*position)));
        words.push_str(&format!(", only {} of these", join(which, "and")));
    }
    if has_short_months(rule, anchor) {
        let leap_day = yearly_alone && anchor.is_some_and(|anchor| anchor.month == 2);
        words.push_str(match (month_end, leap_day) {
            (MonthEnd::Clamp, true) => ", 28 February in other years",
            (MonthEnd::Clamp, false) => ", the last day in shorter months",
            (MonthEnd::Skip, true) => ", only in leap years",
            (MonthEnd::Skip, false) => ", not in shorter months",
        });
    }
    words
}

fn every(rule: &Calendar) -> String {
    let unit = match rule.frequency {
        Frequency::Minutely => "minute",
        Frequency::Hourly => "hour",
        Frequency::Daily => "day",
        Frequency::Weekly
            if rule.interval == 1 && rule.weekdays == WORKING_DAYS && rule.months == 0 && rule.positions.is_empty() =>
        {
            "weekday"
        }
        Frequency::Weekly => "week",
        Frequency::Monthly => "month",
        Frequency::Yearly => "year",
    };
    every_unit(rule.interval, unit)
}

/// Every day, every 2 days.
fn every_unit(count: u32, unit: &str) -> String {
    match count {
        1 => format!("every {unit}"),
        _ => format!("every {count} {unit}s"),
    }
}

fn weekdays(rule: &Calendar, last: &str) -> String {
    let mut numbered = rule.numbered.clone();
    numbered.sort_by_key(|day| from_the_start(day.number.into()));
    let numbered = numbered.iter().map(|day| {
        let which = position_word(day.number.into());
        format!("the {which} {}", name(&WEEKDAYS, day.from_monday.into()))
    });
    let plain = bits(rule.weekdays.into()).map(|day| name(&WEEKDAYS, day).to_owned());
    if rule.weekdays == WORKING_DAYS {
        join(std::iter::once("Monday to Friday".to_owned()).chain(numbered), last)
    } else {
        join(plain.chain(numbered), last)
    }
}

/// Sorts what counts from the end after what counts from the start.
fn from_the_start(position: i16) -> (bool, u16) {
    (position < 0, position.unsigned_abs())
}

fn position_word(position: i16) -> String {
    let count = u32::from(position.unsigned_abs());
    match position {
        1 => "first".to_owned(),
        -1 => "last".to_owned(),
        2.. => ordinal(count),
        _ => format!("{} to last", ordinal(count)),
    }
}

fn ordinal(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

fn name<'a>(names: &[&'a str], index: u32) -> &'a str {
    names.get(index as usize).copied().unwrap_or("")
}

/// A list with commas and, before the last, a word.
fn join(items: impl Iterator<Item = String>, last: &str) -> String {
    let items: Vec<String> = items.collect();
    match items.split_last() {
        Some((item, rest)) if !rest.is_empty() => format!("{} {last} {item}", rest.join(", ")),
        _ => items.concat(),
    }
}

#[cfg(test)]
mod tests;

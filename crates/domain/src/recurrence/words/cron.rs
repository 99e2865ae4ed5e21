//! Cron expressions in words.

use super::super::Cron;
use super::{MONTHS, WEEKDAYS, WORKING_DAYS, bits, every_unit, join, name, ordinal};

/// Times of day are named one by one up to so many.
const MOST_TIMES: usize = 6;

pub(super) fn words(rule: &Cron) -> String {
    let mut fields = rule.as_str().split(' ');
    let mut field = || fields.next().unwrap_or("*");
    let (minute, hour, day, month, weekday) = (field(), field(), field(), field(), field());
    let mut words = times(rule, minute, hour);
    match (day, weekday) {
        ("*", "*") => words.push_str(if hour.starts_with('*') { "" } else { " every day" }),
        (_, "*") => words.push_str(&format!(" on {} of the month", days(rule))),
        ("*", _) => words.push_str(&format!(" on {}", weekdays(rule, "and"))),
        _ if day.starts_with('*') || weekday.starts_with('*') => {
            words.push_str(&format!(" on {} of the month if it is {}", days(rule), weekdays(rule, "or")));
        }
        _ => words.push_str(&format!(" on {} of the month or on {}", days(rule), weekdays(rule, "or"))),
    }
    if month != "*" {
        let months = bits(rule.months).map(|month| name(&MONTHS, month - 1).to_owned());
        words.push_str(&format!(" in {}", join(months, "and")));
    }
    words
}

fn times(rule: &Cron, minute: &str, hour: &str) -> String {
    let minutes: Vec<u32> = (0..60).filter(|minute| rule.minutes & (1 << minute) != 0).collect();
    let hours: Vec<u32> = bits(rule.hours).collect();
    if !minute.starts_with('*') && minutes.len() * hours.len() <= MOST_TIMES {
        let times = hours
            .iter()
            .flat_map(|hour| minutes.iter().map(move |minute| format!("{hour:02}:{minute:02}")));
        return format!("at {}", join(times, "and"));
    }
    let run = run(&hours);
    let within = match run {
        Some((0, 23)) => String::new(),
        Some((first, last)) => format!(" from {first:02}:00 to {last:02}:59"),
        None => format!(" in the hours {}", list(&hours)),
    };
    if let Some(step) = step(minute) {
        return every_unit(step, "minute") + &within;
    }
    let plural = if minutes.len() == 1 { "" } else { "s" };
    let at = format!("at minute{plural} {}", list(&minutes));
    match (step(hour), run) {
        (Some(step), _) => format!("{} {at}", every_unit(step, "hour")),
        (None, Some(_)) => format!("every hour{within} {at}"),
        (None, None) => at + &within,
    }
}

/// Of `*` or `*/n`.
fn step(field: &str) -> Option<u32> {
    match field {
        "*" => Some(1),
        _ => field.strip_prefix("*/")?.parse().ok(),
    }
}

/// The first and the last of numbers that follow one another.
fn run(ascending: &[u32]) -> Option<(u32, u32)> {
    let (first, last) = (*ascending.first()?, *ascending.last()?);
    ((last - first) as usize + 1 == ascending.len()).then_some((first, last))
}

fn list(numbers: &[u32]) -> String {
    join(numbers.iter().map(u32::to_string), "and")
}

fn days(rule: &Cron) -> String {
    let days: Vec<u32> = bits(rule.days).collect();
    match run(&days) {
        Some((first, last)) if last - first >= 2 => format!("the {} to the {}", ordinal(first), ordinal(last)),
        _ => join(days.into_iter().map(|day| format!("the {}", ordinal(day))), "and"),
    }
}

fn weekdays(rule: &Cron, last: &str) -> String {
    let from_monday = (rule.weekdays >> 1) | (rule.weekdays & 1) << 6;
    if from_monday == u32::from(WORKING_DAYS) {
        return "Monday to Friday".to_owned();
    }
    join(bits(from_monday).map(|day| name(&WEEKDAYS, day).to_owned()), last)
}

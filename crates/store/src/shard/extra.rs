//! What most tasks do not have, in one field of their line: parts with a `|` between, each beginning with the letter that names it.
//! No part holds a `|`: they are numbers, dates, ids, and rules that were parsed before.

use chrono::{DateTime, NaiveDate, Utc};
use spindle_domain::{
    Due, Task,
    recurrence::{MissedPolicy, Mode, MonthEnd, Pattern, Recurrence, Repeat, Successor},
    reminder::{Before, Reminder},
};
use uuid::Uuid;

use super::{due_text, parse_due};

/// What a line keeps beside its own fields.
#[derive(Default)]
pub(super) struct Extra {
    pub(super) reminder: Reminder,
    pub(super) recurrence: Option<Box<Recurrence>>,
    pub(super) parent: Option<Uuid>,
    pub(super) rings_at: Option<DateTime<Utc>>,
    pub(super) successor: Option<Successor>,
    pub(super) position: Option<String>,
}

const PATTERNS: [(char, Pattern); 4] = [
    ('d', Pattern::Daily),
    ('w', Pattern::Weekly),
    ('m', Pattern::Monthly),
    ('y', Pattern::Yearly),
];

const POSITION: char = 'o';

/// The position alone, when there is one.
pub(super) fn position(text: &str) -> Option<&str> {
    text.strip_prefix(POSITION)?.split('|').next()
}

pub(super) fn write(task: &Task) -> String {
    let mut parts = Vec::new();
    let mut part = |name: char, value: &str| parts.push(format!("{name}{value}"));
    // The first, so that a list by position need not look further.
    if let Some(position) = &task.position {
        part(POSITION, position);
    }
    if let Some(at) = task.rings_at {
        part('n', &at.timestamp_millis().to_string());
    }
    if let Some(at) = task.reminder.at {
        part('a', &at.timestamp_millis().to_string());
    }
    match task.reminder.before {
        Before::Usual => {}
        Before::Never => part('b', ""),
        Before::Minutes(minutes) => part('b', &minutes.to_string()),
    }
    if task.reminder.days > 0 {
        part('d', &task.reminder.days.to_string());
    }
    if let Some(parent) = task.parent {
        part('p', &parent.simple().to_string());
    }
    if let Some(Successor { version, withdrawn }) = task.successor {
        part(if withdrawn { 'w' } else { 's' }, &version.to_string());
    }
    if let Some(recurrence) = &task.recurrence {
        write_recurrence(recurrence, &mut part);
    }
    parts.join("|")
}

fn write_recurrence(recurrence: &Recurrence, part: &mut impl FnMut(char, &str)) {
    match &recurrence.repeat {
        Repeat::Pattern { pattern, interval, days } => {
            let letter = PATTERNS
                .iter()
                .find(|(_, known)| known == pattern)
                .map_or('d', |(letter, _)| *letter);
            part('P', &format!("{letter}{interval}/{}", days.join(",")));
        }
        Repeat::Rule(text) => part('R', text),
        Repeat::Cron(text) => part('C', text),
    }
    if recurrence.mode == Mode::Completion {
        part('M', "");
    }
    if recurrence.missed == MissedPolicy::Next {
        part('N', "");
    }
    if recurrence.month_end == MonthEnd::Skip {
        part('K', "");
    }
    if !recurrence.enabled {
        part('E', "");
    }
    if let Some(until) = recurrence.until {
        part('U', &due_text(until));
    }
    if let Some(count) = recurrence.count {
        part('c', &count.to_string());
    }
    if !recurrence.exdates.is_empty() {
        let dates: Vec<String> = recurrence.exdates.iter().map(NaiveDate::to_string).collect();
        part('x', &dates.join(","));
    }
    if let Some(anchor) = recurrence.anchor {
        part('A', &due_text(anchor));
    }
}

/// `None` when the text is damaged.
pub(super) fn read(text: &str) -> Option<Extra> {
    let mut extra = Extra::default();
    if text.is_empty() {
        return Some(extra);
    }
    let mut rule: Option<Recurrence> = None;
    for part in text.split('|') {
        let value = part.get(1..)?;
        let name = part.chars().next()?;
        match name {
            POSITION => extra.position = Some(value.to_owned()),
            'n' => extra.rings_at = Some(millis(value)?),
            'a' => extra.reminder.at = Some(millis(value)?),
            'b' if value.is_empty() => extra.reminder.before = Before::Never,
            'b' => extra.reminder.before = Before::Minutes(value.parse().ok()?),
            'd' => extra.reminder.days = value.parse().ok()?,
            'p' => extra.parent = Some(Uuid::try_parse(value).ok()?),
            's' | 'w' => {
                extra.successor = Some(Successor {
                    version: value.parse().ok()?,
                    withdrawn: name == 'w',
                });
            }
            'P' => rule = Some(Recurrence::new(pattern(value)?)),
            'R' => rule = Some(Recurrence::new(Repeat::Rule(value.to_owned()))),
            'C' => rule = Some(Recurrence::new(Repeat::Cron(value.to_owned()))),
            _ => read_policy(rule.as_mut()?, name, value)?,
        }
    }
    extra.recurrence = rule.map(Box::new);
    Some(extra)
}

fn read_policy(rule: &mut Recurrence, name: char, value: &str) -> Option<()> {
    match name {
        'M' => rule.mode = Mode::Completion,
        'N' => rule.missed = MissedPolicy::Next,
        'K' => rule.month_end = MonthEnd::Skip,
        'E' => rule.enabled = false,
        'U' => rule.until = Some(parse_due(value)?),
        'c' => rule.count = Some(value.parse().ok()?),
        'x' => rule.exdates = value.split(',').map(day).collect::<Option<_>>()?,
        'A' => rule.anchor = Some(parse_due(value)?),
        // Of a later version: to drop it would lose it.
        _ => return None,
    }
    Some(())
}

fn pattern(text: &str) -> Option<Repeat> {
    let letter = text.chars().next()?;
    let (interval, days) = text.get(1..)?.split_once('/')?;
    Some(Repeat::Pattern {
        pattern: PATTERNS.iter().find(|(known, _)| *known == letter)?.1,
        interval: interval.parse().ok()?,
        days: days.split(',').filter(|day| !day.is_empty()).map(str::to_owned).collect(),
    })
}

fn day(text: &str) -> Option<NaiveDate> {
    match parse_due(text)? {
        Due::Day(day) => Some(day),
        Due::Wall(_) | Due::Instant(_) => None,
    }
}

fn millis(text: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(text.parse().ok()?)
}

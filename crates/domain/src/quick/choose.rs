//! Which of the things that a text may say it does say.

use chrono::{NaiveDate, NaiveTime};

use super::SpanKind;
use super::dates::Date;
use super::marks::Remind;
use super::repeat::Repeats;
use super::scan::{Read, Scan};
use crate::Priority;

/// Something that some words may say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The first word.
    pub(super) first: usize,
    /// How many words.
    pub(super) words: usize,
    pub(super) says: Says,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Says {
    Tag(String),
    Priority(Priority),
    Date(Date),
    /// A date that can only be the beginning of a rule.
    Start(Date),
    Time(NaiveTime),
    Repeats(Repeats),
    Until(NaiveDate),
    Count(u32),
    Reminder(Remind),
}

impl Says {
    pub(super) fn kind(&self) -> SpanKind {
        match self {
            Self::Tag(_) => SpanKind::Tag,
            Self::Priority(_) => SpanKind::Priority,
            Self::Date(_) | Self::Start(_) => SpanKind::Date,
            Self::Time(_) => SpanKind::Time,
            Self::Repeats(_) | Self::Until(_) | Self::Count(_) => SpanKind::Recurrence,
            Self::Reminder(_) => SpanKind::Reminder,
        }
    }
}

/// Everything that the words may say, in their order; no word is in two.
pub(super) fn candidates(scan: &Scan<'_>) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut at = 0;
    while at < scan.tokens.len() {
        let repeats = found.iter().any(|candidate| matches!(candidate.says, Says::Repeats(_)));
        let read = read(scan, at, repeats);
        let words = read.as_ref().map_or(1, |read| read.words);
        found.extend(read.map(|Read { value: says, words }| Candidate { first: at, words, says }));
        at += words;
    }
    found
}

fn read(scan: &Scan<'_>, at: usize, repeats: bool) -> Option<Read<Says>> {
    if scan.token(at)?.raw.is_empty() {
        return None;
    }
    if let Some(tag) = scan.tag(at) {
        return Some(Read::new(Says::Tag(tag), 1));
    }
    if let Some(priority) = scan.priority(at) {
        return Some(Read::new(Says::Priority(priority), 1));
    }
    if let Some(remind) = scan.reminder(at) {
        return Some(remind.map(Says::Reminder));
    }
    if let Some(rule) = scan.repeats(at) {
        return Some(rule.map(Says::Repeats));
    }
    if repeats {
        if let Some(until) = scan.until(at) {
            return Some(until.map(Says::Until));
        }
        if let Some(count) = scan.times(at) {
            return Some(count.map(Says::Count));
        }
        if let Some(start) = scan.starting(at) {
            return Some(start.map(Says::Start));
        }
    }
    let date = scan.date(at).map(|date| date.map(Says::Date));
    date.or_else(|| scan.time(at).map(|time| time.map(Says::Time)))
}

/// Of two of a kind the last counts; a rule's end, and only dates beside it, count with the rule.
pub(super) fn choose(candidates: &[Candidate]) -> Vec<Candidate> {
    let last = |is: fn(&Says) -> bool| candidates.iter().rposition(|candidate| is(&candidate.says));
    let rule = last(|says| matches!(says, Says::Repeats(_)));
    let date = match rule {
        None => last(|says| matches!(says, Says::Date(_))),
        Some(rule) => last(|says| matches!(says, Says::Start(_))).or_else(|| date_beside(candidates, rule)),
    };
    let chosen = [
        rule,
        date,
        last(|says| matches!(says, Says::Priority(_))),
        last(|says| matches!(says, Says::Time(_))),
        last(|says| matches!(says, Says::Reminder(_))),
        last(|says| matches!(says, Says::Until(_))).filter(|_| rule.is_some()),
        last(|says| matches!(says, Says::Count(_))).filter(|_| rule.is_some()),
    ];
    candidates
        .iter()
        .enumerate()
        .filter(|(index, candidate)| matches!(candidate.says, Says::Tag(_)) || chosen.contains(&Some(*index)))
        .map(|(_, candidate)| candidate.clone())
        .collect()
}

/// A date that touches a rule, with nothing but what else was understood between.
fn date_beside(candidates: &[Candidate], rule: usize) -> Option<usize> {
    let touches = |one: &Candidate, other: &Candidate| one.first + one.words == other.first;
    let is_date = |index: &usize| matches!(candidates.get(*index).map(|candidate| &candidate.says), Some(Says::Date(_)));
    let mut end = rule;
    while let (Some(one), Some(other)) = (candidates.get(end), candidates.get(end + 1)) {
        if !touches(one, other) {
            break;
        }
        end += 1;
    }
    let mut start = rule;
    while let (Some(one), Some(other)) = (
        start.checked_sub(1).and_then(|before| candidates.get(before)),
        candidates.get(start),
    ) {
        if !touches(one, other) {
            break;
        }
        start -= 1;
    }
    (start..=end).rev().find(is_date)
}

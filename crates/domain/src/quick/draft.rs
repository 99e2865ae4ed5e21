//! From what was understood to a task: title, due date, rule, and what a person is shown of it.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::choose::{Candidate, Says};
use super::dates::Date;
use super::repeat::{Repeats, What};
use super::scan::Scan;
use super::times::show;
use super::tokens::Tokens;
use super::{Options, Parsed, Span, SpanKind};
use crate::recurrence::{Pattern, PatternWord, RecurrenceEdit, Rule, Series};
use crate::reminder::{Before, ReminderEdit};
use crate::{Due, Task, TaskEdit, Violation};

/// How many of the dates to come are told.
const NEXT_DATES: usize = 5;

/// What was chosen, by kind.
#[derive(Default)]
struct Said {
    tags: Vec<String>,
    date: Option<Date>,
    time: Option<NaiveTime>,
    repeats: Option<Repeats>,
    until: Option<NaiveDate>,
    count: Option<u32>,
}

pub(super) fn draft(text: &str, tokens: &Tokens<'_>, scan: &Scan<'_>, chosen: &[Candidate], options: &Options) -> Parsed {
    let mut edit = TaskEdit::default();
    let mut said = Said::default();
    for candidate in chosen {
        match &candidate.says {
            Says::Tag(tag) => said.tags.push(tag.clone()),
            Says::Priority(priority) => edit.priority = Some(*priority),
            Says::Date(date) | Says::Start(date) => said.date = Some(*date),
            Says::Time(time) => said.time = Some(*time),
            Says::Repeats(repeats) => said.repeats = Some(repeats.clone()),
            Says::Until(day) => said.until = Some(*day),
            Says::Count(count) => said.count = Some(*count),
            Says::Reminder(remind) => {
                edit.reminder = ReminderEdit {
                    at: None,
                    before: Some(Before::Minutes(remind.minutes)),
                    days: Some(remind.days),
                }
            }
        }
    }
    edit.due = due(&said, scan, options).map(Some);
    if let Some(repeats) = &said.repeats {
        edit.recurrence = recurrence(repeats, &said);
    }
    let ranges = ranges(tokens, chosen);
    edit.title = Some(title(text, tokens, &ranges));
    edit.tags = Some(said.tags);
    let (task, errors) = shown(&edit, options.now);
    let series = task.recurrence.as_ref().and_then(|recurrence| recurrence.series(None).ok());
    let words = series.as_ref().map(|series| series.words(options.zone));
    let next = match (&series, task.due) {
        (Some(series), Some(due)) => series.occurrences_after(due, options.zone).take(NEXT_DATES).collect(),
        _ => Vec::new(),
    };
    let mut spans: Vec<Span> = chosen
        .iter()
        .zip(&ranges)
        .map(|(candidate, range)| {
            span(
                text,
                *range,
                candidate.says.kind(),
                meaning(&candidate.says, words.as_deref()),
            )
        })
        .collect();
    spans.extend(tokens.quoted.iter().map(|quoted| {
        let inner = text.get(quoted.inner.0..quoted.inner.1).unwrap_or_default();
        span(text, (quoted.start, quoted.end), SpanKind::Quoted, inner.to_owned())
    }));
    spans.sort_by_key(|span| span.start);
    Parsed {
        edit,
        task,
        words,
        next,
        spans,
        errors,
    }
}

/// When it is due: on the day that was said, or the first day of the rule, or the next such time.
fn due(said: &Said, scan: &Scan<'_>, options: &Options) -> Option<Due> {
    let time = said.time.or(said.date.and_then(|date| date.time));
    let at = |day: NaiveDate| time.map_or(Due::Day(day), |time| Due::Wall(day.and_time(time)));
    if let Some(date) = said.date {
        return Some(at(date.day));
    }
    match (&said.repeats, time) {
        (Some(repeats), _) => first_date(repeats, &at, scan, options),
        (None, Some(_)) => {
            let today = at(scan.today());
            let over = today.start(options.zone, options.zone) <= options.now;
            Some(if over { at(scan.today().succ_opt()?) } else { today })
        }
        (None, None) => None,
    }
}

/// The first date of a rule from now on. Every second week begins this week, if a day of it is still to come.
fn first_date(repeats: &Repeats, at: &impl Fn(NaiveDate) -> Due, scan: &Scan<'_>, options: &Options) -> Option<Due> {
    if let What::YearDay(day) = repeats.what {
        return Some(at(day));
    }
    if let What::Hours | What::Minutes = repeats.what {
        let each = if repeats.what == What::Hours { 60 } else { 1 };
        let ahead = chrono::Duration::minutes(i64::from(repeats.every) * each);
        return scan.minute_now().checked_add_signed(ahead).map(Due::Wall);
    }
    let anchor = at(scan.today());
    let series = Series {
        rule: rule(&repeats.what)?,
        anchor: Some(anchor),
        zone: None,
        exdates: Vec::new(),
        mode: crate::recurrence::Mode::default(),
        missed: crate::recurrence::MissedPolicy::default(),
        month_end: crate::recurrence::MonthEnd::default(),
        until: None,
        count: None,
    };
    let ahead = |due: &Due| matches!(due, Due::Day(_)) || due.start(options.zone, options.zone) > options.now;
    series.occurrences(options.zone).take(3).find(ahead)
}

/// The rule that comes every time: what the first date is found by.
fn rule(what: &What) -> Option<Rule> {
    match what {
        What::Plain(pattern, days) => {
            let days: Vec<&str> = days.iter().map(String::as_str).collect();
            Rule::from_pattern(*pattern, 1, &days).ok()
        }
        What::MonthDay(_) | What::Hours | What::Minutes | What::YearDay(_) => {
            Rule::parse_rrule(&rule_text(what, 1)?).ok().map(|parsed| parsed.rule)
        }
    }
}

/// The text of a rule that no plain pattern says.
fn rule_text(what: &What, every: u32) -> Option<String> {
    Some(match what {
        What::MonthDay(day) => format!("FREQ=MONTHLY;INTERVAL={every};BYMONTHDAY={day}"),
        What::Hours => format!("FREQ=HOURLY;INTERVAL={every}"),
        What::Minutes => format!("FREQ=MINUTELY;INTERVAL={every}"),
        What::Plain(..) | What::YearDay(_) => return None,
    })
}

fn recurrence(repeats: &Repeats, said: &Said) -> RecurrenceEdit {
    let plain = |pattern, days| RecurrenceEdit {
        pattern: Some(Some(PatternWord::Plain(pattern))),
        interval: Some(Some(repeats.every)),
        days: Some(days),
        ..RecurrenceEdit::default()
    };
    let written = match &repeats.what {
        What::Plain(pattern, days) => plain(*pattern, days.clone()),
        What::YearDay(_) => plain(Pattern::Yearly, Vec::new()),
        what => RecurrenceEdit {
            rule: Some(rule_text(what, repeats.every)),
            ..RecurrenceEdit::default()
        },
    };
    RecurrenceEdit {
        mode: Some(repeats.mode),
        until: said.until.map(|day| Some(Due::Day(day))),
        count: said.count.map(Some),
        ..written
    }
}

/// The task as it would be, and the rules that it breaks: the fields that break one are left out of it.
fn shown(edit: &TaskEdit, now: DateTime<Utc>) -> (Task, Vec<Violation>) {
    let errors = match Task::create(Uuid::nil(), edit.clone(), now) {
        Ok(task) => return (task, Vec::new()),
        Err(errors) => errors,
    };
    let broken = |prefix: &str| errors.iter().any(|error| error.field.starts_with(prefix));
    let mut kept = edit.clone();
    if broken("tags") {
        kept.tags = None;
    }
    if broken("recurrence") {
        kept.recurrence = RecurrenceEdit::default();
    }
    if broken("reminder") {
        kept.reminder = ReminderEdit::default();
    }
    // A placeholder that keeps every rule: what the title breaks is told, and the title itself is shown from the edit.
    let title = kept.title.take().unwrap_or_default();
    kept.title = Some("-".to_owned());
    let mut task = Task::create(Uuid::nil(), kept, now).unwrap_or_else(|_| Task::untitled(now));
    task.title = title;
    (task, errors)
}

/// The bytes of each candidate.
fn ranges(tokens: &Tokens<'_>, chosen: &[Candidate]) -> Vec<(usize, usize)> {
    let range = |candidate: &Candidate| {
        let first = tokens.words.get(candidate.first)?;
        let last = tokens.words.get(candidate.first + candidate.words.saturating_sub(1))?;
        Some((first.start, last.end))
    };
    chosen.iter().map(|candidate| range(candidate).unwrap_or_default()).collect()
}

/// The text without what was understood and without quotes, one blank between words.
fn title(text: &str, tokens: &Tokens<'_>, ranges: &[(usize, usize)]) -> String {
    let mut cuts: Vec<(usize, usize)> = ranges.to_vec();
    for quoted in &tokens.quoted {
        cuts.push((quoted.start, quoted.inner.0));
        cuts.push((quoted.inner.1, quoted.end));
    }
    cuts.sort_unstable();
    let mut left = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end) in cuts {
        left.push_str(text.get(at..start).unwrap_or_default());
        at = end;
    }
    left.push_str(text.get(at..).unwrap_or_default());
    left.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn span(text: &str, (start, end): (usize, usize), kind: SpanKind, meaning: String) -> Span {
    let units = |bytes: usize| text.get(..bytes).map_or(0, |before| before.encode_utf16().count());
    Span {
        start: units(start),
        end: units(end),
        kind,
        text: text.get(start..end).unwrap_or_default().to_owned(),
        meaning,
    }
}

fn meaning(says: &Says, words: Option<&str>) -> String {
    match says {
        Says::Tag(tag) => tag.clone(),
        Says::Priority(priority) => priority.as_str().to_owned(),
        Says::Date(date) | Says::Start(date) => match date.time {
            Some(time) => Due::Wall(date.day.and_time(time)).show(Tz::UTC),
            None => Due::Day(date.day).show(Tz::UTC),
        },
        Says::Time(time) => show(*time),
        Says::Repeats(_) => words.unwrap_or_default().to_owned(),
        Says::Until(day) => Due::Day(*day).show(Tz::UTC),
        Says::Count(count) => count.to_string(),
        Says::Reminder(remind) => (remind.days * 1_440 + remind.minutes).to_string(),
    }
}

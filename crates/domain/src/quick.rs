//! Quick add: one line of text that says everything of a task, in English or German.
//!
//! `Water the plants every 2 weeks on mon 9am #home !high remind 30m before` is a title, a rule, a time, a tag, a priority and a
//! reminder. What is not understood is title; what stands in double quotes or is named as literal is title whatever it says. Words count
//! as whole words only. Of two dates, times, rules, priorities or reminders the last counts and the others are title.
//!
//! The browser shows what was understood while a person types, and the server makes the task: both run this, so they agree.

mod choose;
mod dates;
mod draft;
mod marks;
mod repeat;
mod scan;
mod times;
mod tokens;
mod words;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::settings::{Language, WeekStart};
use crate::{Due, Task, TaskEdit, Violation};

/// What a text is read by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The moment.
    pub now: DateTime<Utc>,
    /// The person's zone: says what today is.
    pub zone: Tz,
    /// The first day of their week: says which Monday is next week's.
    pub week_start: WeekStart,
    /// The language of the words; `None` for all of them.
    pub language: Option<Language>,
    /// Phrases, as they stand in the text, that are title.
    pub literal: Vec<String>,
}

/// What a part of a text was understood as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpanKind {
    /// `#tag`
    Tag,
    /// `!high`
    Priority,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A rule, or its end.
    Recurrence,
    /// How long before the due date to remind.
    Reminder,
    /// Title text in quotes.
    Quoted,
}

impl SpanKind {
    /// The API's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Priority => "priority",
            Self::Date => "date",
            Self::Time => "time",
            Self::Recurrence => "recurrence",
            Self::Reminder => "reminder",
            Self::Quoted => "quoted",
        }
    }
}

/// A part of the text that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it begins, in UTF-16 code units.
    pub start: usize,
    /// Where it ends, exclusive, in UTF-16 code units.
    pub end: usize,
    /// What it is.
    pub kind: SpanKind,
    /// As it stands in the text.
    pub text: String,
    /// What it means: the tag, the priority's word, a day (`2026-11-22`), a time (`09:00`), the rule in words, minutes before, the title text.
    pub meaning: String,
}

/// What a text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The task to be made of it.
    pub edit: TaskEdit,
    /// The task as it would be, without what breaks a rule.
    pub task: Task,
    /// The rule in words; `None` when it does not repeat.
    pub words: Option<String>,
    /// The next five due dates after its own.
    pub next: Vec<Due>,
    /// What was understood, in the order of the text.
    pub spans: Vec<Span>,
    /// The rules that the task would break.
    pub errors: Vec<Violation>,
}

/// Reads a text.
pub fn parse(text: &str, options: &Options) -> Parsed {
    let tokens = tokens::tokens(text, &options.literal);
    let scan = scan::Scan::new(&tokens.words, options);
    let chosen = choose::choose(&choose::candidates(&scan));
    draft::draft(text, &tokens, &scan, &chosen, options)
}

#[cfg(test)]
mod tests;

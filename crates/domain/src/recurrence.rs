//! Recurrence: when the next one is due.
//!
//! A [`Rule`] says how dates repeat; a [`Series`] is a rule at work: with its anchor, zone, end, exceptions and policies. Occurrences come
//! from the fixed anchor and never from the previous due date, so the 31st, 29 February and every second week stay what they are.
//! Days, weeks, months and years are wall time; hours and minutes are elapsed time. Everything is found by arithmetic on periods, not by
//! walking from the anchor, so a rule begun in 1900 answers as fast as one begun today.
//!
//! Sources: RFC 5545 sections 3.3.5, 3.3.10 and 3.8.5.3, RFC 7529 section 4 for month ends, crontab(5) and cron(8) of Vixie cron.

mod cron;
mod dates;
mod days;
mod elapsed;
mod pattern;
mod rrule;
mod rule;
mod series;
mod setting;
mod span;
mod successor;
mod words;

pub use cron::Cron;
pub use pattern::Pattern;
pub use rrule::{Parsed, WeekdayNumber};
pub use rule::{Calendar, Frequency, Rule, RuleError};
pub use series::{MissedPolicy, Mode, MonthEnd, Occurrences, Series};
pub use setting::{PatternWord, Recurrence, RecurrenceEdit, Repeat};
pub use span::DaySpan;
pub use successor::{Settled, Successor, successor_id};

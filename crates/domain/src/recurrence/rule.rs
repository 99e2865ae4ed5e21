//! A rule, parsed and valid, in the one form that all ways of writing it come to.

use chrono::Weekday;

use super::Cron;
use super::rrule::WeekdayNumber;
use crate::limits::{RECURRENCE_COUNT_MAX, RECURRENCE_EXDATES_MAX, RECURRENCE_INTERVAL_MAX, RECURRENCE_RULE_BYTES_MAX};

/// How dates repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// By the calendar, as RFC 5545 says it.
    Calendar(Calendar),
    /// By a cron expression.
    Cron(Cron),
}

/// Why a rule was refused: the rule it breaks, and the fix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// No list of `NAME=VALUE`.
    #[error("must be parts NAME=VALUE with semicolons between, such as FREQ=WEEKLY;BYDAY=MO,WE")]
    Form,
    /// Longer than any sensible rule.
    #[error("must have at most {RECURRENCE_RULE_BYTES_MAX} bytes: shorten it")]
    TooLong,
    /// A part that comes twice.
    #[error("must hold each part once, but {0} comes twice: leave one out")]
    Twice(&'static str),
    /// A part that is not in the subset.
    #[error(
        "may hold FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, WKST, COUNT, UNTIL, RSCALE and SKIP only: for hours and minutes of the day use cron"
    )]
    UnknownPart,
    /// No frequency.
    #[error("must begin with how often: FREQ= and MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY")]
    NoFrequency,
    /// A part with a value it cannot have.
    #[error("{part} must be {rule}")]
    Value {
        /// The part's name.
        part: &'static str,
        /// What it may be.
        rule: &'static str,
    },
    /// An interval out of bounds.
    #[error("the interval must be a number from 1 to {RECURRENCE_INTERVAL_MAX}")]
    Interval,
    /// A count out of bounds.
    #[error("the count must be a number from 1 to {RECURRENCE_COUNT_MAX}")]
    Count,
    /// A part that the frequency has no use for.
    #[error("{part} does not go with this frequency: {fix}")]
    Unfit {
        /// The part's name.
        part: &'static str,
        /// What to do.
        fix: &'static str,
    },
    /// Two ends.
    #[error("must end by a count or by a date, not both: leave out COUNT or UNTIL")]
    CountAndUntil,
    /// Too many exception dates.
    #[error("may leave out at most {RECURRENCE_EXDATES_MAX} days: set an end, or begin a new series")]
    Exdates,
    /// An end before the beginning.
    #[error("ends before its first date: choose a later end")]
    UntilTooEarly,
    /// No date fits.
    #[error("never comes: no date fits it, so change the days or the months")]
    Never,
    /// A cron expression of more or fewer than five fields.
    #[error("must have the five fields minute, hour, day of month, month, day of week, but has {0}")]
    CronFields(usize),
    /// A cron field that cannot be read.
    #[error(
        "the cron field {field} must be *, a number or a range from {min} to {max}, with an optional /step, or a list of these"
    )]
    CronField {
        /// Which of the five.
        field: &'static str,
        /// The smallest value.
        min: u32,
        /// The largest value.
        max: u32,
    },
}

impl RuleError {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Never => "never_fires",
            Self::CountAndUntil | Self::Twice(_) | Self::Unfit { .. } => "conflict",
            Self::UntilTooEarly | Self::Interval | Self::Count => "out_of_range",
            Self::TooLong => "too_long",
            Self::Exdates => "too_many",
            Self::CronFields(_) | Self::CronField { .. } => "not_a_cron_expression",
            Self::Form | Self::UnknownPart | Self::NoFrequency | Self::Value { .. } => "not_a_rule",
        }
    }
}

/// The unit a rule counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Frequency {
    /// Elapsed minutes.
    Minutely,
    /// Elapsed hours.
    Hourly,
    /// Days.
    Daily,
    /// Weeks.
    Weekly,
    /// Months.
    Monthly,
    /// Years.
    Yearly,
}

/// A rule by the calendar; its parts are sets, so two ways of writing one rule are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub(super) frequency: Frequency,
    /// 1 to 9,999.
    pub(super) interval: u32,
    /// Bit `n` for month `n`, 1 to 12; none set means any.
    pub(super) months: u16,
    /// Bit `n` for day `n` of the month, 1 to 31.
    pub(super) month_days: u32,
    /// Bit `n` for the `n`th day from the month's end, 1 to 31.
    pub(super) month_days_from_end: u32,
    /// Bit `n` for the weekday `n` days from Monday.
    pub(super) weekdays: u8,
    /// Weekdays with a number, sorted, each once.
    pub(super) numbered: Vec<WeekdayNumber>,
    /// Which of a period's dates, sorted, each once; none means all.
    pub(super) positions: Vec<i16>,
    pub(super) week_start: Weekday,
}

impl Calendar {
    pub(super) fn new(frequency: Frequency) -> Self {
        Self {
            frequency,
            interval: 1,
            months: 0,
            month_days: 0,
            month_days_from_end: 0,
            weekdays: 0,
            numbered: Vec::new(),
            positions: Vec::new(),
            week_start: Weekday::Mon,
        }
    }

    /// The unit the rule counts in.
    pub fn frequency(&self) -> Frequency {
        self.frequency
    }

    /// Every how many units.
    pub fn interval(&self) -> u32 {
        self.interval
    }

    pub(super) fn has_weekdays(&self) -> bool {
        self.weekdays != 0 || !self.numbered.is_empty()
    }

    pub(super) fn has_month_days(&self) -> bool {
        self.month_days != 0 || self.month_days_from_end != 0
    }

    /// Whether hours or minutes pass, and not days.
    pub(super) fn is_elapsed(&self) -> bool {
        self.frequency <= Frequency::Hourly
    }

    /// Checks what each part alone cannot tell.
    pub(super) fn checked(self) -> Result<Self, RuleError> {
        let unfit = |part, fix| Err(RuleError::Unfit { part, fix });
        if !self.numbered.is_empty() && self.frequency < Frequency::Monthly {
            return unfit("BYDAY with a number", "leave the number out, or repeat monthly or yearly");
        }
        if self.frequency == Frequency::Monthly && self.numbered.iter().any(|day| day.number.unsigned_abs() > 5) {
            return Err(RuleError::Value {
                part: "BYDAY",
                rule: "numbered -5 to 5, without 0, in a monthly rule",
            });
        }
        if self.has_month_days() && self.frequency == Frequency::Weekly {
            return unfit("BYMONTHDAY", "repeat daily, monthly or yearly");
        }
        if !self.positions.is_empty() && (self.frequency < Frequency::Weekly || !(self.has_weekdays() || self.has_month_days())) {
            return unfit(
                "BYSETPOS",
                "it picks from BYDAY or BYMONTHDAY in a weekly, monthly or yearly rule",
            );
        }
        let beyond_week = |position: &i16| u32::from(position.unsigned_abs()) > self.weekdays.count_ones();
        let never_by_week =
            self.frequency == Frequency::Weekly && !self.positions.is_empty() && self.positions.iter().all(beyond_week);
        if never_by_week || self.never_by_month() {
            return Err(RuleError::Never);
        }
        Ok(self)
    }

    /// Whether the days of the month exist in none of the months, such as 30 February. To clamp those to the 28th would hide a mistake.
    fn never_by_month(&self) -> bool {
        let longest = (1..=12)
            .filter(|month| self.months == 0 || self.months & (1 << month) != 0)
            .map(longest_month)
            .max()
            .unwrap_or(31);
        let beyond = |days: u32| days == 0 || days.trailing_zeros() > longest;
        self.has_month_days() && beyond(self.month_days) && beyond(self.month_days_from_end)
    }
}

/// Days of a month in a leap year.
pub(super) fn longest_month(month: u32) -> u32 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

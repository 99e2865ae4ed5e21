//! Recurrence as a person sets it on a task: what they wrote, kept as they may see it again, and how an edit changes it.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::{MissedPolicy, Mode, MonthEnd, Pattern, Rule, RuleError, Series};
use crate::{Due, Violation};

/// How a task repeats. Valid: [`Recurrence::series`] of one that an edit has let through does not fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recurrence {
    /// The rule, in the way it was written.
    pub repeat: Repeat,
    /// From where the next date counts.
    pub mode: Mode,
    /// What follows a late completion.
    pub missed: MissedPolicy,
    /// What becomes of a day that a month lacks.
    pub month_end: MonthEnd,
    /// The last moment an occurrence may have, inclusive.
    pub until: Option<Due>,
    /// How many occurrences the schedule has from the anchor on.
    pub count: Option<u32>,
    /// Days without an occurrence, in the task's zone; sorted, each once.
    pub exdates: Vec<NaiveDate>,
    /// The due date that the rule was set with.
    pub anchor: Option<Due>,
    /// Whether completing the task makes the next one.
    pub enabled: bool,
}

/// The three ways of writing a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// A plain pattern.
    Pattern {
        /// Which.
        pattern: Pattern,
        /// Every how many of its units.
        interval: u32,
        /// Weekdays (`MO`), numbered for a monthly pattern (`1MO`), in upper case.
        days: Vec<String>,
    },
    /// RRULE text in canonical order, without its end and `SKIP`, which are fields of their own.
    Rule(String),
    /// A cron expression of five fields.
    Cron(String),
}

impl Repeat {
    /// The field that the rule is written in.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Pattern { .. } => "recurrence_pattern",
            Self::Rule(_) => "recurrence_rule",
            Self::Cron(_) => "recurrence_cron",
        }
    }

    fn rule(&self) -> Result<Rule, RuleError> {
        match self {
            Self::Pattern { pattern, interval, days } => {
                let days: Vec<&str> = days.iter().map(String::as_str).collect();
                Rule::from_pattern(*pattern, *interval, &days)
            }
            Self::Rule(text) => Rule::parse_rrule(text).map(|parsed| parsed.rule),
            Self::Cron(text) => Rule::parse_cron(text),
        }
    }
}

impl Recurrence {
    /// A rule without end that has no anchor yet.
    pub fn new(repeat: Repeat) -> Self {
        Self {
            repeat,
            mode: Mode::default(),
            missed: MissedPolicy::default(),
            month_end: MonthEnd::default(),
            until: None,
            count: None,
            exdates: Vec::new(),
            anchor: None,
            enabled: true,
        }
    }

    /// The rule at work. `zone` is the task's own.
    ///
    /// # Errors
    /// What is wrong with the rule.
    pub fn series(&self, zone: Option<Tz>) -> Result<Series, RuleError> {
        Ok(Series {
            rule: self.repeat.rule()?,
            anchor: self.anchor,
            zone,
            exdates: self.exdates.clone(),
            mode: self.mode,
            missed: self.missed,
            month_end: self.month_end,
            until: self.until,
            count: self.count,
        })
    }
}

/// The pattern as a person names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternWord {
    /// One of the plain ones.
    Plain(Pattern),
    /// A rule or a cron expression says.
    Custom,
}

/// What a caller wants changed of a recurrence. `None` leaves a field as it is; `Some(None)` gives its default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecurrenceEdit {
    /// `recurrence_pattern`; `Some(None)` ends the recurrence, unless a rule or cron expression comes with it.
    pub pattern: Option<Option<PatternWord>>,
    /// `recurrence_interval`
    pub interval: Option<Option<u32>>,
    /// `recurrence_days`
    pub days: Option<Vec<String>>,
    /// `recurrence_rule`
    pub rule: Option<Option<String>>,
    /// `recurrence_cron`
    pub cron: Option<Option<String>>,
    /// `recurrence_mode`
    pub mode: Option<Mode>,
    /// `recurrence_missed`
    pub missed: Option<MissedPolicy>,
    /// `recurrence_month_end`
    pub month_end: Option<MonthEnd>,
    /// `recurrence_until`
    pub until: Option<Option<Due>>,
    /// `recurrence_count`
    pub count: Option<Option<u32>>,
    /// `recurrence_exdates`
    pub exdates: Option<Vec<NaiveDate>>,
    /// `recurrence_enabled`
    pub enabled: Option<Option<bool>>,
}

/// What an RRULE text says beside the rule.
#[derive(Default)]
struct Tail {
    count: Option<u32>,
    until: Option<Due>,
    month_end: Option<MonthEnd>,
}

impl RecurrenceEdit {
    /// Whether it says anything of the rule itself.
    pub(crate) fn names_rule(&self) -> bool {
        self.pattern.is_some() || self.rule.is_some() || self.cron.is_some() || self.interval.is_some() || self.days.is_some()
    }

    /// The recurrence after the edit, its anchor left as it was; what is wrong goes to `found`.
    pub(crate) fn apply(self, current: Option<&Recurrence>, found: &mut Vec<Violation>) -> Option<Recurrence> {
        let before = found.len();
        let (repeat, end) = self.repeat(current, found)?;
        let Some(repeat) = repeat else {
            self.refuse_without_rule(found);
            return None;
        };
        let changed = current.is_none_or(|current| current.repeat != repeat);
        let base = Recurrence {
            repeat,
            ..current
                .cloned()
                .unwrap_or_else(|| Recurrence::new(Repeat::Rule(String::new())))
        };
        // A new text brings its own end; the same text says nothing new.
        let (count, until) = if changed && self.rule.is_some() {
            (end.count, end.until)
        } else {
            (end.count.or(base.count), end.until.or(base.until))
        };
        for (field, both) in [
            (
                "recurrence_count",
                end.count.is_some() && self.count.flatten().is_some_and(|count| Some(count) != end.count),
            ),
            (
                "recurrence_until",
                end.until.is_some() && self.until.flatten().is_some_and(|until| Some(until) != end.until),
            ),
        ] {
            if both {
                found.push(Violation::new(
                    field,
                    "conflict",
                    "is another than the one in recurrence_rule: say it in one place",
                ));
            }
        }
        let mut exdates = self.exdates.unwrap_or(base.exdates);
        exdates.sort_unstable();
        exdates.dedup();
        let recurrence = Recurrence {
            repeat: base.repeat,
            mode: self.mode.unwrap_or(base.mode),
            missed: self.missed.unwrap_or(base.missed),
            month_end: end.month_end.or(self.month_end).unwrap_or(base.month_end),
            until: end.until.or(self.until.unwrap_or(until)),
            count: end.count.or(self.count.unwrap_or(count)),
            exdates,
            anchor: base.anchor,
            enabled: self.enabled.map_or(base.enabled, |enabled| enabled.unwrap_or(true)),
        };
        (found.len() == before).then_some(recurrence)
    }

    /// The rule as it is to be written: `Some((None, _))` when there is to be none, `None` when something is wrong.
    fn repeat(&self, current: Option<&Recurrence>, found: &mut Vec<Violation>) -> Option<(Option<Repeat>, Tail)> {
        let plain = match self.pattern {
            Some(Some(PatternWord::Plain(pattern))) => Some(pattern),
            _ => None,
        };
        let (rule, cron) = (
            self.rule.as_ref().and_then(Option::as_ref),
            self.cron.as_ref().and_then(Option::as_ref),
        );
        let conflict = match (plain.is_some(), rule.is_some(), cron.is_some()) {
            (true, true, _) => Some((
                "recurrence_rule",
                "must not come with a plain recurrence_pattern: leave one of them out",
            )),
            (true, _, true) => Some((
                "recurrence_cron",
                "must not come with a plain recurrence_pattern: leave one of them out",
            )),
            (_, true, true) => Some((
                "recurrence_cron",
                "must not come with a recurrence_rule: leave one of them out",
            )),
            _ => None,
        };
        if let Some((field, message)) = conflict {
            found.push(Violation::new(field, "conflict", message));
            return None;
        }
        let kept = current.map(|current| current.repeat.clone());
        let repeat = if let Some(text) = rule {
            return self.written_rule(text, found);
        } else if let Some(text) = cron {
            let cron = text.trim().to_owned();
            refused(Rule::parse_cron(&cron), "recurrence_cron", found)?;
            Some(Repeat::Cron(cron))
        } else if let Some(pattern) = plain {
            Some(self.pattern(pattern, kept.as_ref()))
        } else if self.pattern == Some(Some(PatternWord::Custom)) && !matches!(kept, Some(Repeat::Rule(_) | Repeat::Cron(_))) {
            let message = "is required with recurrence_pattern custom, or else recurrence_cron";
            found.push(Violation::new("recurrence_rule", "required", message));
            return None;
        } else {
            let cleared = match &kept {
                Some(Repeat::Rule(_)) => self.rule.is_some(),
                Some(Repeat::Cron(_)) => self.cron.is_some(),
                Some(Repeat::Pattern { .. }) | None => false,
            };
            match kept {
                _ if cleared || self.pattern == Some(None) => None,
                Some(Repeat::Pattern { pattern, .. }) => Some(self.pattern(pattern, kept.as_ref())),
                kept => kept,
            }
        };
        match &repeat {
            Some(Repeat::Pattern { .. }) => {
                if let Some(Err(error)) = repeat.as_ref().map(Repeat::rule) {
                    let field = if error == RuleError::Interval {
                        "recurrence_interval"
                    } else {
                        "recurrence_days"
                    };
                    found.push(Violation::new(field, error.code(), error.to_string()));
                    return None;
                }
            }
            Some(Repeat::Rule(_) | Repeat::Cron(_)) => self.refuse_pattern_parts(found),
            None => {}
        }
        Some((repeat, Tail::default()))
    }

    fn written_rule(&self, text: &str, found: &mut Vec<Violation>) -> Option<(Option<Repeat>, Tail)> {
        self.refuse_pattern_parts(found);
        let parsed = refused(Rule::parse_rrule(text), "recurrence_rule", found)?;
        let Rule::Calendar(calendar) = &parsed.rule else { return None };
        let end = Tail {
            count: parsed.count,
            until: parsed.until,
            month_end: parsed.month_end,
        };
        Some((Some(Repeat::Rule(calendar.to_rrule())), end))
    }

    fn pattern(&self, pattern: Pattern, kept: Option<&Repeat>) -> Repeat {
        // What was said of another pattern does not hold for this one.
        let (kept_interval, kept_days) = match kept {
            Some(Repeat::Pattern {
                pattern: kept,
                interval,
                days,
            }) if *kept == pattern => (*interval, days.clone()),
            _ => (1, Vec::new()),
        };
        let days = self.days.as_ref().map_or(kept_days, |days| {
            let mut clean: Vec<String> = Vec::with_capacity(days.len());
            for day in days.iter().map(|day| day.trim().to_ascii_uppercase()) {
                if !clean.contains(&day) {
                    clean.push(day);
                }
            }
            clean
        });
        Repeat::Pattern {
            pattern,
            interval: self.interval.map_or(kept_interval, |interval| interval.unwrap_or(1)),
            days,
        }
    }

    fn refuse_pattern_parts(&self, found: &mut Vec<Violation>) {
        let message = "goes with a plain recurrence_pattern only: say it in the rule";
        if self.interval.flatten().is_some() {
            found.push(Violation::new("recurrence_interval", "conflict", message));
        }
        if self.days.as_ref().is_some_and(|days| !days.is_empty()) {
            found.push(Violation::new("recurrence_days", "conflict", message));
        }
    }

    /// Without a rule only what GET shows of a task that does not repeat is let through.
    fn refuse_without_rule(&self, found: &mut Vec<Violation>) {
        let said = [
            ("recurrence_interval", self.interval.flatten().is_some()),
            ("recurrence_days", self.days.as_ref().is_some_and(|days| !days.is_empty())),
            ("recurrence_mode", self.mode.is_some_and(|mode| mode != Mode::default())),
            (
                "recurrence_missed",
                self.missed.is_some_and(|missed| missed != MissedPolicy::default()),
            ),
            (
                "recurrence_month_end",
                self.month_end.is_some_and(|month_end| month_end != MonthEnd::default()),
            ),
            ("recurrence_until", self.until.flatten().is_some()),
            ("recurrence_count", self.count.flatten().is_some()),
            (
                "recurrence_exdates",
                self.exdates.as_ref().is_some_and(|exdates| !exdates.is_empty()),
            ),
            ("recurrence_enabled", self.enabled.flatten() == Some(true)),
        ];
        for (field, _) in said.into_iter().filter(|(_, said)| *said) {
            let message = "needs a task that repeats: send recurrence_pattern, recurrence_rule or recurrence_cron with it";
            found.push(Violation::new(field, "no_recurrence", message));
        }
    }
}

fn refused<T>(result: Result<T, RuleError>, field: &str, found: &mut Vec<Violation>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            found.push(Violation::new(field, error.code(), error.to_string()));
            None
        }
    }
}

impl Recurrence {
    /// Checks what the parts alone cannot tell, against the task's own zone; UTC stands in for a person's.
    pub(crate) fn check(&self, zone: Option<Tz>, found: &mut Vec<Violation>) {
        let result = self.series(zone).and_then(|series| series.check(Tz::UTC));
        if let Err(error) = result {
            let field = match error {
                RuleError::CountAndUntil | RuleError::Count => "recurrence_count",
                RuleError::UntilTooEarly => "recurrence_until",
                RuleError::Exdates => "recurrence_exdates",
                _ => self.repeat.field(),
            };
            found.push(Violation::new(field, error.code(), error.to_string()));
        }
    }
}

#[cfg(test)]
mod tests;

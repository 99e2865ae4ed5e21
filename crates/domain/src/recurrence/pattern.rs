//! The plain patterns that most people want: every so many days, weeks, months, years.

use super::rrule::add_weekdays;
use super::{Calendar, Frequency, Rule, RuleError};
use crate::limits::RECURRENCE_INTERVAL_MAX;

/// A plain pattern; `custom` is a rule or a cron expression and has no variant here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Every so many days.
    Daily,
    /// Every so many weeks, on some weekdays or the anchor's.
    Weekly,
    /// Every so many months, on the anchor's day or on some weekdays.
    Monthly,
    /// Every so many years.
    Yearly,
}

impl Rule {
    /// Makes a rule of a plain pattern. `days` are weekdays (`MO`), for a monthly pattern also numbered ones (`1MO`, `-1FR`).
    pub fn from_pattern(pattern: Pattern, interval: u32, days: &[&str]) -> Result<Self, RuleError> {
        let mut rule = Calendar::new(match pattern {
            Pattern::Daily => Frequency::Daily,
            Pattern::Weekly => Frequency::Weekly,
            Pattern::Monthly => Frequency::Monthly,
            Pattern::Yearly => Frequency::Yearly,
        });
        if !(1..=RECURRENCE_INTERVAL_MAX).contains(&interval) {
            return Err(RuleError::Interval);
        }
        rule.interval = interval;
        if !days.is_empty() && !matches!(pattern, Pattern::Weekly | Pattern::Monthly) {
            return Err(RuleError::Unfit {
                part: "a list of days",
                fix: "leave it out, or repeat weekly or monthly",
            });
        }
        add_weekdays(&mut rule, days.iter().copied())?;
        Ok(Self::Calendar(rule.checked()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_rules() {
        let text = |pattern, interval, days: &[&str]| match Rule::from_pattern(pattern, interval, days) {
            Ok(Rule::Calendar(rule)) => rule.to_rrule(),
            other => format!("{other:?}"),
        };
        assert_eq!(text(Pattern::Daily, 1, &[]), "FREQ=DAILY");
        assert_eq!(text(Pattern::Weekly, 2, &["WE", "MO"]), "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE");
        assert_eq!(text(Pattern::Monthly, 1, &["1MO", "-1FR"]), "FREQ=MONTHLY;BYDAY=-1FR,1MO");
        assert_eq!(text(Pattern::Yearly, 4, &[]), "FREQ=YEARLY;INTERVAL=4");
        assert_eq!(Rule::from_pattern(Pattern::Daily, 0, &[]), Err(RuleError::Interval));
        for (pattern, day) in [(Pattern::Daily, "MO"), (Pattern::Yearly, "1MO"), (Pattern::Weekly, "1MO")] {
            assert!(matches!(Rule::from_pattern(pattern, 1, &[day]), Err(RuleError::Unfit { .. })));
        }
    }
}

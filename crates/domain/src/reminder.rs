//! When a task reminds.

use chrono::{DateTime, Days, Duration, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::{
    Due, Violation,
    limits::{REMINDER_DAYS_MAX, REMINDER_MINUTES_MAX},
    zone::{resolve, wall_at},
};

/// Minutes before a due time when nothing else is said.
pub const MINUTES_BEFORE_DEFAULT: u32 = 15;

/// What of a person decides about their times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonTime {
    /// The person's zone.
    pub zone: Tz,
    /// When a task that is due on a day without time reminds, in the person's zone.
    pub all_day_reminder_at: NaiveTime,
}

/// How a task's reminder is set. The default reminds of every due date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reminder {
    /// An instant that stays when the due date moves; the rest does not count then.
    pub at: Option<DateTime<Utc>>,
    /// How long before the due date.
    pub before: Before,
    /// Days before the due date, at the same wall time.
    pub days: u32,
}

/// How long before a due date a reminder rings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Before {
    /// 15 minutes before a time; at the person's time of a day that has none, or that is counted back from.
    #[default]
    Usual,
    /// It does not.
    Never,
    /// So many minutes.
    Minutes(u32),
}

impl Reminder {
    /// No reminder, whatever the due date.
    pub const NONE: Self = Self {
        at: None,
        before: Before::Never,
        days: 0,
    };

    /// The minutes before that are in force for a due date; `None` when it does not ring.
    pub fn minutes(&self, due: Option<Due>) -> Option<u32> {
        match self.before {
            Before::Never => None,
            Before::Minutes(minutes) => Some(minutes),
            Before::Usual if self.days > 0 || matches!(due, Some(Due::Day(_))) => Some(0),
            Before::Usual => Some(MINUTES_BEFORE_DEFAULT),
        }
    }

    /// When it rings, in UTC. `zone` is the task's own or else the person's. Days are counted on the calendar, minutes as they pass.
    pub fn rings_at(&self, due: Option<Due>, zone: Tz, person: &PersonTime) -> Option<DateTime<Utc>> {
        if self.at.is_some() {
            return self.at;
        }
        let minutes = self.minutes(due)?;
        let (wall, zone) = match due? {
            Due::Day(day) => (day.and_time(person.all_day_reminder_at), person.zone),
            Due::Wall(wall) => (wall, zone),
            // Kept apart from its wall time, which may be the second of two.
            Due::Instant(at) if self.days == 0 => return at.checked_sub_signed(Duration::minutes(minutes.into())),
            Due::Instant(at) => (wall_at(at, zone), zone),
        };
        let wall: NaiveDateTime = wall.checked_sub_days(Days::new(self.days.into()))?;
        resolve(wall, zone).checked_sub_signed(Duration::minutes(minutes.into()))
    }
}

/// What a caller wants changed of a reminder. `None` leaves a part as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReminderEdit {
    /// `reminder_at`; `Some(None)` lets it follow the due date again.
    pub at: Option<Option<DateTime<Utc>>>,
    /// `reminder_minutes_before`
    pub before: Option<Before>,
    /// `reminder_days_before`
    pub days: Option<u32>,
}

impl ReminderEdit {
    /// The setting after the edit. What says no more than what is in force already changes nothing, so that what GET gave can be PUT.
    pub(crate) fn apply(self, current: Reminder, due: Option<Due>, found: &mut Vec<Violation>) -> Reminder {
        if matches!(self.before, Some(Before::Minutes(minutes)) if minutes > REMINDER_MINUTES_MAX) {
            let message =
                format!("must be 0 to {REMINDER_MINUTES_MAX} minutes: for longer use reminder_days_before or reminder_at");
            found.push(Violation::new("reminder_minutes_before", "out_of_range", message));
        }
        if self.days.is_some_and(|days| days > REMINDER_DAYS_MAX) {
            let message = format!("must be 0 to {REMINDER_DAYS_MAX} days: for longer use reminder_at");
            found.push(Violation::new("reminder_days_before", "out_of_range", message));
        }
        let mut after = Reminder {
            at: self.at.unwrap_or(current.at),
            days: self.days.unwrap_or(current.days),
            ..current
        };
        if let Some(before) = self.before {
            let wanted = Reminder { before, ..after };
            if wanted.minutes(due) != after.minutes(due) {
                after = wanted;
            }
        }
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rings(reminder: Reminder, due: &str) -> Option<String> {
        let person = PersonTime {
            zone: Tz::Europe__Berlin,
            all_day_reminder_at: NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
        };
        let at = reminder.rings_at(Some(Due::parse(due).unwrap()), Tz::Europe__Berlin, &person)?;
        Some(at.format("%Y-%m-%dT%H:%MZ").to_string())
    }

    fn before(minutes: u32, days: u32) -> Reminder {
        Reminder {
            before: Before::Minutes(minutes),
            days,
            at: None,
        }
    }

    #[test]
    fn a_due_date_reminds_by_itself() {
        let usual = Reminder::default();
        assert_eq!(rings(usual, "2026-11-22T09:00").as_deref(), Some("2026-11-22T07:45Z"));
        assert_eq!(rings(usual, "2026-11-22T09:00:00Z").as_deref(), Some("2026-11-22T08:45Z"));
        assert_eq!(
            rings(usual, "2026-11-22").as_deref(),
            Some("2026-11-22T08:00Z"),
            "at the person's 09:00"
        );
        assert_eq!(rings(Reminder::NONE, "2026-11-22T09:00"), None);
        assert_eq!(
            usual.rings_at(
                None,
                Tz::UTC,
                &PersonTime {
                    zone: Tz::UTC,
                    all_day_reminder_at: NaiveTime::MIN
                }
            ),
            None
        );
    }

    #[test]
    fn days_are_nominal_and_minutes_elapse() {
        // Clocks went back on 25 October 2026: a day before is 25 hours before.
        assert_eq!(rings(before(0, 1), "2026-10-25T09:00").as_deref(), Some("2026-10-24T07:00Z"));
        assert_eq!(
            rings(before(1440, 0), "2026-10-25T09:00").as_deref(),
            Some("2026-10-24T08:00Z")
        );
        assert_eq!(
            rings(before(0, 1), "2026-10-25T08:00:00Z").as_deref(),
            Some("2026-10-24T07:00Z")
        );
        let days_only = Reminder {
            days: 2,
            ..Reminder::default()
        };
        assert_eq!(
            rings(days_only, "2026-11-22T09:00").as_deref(),
            Some("2026-11-20T08:00Z"),
            "the same wall time"
        );
        assert_eq!(rings(before(30, 0), "2026-11-22").as_deref(), Some("2026-11-22T07:30Z"));
    }

    #[test]
    fn an_instant_stays() {
        let at = "2026-11-01T10:00:00Z".parse().unwrap();
        let reminder = Reminder {
            at: Some(at),
            ..Reminder::NONE
        };
        assert_eq!(rings(reminder, "2026-11-22").as_deref(), Some("2026-11-01T10:00Z"));
    }
}

//! The instants of a rule of hours or minutes, which are elapsed time: twelve hours are twelve hours when the clocks change, too.

use chrono::{DateTime, Days, Duration, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;

use super::dates::Dates;
use super::{Calendar, Frequency};
use crate::zone::start_of_day;

/// How far ahead a limit on days may lead; what does not come in a hundred years is taken to come never.
const HORIZON_DAYS: i64 = 36_525;

/// A rule anchored at an instant.
pub(super) struct Elapsed {
    anchor: DateTime<Utc>,
    zone: Tz,
    step_seconds: i64,
    /// The same limits as a daily rule; `None` when every instant counts.
    limits: Option<Calendar>,
    clamp: bool,
}

impl Elapsed {
    pub(super) fn new(rule: &Calendar, anchor: DateTime<Utc>, zone: Tz, clamp: bool) -> Self {
        let unit_seconds = if rule.frequency == Frequency::Hourly { 3_600 } else { 60 };
        let limited = rule.months != 0 || rule.has_month_days() || rule.has_weekdays();
        let limits = limited.then(|| Calendar {
            frequency: Frequency::Daily,
            interval: 1,
            ..rule.clone()
        });
        Self {
            anchor,
            zone,
            step_seconds: unit_seconds * i64::from(rule.interval),
            limits,
            clamp,
        }
    }

    /// The first occurrence after an instant.
    pub(super) fn first_after(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut step = if at < self.anchor {
            0
        } else {
            (at - self.anchor).num_seconds() / self.step_seconds + 1
        };
        let horizon = at.max(self.anchor) + Duration::days(HORIZON_DAYS);
        loop {
            let found = self.anchor + Duration::seconds(step.checked_mul(self.step_seconds)?);
            let Some(limits) = &self.limits else { return Some(found) };
            let date = self.zone.from_utc_datetime(&found.naive_utc()).date_naive();
            let day = Dates::new(limits, date, self.clamp).first_from(date)?;
            if day == date {
                return Some(found);
            }
            if found > horizon {
                return None;
            }
            // A step that lands after midnight of the next day allowed may land past that day; then the search goes on from there.
            let ahead = (start_of_day(day, self.zone) - self.anchor).num_seconds();
            step = (step + 1).max((ahead + self.step_seconds - 1) / self.step_seconds);
        }
    }

    /// How many occurrences lie before an instant, counted up to `most`.
    pub(super) fn count_before(&self, until: DateTime<Utc>, most: u32) -> u32 {
        if self.limits.is_none() {
            let seconds = (until - self.anchor).num_seconds().max(0);
            return u32::try_from((seconds + self.step_seconds - 1) / self.step_seconds)
                .unwrap_or(u32::MAX)
                .min(most);
        }
        let mut count = 0;
        let mut at = self.anchor - Duration::seconds(1);
        while count < most {
            match self.first_after(at).filter(|found| *found < until) {
                Some(found) => at = found,
                None => break,
            }
            count += 1;
        }
        count
    }
}

/// The day before, or the first there is.
pub(super) fn day_before(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(1)).unwrap_or(day)
}

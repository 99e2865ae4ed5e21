//! The instants of a rule of hours or minutes, which are elapsed time: twelve hours are twelve hours when the clocks change, too.

use chrono::{DateTime, Days, Duration, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::dates::Dates;
use super::{Calendar, Frequency};
use crate::zone::{rules, start_of_day, wall_at};

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
            let date = self.date(found);
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
        let Some(limits) = &self.limits else { return 0 };
        let dates = Dates::new(limits, self.date(self.anchor), self.clamp);
        let mut count = 0_u32;
        let last = self.date(until).succ_opt().unwrap_or(NaiveDate::MAX);
        for days in (0..)
            .map_while(|month| dates.block(month))
            .take_while(|days| days.start() <= last)
        {
            if days.len() == 0 {
                continue;
            }
            let steady = self.steady_offset(days.start(), 31);
            for date in days.dates() {
                count = count.saturating_add(self.count_on(date, until, steady.or_else(|| self.steady_offset(date, 1))));
                if count >= most {
                    return most;
                }
            }
        }
        count
    }

    /// How many steps lie on a day and before an instant, given the day's offset if the clock does not change near it.
    fn count_on(&self, date: NaiveDate, until: DateTime<Utc>, offset: Option<FixedOffset>) -> u32 {
        let midnight = date.and_time(NaiveTime::MIN).and_utc();
        // The number of steps before an instant.
        let steps = |at: DateTime<Utc>| {
            ((at.min(until) - self.anchor).num_seconds() + self.step_seconds - 1)
                .div_euclid(self.step_seconds)
                .max(0)
        };
        let within = |from: DateTime<Utc>, days: i64| steps(from)..steps(from + Duration::days(days)).max(steps(from));
        let on_day = if let Some(offset) = offset {
            let range = within(midnight - offset, 1);
            range.end - range.start
        } else {
            // Around a change of the clock a day may be longer, shorter, or in two pieces: look at each step.
            let is_on_day = |step: &i64| self.date(self.anchor + Duration::seconds(step * self.step_seconds)) == date;
            i64::try_from(within(midnight - Duration::days(2), 5).filter(is_on_day).count()).unwrap_or(i64::MAX)
        };
        u32::try_from(on_day).unwrap_or(u32::MAX)
    }

    /// The offset from a day on for a number of days, if it is the same from the day before to the day after. It is asked for every third
    /// day, because there is summer time that pauses for a month.
    fn steady_offset(&self, date: NaiveDate, days: i64) -> Option<FixedOffset> {
        let offset = |days| rules(self.zone).offset_from_utc_datetime(&(date.and_time(NaiveTime::MIN) + Duration::days(days)));
        let first = offset(-2);
        (1..=days + 1)
            .step_by(3)
            .chain([days + 1])
            .all(|day| offset(day) == first)
            .then_some(first)
    }

    fn date(&self, at: DateTime<Utc>) -> NaiveDate {
        wall_at(at, self.zone).date()
    }
}

/// The day before, or the first there is.
pub(super) fn day_before(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(1)).unwrap_or(day)
}

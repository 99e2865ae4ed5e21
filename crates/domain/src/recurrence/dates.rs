//! The dates of a rule of days, weeks, months or years.
//!
//! Dates are looked up in blocks: the rule's own periods, or months for a daily rule, each a [`DaySet`]. The block that holds a date is
//! found by division, so the distance from the anchor costs nothing.

use chrono::{Datelike, Days, NaiveDate};

use super::days::DaySet;
use super::{Calendar, Frequency};
use crate::limits::YEAR_MAX;

/// The calendar repeats after 400 years, which are whole weeks. What has not come by then is taken to come never; only daily rules with
/// long intervals and narrow limits could still have a date, thousands of years on.
const HORIZON_YEARS: i64 = 400;

/// A rule anchored at a date.
pub(super) struct Dates<'a> {
    rule: &'a Calendar,
    anchor: NaiveDate,
    /// Days that a month lacks become its last.
    clamp: bool,
}

impl<'a> Dates<'a> {
    pub(super) fn new(rule: &'a Calendar, anchor: NaiveDate, clamp: bool) -> Self {
        Self { rule, anchor, clamp }
    }

    /// The first occurrence on or after a date; `None` when there is none in 400 years or up to the year 9999.
    pub(super) fn first_from(&self, from: NaiveDate) -> Option<NaiveDate> {
        let from = from.max(self.anchor);
        let first = self.index(from);
        let interval = i64::from(self.rule.interval);
        let blocks = match self.rule.frequency {
            Frequency::Yearly => HORIZON_YEARS / interval,
            Frequency::Monthly => HORIZON_YEARS * 12 / interval,
            Frequency::Weekly => HORIZON_YEARS * 53 / interval,
            _ => HORIZON_YEARS * 12,
        };
        // Intervals of centuries get their chance, too.
        let blocks = blocks.max(8);
        for index in first..=first + blocks {
            let mut days = self.block(index)?;
            days.drop_before(from);
            if let Some(date) = days.first() {
                return (date.year() <= YEAR_MAX).then_some(date);
            }
        }
        None
    }

    /// How many occurrences lie before a date, counted up to `most`.
    pub(super) fn count_before(&self, until: NaiveDate, most: u32) -> u32 {
        let last = self.index(until.max(self.anchor));
        let of_block = |index| {
            let mut days = self.block(index)?;
            days.drop_before(self.anchor);
            days.drop_from(until);
            Some(days.len())
        };
        let rule = self.rule;
        let alike = rule.months == 0 && rule.positions.is_empty();
        if rule.frequency == Frequency::Daily && alike && !rule.has_month_days() && !rule.has_weekdays() {
            let days = (until - self.anchor).num_days().max(0) + i64::from(rule.interval) - 1;
            return u32::try_from(days / i64::from(rule.interval)).map_or(most, |count| count.min(most));
        }
        // All weeks but the first and the last have the same days.
        let same = if rule.frequency == Frequency::Weekly && alike && last > 2 {
            last - 2
        } else {
            0
        };
        let each = if same > 0 { of_block(1).unwrap_or(0) } else { 0 };
        let mut count = u32::try_from(same).unwrap_or(u32::MAX).saturating_mul(each);
        for index in std::iter::once(0).chain(same + 1..=last) {
            if count >= most {
                return most;
            }
            let Some(days) = of_block(index) else { break };
            count = count.saturating_add(days);
        }
        count.min(most)
    }

    /// The number of the first block that holds dates on or after a date, which is not before the anchor.
    fn index(&self, date: NaiveDate) -> i64 {
        let interval = i64::from(self.rule.interval);
        let ceil = |units: i64| (units + interval - 1).div_euclid(interval);
        match self.rule.frequency {
            Frequency::Yearly => ceil(i64::from(date.year() - self.anchor.year())),
            Frequency::Monthly => ceil(months(date) - months(self.anchor)),
            Frequency::Weekly => ceil((date - self.week_of_anchor()).num_days().div_euclid(7)),
            _ => months(date) - months(self.anchor),
        }
    }

    /// The dates of one block; `None` beyond the year 9999.
    pub(super) fn block(&self, index: i64) -> Option<DaySet> {
        let steps = index * i64::from(self.rule.interval);
        let days = match self.rule.frequency {
            Frequency::Yearly => self.year(i32::try_from(i64::from(self.anchor.year()) + steps).ok()?)?,
            Frequency::Monthly => self.month(months(self.anchor) + steps)?,
            Frequency::Weekly => self.week(steps)?,
            _ => return self.days_of_month(months(self.anchor) + index),
        };
        Some(if self.rule.positions.is_empty() {
            days
        } else {
            days.pick(&self.rule.positions)
        })
    }

    fn week_of_anchor(&self) -> NaiveDate {
        let into_week = self.anchor.weekday().days_since(self.rule.week_start);
        self.anchor
            .checked_sub_days(Days::new(into_week.into()))
            .unwrap_or(self.anchor)
    }

    fn week(&self, weeks: i64) -> Option<DaySet> {
        let start = self
            .week_of_anchor()
            .checked_add_days(Days::new(u64::try_from(weeks).ok()? * 7))?;
        let mut days = DaySet::new(start);
        let wanted = if self.rule.weekdays == 0 {
            1 << self.anchor.weekday().num_days_from_monday()
        } else {
            self.rule.weekdays
        };
        for offset in 0..7 {
            let from_monday = (self.rule.week_start.num_days_from_monday() + offset) % 7;
            if wanted & (1 << from_monday) != 0
                && (self.rule.months == 0 || self.has_month(start.checked_add_days(Days::new(offset.into()))?.month()))
            {
                days.insert(offset);
            }
        }
        (start.year() <= YEAR_MAX).then_some(days)
    }

    /// A block of a daily rule: the days of a month that lie whole intervals from the anchor and keep the rule's limits.
    fn days_of_month(&self, month: i64) -> Option<DaySet> {
        let month = Month::new(month)?;
        let mut days = DaySet::new(month.first);
        if self.has_month(month.number) {
            let interval = i64::from(self.rule.interval);
            let passed = (month.first - self.anchor).num_days();
            let first = if passed < 0 { -passed } else { (-passed).rem_euclid(interval) };
            let mut day = first + 1;
            while let Some(number) = u32::try_from(day).ok().filter(|day| *day <= month.len) {
                if self.limits_allow(&month, number) {
                    days.insert(number - 1);
                }
                day += interval;
            }
        }
        Some(days)
    }

    fn month(&self, month: i64) -> Option<DaySet> {
        let month = Month::new(month)?;
        let mut days = DaySet::new(month.first);
        if self.has_month(month.number) {
            self.add_month(&month, &mut days, 0, None);
        }
        Some(days)
    }

    fn year(&self, year: i32) -> Option<DaySet> {
        let start = NaiveDate::from_ymd_opt(year, 1, 1).filter(|_| year <= YEAR_MAX)?;
        let mut days = DaySet::new(start);
        let len = if start.leap_year() { 366 } else { 365 };
        let alone = self.rule.months == 0 && !self.rule.has_weekdays() && !self.rule.has_month_days();
        let mut before = 0;
        for number in 1..=12 {
            let month = Month::new(i64::from(year) * 12 + i64::from(number) - 1)?;
            if if alone {
                number == self.anchor.month()
            } else {
                self.has_month(number)
            } {
                // A numbered weekday counts within the year, unless months are given (RFC 5545 section 3.3.10, note 2).
                let scope = (self.rule.months == 0).then_some(Scope { before, len });
                self.add_month(&month, &mut days, before, scope);
            }
            before += month.len;
        }
        Some(days)
    }

    /// Adds a month's dates to a block that begins `offset` days before the month.
    fn add_month(&self, month: &Month, days: &mut DaySet, offset: u32, scope: Option<Scope>) {
        let rule = self.rule;
        if !rule.has_month_days() && !rule.has_weekdays() {
            let day = self.anchor.day();
            if day <= month.len {
                days.insert(offset + day - 1);
            } else if self.clamp {
                days.insert(offset + month.len - 1);
            }
            return;
        }
        let scope = scope.unwrap_or(Scope {
            before: 0,
            len: month.len,
        });
        for day in 1..=month.len {
            if (!rule.has_month_days() || self.is_month_day(month, day))
                && (!rule.has_weekdays() || self.is_weekday(month, day, &scope))
            {
                days.insert(offset + day - 1);
            }
        }
    }

    fn limits_allow(&self, month: &Month, day: u32) -> bool {
        let rule = self.rule;
        (!rule.has_month_days() || self.is_month_day(month, day))
            && (rule.weekdays == 0 || rule.weekdays & (1 << ((month.first_weekday + day - 1) % 7)) != 0)
    }

    fn has_month(&self, number: u32) -> bool {
        self.rule.months == 0 || self.rule.months & (1 << number) != 0
    }

    fn is_month_day(&self, month: &Month, day: u32) -> bool {
        let beyond_end = || self.clamp && day == month.len && self.rule.month_days >> day > 1;
        self.rule.month_days & (1 << day) != 0
            || self.rule.month_days_from_end & (1 << (month.len - day + 1)) != 0
            || beyond_end()
    }

    fn is_weekday(&self, month: &Month, day: u32, scope: &Scope) -> bool {
        let weekday = (month.first_weekday + day - 1) % 7;
        let (from_start, from_end) = ((scope.before + day - 1) / 7 + 1, (scope.len - scope.before - day) / 7 + 1);
        self.rule.weekdays & (1 << weekday) != 0
            || self.rule.numbered.iter().any(|wanted| {
                let count = u32::from(wanted.number.unsigned_abs());
                u32::from(wanted.from_monday) == weekday && count == if wanted.number > 0 { from_start } else { from_end }
            })
    }
}

/// Within which stretch a numbered weekday counts: how many of its days lie before the month, and how many it has.
struct Scope {
    before: u32,
    len: u32,
}

struct Month {
    first: NaiveDate,
    /// Days from Monday.
    first_weekday: u32,
    /// 1 to 12.
    number: u32,
    len: u32,
}

impl Month {
    /// The month that lies so many months after January of year 0; `None` beyond the year 9999.
    fn new(months: i64) -> Option<Self> {
        let (year, number) = (
            i32::try_from(months.div_euclid(12)).ok()?,
            u32::try_from(months.rem_euclid(12)).ok()? + 1,
        );
        let first = NaiveDate::from_ymd_opt(year, number, 1).filter(|_| year <= YEAR_MAX)?;
        Some(Self {
            first,
            first_weekday: first.weekday().num_days_from_monday(),
            number,
            len: u32::from(first.num_days_in_month()),
        })
    }
}

fn months(date: NaiveDate) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month0())
}

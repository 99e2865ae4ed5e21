//! Where a series' occurrences come from, whichever kind of rule and anchor it has.

use chrono::{DateTime, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use super::{MonthEnd, Series};
use crate::Due;
use crate::recurrence::dates::Dates;
use crate::recurrence::elapsed::{Elapsed, day_before};
use crate::recurrence::{Cron, Rule};
use crate::zone::{end_of_day, resolve, start_of_day, wall_at};

/// A moment that occurrences are sought after: days by the date, times by the instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct After {
    pub(super) date: NaiveDate,
    at: DateTime<Utc>,
}

impl After {
    pub(super) fn instant(at: DateTime<Utc>, zone: Tz) -> Self {
        Self {
            date: local(at, zone).date(),
            at,
        }
    }

    /// After a due date; after a day means after all of it.
    pub(super) fn due(due: Due, zone: Tz) -> Self {
        match due {
            Due::Day(date) => Self {
                date,
                at: end_of_day(date, zone) - Duration::milliseconds(1),
            },
            Due::Wall(wall) => Self {
                date: wall.date(),
                at: resolve(wall, zone),
            },
            Due::Instant(at) => Self::instant(at, zone),
        }
    }

    pub(super) fn max(self, other: Self) -> Self {
        Self {
            date: self.date.max(other.date),
            at: self.at.max(other.at),
        }
    }
}

/// An occurrence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// Its day in the series' zone; of a time that was moved out of a gap, the day it was set for.
    pub(super) date: NaiveDate,
    /// Its instant, when it has a time.
    pub(super) at: Option<DateTime<Utc>>,
}

impl Found {
    /// Whether this is the occurrence at a moment.
    pub(super) fn is_at(&self, moment: &After) -> bool {
        self.at.map_or(self.date == moment.date, |at| at == moment.at)
    }
}

pub(super) struct Source<'a> {
    kind: Kind<'a>,
    zone: Tz,
    anchor_date: NaiveDate,
    anchor_at: DateTime<Utc>,
}

enum Kind<'a> {
    Days(Dates<'a>),
    Times(Dates<'a>, NaiveTime),
    Elapsed(Elapsed),
    Cron(&'a Cron),
}

impl<'a> Source<'a> {
    /// The series' rule, anchored at a due date. Hours, minutes and cron count from the start of an anchor that is a day.
    pub(super) fn new(series: &'a Series, anchor: Due, zone: Tz) -> Self {
        let clamp = series.month_end == MonthEnd::Clamp;
        let anchor_at = anchor.at(zone);
        let wall = match anchor {
            Due::Day(day) => day.and_time(NaiveTime::MIN),
            Due::Wall(wall) => wall,
            Due::Instant(at) => local(at, zone),
        };
        let start = anchor_at.unwrap_or_else(|| start_of_day(wall.date(), zone));
        let kind = match &series.rule {
            Rule::Cron(cron) => Kind::Cron(cron),
            Rule::Calendar(rule) if rule.is_elapsed() => Kind::Elapsed(Elapsed::new(rule, start, zone, clamp)),
            Rule::Calendar(rule) if anchor_at.is_some() => Kind::Times(Dates::new(rule, wall.date(), clamp), wall.time()),
            Rule::Calendar(rule) => Kind::Days(Dates::new(rule, wall.date(), clamp)),
        };
        Self {
            kind,
            zone,
            anchor_date: wall.date(),
            anchor_at: start,
        }
    }

    /// Whether occurrences are set by days, with one time of day for all.
    pub(super) fn is_by_day(&self) -> bool {
        matches!(self.kind, Kind::Days(_) | Kind::Times(..))
    }

    /// Just before the anchor.
    pub(super) fn before_all(&self) -> After {
        After {
            date: day_before(self.anchor_date),
            at: self.anchor_at - Duration::milliseconds(1),
        }
    }

    /// The first occurrence after a moment.
    pub(super) fn next(&self, after: &After) -> Option<Found> {
        match &self.kind {
            Kind::Days(dates) => Some(Found {
                date: dates.first_from(after.date.succ_opt()?)?,
                at: None,
            }),
            Kind::Times(dates, time) => {
                // A gap of up to a day may move a time of the day before behind the moment.
                let mut from = day_before(local(after.at, self.zone).date());
                loop {
                    let date = dates.first_from(from)?;
                    // An anchor that is an instant may be the second of two times.
                    let at = if date == self.anchor_date {
                        self.anchor_at
                    } else {
                        resolve(date.and_time(*time), self.zone)
                    };
                    if at > after.at {
                        return Some(Found { date, at: Some(at) });
                    }
                    from = date.checked_add_days(Days::new(1))?;
                }
            }
            Kind::Elapsed(elapsed) => elapsed.first_after(after.at).map(|at| self.found(at)),
            Kind::Cron(cron) => {
                let after = after.at.max(self.anchor_at - Duration::milliseconds(1));
                cron.first_after(after, self.zone).map(|at| self.found(at))
            }
        }
    }

    /// How many occurrences lie before one, counted up to `most`.
    pub(super) fn count_before(&self, found: &Found, most: u32) -> u32 {
        match (&self.kind, found.at) {
            (Kind::Elapsed(elapsed), Some(at)) => elapsed.count_before(at, most),
            (Kind::Cron(cron), Some(at)) => {
                let mut count = 0;
                let mut last = self.anchor_at - Duration::milliseconds(1);
                while count < most {
                    match cron.first_after(last, self.zone).filter(|next| *next < at) {
                        Some(next) => last = next,
                        None => break,
                    }
                    count += 1;
                }
                count
            }
            (Kind::Days(dates) | Kind::Times(dates, _), _) => dates.count_before(found.date, most),
            (Kind::Elapsed(_) | Kind::Cron(_), None) => 0,
        }
    }

    pub(super) fn after(&self, found: &Found) -> After {
        match found.at {
            Some(at) => After { date: found.date, at },
            None => After::due(Due::Day(found.date), self.zone),
        }
    }

    /// The occurrence as a due date of the anchor's kind. A wall time that is the second of two is given as an instant, because a wall
    /// time means the first.
    pub(super) fn due(&self, found: &Found, anchor: Due) -> Due {
        let Some(at) = found.at else { return Due::Day(found.date) };
        let wall = local(at, self.zone);
        if matches!(anchor, Due::Instant(_)) || resolve(wall, self.zone) != at {
            Due::Instant(at)
        } else {
            Due::Wall(wall)
        }
    }

    fn found(&self, at: DateTime<Utc>) -> Found {
        Found {
            date: local(at, self.zone).date(),
            at: Some(at),
        }
    }
}

fn local(at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    wall_at(at, zone)
}

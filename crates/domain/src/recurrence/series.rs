//! A rule at work: which date follows when a task is completed, and which are to come.

use chrono::{DateTime, Datelike, Duration, NaiveDate, SubsecRound, Timelike, Utc};
use chrono_tz::Tz;

use super::{Rule, RuleError};
use crate::Due;
use crate::limits::{RECURRENCE_COUNT_MAX, RECURRENCE_EXDATES_MAX};
use crate::zone::wall_at;

mod source;

use source::{After, Found, Source};

/// From where the next date counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The calendar: occurrences of the rule from its anchor.
    #[default]
    Schedule,
    /// The day of completion in the task's zone; the time of day stays.
    Completion,
}

/// Which date follows one that was completed late, in [`Mode::Schedule`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissedPolicy {
    /// The first after both the due and the completion.
    #[default]
    Future,
    /// The first after the due, even if it is past.
    Next,
}

/// What becomes of a day that a month lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MonthEnd {
    /// The month's last day (RFC 7529 `SKIP=BACKWARD`).
    #[default]
    Clamp,
    /// No occurrence in that month (RFC 5545's own way, `SKIP=OMIT`).
    Skip,
}

/// A rule with all that decides about its dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// How dates repeat.
    pub rule: Rule,
    /// The due date that the rule was set with; `None` for a task that had none: then the day of completion stands in.
    pub anchor: Option<Due>,
    /// The task's own zone; `None` follows the person's.
    pub zone: Option<Tz>,
    /// Days without an occurrence, in the task's zone; they count in COUNT.
    pub exdates: Vec<NaiveDate>,
    /// From where the next date counts.
    pub mode: Mode,
    /// What follows a late completion.
    pub missed: MissedPolicy,
    /// What becomes of a day that a month lacks; cron knows no clamping.
    pub month_end: MonthEnd,
    /// The last moment an occurrence may have, inclusive; a day counts to its end in the task's zone.
    pub until: Option<Due>,
    /// How many occurrences the schedule has from the anchor on. In mode completion the series ends where that schedule would.
    pub count: Option<u32>,
}

impl Series {
    /// A series of a rule with the default policies and no end.
    pub fn new(rule: Rule, anchor: Option<Due>) -> Self {
        Self {
            rule,
            anchor,
            zone: None,
            exdates: Vec::new(),
            mode: Mode::default(),
            missed: MissedPolicy::default(),
            month_end: MonthEnd::default(),
            until: None,
            count: None,
        }
    }

    /// Checks that the series has a first occurrence, one end at most, and keeps the limits. `person` is the person's zone.
    pub fn check(&self, person: Tz) -> Result<(), RuleError> {
        if self.count.is_some() && self.until.is_some() {
            return Err(RuleError::CountAndUntil);
        }
        if self.count.is_some_and(|count| !(1..=RECURRENCE_COUNT_MAX).contains(&count)) {
            return Err(RuleError::Count);
        }
        if self.exdates.len() > RECURRENCE_EXDATES_MAX {
            return Err(RuleError::Exdates);
        }
        let Some(anchor) = self.anchor else { return Ok(()) };
        let zone = self.zone.unwrap_or(person);
        let source = Source::new(self, anchor, zone);
        let first = source.next(&source.before_all()).ok_or(RuleError::Never)?;
        if self.is_past_until(&first, zone) {
            Err(RuleError::UntilTooEarly)
        } else {
            Ok(())
        }
    }

    /// The date that follows when the occurrence due at `due` is completed; `None` when the series ends.
    ///
    /// In mode schedule it is later than `due`, in mode completion later than the day of completion, and it is never `due` itself again.
    pub fn next_after_completion(&self, due: Option<Due>, completed_at: DateTime<Utc>, person: Tz) -> Option<Due> {
        let zone = self.zone.unwrap_or(person);
        let completion = After::instant(completed_at, zone);
        if let (Mode::Schedule, Some(anchor)) = (self.mode, self.anchor) {
            let after = match (due.map(|due| After::due(due, zone)), self.missed) {
                (Some(due), MissedPolicy::Next) => due,
                (Some(due), MissedPolicy::Future) => due.max(completion),
                (None, _) => completion,
            };
            let source = Source::new(self, anchor, zone);
            return self.first(&source, after, None, zone).map(|found| source.due(&found, anchor));
        }
        let source = Source::new(self, self.anchor_at(completed_at, zone), zone);
        // Intervals of days begin on the day after; cron and hours know the time.
        let after = if source.is_by_day() {
            After::due(Due::Day(completion.date), zone)
        } else {
            completion
        };
        let kind = self.anchor.unwrap_or(Due::Day(completion.date));
        self.first(&source, after, due.map(|due| After::due(due, zone)), zone)
            .map(|found| source.due(&found, kind))
    }

    /// The first occurrence of the schedule after a due date, whatever the mode and the moment: what skipping leads to.
    pub fn next_after(&self, due: Due, person: Tz) -> Option<Due> {
        let zone = self.zone.unwrap_or(person);
        let anchor = self.anchor.unwrap_or(due);
        let source = Source::new(self, anchor, zone);
        self.first(&source, After::due(due, zone), None, zone)
            .map(|found| source.due(&found, anchor))
    }

    /// The dates from the anchor on, as completing each on time makes them; the anchor is among them if it fits the rule.
    pub fn occurrences(&self, person: Tz) -> Occurrences<'_> {
        Occurrences {
            series: self,
            person,
            last: Last::BeforeAnchor,
        }
    }

    /// The dates after one, as completing each on time makes them.
    pub fn occurrences_after(&self, due: Due, person: Tz) -> Occurrences<'_> {
        Occurrences {
            series: self,
            person,
            last: Last::Due(due),
        }
    }

    /// The anchor moved to the moment of completion: the day changes, the time of day stays; hours and minutes count from the minute.
    fn anchor_at(&self, completed_at: DateTime<Utc>, zone: Tz) -> Due {
        let local = wall_at(completed_at, zone);
        if matches!(&self.rule, Rule::Calendar(rule) if rule.is_elapsed()) {
            let whole = completed_at.trunc_subsecs(0);
            return Due::Instant(whole - Duration::seconds(whole.second().into()));
        }
        match self.anchor {
            None | Some(Due::Day(_)) => Due::Day(local.date()),
            Some(Due::Wall(wall)) => Due::Wall(local.date().and_time(wall.time())),
            Some(Due::Instant(at)) => Due::Wall(local.date().and_time(wall_at(at, zone).time())),
        }
    }

    /// The first occurrence after a moment that is neither left out nor `not`, if the series has not ended by then.
    fn first(&self, source: &Source<'_>, mut after: After, not: Option<After>, zone: Tz) -> Option<Found> {
        loop {
            let found = source.next(&after)?;
            if self.is_past_until(&found, zone) || self.is_past_count(&found, zone) {
                return None;
            }
            if !self.exdates.contains(&found.date) && !not.is_some_and(|not| found.is_at(&not)) {
                return Some(found);
            }
            after = source.after(&found);
        }
    }

    fn is_past_until(&self, found: &Found, zone: Tz) -> bool {
        let local_day = |at: DateTime<Utc>| wall_at(at, zone).date();
        self.until.is_some_and(|until| match (until, found.at) {
            (Due::Day(day), _) => found.date > day,
            (Due::Wall(wall), None) => found.date > wall.date(),
            (Due::Instant(at), None) => found.date > local_day(at),
            (Due::Wall(_) | Due::Instant(_), Some(at)) => until.at(zone).is_some_and(|until| at > until),
        })
    }

    fn is_past_count(&self, found: &Found, zone: Tz) -> bool {
        match (self.count, self.anchor) {
            (Some(count), Some(anchor)) => Source::new(self, anchor, zone).count_before(found, count) >= count,
            _ => false,
        }
    }
}

/// The dates to come; ends with the series.
#[derive(Clone, Debug)]
pub struct Occurrences<'a> {
    series: &'a Series,
    person: Tz,
    last: Last,
}

#[derive(Clone, Copy, Debug)]
enum Last {
    BeforeAnchor,
    Due(Due),
    Ended,
}

impl Iterator for Occurrences<'_> {
    type Item = Due;

    fn next(&mut self) -> Option<Due> {
        let zone = self.series.zone.unwrap_or(self.person);
        let next = match self.last {
            Last::Ended => None,
            Last::BeforeAnchor => self.series.anchor.and_then(|anchor| {
                let source = Source::new(self.series, anchor, zone);
                self.series
                    .first(&source, source.before_all(), None, zone)
                    .map(|found| source.due(&found, anchor))
            }),
            Last::Due(due) => self
                .series
                .next_after_completion(Some(due), due.start(zone, zone), self.person),
        };
        self.last = next.map_or(Last::Ended, Last::Due);
        next.filter(|due| due.start(zone, zone).year() <= crate::limits::YEAR_MAX)
    }
}

//! The dates of a series in a span of days, for a calendar.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use super::Mode;
use crate::zone::{start_of_day, wall_at};
use crate::{Due, Task};

/// How many dates of a series that counts from completion are looked at: it has to be followed date by date.
const STEPS_MAX: usize = 4_000;

/// From the first instant of one day to that of another, in a person's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaySpan {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl DaySpan {
    /// From the beginning of `from` to that of `to`, exclusive.
    pub fn new(from: NaiveDate, to: NaiveDate, person: Tz) -> Self {
        Self {
            from: start_of_day(from, person),
            to: start_of_day(to, person),
        }
    }
}

impl Task {
    /// The dates after its own that lie in a span, as completing each on time makes them, each with its start; at most `max`.
    pub fn occurrences_in(&self, span: &DaySpan, person: Tz, max: usize) -> Vec<(DateTime<Utc>, Due)> {
        let zone = self.zone_or(person);
        let (Some(due), Some(recurrence)) = (self.due, self.recurrence.as_ref()) else {
            return Vec::new();
        };
        let Ok(series) = recurrence.series(self.time_zone) else {
            return Vec::new();
        };
        // A schedule does not depend on what came before, so it can be entered just before the span.
        let enter = match recurrence.mode {
            Mode::Schedule if recurrence.anchor.is_some() => later(due, just_before(due, span, zone), zone, person),
            _ => due,
        };
        series
            .occurrences_after(enter, person)
            .take(STEPS_MAX)
            .map(|next| (next.start(zone, person), next))
            .skip_while(|(start, _)| *start < span.from)
            .take_while(|(start, _)| *start < span.to)
            .take(max)
            .collect()
    }
}

/// A due date of the same kind in the two days before the span; far enough that no zone matters.
fn just_before(due: Due, span: &DaySpan, zone: Tz) -> Due {
    let wall = wall_at(span.from, zone);
    let day = wall.date().checked_sub_days(chrono::Days::new(2)).unwrap_or(NaiveDate::MIN);
    match due {
        Due::Day(_) => Due::Day(day),
        Due::Wall(_) => Due::Wall(day.and_time(NaiveTime::MIN)),
        Due::Instant(_) => Due::Instant(start_of_day(day, zone)),
    }
}

fn later(one: Due, other: Due, zone: Tz, person: Tz) -> Due {
    if one.start(zone, person) < other.start(zone, person) {
        other
    } else {
        one
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TaskEdit;
    use crate::recurrence::{RecurrenceEdit, Repeat};
    use uuid::Uuid;

    fn task(due: &str, rule: &str, mode: Mode) -> Task {
        let edit = TaskEdit {
            title: Some("x".to_owned()),
            due: Some(Some(Due::parse(due).unwrap())),
            recurrence: RecurrenceEdit {
                rule: Some(Some(rule.to_owned())),
                mode: Some(mode),
                ..RecurrenceEdit::default()
            },
            ..TaskEdit::default()
        };
        let task = Task::create(Uuid::nil(), edit, "2026-11-22T10:00:00Z".parse().unwrap()).unwrap();
        assert!(matches!(task.recurrence.as_ref().unwrap().repeat, Repeat::Rule(_)));
        task
    }

    fn dates(task: &Task, from: &str, to: &str) -> Vec<String> {
        let zone = Tz::Europe__Berlin;
        let span = DaySpan::new(from.parse().unwrap(), to.parse().unwrap(), zone);
        let found = task.occurrences_in(&span, zone, 1_000);
        found.into_iter().map(|(_, due)| due.show(zone)).collect()
    }

    #[test]
    fn only_dates_after_the_tasks_own_in_the_span_are_told() {
        let weekly = task("2026-11-23T09:00", "FREQ=WEEKLY;BYDAY=MO", Mode::Schedule);
        assert_eq!(
            dates(&weekly, "2026-11-01", "2026-12-08"),
            ["2026-11-30T09:00", "2026-12-07T09:00"]
        );
        assert_eq!(dates(&weekly, "2026-12-08", "2026-12-14"), [""; 0]);
        assert_eq!(dates(&weekly, "2126-12-01", "2126-12-08"), ["2126-12-02T09:00"], "far ahead");
    }

    #[test]
    fn all_kinds_of_due_dates_are_entered_before_the_span() {
        let by_day = task("2026-11-30", "FREQ=MONTHLY;BYMONTHDAY=-1", Mode::Schedule);
        assert_eq!(dates(&by_day, "2027-02-01", "2027-04-01"), ["2027-02-28", "2027-03-31"]);
        let instant = task("2026-11-22T23:30:00Z", "FREQ=DAILY", Mode::Schedule);
        assert_eq!(dates(&instant, "2027-01-01", "2027-01-02"), ["2027-01-01T00:30:00+01:00"]);
    }

    #[test]
    fn a_series_by_completion_is_followed_date_by_date() {
        let every_ten = task("2026-11-22", "FREQ=DAILY;INTERVAL=10", Mode::Completion);
        assert_eq!(dates(&every_ten, "2026-12-20", "2027-01-05"), ["2026-12-22", "2027-01-01"]);
    }
}

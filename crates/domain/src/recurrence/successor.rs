//! The task that follows a completed occurrence: which one it is, and when it is made, withdrawn and brought back.

use chrono::{DateTime, Datelike, SubsecRound, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::{Due, Task, limits::YEAR_MAX};

/// The namespace of successors' ids (RFC 9562 section 5.5).
const SUCCESSORS: Uuid = Uuid::from_u128(0x5f1e_7a6e_3c52_5b0d_9a54_2d4c_7b0e_51d1);

/// What an occurrence knows of the task that follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Successor {
    /// The version that it had when it was made or withdrawn. While it is there with another version, somebody has touched it.
    pub version: u64,
    /// Whether it was withdrawn, because the occurrence was reopened.
    pub withdrawn: bool,
}

/// What is to become of a successor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// All is as it should be.
    Already,
    /// It is to be this from now on.
    Made(Box<Task>),
    /// It is to go.
    Withdrawn,
}

impl Task {
    /// The id of the task that follows this one. It is a function of this occurrence alone, so that an occurrence has one successor
    /// however often, and with whatever dates, it is completed.
    pub fn successor_id(&self) -> Uuid {
        successor_id(self.id)
    }

    /// What is to become of this occurrence's successor, which is `successor` now. A function of what is, not of what happened: asking
    /// twice, late or out of order changes nothing.
    ///
    /// A successor that is gone without having been withdrawn was deleted for good by the person: that ends the series.
    pub fn settle(&self, successor: Option<&Self>, person: Tz, now: DateTime<Utc>) -> Settled {
        match (self.completed_at, successor, self.successor) {
            (Some(completed_at), None, link) if self.recurs() && link.is_none_or(|link| link.withdrawn) => {
                self.next_due(completed_at, person).map_or(Settled::Already, |due| {
                    Settled::Made(Box::new(self.followed_by(due, person, now)))
                })
            }
            (None, Some(successor), Some(link)) if successor.version == link.version => Settled::Withdrawn,
            _ => Settled::Already,
        }
    }

    /// When the next occurrence is due; `None` when the series ends or never was. `completed_at` is when this one was completed.
    pub fn next_due(&self, completed_at: DateTime<Utc>, person: Tz) -> Option<Due> {
        let series = self.recurrence.as_ref()?.series(self.time_zone).ok()?;
        let next = series.next_after_completion(self.due, completed_at, person)?;
        (next.start(self.zone_or(person), person).year() <= YEAR_MAX).then_some(next)
    }

    fn followed_by(&self, due: Due, person: Tz, now: DateTime<Utc>) -> Self {
        let now = now.trunc_subsecs(3);
        let zone = self.zone_or(person);
        let mut recurrence = self.recurrence.clone();
        if let Some(recurrence) = &mut recurrence {
            recurrence.anchor.get_or_insert(due);
        }
        let mut reminder = self.reminder;
        // An instant keeps its distance from the due date; without one it was meant for this occurrence alone.
        reminder.at = reminder.at.and_then(|at| {
            let distance = at - self.due?.start(zone, person);
            due.start(zone, person).checked_add_signed(distance)
        });
        Self {
            id: self.successor_id(),
            version: self.successor.map_or(1, |link| link.version.saturating_add(1)),
            completed_at: None,
            created_at: now,
            updated_at: now,
            deleted_at: None,
            due: Some(due),
            reminder,
            recurrence,
            parent: Some(self.parent.unwrap_or(self.id)),
            rings_at: None,
            successor: None,
            ..self.clone()
        }
    }
}

/// The id of the task that follows an occurrence.
pub fn successor_id(occurrence: Uuid) -> Uuid {
    Uuid::new_v5(&SUCCESSORS, occurrence.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        TaskEdit,
        recurrence::{Pattern, PatternWord, RecurrenceEdit},
        reminder::ReminderEdit,
    };

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn daily(due: Option<&str>) -> Task {
        let edit = TaskEdit {
            title: Some("Water the plants".into()),
            tags: Some(vec!["home".into()]),
            due: Some(due.map(|due| Due::parse(due).unwrap())),
            reminder: ReminderEdit {
                at: Some(due.is_some().then(|| at("2026-11-22T07:00:00Z"))),
                ..ReminderEdit::default()
            },
            recurrence: RecurrenceEdit {
                pattern: Some(Some(PatternWord::Plain(Pattern::Daily))),
                ..RecurrenceEdit::default()
            },
            ..TaskEdit::default()
        };
        Task::create(Uuid::from_u128(1), edit, at("2026-11-20T10:00:00Z")).unwrap()
    }

    fn set(task: &Task, completed: bool, now: &str) -> Task {
        let edit = TaskEdit {
            completed: Some(completed),
            ..TaskEdit::default()
        };
        task.edited(edit, at(now)).unwrap().unwrap()
    }

    fn made(settled: Settled) -> Task {
        match settled {
            Settled::Made(task) => *task,
            other => panic!("{other:?}"),
        }
    }

    const NOW: &str = "2026-11-22T10:00:00Z";

    fn linked(task: &Task, version: u64, withdrawn: bool) -> Task {
        Task {
            successor: Some(Successor { version, withdrawn }),
            ..task.clone()
        }
    }

    #[test]
    fn a_completed_occurrence_is_followed_by_a_copy_due_next() {
        let done = set(&daily(Some("2026-11-22T09:00")), true, NOW);
        let next = made(done.settle(None, Tz::UTC, at(NOW)));
        assert_eq!(next.due, Some(Due::parse("2026-11-23T09:00").unwrap()));
        assert_eq!((next.id, next.version, next.parent), (done.successor_id(), 1, Some(done.id)));
        assert_eq!((&next.title, &next.tags, next.completed_at), (&done.title, &done.tags, None));
        assert_eq!(
            next.reminder.at,
            Some(at("2026-11-23T07:00:00Z")),
            "two hours before, as it was"
        );
        let after = made(set(&next, true, "2026-11-23T10:00:00Z").settle(None, Tz::UTC, at(NOW)));
        assert_eq!(after.parent, Some(done.id), "the first of the series");
        assert_ne!(after.id, next.id);
    }

    #[test]
    fn there_is_never_a_second_one() {
        let done = set(&daily(Some("2026-11-22T09:00")), true, NOW);
        let next = made(done.settle(None, Tz::UTC, at(NOW)));
        let done = linked(&done, 1, false);
        assert_eq!(done.settle(Some(&next), Tz::UTC, at(NOW)), Settled::Already);
        assert_eq!(
            done.settle(None, Tz::UTC, at(NOW)),
            Settled::Already,
            "the person has deleted it for good"
        );
    }

    #[test]
    fn reopening_withdraws_what_nobody_has_touched_and_completing_brings_it_back() {
        let done = set(&daily(Some("2026-11-22T09:00")), true, NOW);
        let next = made(done.settle(None, Tz::UTC, at(NOW)));
        let open = set(&linked(&done, 1, false), false, NOW);
        assert_eq!(open.settle(Some(&next), Tz::UTC, at(NOW)), Settled::Withdrawn);
        let touched = Task {
            version: 2,
            ..next.clone()
        };
        assert_eq!(open.settle(Some(&touched), Tz::UTC, at(NOW)), Settled::Already);
        assert_eq!(open.settle(None, Tz::UTC, at(NOW)), Settled::Already);

        let again = set(&linked(&open, 2, true), true, "2026-11-25T10:00:00Z");
        let back = made(again.settle(None, Tz::UTC, at(NOW)));
        assert_eq!((back.id, back.version), (next.id, 3));
        assert_eq!(back.due, Some(Due::parse("2026-11-26T09:00").unwrap()), "late this time");
    }

    #[test]
    fn without_a_due_date_the_day_of_completion_counts() {
        let next = made(set(&daily(None), true, NOW).settle(None, Tz::UTC, at(NOW)));
        assert_eq!(next.due, Some(Due::parse("2026-11-23").unwrap()));
        assert_eq!(next.recurrence.unwrap().anchor, next.due);
    }

    #[test]
    fn an_ended_or_switched_off_series_makes_none() {
        let mut done = set(&daily(Some("2026-11-22T09:00")), true, NOW);
        let rule = done.recurrence.as_mut().unwrap();
        rule.count = Some(1);
        assert_eq!(done.settle(None, Tz::UTC, at(NOW)), Settled::Already);
        let rule = done.recurrence.as_mut().unwrap();
        (rule.count, rule.enabled) = (None, false);
        assert_eq!(done.settle(None, Tz::UTC, at(NOW)), Settled::Already);
    }
}

//! The task itself, and what changed between two versions of it.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::{
    Due,
    recurrence::{Recurrence, Successor},
    reminder::{PersonTime, Reminder},
};

/// One task of one person. Whose it is, is a matter of where it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// A `UUIDv7`, so that ids sort by creation.
    pub id: Uuid,
    /// Rises by one with each change; the first is 1.
    pub version: u64,
    /// One line, NFC, 1 to 500 characters.
    pub title: String,
    /// NFC, at most 16,000 characters; empty when there is none.
    pub description: String,
    /// How much it matters.
    pub priority: Priority,
    /// At most 50, as typed, without two that differ only in case.
    pub tags: Vec<String>,
    /// When it is due, if ever.
    pub due: Option<Due>,
    /// The task's own zone; `None` follows the person's.
    pub time_zone: Option<Tz>,
    /// When it was completed, in UTC, to the millisecond; `None` while it is open.
    pub completed_at: Option<DateTime<Utc>>,
    /// When it was created, in UTC, to the millisecond.
    pub created_at: DateTime<Utc>,
    /// When it last changed, in UTC, to the millisecond; never goes back.
    pub updated_at: DateTime<Utc>,
    /// When it went to the trash, in UTC, to the millisecond.
    pub deleted_at: Option<DateTime<Utc>>,
    /// How its reminder is set.
    pub reminder: Reminder,
    /// How it repeats.
    pub recurrence: Option<Box<Recurrence>>,
    /// The first task of the series, when that is another.
    pub parent: Option<Uuid>,
    /// When its reminder is to ring, in UTC: [`Task::reminds_at`] while it is open. Kept with the task, so that reminder-handler needs
    /// to know no zone; whoever stores the task sets it.
    pub rings_at: Option<DateTime<Utc>>,
    /// Where it stands in the manual order, when it was moved: see [`Task::place`].
    pub position: Option<String>,
    /// What it knows of the task that follows it; `None` while it has had none. Written by recurrence-handler, no part of the version.
    pub successor: Option<Successor>,
}

impl Task {
    /// Whether the task is done.
    pub fn is_completed(&self) -> bool {
        self.completed_at.is_some()
    }

    /// Whether the task lies in the trash.
    pub fn is_trashed(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// The zone that the due date is read in: the task's own, or else the person's.
    pub fn zone_or(&self, person: Tz) -> Tz {
        self.time_zone.unwrap_or(person)
    }

    /// Whether the task is open and its instant, or its whole day, is past.
    pub fn is_overdue(&self, person: Tz, now: DateTime<Utc>) -> bool {
        !self.is_completed() && self.due.is_some_and(|due| due.is_over(self.zone_or(person), person, now))
    }

    /// When its reminder rings by its due date and setting, in UTC, whether it is open or not.
    pub fn reminds_at(&self, person: &PersonTime) -> Option<DateTime<Utc>> {
        self.reminder.rings_at(self.due, self.zone_or(person.zone), person)
    }

    /// Whether it is neither completed nor in the trash.
    pub fn is_open(&self) -> bool {
        !self.is_completed() && !self.is_trashed()
    }

    /// Whether completing it makes the next one.
    pub fn recurs(&self) -> bool {
        self.recurrence.as_ref().is_some_and(|recurrence| recurrence.enabled)
    }
}

/// How much a task matters; orders from `None` up to `High`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Not said.
    #[default]
    None,
    /// `low`
    Low,
    /// `medium`
    Medium,
    /// `high`
    High,
}

/// A word that names no priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be one of high, medium, low, none")]
pub struct UnknownPriority;

impl Priority {
    /// All of them, lowest first.
    pub const ALL: [Self; 4] = [Self::None, Self::Low, Self::Medium, Self::High];

    /// The API's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Reads the API's word, in lower case.
    pub fn parse(text: &str) -> Result<Self, UnknownPriority> {
        Self::ALL
            .into_iter()
            .find(|priority| priority.as_str() == text)
            .ok_or(UnknownPriority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_read_back_and_order() {
        for priority in Priority::ALL {
            assert_eq!(Priority::parse(priority.as_str()), Ok(priority));
        }
        assert_eq!(Priority::parse("High"), Err(UnknownPriority));
        assert!(Priority::High > Priority::Medium && Priority::Low > Priority::None);
    }
}

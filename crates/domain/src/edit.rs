//! Creating, editing, trashing and restoring: every rule in one place, all of them told at once.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Duration, SubsecRound, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::fold::fold_case;
use crate::limits::{
    COMPLETED_AT_LEEWAY_SECONDS, DESCRIPTION_CHARS_MAX, TAG_CHARS_MAX, TAGS_MAX, TITLE_CHARS_MAX, YEAR_MAX, YEAR_MIN,
};
use crate::recurrence::RecurrenceEdit;
use crate::reminder::{PersonTime, Reminder, ReminderEdit};
use crate::{Due, Priority, Task, Violation, position, text};

/// What a caller wants changed. `None` leaves a field as it is; `Some(None)` clears one that can be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskEdit {
    /// A new title.
    pub title: Option<String>,
    /// A new description; empty clears it.
    pub description: Option<String>,
    /// Completes or reopens.
    pub completed: Option<bool>,
    /// When it was completed, for those who know better than our clock. `Some(None)` says nothing more than `completed` does.
    pub completed_at: Option<Option<DateTime<Utc>>>,
    /// A new priority.
    pub priority: Option<Priority>,
    /// All tags anew.
    pub tags: Option<Vec<String>>,
    /// A new due date.
    pub due: Option<Option<Due>>,
    /// A new zone of the task's own.
    pub time_zone: Option<Option<Tz>>,
    /// Another place in the manual order; `Some(None)` gives it the one that follows from when it was made.
    pub position: Option<Option<String>>,
    /// Changes of its reminder.
    pub reminder: ReminderEdit,
    /// Changes of its recurrence.
    pub recurrence: RecurrenceEdit,
}

impl TaskEdit {
    /// Leaves the reminder alone when it is set to the instant at which it rings anyway: that is what GET shows, and it is to go on
    /// following the due date when a client sends it back.
    #[must_use]
    pub fn without_shown_reminder(mut self, task: &Task, person: &PersonTime) -> Self {
        if task.reminder.at.is_none() && self.reminder.at.is_some_and(|at| at == task.reminds_at(person)) {
            self.reminder.at = None;
        }
        self
    }
}

impl Task {
    /// Makes version 1 of a task. A title is required; everything else has a default. Times are kept to the millisecond.
    ///
    /// # Errors
    /// Every rule that the edit breaks.
    pub fn create(id: Uuid, edit: TaskEdit, now: DateTime<Utc>) -> Result<Self, Vec<Violation>> {
        let now = now.trunc_subsecs(3);
        let untitled = edit.title.is_none();
        let mut task = Self {
            id,
            ..Self::untitled(now)
        };
        let mut found = Vec::new();
        if untitled {
            found.push(Violation::new("title", "required", "is required: give the task a title"));
        }
        task.apply(edit, now, &mut found);
        if found.is_empty() { Ok(task) } else { Err(found) }
    }

    /// A task with nothing in it, not even a title.
    pub(crate) fn untitled(now: DateTime<Utc>) -> Self {
        Self {
            id: Uuid::nil(),
            version: 1,
            title: String::new(),
            description: String::new(),
            priority: Priority::None,
            tags: Vec::new(),
            due: None,
            time_zone: None,
            completed_at: None,
            created_at: now,
            updated_at: now,
            deleted_at: None,
            reminder: Reminder::default(),
            recurrence: None,
            parent: None,
            rings_at: None,
            position: None,
            successor: None,
        }
    }

    /// The next version with the edit applied; `None` when the edit changes nothing.
    ///
    /// # Errors
    /// Every rule that the edit breaks.
    pub fn edited(&self, edit: TaskEdit, now: DateTime<Utc>) -> Result<Option<Self>, Vec<Violation>> {
        let mut task = self.clone();
        let mut found = Vec::new();
        task.apply(edit, now.trunc_subsecs(3), &mut found);
        if !found.is_empty() {
            Err(found)
        } else if task == *self {
            Ok(None)
        } else {
            Ok(Some(task.risen(now)))
        }
    }

    /// The next version, in the trash; `None` when it lies there already.
    pub fn trashed(&self, now: DateTime<Utc>) -> Option<Self> {
        if self.is_trashed() {
            return None;
        }
        Some(
            Self {
                deleted_at: Some(now.trunc_subsecs(3)),
                ..self.clone()
            }
            .risen(now),
        )
    }

    /// The next version, out of the trash; `None` when it is not there.
    pub fn restored(&self, now: DateTime<Utc>) -> Option<Self> {
        self.deleted_at?;
        Some(
            Self {
                deleted_at: None,
                ..self.clone()
            }
            .risen(now),
        )
    }

    /// The next version, due at `next`: the open task of a series, moved on.
    #[must_use]
    pub fn skipped(&self, next: Due, now: DateTime<Utc>) -> Self {
        let mut task = self.clone();
        if let Some(anchorless) = task.recurrence.as_mut().filter(|recurrence| recurrence.anchor.is_none()) {
            anchorless.anchor = Some(next);
        }
        task.due = Some(next);
        task.risen(now)
    }

    fn risen(mut self, now: DateTime<Utc>) -> Self {
        self.version = self.version.saturating_add(1);
        self.updated_at = self.updated_at.max(now.trunc_subsecs(3));
        self
    }

    fn apply(&mut self, edit: TaskEdit, now: DateTime<Utc>, found: &mut Vec<Violation>) {
        self.complete(&edit, now, found);
        if let Some(title) = edit.title {
            self.title = text::line("title", title, TITLE_CHARS_MAX, found);
        }
        if let Some(description) = edit.description {
            self.description = text::block("description", description, DESCRIPTION_CHARS_MAX, found);
        }
        if let Some(priority) = edit.priority {
            self.priority = priority;
        }
        if let Some(tags) = edit.tags {
            self.tags = clean_tags(tags, found);
        }
        let due_before = self.due;
        if let Some(due) = edit.due {
            self.due = due;
        }
        if let Some(zone) = edit.time_zone {
            self.time_zone = zone;
        }
        if let Some(place) = edit.position {
            self.position = place.and_then(|place| position::checked(place, self, found));
        }
        self.reminder = edit.reminder.apply(self.reminder, self.due, found);
        self.repeat(edit.recurrence, edit.due.is_some() && self.due != due_before, found);
    }

    /// Applies the recurrence's part. The anchor is the due date at the time the rule is set or changed, or when both come together.
    fn repeat(&mut self, edit: RecurrenceEdit, due_moved: bool, found: &mut Vec<Violation>) {
        if edit == RecurrenceEdit::default() && self.recurrence.is_none() {
            return;
        }
        let before = found.len();
        let with_due = edit.names_rule() && due_moved;
        let Some(mut after) = edit.apply(self.recurrence.as_deref(), found) else {
            if found.len() == before {
                self.recurrence = None;
            }
            return;
        };
        let same_rule = self.recurrence.as_ref().is_some_and(|current| current.repeat == after.repeat);
        if !same_rule || with_due || after.anchor.is_none() {
            after.anchor = self.due;
        }
        let after = Some(Box::new(after));
        if after != self.recurrence {
            if let Some(after) = &after {
                after.check(self.time_zone, found);
            }
            self.recurrence = after;
        }
    }

    fn complete(&mut self, edit: &TaskEdit, now: DateTime<Utc>, found: &mut Vec<Violation>) {
        const FIELD: &str = "completed_at";
        let will_be = edit.completed.unwrap_or(self.is_completed());
        match edit.completed_at {
            Some(Some(at)) => {
                if !will_be {
                    found.push(Violation::new(
                        FIELD,
                        "conflict",
                        "is only for a completed task: send completed: true with it, or leave it out",
                    ));
                }
                if at > now + Duration::seconds(COMPLETED_AT_LEEWAY_SECONDS) {
                    found.push(Violation::new(
                        FIELD,
                        "in_future",
                        "must not lie in the future: give the time it was completed, or leave it out for now",
                    ));
                }
                if !(YEAR_MIN..=YEAR_MAX).contains(&at.year()) {
                    found.push(Violation::new(
                        FIELD,
                        "out_of_range",
                        format!("must lie in the years {YEAR_MIN} to {YEAR_MAX}"),
                    ));
                }
            }
            Some(None) if edit.completed.is_none() && self.is_completed() => {
                found.push(Violation::new(
                    FIELD,
                    "conflict",
                    "can't be cleared on a completed task: send completed: false to reopen it",
                ));
            }
            _ => {}
        }
        self.completed_at = match (will_be, edit.completed_at.flatten()) {
            (false, _) => None,
            (true, Some(at)) => Some(at.trunc_subsecs(3)),
            (true, None) => self.completed_at.or(Some(now)),
        };
    }
}

/// Trims, checks each, and keeps the first of those that differ only in case.
fn clean_tags(tags: Vec<String>, found: &mut Vec<Violation>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut kept = Vec::with_capacity(tags.len().min(TAGS_MAX));
    for (index, tag) in tags.into_iter().enumerate() {
        let field = format!("tags.{index}");
        let tag = text::line(&field, tag, TAG_CHARS_MAX, found);
        if tag.contains(',') {
            found.push(Violation::new(
                field,
                "comma",
                "must not hold a comma, which separates tags in a filter: make two tags of it",
            ));
        }
        if seen.insert(fold_case(&tag)) {
            kept.push(tag);
        }
    }
    if kept.len() > TAGS_MAX {
        found.push(Violation::new(
            "tags",
            "too_many",
            format!("must be at most {TAGS_MAX} tags, are {}: remove some", kept.len()),
        ));
    }
    kept
}

#[cfg(test)]
mod tests;

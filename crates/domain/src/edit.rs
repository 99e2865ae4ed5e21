//! Creating, editing, trashing and restoring: every rule in one place, all of them told at once.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Duration, SubsecRound, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::fold::fold_case;
use crate::limits::{
    COMPLETED_AT_LEEWAY_SECONDS, DESCRIPTION_CHARS_MAX, TAG_CHARS_MAX, TAGS_MAX, TITLE_CHARS_MAX, YEAR_MAX, YEAR_MIN,
};
use crate::{Due, Priority, Task, Violation, text};

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
        };
        let mut found = Vec::new();
        if untitled {
            found.push(Violation::new("title", "required", "is required: give the task a title"));
        }
        task.apply(edit, now, &mut found);
        if found.is_empty() { Ok(task) } else { Err(found) }
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
        if let Some(due) = edit.due {
            self.due = due;
        }
        if let Some(zone) = edit.time_zone {
            self.time_zone = zone;
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

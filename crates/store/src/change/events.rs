//! Which events a change causes.

use spindle_contract::events::{self, EventType, TaskChange};
use spindle_domain::Task;
use uuid::Uuid;

use super::Author;
use crate::{Store, StoreError, outbox::Pending, people::Profile};

/// A change of one task.
pub(super) struct Change<'a> {
    pub(super) version: u64,
    id: Uuid,
    event_type: EventType,
    before: Option<&'a Task>,
    after: Option<&'a Task>,
}

impl<'a> Change<'a> {
    pub(super) fn new(id: Uuid, event_type: EventType, before: Option<&'a Task>, after: Option<&'a Task>) -> Self {
        let version = match (before, after) {
            (_, Some(after)) => after.version,
            (Some(before), None) => before.version + 1,
            (None, None) => 1,
        };
        Self {
            version,
            id,
            event_type,
            before,
            after,
        }
    }

    /// What recurrence-handler is to hear: that an occurrence was completed (or a completed task made to repeat), or reopened.
    fn update(&self) -> Option<EventType> {
        let after = self.after?;
        let was_completed = self.before.is_some_and(Task::is_completed);
        if after.is_completed() {
            let same_rule = self.before.is_some_and(|before| before.recurrence == after.recurrence);
            (after.recurs() && !(was_completed && same_rule)).then_some(EventType::Completed)
        } else {
            (was_completed && (after.successor.is_some() || after.recurs())).then_some(EventType::Reopened)
        }
    }
}

impl Store {
    /// The events of a change, in the order in which they are to be published.
    pub(super) fn events(&self, author: &Author, profile: &Profile, change: &Change<'_>) -> Result<Vec<Pending>, StoreError> {
        let now = self.clock.now();
        let told = |event_type| TaskChange {
            id: self.new_id(),
            event_type,
            component: author.component,
            time: now,
            user_id: author.user,
            task_id: change.id,
            version: change.version,
            before: change.before,
            after: change.after,
            person: profile.time(),
            actor: &author.actor,
            request_id: &author.request_id,
        };
        let logged = told(change.event_type);
        let mut all = vec![Pending::event(events::TASK_EVENTS, &logged, events::task_event(&logged))];
        let rings = |task: Option<&Task>| task.and_then(|task| task.rings_at);
        let fire_at = rings(change.after);
        if fire_at != rings(change.before) {
            let due_ahead = change.after.is_some_and(|task| self.is_due_ahead(task, profile.zone));
            let silent = fire_at.is_some_and(|at| at <= now) && !due_ahead;
            let told = told(EventType::ReminderChanged);
            all.push(Pending::event(
                events::REMINDERS,
                &told,
                events::reminder_event(&told, fire_at, silent),
            ));
        }
        if let Some(event_type) = change.update() {
            let told = told(event_type);
            all.push(Pending::event(events::TASK_UPDATES, &told, events::update_event(&told)));
        }
        all.into_iter().collect()
    }
}

//! Reminders that cannot be lost: the plan of each is in the state store, and so is, by minute, which are to ring. Dapr only ticks.
//!
//! The truth is in the task itself (`Task::rings_at`); an event on the topic `reminders` tells where to look. A plan
//! (`reminder:{user}:{task}`) has an entry for each of its alarms in `due:{minute}:{cell}`, 32 cells a minute by person, so that ten
//! thousand at 09:00 rewrite no large document, and that those of one person, who share a feed, do not ring against each other. An entry that the plan no longer knows is dropped when its minute comes.

mod due;
mod plan;
mod ring;
mod tick;

pub use ring::Rung;
pub use tick::Ticked;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use spindle_contract::notifications::NotificationBody;
use spindle_dapr::{Guard, StateError, Write};
use uuid::Uuid;

use crate::{
    Store, StoreError, keys,
    notifications::Acknowledged,
    tasks::{parse, parse_bytes},
    to_json,
};
use due::{DueDoc, DueEntry};
pub(crate) use plan::Plan;

/// How many documents the reminders of a minute are spread over.
pub(crate) const CELLS: u8 = 32;

/// A place in the documents of what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Minutes since 1970.
    pub minute: i64,
    /// One of 32, by person.
    pub cell: u8,
}

impl Place {
    /// Where the alarms of a person are at a minute.
    pub fn of(user: Uuid, minute: i64) -> Self {
        Self {
            minute,
            cell: user.as_bytes()[15] % CELLS,
        }
    }

    fn key(self) -> String {
        keys::due(self.minute, self.cell)
    }

    /// The outbox slot of the events of what rings here.
    pub fn slot(self) -> u8 {
        self.cell
    }
}

/// An alarm that is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alarm {
    /// When it rings.
    pub at: DateTime<Utc>,
    /// Where its entry is.
    pub place: Place,
}

/// What a task says of its reminder.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    /// When it is to ring.
    pub fire_at: Option<DateTime<Utc>>,
    /// When that was said.
    pub time: DateTime<Utc>,
    /// Whether the task was due before.
    pub silent: bool,
}

impl Store {
    /// Plans a task's reminder as the task says. Gives the alarms that are set now; `None` when the task says something else by now, of
    /// which another event tells.
    ///
    /// Safe to repeat, late and out of order: what is planned follows from the task as it is stored and the plan as it is, and is one
    /// transaction under the plan's `ETag`.
    pub async fn plan_reminder(&self, user: Uuid, task: Uuid, said: &Said) -> Result<Option<Vec<Alarm>>, StoreError> {
        let mut attempt = 0;
        loop {
            // The plan is read before the task: whoever plans by a newer task has changed the plan by then.
            let (plan, guard) = self.plan(user, task).await?;
            let row = self.task(user, task).await?;
            let rings_at = row.as_ref().and_then(|(_, task)| task.rings_at);
            if rings_at != said.fire_at {
                return Ok(None);
            }
            let next = plan.reconciled(rings_at.map(millis), millis(said.time), said.silent);
            // An erased person's or purged task's plan is not begun.
            if next == Plan::default() && guard == Guard::Absent {
                return Ok(Some(Vec::new()));
            }
            match self.write_plan(user, task, &next, guard, Vec::new()).await {
                Err(StoreError::State(StateError::Conflict)) => self.back_off(&mut attempt).await?,
                alarms => return alarms.map(Some),
            }
        }
    }

    /// Lets a notification come again at a time; `None` when there is no such notification.
    pub async fn snooze(
        &self,
        user: Uuid,
        id: Uuid,
        until: DateTime<Utc>,
    ) -> Result<Option<(NotificationBody, Vec<Alarm>)>, StoreError> {
        let mut attempt = 0;
        loop {
            let Some(Acknowledged { notification, writes }) = self.acknowledging(user, id, Some(until)).await? else {
                return Ok(None);
            };
            let (plan, guard) = self.plan(user, notification.task_id).await?;
            let plan = Plan {
                snooze: Some(millis(until)),
                ..plan
            };
            match self.write_plan(user, notification.task_id, &plan, guard, writes).await {
                Err(StoreError::State(StateError::Conflict)) => self.back_off(&mut attempt).await?,
                alarms => return Ok(Some((notification, alarms?))),
            }
        }
    }

    /// Writes a plan with the entries of its alarms, and other writes with them, in one transaction.
    async fn write_plan(
        &self,
        user: Uuid,
        task: Uuid,
        plan: &Plan,
        guard: Guard,
        mut writes: Vec<Write>,
    ) -> Result<Vec<Alarm>, StoreError> {
        let this_minute = minute_of(millis(self.clock.now()));
        let mut alarms = Vec::new();
        for at in plan.alarms() {
            // What is past already is put where the next tick looks.
            let place = Place::of(user, minute_of(at).max(this_minute));
            alarms.push((at, place));
        }
        for (index, (_, place)) in alarms.iter().enumerate() {
            if alarms.iter().take(index).any(|(_, other)| other == place) {
                continue;
            }
            let (mut due, due_guard) = self.due(*place).await?;
            let here = alarms.iter().filter(|(_, other)| other == place);
            let added = here.filter(|(at, _)| due.add(DueEntry { task, user, at: *at })).count();
            if added > 0 {
                writes.push(Write::put(place.key(), to_json(&due)?, due_guard));
            }
        }
        writes.push(Write::put(keys::reminder(user, task), to_json(plan)?, guard));
        self.dapr.transaction(&writes).await?;
        let alarm = |(at, place)| DateTime::from_timestamp_millis(at).map(|at| Alarm { at, place });
        Ok(alarms.into_iter().filter_map(alarm).collect())
    }

    async fn plan(&self, user: Uuid, task: Uuid) -> Result<(Plan, Guard), StoreError> {
        let key = keys::reminder(user, task);
        match self.dapr.get(&key).await? {
            None => Ok((Plan::default(), Guard::Absent)),
            Some((body, etag)) => Ok((parse_bytes(&key, &body)?, Guard::Etag(etag))),
        }
    }

    /// The alarms of a task that are set.
    pub async fn alarms(&self, user: Uuid, task: Uuid) -> Result<Vec<DateTime<Utc>>, StoreError> {
        let (plan, _) = self.plan(user, task).await?;
        Ok(plan.alarms().filter_map(DateTime::from_timestamp_millis).collect())
    }

    async fn due(&self, place: Place) -> Result<(DueDoc, Guard), StoreError> {
        match self.dapr.get(&place.key()).await? {
            None => Ok((DueDoc::default(), Guard::Absent)),
            Some((body, etag)) => Ok((parse_bytes(&place.key(), &body)?, Guard::Etag(etag))),
        }
    }
}

/// Reads a document of a bulk answer.
fn read<'a, T: serde::Deserialize<'a>>(key: &str, data: Option<&'a RawValue>) -> Result<Option<T>, StoreError> {
    data.map(|data| parse(key, data)).transpose()
}

fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

fn minute_of(ms: i64) -> i64 {
    ms.div_euclid(60_000)
}

//! A person's time has changed: their floating reminders ring at other instants from now on.
//!
//! The profile's change leaves an order in the outbox, in its own transaction, so that a crash cannot lose it. Carrying it out twice does
//! no harm: what the rows say is computed anew, and reminder-handler is only told where to look.

use bytes::Bytes;
use chrono_tz::Tz;
use spindle_contract::events::{self, EventType, TaskChange};
use spindle_dapr::{Guard, StateError, Write};
use spindle_domain::{Due, Task};
use uuid::Uuid;

use crate::{
    RelayError, Store, StoreError, keys,
    people::Profile,
    shard::{Row, Shard, ShardDoc},
    tasks::parse_bytes,
    to_json,
};

/// Who plans anew, as events name it.
const COMPONENT: &str = "task-api";

impl Store {
    /// Computes anew when the reminders of a person's open tasks ring, and tells reminder-handler of those that are to come.
    pub(crate) async fn replan(&self, user: Uuid) -> Result<(), RelayError> {
        let mut index = 0;
        // A shard that is split meanwhile makes the depth rise.
        while let Some((profile, _)) = self.person(user).await? {
            if index >= 1_u32 << profile.depth {
                break;
            }
            let mut attempt = 0;
            let tasks = loop {
                match self.replan_shard(user, index).await {
                    Err(StoreError::State(StateError::Conflict)) => self.back_off(&mut attempt).await?,
                    tasks => break tasks?,
                }
            };
            for task in tasks {
                self.tell(&profile, &task).await?;
            }
            index += 1;
        }
        Ok(())
    }

    /// Writes one shard's rows as the person's time is now; gives the floating tasks whose reminder may still ring.
    async fn replan_shard(&self, user: Uuid, index: u32) -> Result<Vec<Task>, StoreError> {
        let (key, feed_key) = (keys::shard(user, index), keys::feed(user));
        // Read after the feed, so that a profile changed meanwhile makes the feed's guard fail.
        let Some((feed, feed_etag)) = self.dapr.get(&feed_key).await? else {
            return Ok(Vec::new());
        };
        let Some((profile, _)) = self.person(user).await? else {
            return Ok(Vec::new());
        };
        let Some((body, etag)) = self.dapr.get(&key).await? else {
            return Ok(Vec::new());
        };
        let doc: ShardDoc<'_> = parse_bytes(&key, &body)?;
        let (depth, mut rows) = (doc.depth, doc.into_rows());
        let (mut tasks, mut changed) = (Vec::new(), false);
        for row in &mut rows {
            let mut task = row.task().ok_or_else(|| StoreError::Damaged(key.clone()))?;
            if !task.is_open() || !floats(&task) {
                continue;
            }
            let rings_at = task.reminds_at(&profile.time());
            if task.rings_at != rings_at {
                task.rings_at = rings_at;
                *row = Row::of(&task);
                changed = true;
            }
            if rings_at.is_some_and(|at| at > self.clock.now() || self.is_due_ahead(&task, profile.zone)) {
                tasks.push(task);
            }
        }
        if changed {
            let shard = Shard { depth, rows };
            let feed = String::from_utf8_lossy(&feed).into_owned();
            let writes = [
                Write::put(key, to_json(&shard.doc())?, Guard::Etag(etag)),
                // As it was: it only serialises this with the person's other changes.
                Write::put(feed_key, feed, Guard::Etag(feed_etag)),
            ];
            self.dapr.transaction(&writes).await?;
        }
        Ok(tasks)
    }

    /// Whether a task has a due date that is not past.
    pub(crate) fn is_due_ahead(&self, task: &Task, person: Tz) -> bool {
        let zone = task.zone_or(person);
        task.due.is_some_and(|due| !due.is_over(zone, person, self.clock.now()))
    }

    async fn tell(&self, profile: &Profile, task: &Task) -> Result<(), RelayError> {
        let told = TaskChange {
            id: self.new_id(),
            event_type: EventType::ReminderChanged,
            component: COMPONENT,
            time: self.clock.now(),
            user_id: profile.id,
            task_id: task.id,
            version: task.version,
            before: None,
            after: None,
            person: profile.time(),
            actor: "",
            request_id: "",
        };
        let event = Bytes::from(events::reminder_event(&told, task.rings_at, false));
        let published = self.dapr.publish(events::REMINDERS, &task.id.to_string(), event).await;
        published.map_err(RelayError::Publish)
    }
}

/// Whether the person's own zone or time of day decides when it reminds.
fn floats(task: &Task) -> bool {
    match task.due {
        _ if task.reminder.at.is_some() => false,
        Some(Due::Day(_)) => true,
        Some(Due::Wall(_)) => task.time_zone.is_none(),
        // Days before an instant are counted on the person's calendar.
        Some(Due::Instant(_)) => task.time_zone.is_none() && task.reminder.days > 0,
        None => false,
    }
}

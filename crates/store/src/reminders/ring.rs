//! Ringing: what is due becomes notifications, in one transaction for many tasks of many people.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use spindle_contract::{
    events::{self, EventType, TaskChange},
    notifications::NotificationBody,
};
use spindle_dapr::{BulkAnswer, Guard, StateError, Write};
use spindle_domain::Task;
use uuid::Uuid;

use super::{Place, Plan, due::DueEntry, millis, read};
use crate::{
    Store, StoreError,
    feed::{FeedDoc, FeedKind},
    keys,
    notifications::{NotificationsDoc, notification_id},
    outbox::{OutboxDoc, Pending},
    people::{Profile, UserDoc},
    shard::{ShardDoc, hash_of, index_at},
    to_json,
};

/// How many entries one transaction rings at most.
const CHUNK: usize = 64;
/// Who rings, as events name it.
const COMPONENT: &str = "reminder-handler";

/// What ringing has done.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Rung {
    /// How many rang.
    pub count: usize,
    /// Whose: their events wait in the outbox slot of the place.
    pub tasks: BTreeSet<Uuid>,
    /// Whether more is due at the same place.
    pub more: bool,
    /// How long after its time the latest of them rang, in seconds.
    pub late_seconds: u64,
}

/// The documents of one person.
struct PersonDocs<'a> {
    profile: Profile,
    feed: (FeedDoc<'a>, Guard),
    notifications: (NotificationsDoc, Guard),
    changed: bool,
}

/// The documents of a bulk answer by key.
struct Items<'a>(BTreeMap<String, (Option<&'a RawValue>, Guard)>);

impl<'a> Items<'a> {
    fn of(answer: &'a BulkAnswer) -> Result<Self, StoreError> {
        let items = answer.items::<&RawValue>()?.into_iter();
        let guarded = items.map(|item| (item.key, (item.data, item.etag.map_or(Guard::Absent, Guard::Etag))));
        Ok(Self(guarded.collect()))
    }

    fn get(&self, key: &str) -> (Option<&'a RawValue>, Guard) {
        self.0.get(key).cloned().unwrap_or((None, Guard::Absent))
    }

    /// Those of these people that are there.
    fn people(&self, users: BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, PersonDocs<'a>>, StoreError> {
        let mut people = BTreeMap::new();
        for user in users {
            let (user_key, feed_key, list_key) = (keys::user(user), keys::feed(user), keys::notifications(user));
            let Some(doc) = read::<UserDoc>(&user_key, self.get(&user_key).0)? else {
                continue;
            };
            let ((feed, feed_guard), (list, list_guard)) = (self.get(&feed_key), self.get(&list_key));
            let docs = PersonDocs {
                profile: doc.profile(user)?,
                feed: (read(&feed_key, feed)?.unwrap_or_default(), feed_guard),
                notifications: (read(&list_key, list)?.unwrap_or_default(), list_guard),
                changed: false,
            };
            people.insert(user, docs);
        }
        Ok(people)
    }
}

impl Store {
    /// Rings what is due at a place: the chunk that holds `task`, or else the first.
    ///
    /// An entry rings when its plan still has the alarm and the task still says the same moment, which it does not when it is done or
    /// gone. The feed of each person is read before their tasks and written with the rest, and every change of a task writes it too: a
    /// task that is completed meanwhile makes this conflict and be decided again. Whoever comes second finds nothing due; a crash before
    /// the transaction has done nothing, one after it everything but relaying, which the tick does.
    pub async fn ring(&self, place: Place, task: Option<Uuid>) -> Result<Rung, StoreError> {
        let mut attempt = 0;
        loop {
            match self.try_ring(place, task).await {
                Err(StoreError::State(StateError::Conflict)) => self.back_off(&mut attempt).await?,
                rung => return rung,
            }
        }
    }

    async fn try_ring(&self, place: Place, task: Option<Uuid>) -> Result<Rung, StoreError> {
        let now = self.clock.now();
        let (mut due, due_guard) = self.due(place).await?;
        let ready: Vec<DueEntry> = due.entries.iter().filter(|entry| entry.at <= millis(now)).copied().collect();
        let at = task
            .and_then(|task| ready.iter().position(|entry| entry.task == task))
            .unwrap_or(0);
        let Some(chunk) = ready.chunks(CHUNK).nth(at / CHUNK) else {
            return Ok(Rung::default());
        };
        let slot_key = keys::outbox(place.slot());
        let users: BTreeSet<Uuid> = chunk.iter().map(|entry| entry.user).collect();
        let plan_keys: BTreeSet<String> = chunk.iter().map(|entry| keys::reminder(entry.user, entry.task)).collect();
        let mut keys: Vec<String> = plan_keys.iter().cloned().collect();
        keys.extend(
            users
                .iter()
                .flat_map(|user| [keys::user(*user), keys::feed(*user), keys::notifications(*user)]),
        );
        keys.push(slot_key.clone());
        let answer = self.dapr.bulk_get(&keys).await?;
        let items = Items::of(&answer)?;
        let mut people = items.people(users)?;
        let tasks = self.tasks_of(chunk, &people).await?;

        let (outbox, outbox_guard) = items.get(&slot_key);
        let mut outbox: OutboxDoc = read(&slot_key, outbox)?.unwrap_or_default();
        let mut plans: BTreeMap<String, (Plan, Guard)> = BTreeMap::new();
        let (mut count, mut tasks_rung, mut late_seconds) = (0, BTreeSet::new(), 0);
        for entry in chunk {
            let key = keys::reminder(entry.user, entry.task);
            let (stored, guard) = if let Some((plan, guard)) = plans.remove(&key) {
                (Some(plan), guard)
            } else {
                let (data, guard) = items.get(&key);
                (read::<Plan>(&key, data)?, guard)
            };
            let Some(plan) = stored else { continue };
            let task = tasks.get(&entry.task);
            let person = people.get_mut(&entry.user);
            let says = task.and_then(|task| task.rings_at).map(millis);
            let next = match (task, person) {
                (Some(task), Some(person)) if plan.alarms().any(|at| at == entry.at) && says.is_some() && says == plan.base => {
                    let plan = plan.rung_at(entry.at);
                    let notification = notification(task, entry.at, now);
                    person.notifications.0.ring(&notification);
                    person.feed.0.push(notification.id, FeedKind::Notification, now);
                    person.changed = true;
                    late_seconds = late_seconds.max(notification.late_seconds);
                    outbox.entries.push(self.fired(entry, &plan, &notification, &person.profile)?);
                    tasks_rung.insert(entry.task);
                    count += 1;
                    plan
                }
                // Not open: the snooze waits in the plan for the task to be reopened.
                _ if says.is_none() => Plan {
                    next: plan.next.filter(|next| *next != entry.at),
                    ..plan
                },
                _ => plan.without(entry.at),
            };
            plans.insert(key, (next, guard));
        }
        due.entries.retain(|entry| !chunk.contains(entry));
        let mut writes = vec![match (due.entries.is_empty(), &due_guard) {
            (true, Guard::Etag(_)) => Write::delete(place.key(), due_guard),
            _ => Write::put(place.key(), to_json(&due)?, due_guard),
        }];
        for (key, (plan, guard)) in plans {
            writes.push(Write::put(key, to_json(&plan)?, guard));
        }
        for (user, person) in people.into_iter().filter(|(_, person)| person.changed) {
            writes.push(Write::put(keys::feed(user), to_json(&person.feed.0)?, person.feed.1));
            writes.push(Write::put(
                keys::notifications(user),
                to_json(&person.notifications.0)?,
                person.notifications.1,
            ));
        }
        if count > 0 {
            writes.push(Write::put(slot_key, to_json(&outbox)?, outbox_guard));
        }
        self.dapr.transaction(&writes).await?;
        Ok(Rung {
            count,
            tasks: tasks_rung,
            more: ready.len() > chunk.len(),
            late_seconds,
        })
    }

    /// The tasks of these entries that are there, read in as few calls as the depths of their shards allow.
    async fn tasks_of(
        &self,
        entries: &[DueEntry],
        people: &BTreeMap<Uuid, PersonDocs<'_>>,
    ) -> Result<BTreeMap<Uuid, Task>, StoreError> {
        let mut tasks = BTreeMap::new();
        let mut open: Vec<(&DueEntry, u8)> = entries
            .iter()
            .filter_map(|entry| Some((entry, people.get(&entry.user)?.profile.depth)))
            .collect();
        while !open.is_empty() {
            let key = |entry: &DueEntry, depth| keys::shard(entry.user, index_at(hash_of(entry.task), depth));
            let keys: BTreeSet<String> = open.iter().map(|(entry, depth)| key(entry, *depth)).collect();
            let keys: Vec<String> = keys.into_iter().collect();
            let answer: BulkAnswer = self.dapr.bulk_get(&keys).await?;
            let docs: BTreeMap<String, ShardDoc<'_>> = answer
                .items()?
                .into_iter()
                .filter_map(|item| Some((item.key, item.data?)))
                .collect();
            let mut shallower = Vec::new();
            for (entry, depth) in open {
                let Some(doc) = docs.get(&key(entry, depth)) else {
                    // A shard that has not been split since is found at a smaller depth.
                    shallower.extend(depth.checked_sub(1).map(|depth| (entry, depth)));
                    continue;
                };
                if doc.depth > depth {
                    // Split since the profile was read.
                    return Err(StateError::Conflict.into());
                }
                let simple = entry.task.simple().to_string();
                tasks.extend(
                    doc.rows()
                        .find(|row| row.is(&simple))
                        .and_then(|row| row.task())
                        .map(|task| (task.id, task)),
                );
            }
            open = shallower;
        }
        Ok(tasks)
    }

    fn fired(
        &self,
        entry: &DueEntry,
        plan: &Plan,
        notification: &NotificationBody,
        profile: &Profile,
    ) -> Result<Pending, StoreError> {
        let told = TaskChange {
            id: self.new_id(),
            event_type: EventType::ReminderFired,
            component: COMPONENT,
            time: notification.fired_at,
            user_id: entry.user,
            task_id: entry.task,
            version: plan.rings,
            before: None,
            after: None,
            person: profile.time(),
            actor: COMPONENT,
            request_id: "",
        };
        let event = events::fired_event(&told, notification);
        Pending::event(events::TASK_EVENTS, &told, event)
    }
}

fn notification(task: &Task, at: i64, now: DateTime<Utc>) -> NotificationBody {
    let fire_at = DateTime::from_timestamp_millis(at).unwrap_or(now);
    NotificationBody {
        id: notification_id(task.id, fire_at),
        task_id: task.id,
        title: task.title.clone(),
        due_date: task.due.map(|due| due.show_in_utc()),
        fire_at,
        fired_at: now,
        late_seconds: u64::try_from((now - fire_at).num_seconds()).unwrap_or(0),
        acknowledged_at: None,
        snoozed_until: None,
    }
}

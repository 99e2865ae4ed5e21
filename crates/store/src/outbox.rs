//! The outbox: events wait in the state store, written in the same transaction as the change that causes them, until the broker
//! has taken them. No event is lost, and none of a task overtakes another of that task (design: "our own outbox", ADR 2).
//!
//! Publishing is at-least-once: a crash between publishing and removing publishes again, and two relays may race. Consumers drop
//! what they have seen by the task's version. Order per task holds because every relay publishes a task's events oldest first,
//! and none goes on after a failure.

use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use spindle_contract::events::TaskChange;
use spindle_dapr::{CallError, Guard, StateError, Write};
use uuid::Uuid;

use crate::{
    Store, StoreError,
    keys::{self, OUTBOX_SLOTS},
    tasks::parse,
};

/// The tick leaves younger events to the request that wrote them.
pub const RELAY_GRACE: TimeDelta = TimeDelta::seconds(2);
/// The names that stand for a topic when the entry is not an event but an order: to erase a person's data, or to plan their reminders
/// anew.
const ERASE: &str = "!erase";
const REPLAN: &str = "!replan";

/// One event that waits, or an order that is to be carried out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pending {
    /// The event's id: tells entries apart.
    #[serde(rename = "i")]
    pub(crate) id: Uuid,
    #[serde(rename = "t")]
    pub(crate) topic: String,
    /// The task, which is the partition key; for an order the person.
    #[serde(rename = "k")]
    pub(crate) key: Uuid,
    /// The person.
    #[serde(rename = "u")]
    pub(crate) user: Uuid,
    /// When it was written, in milliseconds since 1970.
    #[serde(rename = "a")]
    pub(crate) at_ms: i64,
    /// The CloudEvent, JSON text.
    #[serde(rename = "d")]
    pub(crate) event: Option<Box<RawValue>>,
}

impl Pending {
    /// An event that waits.
    pub(crate) fn event(topic: &str, told: &TaskChange<'_>, event: String) -> Result<Self, StoreError> {
        let event = RawValue::from_string(event).map_err(|source| StateError::Unreadable {
            what: "the event".to_owned(),
            source,
        })?;
        Ok(Self {
            id: told.id,
            topic: topic.to_owned(),
            key: told.task_id,
            user: told.user_id,
            at_ms: told.time.timestamp_millis(),
            event: Some(event),
        })
    }

    pub(crate) fn erasure(id: Uuid, user: Uuid, now: DateTime<Utc>) -> Self {
        Self::order(ERASE, id, user, now)
    }

    pub(crate) fn replan(id: Uuid, user: Uuid, now: DateTime<Utc>) -> Self {
        Self::order(REPLAN, id, user, now)
    }

    fn order(what: &str, id: Uuid, user: Uuid, now: DateTime<Utc>) -> Self {
        Self {
            id,
            topic: what.to_owned(),
            key: user,
            user,
            at_ms: now.timestamp_millis(),
            event: None,
        }
    }
}

/// `outbox:{slot}`: oldest first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct OutboxDoc {
    #[serde(rename = "e", default)]
    pub(crate) entries: Vec<Pending>,
}

/// Why a relay stopped. What it had not published waits for the tick.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The broker did not take an event.
    #[error("an event could not be published")]
    Publish(#[source] CallError),
    /// The state store failed.
    #[error("the outbox could not be read or written")]
    Store(#[from] StoreError),
}

/// A slot whose oldest entry waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Which slot.
    pub slot: u8,
    /// How long its oldest entry has waited.
    pub age: TimeDelta,
    /// The topic that its oldest entry is for; none when that is an order.
    pub topic: Option<String>,
}

/// Which of a slot's entries a relay publishes.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// Those of one task, or a person's orders: what a request does after its answer. Others' requests see to their own.
    Of(Uuid),
    /// Those of these tasks: what follows ringing. Others ring at the same place and see to theirs. All of a task's, also those that a crash
    /// has left: a later event that overtook an earlier one would wait for it, and lie before it in its partition.
    OfAny(&'a BTreeSet<Uuid>),
    /// Those written before this moment: what the tick does.
    Before(DateTime<Utc>),
}

impl Which<'_> {
    fn chooses(self, entry: &Pending) -> bool {
        match self {
            Self::Of(id) => entry.key == id,
            Self::OfAny(tasks) => tasks.contains(&entry.key),
            Self::Before(moment) => entry.at_ms < moment.timestamp_millis(),
        }
    }
}

impl Store {
    /// Publishes the chosen events of a slot in order, then removes exactly those.
    pub async fn relay(&self, slot: u8, which: Which<'_>) -> Result<usize, RelayError> {
        let (doc, _) = self.outbox(slot).await?;
        let mut done = BTreeSet::new();
        let mut failure = None;
        for entry in doc.entries.iter().filter(|entry| which.chooses(entry)) {
            let Some(event) = &entry.event else { continue };
            let event = Bytes::copy_from_slice(event.get().as_bytes());
            match self.dapr.publish(&entry.topic, &entry.key.to_string(), event).await {
                Ok(()) => done.insert(entry.id),
                // Going on would let a later event of the same task overtake this one.
                Err(error) => {
                    failure = Some(RelayError::Publish(error));
                    break;
                }
            };
        }
        self.forget(slot, &done).await?;
        failure.map_or(Ok(done.len()), Err)
    }

    /// Carries out the chosen orders of a slot, then removes exactly those. Apart from [`Store::relay`], so that components that only
    /// relay are spared the code.
    pub async fn carry_out(&self, slot: u8, which: Which<'_>) -> Result<(), RelayError> {
        let (doc, _) = self.outbox(slot).await?;
        for entry in doc
            .entries
            .iter()
            .filter(|entry| entry.event.is_none() && which.chooses(entry))
        {
            if entry.topic == REPLAN {
                self.replan(entry.user).await?;
            } else {
                self.finish_erasure(entry.user).await?;
            }
            self.forget(slot, &BTreeSet::from([entry.id])).await?;
        }
        Ok(())
    }

    /// The slots that hold entries written before `moment`.
    pub async fn waiting_slots(&self, moment: DateTime<Utc>) -> Result<Vec<Waiting>, StoreError> {
        let keys: Vec<String> = (0..OUTBOX_SLOTS)
            .filter_map(|slot| u8::try_from(slot).ok())
            .map(keys::outbox)
            .collect();
        let now = self.clock.now();
        // Slots that were never used do not exist. One that is missed is found by the next tick; that the store answers, the head of the
        // dead letters shows where it exists.
        let answer = self.dapr.bulk_get_sparse(&keys, keys::DEAD_LETTERS).await?;
        let mut waiting = Vec::new();
        // Read as they come: the witness is another kind of document.
        for item in answer.items::<&RawValue>()? {
            let slot = item.key.strip_prefix(keys::OUTBOX).and_then(|slot| slot.parse().ok());
            let doc: Option<OutboxDoc> = match (slot, item.data) {
                (Some(_), Some(data)) => Some(parse(&item.key, data)?),
                _ => None,
            };
            let oldest = doc.and_then(|doc| doc.entries.into_iter().next());
            if let (Some(oldest), Some(slot)) = (oldest, slot)
                && oldest.at_ms < moment.timestamp_millis()
            {
                waiting.push(Waiting {
                    slot,
                    age: TimeDelta::milliseconds(now.timestamp_millis() - oldest.at_ms),
                    topic: oldest.event.is_some().then_some(oldest.topic),
                });
            }
        }
        Ok(waiting)
    }

    pub(crate) async fn outbox(&self, slot: u8) -> Result<(OutboxDoc, Guard), StoreError> {
        match self.dapr.get(&keys::outbox(slot)).await? {
            None => Ok((OutboxDoc::default(), Guard::Absent)),
            Some((body, etag)) => {
                let doc = serde_json::from_slice(&body).map_err(|source| StateError::Unreadable {
                    what: keys::outbox(slot),
                    source,
                })?;
                Ok((doc, Guard::Etag(etag)))
            }
        }
    }

    /// Takes the published entries out. A lost race is repeated until it is won: an entry that stays would be published again.
    async fn forget(&self, slot: u8, done: &BTreeSet<Uuid>) -> Result<(), StoreError> {
        let mut attempt = 0;
        while !done.is_empty() {
            let (mut doc, guard) = self.outbox(slot).await?;
            let before = doc.entries.len();
            doc.entries.retain(|entry| !done.contains(&entry.id));
            if doc.entries.len() == before {
                return Ok(());
            }
            match self
                .dapr
                .transaction(&[Write::put(keys::outbox(slot), crate::to_json(&doc)?, guard)])
                .await
            {
                Ok(()) => return Ok(()),
                Err(StateError::Conflict) => self.back_off(&mut attempt).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Waits a random while that grows with each lost race, so that the racers spread out. Gives up after about three seconds.
    pub(crate) async fn back_off(&self, attempt: &mut u32) -> Result<(), StoreError> {
        const ATTEMPTS_MAX: u32 = 150;
        *attempt += 1;
        if *attempt >= ATTEMPTS_MAX {
            return Err(StoreError::Contended);
        }
        let mut random = [0; 2];
        self.random.fill(&mut random);
        let ceiling_us = 500_u64 << (*attempt).min(6);
        let wait_us = u64::from(u16::from_le_bytes(random)) * ceiling_us / u64::from(u16::MAX);
        self.clock.sleep(Duration::from_micros(wait_us)).await;
        Ok(())
    }
}

//! `notifications:{user}`: the latest reminders that rang, newest first.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use spindle_contract::notifications::NotificationBody;
use spindle_dapr::{Guard, StateError, Write};
use uuid::Uuid;

use crate::{
    Store, StoreError,
    feed::{FeedDoc, FeedKind, risen},
    keys,
    tasks::parse_bytes,
    to_json,
};

/// How many are kept.
const KEPT_MAX: usize = 500;
/// How long one is kept that was acknowledged.
const ACKNOWLEDGED_KEPT: TimeDelta = TimeDelta::days(30);
/// The namespace of notifications' ids (RFC 9562 section 5.5).
const IDS: Uuid = Uuid::from_u128(0x8b4f_13c0_6a2e_5d55_b6a1_90de_21f7_4c3e);

/// The id of the notification of a task's reminder that was to ring at a moment: a function of both, so that one that rings twice is
/// one.
pub(crate) fn notification_id(task: Uuid, fire_at: DateTime<Utc>) -> Uuid {
    let mut name = task.as_bytes().to_vec();
    name.extend_from_slice(&fire_at.timestamp_millis().to_be_bytes());
    Uuid::new_v5(&IDS, &name)
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    #[serde(rename = "i")]
    id: Uuid,
    /// Rises with each that rings, as in the feed.
    #[serde(rename = "n")]
    number: u64,
    #[serde(rename = "k")]
    task: Uuid,
    #[serde(rename = "t")]
    title: String,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    #[serde(rename = "f")]
    fire_ms: i64,
    #[serde(rename = "a")]
    fired_ms: i64,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    acknowledged_ms: Option<i64>,
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    snoozed_ms: Option<i64>,
}

impl Entry {
    fn body(&self) -> NotificationBody {
        let time = |ms| DateTime::from_timestamp_millis(ms).unwrap_or_default();
        NotificationBody {
            id: self.id,
            task_id: self.task,
            title: self.title.clone(),
            due_date: self.due.clone(),
            fire_at: time(self.fire_ms),
            fired_at: time(self.fired_ms),
            late_seconds: u64::try_from((self.fired_ms - self.fire_ms) / 1000).unwrap_or(0),
            acknowledged_at: self.acknowledged_ms.map(time),
            snoozed_until: self.snoozed_ms.map(time),
        }
    }

    fn is_kept(&self, now: DateTime<Utc>) -> bool {
        let oldest = (now - ACKNOWLEDGED_KEPT).timestamp_millis();
        self.acknowledged_ms.is_none_or(|acknowledged| acknowledged > oldest)
    }
}

/// The document.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct NotificationsDoc {
    /// The number of the latest.
    #[serde(rename = "n")]
    number: u64,
    #[serde(rename = "e", default)]
    entries: Vec<Entry>,
}

impl NotificationsDoc {
    /// Adds one that rings now; drops what is no longer kept.
    pub(crate) fn ring(&mut self, notification: &NotificationBody) {
        self.number = risen(self.number, notification.fired_at);
        let entry = Entry {
            id: notification.id,
            number: self.number,
            task: notification.task_id,
            title: notification.title.clone(),
            due: notification.due_date.clone(),
            fire_ms: notification.fire_at.timestamp_millis(),
            fired_ms: notification.fired_at.timestamp_millis(),
            acknowledged_ms: None,
            snoozed_ms: None,
        };
        self.entries.insert(0, entry);
        self.prune(notification.fired_at);
    }

    fn prune(&mut self, now: DateTime<Utc>) {
        self.entries.retain(|entry| entry.is_kept(now));
        self.entries.truncate(KEPT_MAX);
    }
}

/// What became of an acknowledgement.
pub(crate) struct Acknowledged {
    pub(crate) notification: NotificationBody,
    pub(crate) writes: Vec<Write>,
}

impl Store {
    /// A person's notifications that came after a cursor, newest first, and the cursor of now.
    pub async fn notifications(&self, user: Uuid, after: Option<u64>) -> Result<(Vec<NotificationBody>, u64), StoreError> {
        let (doc, _) = self.notifications_doc(user).await?;
        let now = self.clock.now();
        let wanted = |entry: &&Entry| entry.is_kept(now) && after.is_none_or(|after| entry.number > after);
        Ok((doc.entries.iter().filter(wanted).map(Entry::body).collect(), doc.number))
    }

    /// Those of these ids, newest first.
    pub async fn notifications_of(&self, user: Uuid, ids: &[Uuid]) -> Result<Vec<NotificationBody>, StoreError> {
        let (doc, _) = self.notifications_doc(user).await?;
        Ok(doc
            .entries
            .iter()
            .filter(|entry| ids.contains(&entry.id))
            .map(Entry::body)
            .collect())
    }

    /// Acknowledges a notification; `None` when there is no such. One that is acknowledged stays as it is.
    pub async fn acknowledge(&self, user: Uuid, id: Uuid) -> Result<Option<NotificationBody>, StoreError> {
        let mut attempt = 0;
        loop {
            let Some(Acknowledged { notification, writes }) = self.acknowledging(user, id, None).await? else {
                return Ok(None);
            };
            if writes.is_empty() {
                return Ok(Some(notification));
            }
            match self.dapr.transaction(&writes).await {
                Ok(()) => return Ok(Some(notification)),
                Err(StateError::Conflict) => self.back_off(&mut attempt).await?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The writes that acknowledge a notification, or snooze it; none when it is acknowledged already.
    pub(crate) async fn acknowledging(
        &self,
        user: Uuid,
        id: Uuid,
        snooze: Option<DateTime<Utc>>,
    ) -> Result<Option<Acknowledged>, StoreError> {
        let now = self.clock.now();
        let (mut doc, guard) = self.notifications_doc(user).await?;
        let Some(entry) = doc.entries.iter_mut().find(|entry| entry.id == id && entry.is_kept(now)) else {
            return Ok(None);
        };
        let before = (entry.acknowledged_ms, entry.snoozed_ms);
        entry.acknowledged_ms.get_or_insert(now.timestamp_millis());
        if let Some(until) = snooze {
            entry.snoozed_ms = Some(until.timestamp_millis());
        }
        let notification = entry.body();
        let mut writes = Vec::new();
        if before != (entry.acknowledged_ms, entry.snoozed_ms) {
            doc.prune(now);
            writes.push(Write::put(keys::notifications(user), to_json(&doc)?, guard));
            let key = keys::feed(user);
            if let Some((body, etag)) = self.dapr.get(&key).await? {
                let mut feed: FeedDoc<'_> = parse_bytes(&key, &body)?;
                feed.push(id, FeedKind::Notification, now);
                writes.push(Write::put(key, to_json(&feed)?, Guard::Etag(etag)));
            }
        }
        Ok(Some(Acknowledged { notification, writes }))
    }

    async fn notifications_doc(&self, user: Uuid) -> Result<(NotificationsDoc, Guard), StoreError> {
        let key = keys::notifications(user);
        match self.dapr.get(&key).await? {
            None => Ok((NotificationsDoc::default(), Guard::Absent)),
            Some((body, etag)) => Ok((parse_bytes(&key, &body)?, Guard::Etag(etag))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(minute * 60, 0).unwrap()
    }

    fn rung(doc: &mut NotificationsDoc, task: u128, minute: i64) {
        let task_id = Uuid::from_u128(task);
        doc.ring(&NotificationBody {
            id: notification_id(task_id, at(minute)),
            task_id,
            title: "Call".into(),
            due_date: None,
            fire_at: at(minute),
            fired_at: at(minute) + TimeDelta::milliseconds(2_500),
            late_seconds: 2,
            acknowledged_at: None,
            snoozed_until: None,
        });
    }

    #[test]
    fn the_newest_500_are_kept() {
        let mut doc = NotificationsDoc::default();
        for minute in 0..510 {
            rung(&mut doc, 1, minute);
        }
        assert_eq!((doc.entries.len(), doc.number), (500, 509 * 60_000 + 2_500));
        let first = doc.entries[0].body();
        assert_eq!((first.fire_at, first.late_seconds), (at(509), 2));
    }

    #[test]
    fn an_acknowledged_one_goes_after_30_days() {
        let mut doc = NotificationsDoc::default();
        rung(&mut doc, 1, 0);
        rung(&mut doc, 2, 0);
        doc.entries[1].acknowledged_ms = Some(at(5).timestamp_millis());
        doc.prune(at(5) + ACKNOWLEDGED_KEPT - TimeDelta::seconds(1));
        assert_eq!(doc.entries.len(), 2);
        doc.prune(at(5) + ACKNOWLEDGED_KEPT);
        assert_eq!(doc.entries.len(), 1);
    }

    #[test]
    fn the_id_is_of_the_task_and_the_moment() {
        let id = |task, minute| notification_id(Uuid::from_u128(task), at(minute));
        assert_eq!(id(1, 1), id(1, 1));
        assert_ne!(id(1, 1), id(1, 2));
        assert_ne!(id(1, 1), id(2, 1));
    }
}

//! Changing a task: one transaction over its shard, the person's feed, the outbox and, when there is one, the saved answer.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use spindle_contract::events::{self, EventType};
use spindle_dapr::{Guard, StateError, Write};
use spindle_domain::Task;
use uuid::Uuid;

use crate::{
    Store, StoreError,
    feed::{FeedDoc, FeedKind},
    keys,
    outbox::{OutboxDoc, Pending},
    people::{Profile, UserDoc},
    shard::{Row, SHARD_BYTES_MAX, ShardDoc, hash_of, index_at, split},
    tasks::parse,
    to_json,
};

/// How long an answer is kept for its idempotency key: 24 hours.
pub const IDEMPOTENCY_SECONDS: u32 = 24 * 3600;

/// Who makes a change, for the record.
#[derive(Debug, Clone)]
pub struct Author {
    /// Whose data it is.
    pub user: Uuid,
    /// Who acts, such as `user:0198…` or `recurrence-handler`.
    pub actor: String,
    /// The request or event that caused it.
    pub request_id: String,
    /// The component that writes, for the event's `source`.
    pub component: &'static str,
}

/// What is to happen to a task.
#[derive(Debug)]
pub enum Decision {
    /// Nothing; no version, no event.
    Keep,
    /// The task is to be this from now on.
    Put(Task, EventType),
    /// The task goes for good.
    Purge,
}

/// An answer kept for its `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header §2.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedAnswer {
    /// Tells whether a repeated key comes with the same request.
    #[serde(rename = "f")]
    pub fingerprint: String,
    /// The status.
    #[serde(rename = "s")]
    pub status: u16,
    /// Headers by name.
    #[serde(rename = "h")]
    pub headers: Vec<(String, String)>,
    /// The body, text.
    #[serde(rename = "b")]
    pub body: String,
}

/// The idempotency key of a request, and how its answer reads.
pub struct Idempotency<'a> {
    /// As the client sent it.
    pub key: &'a str,
    /// Of the request.
    pub fingerprint: String,
    /// Makes the answer that is to be saved.
    pub render: &'a dyn Fn(&Profile, &Task) -> SavedAnswer,
}

/// What came of a change.
#[derive(Debug)]
pub enum Outcome {
    /// The task is this now; `changed` tells whether it was another before.
    Task { profile: Profile, task: Task, changed: bool },
    /// The task is gone for good.
    Purged,
    /// The same request was answered before.
    Replayed(SavedAnswer),
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError<E> {
    /// The caller's decision.
    #[error("the change was refused")]
    Refused(E),
    /// The idempotency key was used with another request.
    #[error("the idempotency key was used with another request")]
    KeyReused,
    /// There is no such person (any more).
    #[error("there is no such person")]
    NoPerson,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<E> From<StateError> for ChangeError<E> {
    fn from(error: StateError) -> Self {
        Self::Store(error.into())
    }
}

impl Store {
    /// Reads a task, lets `decide` say what becomes of it, and writes that with its event in one transaction. When somebody else
    /// wrote meanwhile, everything is read and decided again, so `decide` must not have effects.
    ///
    /// Safe to cut off at any await: before the transaction nothing has happened, after it everything has.
    pub async fn change<E>(
        &self,
        author: &Author,
        id: Uuid,
        idempotency: Option<&Idempotency<'_>>,
        decide: impl Fn(&Profile, Option<&Task>) -> Result<Decision, E>,
    ) -> Result<Outcome, ChangeError<E>> {
        let mut attempt = 0;
        loop {
            match self.try_change(author, id, idempotency, &decide).await {
                Err(ChangeError::Store(StoreError::State(StateError::Conflict))) => self.back_off(&mut attempt).await?,
                outcome => return outcome,
            }
        }
    }

    async fn try_change<E>(
        &self,
        author: &Author,
        id: Uuid,
        idempotency: Option<&Idempotency<'_>>,
        decide: &impl Fn(&Profile, Option<&Task>) -> Result<Decision, E>,
    ) -> Result<Outcome, ChangeError<E>> {
        let user = author.user;
        let slot = keys::slot_of(user);
        let (user_key, feed_key, outbox_key) = (keys::user(user), keys::feed(user), keys::outbox(slot));
        let idempotency_key = idempotency.map(|idempotency| keys::idempotency(user, idempotency.key));
        let mut wanted = vec![user_key.clone(), feed_key.clone(), outbox_key.clone()];
        wanted.extend(idempotency_key.clone());

        let answer = self.dapr.bulk_get(&wanted).await?;
        let mut profile = None;
        let mut feed = (FeedDoc::default(), Guard::Absent);
        let mut outbox = (OutboxDoc::default(), Guard::Absent);
        for item in answer.items::<&RawValue>()? {
            let (Some(data), Some(etag)) = (item.data, item.etag) else { continue };
            if item.key == user_key {
                profile = Some((parse::<UserDoc>(&item.key, data)?.profile(user)?, Guard::Etag(etag)));
            } else if item.key == feed_key {
                feed = (parse(&item.key, data)?, Guard::Etag(etag));
            } else if item.key == outbox_key {
                outbox = (parse(&item.key, data)?, Guard::Etag(etag));
            } else if let Some(idempotency) = idempotency {
                let saved: SavedAnswer = parse(&item.key, data)?;
                let same = saved.fingerprint == idempotency.fingerprint;
                return if same { Ok(Outcome::Replayed(saved)) } else { Err(ChangeError::KeyReused) };
            }
        }
        let Some((profile, profile_guard)) = profile else { return Err(ChangeError::NoPerson) };
        let home = self.home(&profile, id).await?;
        // Split since the profile was read: the same as a lost race.
        let Some(mut shard) = home.shard(user, id)? else { return Err(StateError::Conflict.into()) };

        let simple = id.simple().to_string();
        let position = shard.rows.iter().position(|row| row.is(&simple));
        let before = match position.and_then(|at| shard.rows.get(at)) {
            None => None,
            Some(row) => Some(row.task().ok_or_else(|| StoreError::Damaged(keys::shard(user, home.index)))?),
        };
        let (after, event_type, kind) = match decide(&profile, before.as_ref()).map_err(ChangeError::Refused)? {
            Decision::Keep => {
                return before.map_or(Ok(Outcome::Purged), |task| Ok(Outcome::Task { profile, task, changed: false }));
            }
            Decision::Put(task, event_type) => {
                let kind = if task.deleted_at.is_some() { FeedKind::Gone } else { FeedKind::Updated };
                (Some(task), event_type, kind)
            }
            Decision::Purge => (None, EventType::Purged, FeedKind::Gone),
        };
        let now = self.clock.now();
        let Some(version) = after.as_ref().map(|task| task.version).or(before.as_ref().map(|task| task.version + 1)) else {
            return Ok(Outcome::Purged);
        };
        match (position, &after) {
            (Some(at), Some(task)) => {
                if let Some(row) = shard.rows.get_mut(at) {
                    *row = Row::of(task);
                }
            }
            (Some(at), None) => drop(shard.rows.swap_remove(at)),
            (None, Some(task)) => shard.rows.push(Row::of(task)),
            (None, None) => {}
        }

        let event_id = self.new_id();
        let event = events::task_event(&events::TaskChange {
            id: event_id,
            event_type,
            component: author.component,
            time: now,
            user_id: user,
            task_id: id,
            version,
            before: before.as_ref(),
            after: after.as_ref(),
            zone: profile.zone,
            actor: &author.actor,
            request_id: &author.request_id,
        });
        outbox.0.entries.push(Pending {
            id: event_id,
            topic: events::TASK_EVENTS.to_owned(),
            key: id,
            user,
            at_ms: now.timestamp_millis(),
            event: Some(RawValue::from_string(event).map_err(|source| StateError::Unreadable { what: "the event".into(), source })?),
        });
        feed.0.push(id, version, kind);

        let mut writes = self.shard_writes(&profile, profile_guard, hash_of(id), home.index, home.guard.clone(), shard)?;
        writes.push(Write::put(feed_key, to_json(&feed.0)?, feed.1));
        writes.push(Write::put(outbox_key, to_json(&outbox.0)?, outbox.1));
        if let (Some(key), Some(idempotency), Some(task)) = (idempotency_key, idempotency, &after) {
            let saved = (idempotency.render)(&profile, task);
            writes.push(Write::put(key, to_json(&saved)?, Guard::Absent).expiring(IDEMPOTENCY_SECONDS));
        }
        self.dapr.transaction(&writes).await?;
        Ok(after.map_or(Outcome::Purged, |task| Outcome::Task { profile, task, changed: true }))
    }

    /// The writes of a shard: itself, or, when it has grown too large, its halves, and the profile when the depth rises.
    #[expect(clippy::too_many_arguments, reason = "all of it is the place of one shard")]
    fn shard_writes(
        &self,
        profile: &Profile,
        profile_guard: Guard,
        hash: u32,
        mut index: u32,
        mut guard: Guard,
        mut shard: ShardDoc<'_>,
    ) -> Result<Vec<Write>, StoreError> {
        let user = profile.id;
        let mut writes = Vec::with_capacity(5);
        let mut depth = profile.depth;
        loop {
            let text = to_json(&shard)?;
            if text.len() <= SHARD_BYTES_MAX || !shard.can_split() {
                writes.push(Write::put(keys::shard(user, index), text, guard));
                break;
            }
            let (stay, sibling, go) = split(index, shard);
            depth = depth.max(stay.depth);
            // The half without the changed task may still be too large (one row can be): it is split when it is changed.
            let changed_goes = index_at(hash, stay.depth) == sibling;
            let (rest, rest_index, next, next_index) =
                if changed_goes { (stay, index, go, sibling) } else { (go, sibling, stay, index) };
            let (rest_guard, next_guard) = if changed_goes { (guard, Guard::Absent) } else { (Guard::Absent, guard) };
            writes.push(Write::put(keys::shard(user, rest_index), to_json(&rest)?, rest_guard));
            (shard, index, guard) = (next, next_index, next_guard);
        }
        if depth != profile.depth {
            let deeper = Profile { depth, ..profile.clone() };
            writes.push(Write::put(keys::user(user), to_json(&UserDoc::of(&deeper))?, profile_guard));
        }
        Ok(writes)
    }
}

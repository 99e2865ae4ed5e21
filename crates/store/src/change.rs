//! Changing a task: one transaction over its shard, the person's feed, the outbox and, when there is one, the saved answer.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use spindle_contract::events::{self, EventType};
use spindle_dapr::{BulkAnswer, Guard, StateError, Write};
use spindle_domain::Task;
use uuid::Uuid;

use crate::{
    Store, StoreError,
    feed::{FeedDoc, FeedKind},
    keys,
    outbox::{OutboxDoc, Pending},
    people::{Profile, UserDoc},
    shard::{Row, SHARD_BYTES_MAX, Shard, ShardDoc, hash_of, index_at, split},
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
    /// The task is there.
    Task {
        /// The person.
        profile: Profile,
        /// The task as it is now.
        task: Box<Task>,
        /// Whether it was another before.
        changed: bool,
    },
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
        let keys = Keys::of(author.user, id, idempotency);
        let answer = self.dapr.bulk_get(&keys.all()).await?;
        let documents = Documents::read(&answer, &keys, author.user)?;
        if let (Some(saved), Some(idempotency)) = (documents.saved, idempotency) {
            let same = saved.fingerprint == idempotency.fingerprint;
            return if same {
                Ok(Outcome::Replayed(saved))
            } else {
                Err(ChangeError::KeyReused)
            };
        }
        let Some((profile, profile_guard)) = documents.profile else {
            return Err(ChangeError::NoPerson);
        };
        let home = self.home(&profile, id).await?;
        // Split since the profile was read: the same as a lost race.
        let doc = home.doc(author.user)?;
        let depth = doc.as_ref().map_or(0, |doc| doc.depth);
        if !home.is_home_of(id, depth) {
            return Err(StateError::Conflict.into());
        }
        let mut shard = Shard {
            depth,
            rows: doc.iter().flat_map(ShardDoc::rows).collect(),
        };

        let simple = id.simple().to_string();
        let position = shard.rows.iter().position(|row| row.is(&simple));
        let before = match position.and_then(|at| shard.rows.get(at)) {
            None => None,
            Some(row) => Some(
                row.task()
                    .ok_or_else(|| StoreError::Damaged(keys::shard(author.user, home.index)))?,
            ),
        };
        let (after, event_type) = match decide(&profile, before.as_ref()).map_err(ChangeError::Refused)? {
            Decision::Keep => {
                let unchanged = |task| Outcome::Task {
                    profile,
                    task: Box::new(task),
                    changed: false,
                };
                return Ok(before.map_or(Outcome::Purged, unchanged));
            }
            Decision::Put(task, event_type) => (Some(task), event_type),
            Decision::Purge => (None, EventType::Purged),
        };
        match (position, &after) {
            (Some(at), Some(task)) => {
                if let Some(row) = shard.rows.get_mut(at) {
                    *row = Row::of(task);
                }
            }
            (Some(at), None) => drop(shard.rows.swap_remove(at)),
            (None, Some(task)) => shard.rows.push(Row::of(task)),
            (None, None) => return Ok(Outcome::Purged),
        }
        let version = after
            .as_ref()
            .map_or_else(|| before.as_ref().map_or(1, |task| task.version + 1), |task| task.version);
        let kind = if after.as_ref().is_none_or(Task::is_trashed) {
            FeedKind::Gone
        } else {
            FeedKind::Updated
        };

        let (mut feed, feed_guard) = documents.feed;
        feed.push(id, version, kind);
        let (mut outbox, outbox_guard) = documents.outbox;
        outbox
            .entries
            .push(self.event(author, id, version, event_type, before.as_ref(), after.as_ref(), &profile)?);
        let mut writes = shard_writes(&profile, profile_guard, hash_of(id), home.index, home.guard.clone(), shard)?;
        writes.push(Write::put(keys.feed, to_json(&feed)?, feed_guard));
        writes.push(Write::put(keys.outbox, to_json(&outbox)?, outbox_guard));
        if let (Some(key), Some(idempotency), Some(task)) = (keys.saved, idempotency, &after) {
            let saved = (idempotency.render)(&profile, task);
            writes.push(Write::put(key, to_json(&saved)?, Guard::Absent).expiring(IDEMPOTENCY_SECONDS));
        }
        self.dapr.transaction(&writes).await?;
        Ok(after.map_or(Outcome::Purged, |task| Outcome::Task {
            profile,
            task: Box::new(task),
            changed: true,
        }))
    }

    #[expect(clippy::too_many_arguments, reason = "an event tells all of this")]
    fn event(
        &self,
        author: &Author,
        task_id: Uuid,
        version: u64,
        event_type: EventType,
        before: Option<&Task>,
        after: Option<&Task>,
        profile: &Profile,
    ) -> Result<Pending, StoreError> {
        let (id, time) = (self.new_id(), self.clock.now());
        let event = events::task_event(&events::TaskChange {
            id,
            event_type,
            component: author.component,
            time,
            user_id: author.user,
            task_id,
            version,
            before,
            after,
            person: profile.time(),
            actor: &author.actor,
            request_id: &author.request_id,
        });
        let event = RawValue::from_string(event).map_err(|source| StateError::Unreadable {
            what: "the event".to_owned(),
            source,
        })?;
        Ok(Pending {
            id,
            topic: events::TASK_EVENTS.to_owned(),
            key: task_id,
            user: author.user,
            at_ms: time.timestamp_millis(),
            event: Some(event),
        })
    }
}

/// The documents of a person that every change reads, besides the shard.
struct Keys {
    user: String,
    feed: String,
    outbox: String,
    saved: Option<String>,
}

impl Keys {
    fn of(user: Uuid, task: Uuid, idempotency: Option<&Idempotency<'_>>) -> Self {
        Self {
            user: keys::user(user),
            feed: keys::feed(user),
            outbox: keys::outbox(keys::slot_of(task)),
            saved: idempotency.map(|idempotency| keys::idempotency(user, idempotency.key)),
        }
    }

    fn all(&self) -> Vec<String> {
        let mut all = vec![self.user.clone(), self.feed.clone(), self.outbox.clone()];
        all.extend(self.saved.clone());
        all
    }
}

struct Documents<'a> {
    profile: Option<(Profile, Guard)>,
    feed: (FeedDoc<'a>, Guard),
    outbox: (OutboxDoc, Guard),
    saved: Option<SavedAnswer>,
}

impl<'a> Documents<'a> {
    fn read(answer: &'a BulkAnswer, keys: &Keys, user: Uuid) -> Result<Self, StoreError> {
        let mut documents = Self {
            profile: None,
            feed: (FeedDoc::default(), Guard::Absent),
            outbox: (OutboxDoc::default(), Guard::Absent),
            saved: None,
        };
        for item in answer.items::<&RawValue>()? {
            let (Some(data), Some(etag)) = (item.data, item.etag) else {
                continue;
            };
            if item.key == keys.user {
                documents.profile = Some((parse::<UserDoc>(&item.key, data)?.profile(user)?, Guard::Etag(etag)));
            } else if item.key == keys.feed {
                documents.feed = (parse(&item.key, data)?, Guard::Etag(etag));
            } else if item.key == keys.outbox {
                documents.outbox = (parse(&item.key, data)?, Guard::Etag(etag));
            } else {
                documents.saved = Some(parse(&item.key, data)?);
            }
        }
        Ok(documents)
    }
}

/// The writes of a shard: itself, or, when it has grown too large, its halves, and the profile when the depth rises.
fn shard_writes(
    profile: &Profile,
    profile_guard: Guard,
    hash: u32,
    mut index: u32,
    mut guard: Guard,
    mut shard: Shard<'_>,
) -> Result<Vec<Write>, StoreError> {
    let user = profile.id;
    let mut writes = Vec::with_capacity(5);
    let mut depth = profile.depth;
    loop {
        let text = to_json(&shard.doc())?;
        if text.len() <= SHARD_BYTES_MAX || !shard.can_split() {
            writes.push(Write::put(keys::shard(user, index), text, guard));
            break;
        }
        let (stay, sibling, go) = split(index, shard);
        depth = depth.max(stay.depth);
        // The half without the changed task may still be too large (one row can be): it is split when it is changed.
        let changed_goes = index_at(hash, stay.depth) == sibling;
        let (rest, rest_index, next, next_index) = if changed_goes {
            (stay, index, go, sibling)
        } else {
            (go, sibling, stay, index)
        };
        let (rest_guard, next_guard) = if changed_goes {
            (guard, Guard::Absent)
        } else {
            (Guard::Absent, guard)
        };
        writes.push(Write::put(keys::shard(user, rest_index), to_json(&rest.doc())?, rest_guard));
        (shard, index, guard) = (next, next_index, next_guard);
    }
    if depth != profile.depth {
        let deeper = Profile {
            depth,
            ..profile.clone()
        };
        writes.push(Write::put(keys::user(user), to_json(&UserDoc::of(&deeper))?, profile_guard));
    }
    Ok(writes)
}

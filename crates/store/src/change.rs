//! Changing tasks: one transaction over their shards, the person's feed, the outbox and, when there is one, the saved answer.

mod events;
mod shards;

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use spindle_contract::events::EventType;
use spindle_dapr::{BulkAnswer, Guard, StateError, Write};
use spindle_domain::Task;
use uuid::Uuid;

use crate::{
    Store, StoreError,
    feed::{FeedDoc, FeedKind},
    idempotency::{self, Idempotency, IndexDoc, SavedAnswer},
    keys,
    outbox::OutboxDoc,
    people::{Profile, UserDoc},
    tasks::parse,
    to_json,
};
use events::Change;
use shards::OpenShards;

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
    /// What the system keeps with the task is to be this; the person sees no difference: no version, no event.
    Note(Task),
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
    Purged(Profile),
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
    /// Reads a task, lets `decide` say what becomes of it, and writes that with its events in one transaction. When somebody else
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
        let decide = |profile: &Profile, [task]: [Option<&Task>; 1]| decide(profile, task).map(|decision| [decision]);
        self.change_together(author, [id], idempotency, decide)
            .await
            .map(|[outcome]| outcome)
    }

    /// As [`Store::change`], for several tasks in the same transaction.
    pub(crate) async fn change_together<E, const N: usize>(
        &self,
        author: &Author,
        ids: [Uuid; N],
        idempotency: Option<&Idempotency<'_>>,
        decide: impl Fn(&Profile, [Option<&Task>; N]) -> Result<[Decision; N], E>,
    ) -> Result<[Outcome; N], ChangeError<E>> {
        let mut attempt = 0;
        loop {
            match self.try_change(author, ids, idempotency, &decide).await {
                Err(ChangeError::Store(StoreError::State(StateError::Conflict))) => self.back_off(&mut attempt).await?,
                outcome => return outcome,
            }
        }
    }

    async fn try_change<E, const N: usize>(
        &self,
        author: &Author,
        ids: [Uuid; N],
        idempotency: Option<&Idempotency<'_>>,
        decide: &impl Fn(&Profile, [Option<&Task>; N]) -> Result<[Decision; N], E>,
    ) -> Result<[Outcome; N], ChangeError<E>> {
        let keys = Keys::of(author.user, &ids, idempotency);
        let all = keys.all();
        let answer = self.dapr.bulk_get_unproved(&all).await?;
        let planned = self.planned(author, ids, idempotency, decide, &keys, &answer).await;
        let writes = planned.as_ref().map_or(&[][..], |(_, writes)| writes.as_slice());
        // What is created is proved to be missing by its being created; the rest of what was called missing is asked for.
        let rest = all.iter().filter(|key| !writes.iter().any(|write| write.key() == *key));
        if !self.dapr.are_missing(&answer, rest).await? {
            return Err(StateError::Conflict.into());
        }
        let (outcomes, writes) = planned?;
        if !writes.is_empty() {
            self.dapr.transaction(&writes).await?;
        }
        Ok(outcomes)
    }

    /// What is to be written, and what comes of it then.
    async fn planned<E, const N: usize>(
        &self,
        author: &Author,
        ids: [Uuid; N],
        idempotency: Option<&Idempotency<'_>>,
        decide: &impl Fn(&Profile, [Option<&Task>; N]) -> Result<[Decision; N], E>,
        keys: &Keys,
        answer: &BulkAnswer,
    ) -> Result<([Outcome; N], Vec<Write>), ChangeError<E>> {
        let mut documents = Documents::read(answer, keys, author.user)?;
        if let (Some(saved), Some(idempotency)) = (&documents.saved, idempotency) {
            return if saved.fingerprint == idempotency.fingerprint {
                Ok((ids.map(|_| Outcome::Replayed(saved.clone())), Vec::new()))
            } else {
                Err(ChangeError::KeyReused)
            };
        }
        let Some((profile, profile_guard)) = documents.profile.take() else {
            return Err(ChangeError::NoPerson);
        };
        let homes = self.homes(&profile, &ids).await?;
        let mut shards = OpenShards::of(&profile, &homes)?;
        let mut before = [const { None }; N];
        for (task, id) in before.iter_mut().zip(ids) {
            *task = shards.task(id)?;
        }
        let decisions = decide(&profile, before.each_ref().map(Option::as_ref)).map_err(ChangeError::Refused)?;

        let mut outcomes = Vec::with_capacity(N);
        for ((id, before), decision) in ids.into_iter().zip(before).zip(decisions) {
            let outcome = |task| Outcome::Task {
                profile: profile.clone(),
                task: Box::new(task),
                changed: true,
            };
            let (mut after, event_type) = match (decision, &before) {
                (Decision::Keep | Decision::Purge, None) => {
                    outcomes.push(Outcome::Purged(profile.clone()));
                    continue;
                }
                (Decision::Keep, Some(task)) => {
                    outcomes.push(Outcome::Task {
                        profile: profile.clone(),
                        task: Box::new(task.clone()),
                        changed: false,
                    });
                    continue;
                }
                (Decision::Note(task), _) => {
                    shards.put(&task);
                    outcomes.push(outcome(task));
                    continue;
                }
                (Decision::Put(task, event_type), _) => (Some(task), event_type),
                (Decision::Purge, Some(_)) => (None, EventType::Purged),
            };
            if let Some(task) = &mut after {
                task.rings_at = if task.is_open() {
                    task.reminds_at(&profile.time())
                } else {
                    None
                };
            }
            match &after {
                Some(task) => shards.put(task),
                None => shards.remove(id),
            }
            let change = Change::new(id, event_type, before.as_ref(), after.as_ref());
            let kind = if after.as_ref().is_none_or(Task::is_trashed) {
                FeedKind::Gone
            } else {
                FeedKind::Updated
            };
            documents.feed.0.push(id, kind, self.clock.now());
            let (outbox, _) = documents
                .outboxes
                .entry(keys::slot_of(id))
                .or_insert_with(|| (OutboxDoc::default(), Guard::Absent));
            outbox.entries.extend(self.events(author, &profile, &change)?);
            if let (Some(key), Some(idempotency)) = (&keys.saved, idempotency) {
                let saved = (idempotency.render)(&profile, after.as_ref());
                let (index, guard) = std::mem::replace(&mut documents.index, (IndexDoc::default(), Guard::Absent));
                let index = (keys.index.as_str(), index, guard);
                documents
                    .writes
                    .extend(idempotency::saving(key, &saved, index, self.clock.now())?);
            }
            outcomes.push(after.map_or_else(|| Outcome::Purged(profile.clone()), outcome));
        }
        let mut writes = documents.writes;
        writes.extend(shards.writes(&profile, profile_guard)?);
        if !writes.is_empty() {
            let (feed, guard) = documents.feed;
            writes.push(Write::put(keys.feed.clone(), to_json(&feed)?, guard));
            for (slot, (outbox, guard)) in documents.outboxes {
                writes.push(Write::put(keys::outbox(slot), to_json(&outbox)?, guard));
            }
        }
        match outcomes.try_into() {
            Ok(outcomes) => Ok((outcomes, writes)),
            Err(_) => Err(StoreError::Damaged(keys.user.clone()).into()),
        }
    }
}

/// The documents of a person that every change reads, besides the shards.
struct Keys {
    user: String,
    feed: String,
    outboxes: BTreeMap<String, u8>,
    saved: Option<String>,
    /// Of the saved answers; empty when there is no key.
    index: String,
}

impl Keys {
    fn of(user: Uuid, tasks: &[Uuid], idempotency: Option<&Idempotency<'_>>) -> Self {
        let slots = tasks.iter().map(|task| keys::slot_of(*task));
        Self {
            user: keys::user(user),
            feed: keys::feed(user),
            outboxes: slots.map(|slot| (keys::outbox(slot), slot)).collect(),
            saved: idempotency.map(|idempotency| keys::idempotency(user, idempotency.key)),
            index: idempotency.map_or_else(String::new, |idempotency| keys::idempotency_index_of(user, idempotency.key)),
        }
    }

    fn all(&self) -> Vec<String> {
        let mut all = vec![self.user.clone(), self.feed.clone()];
        all.extend(self.outboxes.keys().cloned());
        if let Some(saved) = &self.saved {
            all.extend([saved.clone(), self.index.clone()]);
        }
        all
    }
}

struct Documents<'a> {
    profile: Option<(Profile, Guard)>,
    feed: (FeedDoc<'a>, Guard),
    outboxes: BTreeMap<u8, (OutboxDoc, Guard)>,
    saved: Option<SavedAnswer>,
    index: (IndexDoc, Guard),
    /// What else is to be written.
    writes: Vec<Write>,
}

impl<'a> Documents<'a> {
    fn read(answer: &'a BulkAnswer, keys: &Keys, user: Uuid) -> Result<Self, StoreError> {
        let mut documents = Self {
            profile: None,
            feed: (FeedDoc::default(), Guard::Absent),
            outboxes: BTreeMap::new(),
            saved: None,
            index: (IndexDoc::default(), Guard::Absent),
            writes: Vec::new(),
        };
        for item in answer.items::<&RawValue>()? {
            let (Some(data), Some(etag)) = (item.data, item.etag) else {
                continue;
            };
            if item.key == keys.user {
                documents.profile = Some((parse::<UserDoc>(&item.key, data)?.profile(user)?, Guard::Etag(etag)));
            } else if item.key == keys.feed {
                documents.feed = (parse(&item.key, data)?, Guard::Etag(etag));
            } else if let Some(slot) = keys.outboxes.get(&item.key) {
                documents.outboxes.insert(*slot, (parse(&item.key, data)?, Guard::Etag(etag)));
            } else if item.key == keys.index {
                documents.index = (parse(&item.key, data)?, Guard::Etag(etag));
            } else {
                documents.saved = Some(parse(&item.key, data)?);
            }
        }
        Ok(documents)
    }
}

//! Erasing a person: their account goes at once, the rest of their data through the outbox, so that a crash in between leaves an
//! order that the tick carries out, not orphaned data. Events of theirs that still wait are delivered and dropped: the chain's head says
//! that the person is erased.

use std::collections::BTreeSet;

use serde_json::value::RawValue;
use spindle_dapr::{Guard, StateError, Write};
use uuid::Uuid;

use crate::{
    Store, StoreError,
    audit::{HeadDoc, PAGE_ENTRIES},
    keys,
    outbox::Pending,
    shard::ShardDoc,
    tasks::parse_bytes,
    to_json,
};

impl Store {
    /// Ends the account: nobody can log in, write or read as this person any more. Gives the outbox slot whose relay erases the
    /// rest. `false` when there was no such person.
    pub async fn erase_person(&self, user: Uuid) -> Result<bool, StoreError> {
        let mut attempt = 0;
        loop {
            match self.try_erase(user).await {
                Err(StoreError::State(StateError::Conflict)) => self.back_off(&mut attempt).await?,
                result => return result,
            }
        }
    }

    async fn try_erase(&self, user: Uuid) -> Result<bool, StoreError> {
        let Some((profile, profile_guard)) = self.person(user).await? else {
            return Ok(false);
        };
        let stored = self.audit_head(user).await?;
        let entries = stored.doc()?.entries;
        let open_tasks: Vec<Uuid> = stored.doc()?.open_page.iter().filter_map(|entry| task_of(entry)).collect();
        let tombstone = HeadDoc {
            entries,
            erased_depth: Some(profile.depth),
            ..HeadDoc::default()
        };
        let slot = keys::slot_of(user);
        let (mut outbox, outbox_guard) = self.outbox(slot).await?;
        outbox.entries.push(Pending::erasure(self.new_id(), user, self.clock.now()));
        let mut writes = vec![
            Write::delete(keys::user(user), profile_guard),
            Write::delete(keys::login(&profile.email), Guard::Any),
            Write::delete(keys::feed(user), Guard::Any),
            Write::delete(keys::notifications(user), Guard::Any),
            Write::delete(keys::filters(user), Guard::Any),
            Write::put(keys::audit_head(user), to_json(&tombstone)?, stored.guard()),
            Write::put(keys::outbox(slot), to_json(&outbox)?, outbox_guard),
        ];
        writes.extend(
            open_tasks
                .into_iter()
                .collect::<BTreeSet<_>>()
                .into_iter()
                .flat_map(|task| of_task(user, task)),
        );
        self.dapr.transaction(&writes).await?;
        Ok(true)
    }

    /// Deletes what is left of an erased person. Idempotent: each page goes in one transaction with what only it knows of.
    pub(crate) async fn finish_erasure(&self, user: Uuid) -> Result<(), StoreError> {
        let stored = self.audit_head(user).await?;
        let head = stored.doc()?;
        let Some(depth) = head.erased_depth else { return Ok(()) };
        self.erase_answers(user).await?;
        for page in 0..head.entries / PAGE_ENTRIES {
            let key = keys::audit_page(user, page);
            let Some((body, _)) = self.dapr.get(&key).await? else {
                continue;
            };
            let entries: Vec<&RawValue> = parse_bytes(&key, &body)?;
            let tasks: BTreeSet<Uuid> = entries.into_iter().filter_map(task_of).collect();
            let mut writes = vec![Write::delete(key, Guard::Any)];
            writes.extend(tasks.into_iter().flat_map(|task| of_task(user, task)));
            self.dapr.transaction(&writes).await?;
        }
        for index in 0..1_u32 << depth {
            let key = keys::shard(user, index);
            let Some((body, _)) = self.dapr.get(&key).await? else {
                continue;
            };
            let doc: ShardDoc<'_> = parse_bytes(&key, &body)?;
            // Tasks whose events were not delivered yet are in no page.
            let mut writes: Vec<Write> = doc
                .rows()
                .filter_map(|row| row.id())
                .flat_map(|task| of_task(user, task))
                .collect();
            writes.push(Write::delete(key, Guard::Any));
            self.dapr.transaction(&writes).await?;
        }
        Ok(())
    }
}

/// What is kept of a task beside its shard. Its alarms (`due:…`) are dropped when their minute comes.
fn of_task(user: Uuid, task: Uuid) -> [Write; 2] {
    [keys::audit_seen(user, task), keys::reminder(user, task)].map(|key| Write::delete(key, Guard::Any))
}

fn task_of(entry: &RawValue) -> Option<Uuid> {
    #[derive(serde::Deserialize)]
    struct TaskId {
        task_id: Uuid,
    }
    serde_json::from_str::<TaskId>(entry.get()).ok().map(|entry| entry.task_id)
}

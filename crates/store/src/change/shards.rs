//! The shards that a change has open: tasks taken out, put in, and written back, split when they have grown too large.

use spindle_dapr::{Guard, StateError, Write};
use spindle_domain::Task;
use uuid::Uuid;

use crate::{
    Store, StoreError, keys,
    people::{Profile, UserDoc},
    shard::{Row, SHARD_BYTES_MAX, Shard, hash_of, index_at, split},
    tasks::Home,
    to_json,
};

impl Store {
    /// The shards of these tasks, each once.
    pub(super) async fn homes(&self, profile: &Profile, tasks: &[Uuid]) -> Result<Vec<Home>, StoreError> {
        let mut homes: Vec<Home> = Vec::with_capacity(tasks.len());
        for task in tasks {
            let home = self.home(profile, *task).await?;
            if homes.iter().all(|other| other.index != home.index) {
                homes.push(home);
            }
        }
        Ok(homes)
    }
}

pub(super) struct OpenShards<'a> {
    user: Uuid,
    open: Vec<OpenShard<'a>>,
}

struct OpenShard<'a> {
    index: u32,
    guard: Guard,
    shard: Shard<'a>,
    /// The hash of a task that was changed.
    changed: Option<u32>,
}

impl<'a> OpenShards<'a> {
    pub(super) fn of(profile: &Profile, homes: &'a [Home]) -> Result<Self, StoreError> {
        let mut open = Vec::with_capacity(homes.len());
        for home in homes {
            // The rows borrow from the body, not from the document.
            let (depth, rows) = match home.doc(profile.id)? {
                Some(doc) => (doc.depth, doc.into_rows()),
                None => (0, Vec::new()),
            };
            open.push(OpenShard {
                index: home.index,
                guard: home.guard.clone(),
                shard: Shard { depth, rows },
                changed: None,
            });
        }
        Ok(Self { user: profile.id, open })
    }

    /// The task as it is stored.
    ///
    /// # Errors
    /// A conflict when its shard was split since the profile was read: the same as a lost race.
    pub(super) fn task(&self, id: Uuid) -> Result<Option<Task>, StoreError> {
        let home = self
            .open
            .iter()
            .find(|open| open.is_home_of(id))
            .ok_or(StateError::Conflict)?;
        let simple = id.simple().to_string();
        match home.shard.rows.iter().find(|row| row.is(&simple)) {
            None => Ok(None),
            Some(row) => row
                .task()
                .map(Some)
                .ok_or_else(|| StoreError::Damaged(keys::shard(self.user, home.index))),
        }
    }

    /// Puts a task in, in place of what it was.
    pub(super) fn put(&mut self, task: &Task) {
        self.replace(task.id, Some(Row::of(task)));
    }

    /// Takes a task out.
    pub(super) fn remove(&mut self, id: Uuid) {
        self.replace(id, None);
    }

    fn replace(&mut self, id: Uuid, row: Option<Row<'a>>) {
        let Some(home) = self.open.iter_mut().find(|open| open.is_home_of(id)) else {
            return;
        };
        let simple = id.simple().to_string();
        let rows = &mut home.shard.rows;
        match (rows.iter_mut().find(|old| old.is(&simple)), row) {
            (Some(old), Some(row)) => *old = row,
            (None, Some(row)) => rows.push(row),
            (_, None) => rows.retain(|old| !old.is(&simple)),
        }
        home.changed = Some(hash_of(id));
    }

    /// The writes of what was changed, and of the profile when a shard has become deeper than any before.
    pub(super) fn writes(self, profile: &Profile, profile_guard: Guard) -> Result<Vec<Write>, StoreError> {
        let mut writes = Vec::with_capacity(6);
        let mut depth = profile.depth;
        for open in self.open {
            if let Some(hash) = open.changed {
                depth = depth.max(write_split(&mut writes, profile.id, hash, open)?);
            }
        }
        if depth != profile.depth {
            let deeper = Profile {
                depth,
                ..profile.clone()
            };
            writes.push(Write::put(
                keys::user(profile.id),
                to_json(&UserDoc::of(&deeper))?,
                profile_guard,
            ));
        }
        Ok(writes)
    }
}

impl OpenShard<'_> {
    fn is_home_of(&self, task: Uuid) -> bool {
        index_at(hash_of(task), self.shard.depth) == self.index
    }
}

/// Writes a shard: itself, or, when it has grown too large, its halves. Gives the greatest depth that came of it.
fn write_split(writes: &mut Vec<Write>, user: Uuid, hash: u32, open: OpenShard<'_>) -> Result<u8, StoreError> {
    let OpenShard {
        mut index,
        mut guard,
        mut shard,
        ..
    } = open;
    let mut depth = 0;
    loop {
        let text = to_json(&shard.doc())?;
        if text.len() <= SHARD_BYTES_MAX || !shard.can_split() {
            writes.push(Write::put(keys::shard(user, index), text, guard));
            return Ok(depth);
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
}

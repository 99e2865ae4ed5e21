//! Reading tasks: one, all, what changed.

use bytes::Bytes;
use serde_json::value::RawValue;
use spindle_dapr::{Guard, StateError};
use spindle_domain::Task;
use uuid::Uuid;

use crate::{
    Store, StoreError,
    feed::{FeedDoc, FeedKind, FeedNumber},
    keys,
    people::{Profile, UserDoc},
    shard::{Row, ShardDoc, find_line, hash_of, index_at},
};

/// How many keys one bulk get asks for: at 32 KiB a shard, about 2 MiB an answer.
const KEYS_PER_GET: usize = 64;

/// A person and the number of their latest change.
#[derive(Debug, Clone)]
pub struct Person {
    /// The profile.
    pub profile: Profile,
    /// Rises with each change of this person.
    pub feed_number: u64,
    /// Changes when the profile does.
    pub profile_etag: String,
}

/// The shard that holds a task, or would.
pub(crate) struct Home {
    pub(crate) index: u32,
    pub(crate) guard: Guard,
    /// `None` when the shard does not exist yet.
    pub(crate) body: Option<Bytes>,
}

impl Home {
    /// The shard's document.
    pub(crate) fn doc(&self, user: Uuid) -> Result<Option<ShardDoc<'_>>, StoreError> {
        self.body
            .as_deref()
            .map(|body| parse_bytes(&keys::shard(user, self.index), body))
            .transpose()
    }

    /// Whether the task belongs here. Not so when the shard has been split since the profile was read.
    pub(crate) fn is_home_of(&self, task: Uuid, depth: u8) -> bool {
        index_at(hash_of(task), depth) == self.index
    }
}

impl Store {
    /// The person and their feed number, in one read.
    pub async fn person_and_feed(&self, user: Uuid) -> Result<Option<Person>, StoreError> {
        let answer = self.dapr.bulk_get(&[keys::user(user), keys::feed(user)]).await?;
        let mut person = None;
        let mut feed_number = 0;
        for item in answer.items::<&RawValue>()? {
            let Some(data) = item.data else { continue };
            if item.key == keys::user(user) {
                person = Some((
                    parse::<UserDoc>(&item.key, data)?.profile(user)?,
                    item.etag.unwrap_or_default(),
                ));
            } else {
                feed_number = parse::<FeedNumber>(&item.key, data)?.number;
            }
        }
        Ok(person.map(|(profile, profile_etag)| Person {
            profile,
            feed_number,
            profile_etag,
        }))
    }

    /// One task of a person, in the trash or not.
    pub async fn task(&self, user: Uuid, task: Uuid) -> Result<Option<(Profile, Task)>, StoreError> {
        loop {
            let Some((profile, _)) = self.person(user).await? else {
                return Ok(None);
            };
            let home = self.home(&profile, task).await?;
            let found = home
                .body
                .as_deref()
                .and_then(|body| find_line(body, task))
                .and_then(|row| row.task());
            if let Some(found) = found {
                return Ok(Some((profile, found)));
            }
            let depth = home.doc(user)?.map_or(0, |doc| doc.depth);
            if home.is_home_of(task, depth) {
                return Ok(None);
            }
        }
    }

    /// Reads all tasks of a person, trash included, in no particular order. Rows borrow from the answers of the store.
    pub async fn with_tasks<R>(&self, profile: &Profile, read: impl FnOnce(&[Row<'_>]) -> R) -> Result<R, StoreError> {
        let mut depth = profile.depth;
        loop {
            let keys: Vec<String> = (0..1_u32 << depth).map(|index| keys::shard(profile.id, index)).collect();
            let mut answers = Vec::new();
            for keys in keys.chunks(KEYS_PER_GET) {
                answers.push(self.dapr.bulk_get(keys).await?);
            }
            let mut docs = Vec::new();
            for answer in &answers {
                docs.extend(answer.items::<ShardDoc<'_>>()?.into_iter().filter_map(|item| item.data));
            }
            let deepest = docs.iter().map(|doc| doc.depth).fold(depth, u8::max);
            if deepest == depth {
                let rows: Vec<Row<'_>> = docs.iter().flat_map(ShardDoc::rows).collect();
                return Ok(read(&rows));
            }
            // A shard was split after the profile was read: its sibling was not asked for.
            depth = deepest;
        }
    }

    /// What changed after `cursor`: the cursor of now, and the tasks touched; `None` for those when there is no cursor or it is too
    /// old.
    pub async fn changes(
        &self,
        user: Uuid,
        cursor: Option<u64>,
    ) -> Result<Option<(u64, Option<Vec<(Uuid, FeedKind)>>)>, StoreError> {
        let key = keys::feed(user);
        let Some((body, _)) = self.dapr.get(&key).await? else {
            return Ok(None);
        };
        let feed: FeedDoc<'_> = parse_bytes(&key, &body)?;
        Ok(Some((feed.number, cursor.and_then(|cursor| feed.since(cursor)))))
    }

    /// Finds the shard of a task. Most are at the profile's depth; one that was not split since is at a smaller one.
    pub(crate) async fn home(&self, profile: &Profile, task: Uuid) -> Result<Home, StoreError> {
        let hash = hash_of(task);
        let mut asked = None;
        for depth in (0..=profile.depth).rev() {
            let index = index_at(hash, depth);
            if asked.replace(index) != Some(index)
                && let Some((body, etag)) = self.dapr.get(&keys::shard(profile.id, index)).await?
            {
                return Ok(Home {
                    index,
                    guard: Guard::Etag(etag),
                    body: Some(body),
                });
            }
        }
        Ok(Home {
            index: 0,
            guard: Guard::Absent,
            body: None,
        })
    }
}

pub(crate) fn parse<'a, T: serde::Deserialize<'a>>(key: &str, data: &'a RawValue) -> Result<T, StoreError> {
    serde_json::from_str(data.get()).map_err(|source| {
        StateError::Unreadable {
            what: key.to_owned(),
            source,
        }
        .into()
    })
}

pub(crate) fn parse_bytes<'a, T: serde::Deserialize<'a>>(key: &str, body: &'a [u8]) -> Result<T, StoreError> {
    serde_json::from_slice(body).map_err(|source| {
        StateError::Unreadable {
            what: key.to_owned(),
            source,
        }
        .into()
    })
}

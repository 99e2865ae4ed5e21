//! The stored form of tasks: shard documents.
//!
//! A person's tasks are spread over `tasks:{user}:{index}` by extendible hashing: a shard of depth `d` holds the tasks whose hash
//! ends in the same `d` bits as its index. When it grows past [`SHARD_BYTES_MAX`] it is split in two of depth `d + 1`, in the
//! transaction that made it too large; the profile keeps the greatest depth. A reader with a stale depth sees from the shard's own
//! depth where a task has gone.
//!
//! A task is one row, an array whose defaults are left out at the end and whose strings are borrowed when it is read: a list of
//! 2,000 tasks is parsed on every request.

use std::{borrow::Cow, fmt};

use chrono::{DateTime, Utc};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{SeqAccess, Visitor},
};
use spindle_domain::{Due, Facts, Priority, Task, parse_zone};
use uuid::Uuid;

/// A shard that grows past this is split. Documents of this size are read and rewritten at little cost (see the ADR on state keys).
pub(crate) const SHARD_BYTES_MAX: usize = 32 * 1024;
/// 65,536 shards of 32 KiB: far beyond what one person writes.
const DEPTH_MAX: u8 = 16;
const VERSION: u8 = 1;

/// One shard as stored.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ShardDoc<'a> {
    /// Version of this format.
    v: u8,
    /// How many bits of the hash the tasks in here share.
    #[serde(rename = "d")]
    pub(crate) depth: u8,
    #[serde(rename = "t", borrow)]
    pub(crate) rows: Vec<Row<'a>>,
}

impl ShardDoc<'_> {
    pub(crate) fn empty(depth: u8) -> Self {
        Self {
            v: VERSION,
            depth,
            rows: Vec::new(),
        }
    }

    /// A single task may be larger than a shard should be.
    pub(crate) fn can_split(&self) -> bool {
        self.depth < DEPTH_MAX && self.rows.len() > 1
    }
}

/// Where a task lives: the bits of its id that choose the shard. The last four bytes are random in version 7 and hashed in version 5.
pub(crate) fn hash_of(task: Uuid) -> u32 {
    let bytes = task.as_bytes();
    u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]])
}

/// The shard of that hash among `2^depth`.
pub(crate) fn index_at(hash: u32, depth: u8) -> u32 {
    hash & ((1_u32 << depth.min(DEPTH_MAX)) - 1)
}

/// Splits a shard in two: what stays at `index`, the sibling's index, and what goes there.
pub(crate) fn split(index: u32, doc: ShardDoc<'_>) -> (ShardDoc<'_>, u32, ShardDoc<'_>) {
    let depth = doc.depth + 1;
    let sibling = index | (1 << doc.depth);
    let (stay, go) = doc
        .rows
        .into_iter()
        .partition(|row| row.id().is_none_or(|id| index_at(hash_of(id), depth) == index));
    (
        ShardDoc {
            v: VERSION,
            depth,
            rows: stay,
        },
        sibling,
        ShardDoc {
            v: VERSION,
            depth,
            rows: go,
        },
    )
}

/// A task as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<'a> {
    /// Simple form (32 hexadecimal digits).
    id: Cow<'a, str>,
    version: u64,
    priority: u8,
    title: Cow<'a, str>,
    /// Joined by commas, which no tag can hold.
    tags: Cow<'a, str>,
    /// A day, a wall time, or the seconds since 1970 of an instant.
    due: Cow<'a, str>,
    /// Empty when the task follows the person's zone.
    zone: Cow<'a, str>,
    /// Milliseconds since 1970; 0 when it is that of the id (version 7).
    created: i64,
    /// Milliseconds after `created`.
    updated: i64,
    /// Milliseconds since 1970; 0 when open.
    completed: i64,
    /// Milliseconds since 1970; 0 when not in the trash.
    deleted: i64,
    description: Cow<'a, str>,
}

fn moment(millis: i64) -> Option<DateTime<Utc>> {
    if millis == 0 {
        None
    } else {
        DateTime::from_timestamp_millis(millis)
    }
}

/// The creation time that a version 7 UUID tells; 0 for others.
fn id_millis(id: Uuid) -> i64 {
    id.get_timestamp().filter(|_| id.get_version_num() == 7).map_or(0, |time| {
        let (seconds, nanos) = time.to_unix();
        i64::try_from(seconds).unwrap_or(0) * 1000 + i64::from(nanos / 1_000_000)
    })
}

impl Row<'_> {
    /// The stored form of a task. Times are cut to milliseconds.
    pub fn of(task: &Task) -> Row<'static> {
        let from_id = id_millis(task.id);
        let created = task.created_at.timestamp_millis();
        Row {
            id: task.id.simple().to_string().into(),
            version: task.version,
            priority: task.priority as u8,
            title: task.title.clone().into(),
            tags: task.tags.join(",").into(),
            due: task
                .due
                .map_or(String::new(), |due| match due {
                    Due::Instant(at) => at.timestamp().to_string(),
                    Due::Day(_) | Due::Wall(_) => due.show(chrono_tz::UTC),
                })
                .into(),
            zone: task.time_zone.map_or("", chrono_tz::Tz::name).into(),
            created: if created == from_id { 0 } else { created },
            updated: task.updated_at.timestamp_millis() - created,
            completed: task.completed_at.map_or(0, |at| at.timestamp_millis()),
            deleted: task.deleted_at.map_or(0, |at| at.timestamp_millis()),
            description: task.description.clone().into(),
        }
    }

    pub(crate) fn id(&self) -> Option<Uuid> {
        Uuid::try_parse_ascii(self.id.as_bytes()).ok()
    }

    pub(crate) fn is(&self, simple_id: &str) -> bool {
        self.id == simple_id
    }

    fn due(&self) -> Option<Due> {
        let text = self.due.as_ref();
        if text.is_empty() {
            return None;
        }
        match text.parse::<i64>() {
            Ok(seconds) => DateTime::from_timestamp(seconds, 0).map(Due::Instant),
            Err(_) => Due::parse(text).ok(),
        }
    }

    fn created_millis(&self, id: Uuid) -> i64 {
        if self.created == 0 { id_millis(id) } else { self.created }
    }

    /// What filters, sorting and search look at. `None` when the row is damaged.
    pub fn facts(&self) -> Option<Facts<'_>> {
        let id = self.id()?;
        let created_ms = self.created_millis(id);
        Some(Facts {
            id,
            title: &self.title,
            description: &self.description,
            tags: &self.tags,
            priority: priority(self.priority),
            completed: self.completed != 0,
            trashed: self.deleted != 0,
            due: self.due(),
            zone: if self.zone.is_empty() {
                None
            } else {
                parse_zone(&self.zone).ok()
            },
            created_ms,
            updated_ms: created_ms + self.updated,
        })
    }

    /// The whole task. `None` when the row is damaged.
    pub fn task(&self) -> Option<Task> {
        let id = self.id()?;
        let created_ms = self.created_millis(id);
        Some(Task {
            id,
            version: self.version,
            title: self.title.clone().into_owned(),
            description: self.description.clone().into_owned(),
            priority: priority(self.priority),
            tags: self
                .tags
                .split(',')
                .filter(|tag| !tag.is_empty())
                .map(str::to_owned)
                .collect(),
            due: self.due(),
            time_zone: if self.zone.is_empty() {
                None
            } else {
                parse_zone(&self.zone).ok()
            },
            completed_at: moment(self.completed),
            created_at: DateTime::from_timestamp_millis(created_ms)?,
            updated_at: DateTime::from_timestamp_millis(created_ms + self.updated)?,
            deleted_at: moment(self.deleted),
        })
    }
}

fn priority(stored: u8) -> Priority {
    match stored {
        1 => Priority::Low,
        2 => Priority::Medium,
        3 => Priority::High,
        _ => Priority::None,
    }
}

/// One column of a stored row.
#[derive(Serialize)]
#[serde(untagged)]
enum Column<'a> {
    Text(&'a str),
    Number(i64),
}

impl Column<'_> {
    fn is_default(&self) -> bool {
        matches!(self, Column::Text("") | Column::Number(0))
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use Column::{Number, Text};
        let columns = [
            Text(&self.id),
            Number(i64::try_from(self.version).unwrap_or(i64::MAX)),
            Number(self.priority.into()),
            Text(&self.title),
            Text(&self.tags),
            Text(&self.due),
            Text(&self.zone),
            Number(self.created),
            Number(self.updated),
            Number(self.completed),
            Number(self.deleted),
            Text(&self.description),
        ];
        let kept = columns
            .iter()
            .rposition(|column| !column.is_default())
            .map_or(0, |last| last + 1);
        serializer.collect_seq(columns.iter().take(kept))
    }
}

/// A string that is borrowed when it holds no escapes.
#[derive(Default)]
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Row<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RowVisitor;
        impl<'de> Visitor<'de> for RowVisitor {
            type Value = Row<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a task row")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Row<'de>, A::Error> {
                let text = |seq: &mut A| Ok(seq.next_element::<Text<'de>>()?.unwrap_or_default().0);
                let number = |seq: &mut A| Ok(seq.next_element::<i64>()?.unwrap_or_default());
                let row = Row {
                    id: text(&mut seq)?,
                    version: seq.next_element()?.unwrap_or_default(),
                    priority: seq.next_element()?.unwrap_or_default(),
                    title: text(&mut seq)?,
                    tags: text(&mut seq)?,
                    due: text(&mut seq)?,
                    zone: text(&mut seq)?,
                    created: number(&mut seq)?,
                    updated: number(&mut seq)?,
                    completed: number(&mut seq)?,
                    deleted: number(&mut seq)?,
                    description: text(&mut seq)?,
                };
                Ok(row)
            }
        }
        deserializer.deserialize_seq(RowVisitor)
    }
}

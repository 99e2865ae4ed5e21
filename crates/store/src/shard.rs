//! The stored form of tasks: shard documents.
//!
//! A person's tasks are spread over `tasks:{user}:{index}` by extendible hashing: a shard of depth `d` holds the tasks whose hash
//! ends in the same `d` bits as its index. When it grows past [`SHARD_BYTES_MAX`] it is split in two of depth `d + 1`, in the
//! transaction that made it too large; the profile keeps the greatest depth. A reader with a stale depth sees from the shard's own
//! depth where a task has gone.
//!
//! A shard's tasks are one string, a line each, the fields of a line apart: U+0080 begins a line, U+007F ends a field. Neither needs
//! an escape in JSON, and no text of a task holds control characters. A list of 2,000 tasks is read on every request: one scan finds
//! the lines, and only the fields that are asked for are parsed. A change copies the lines it does not touch.

mod extra;

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use spindle_domain::{Due, Facts, Priority, Task, parse_zone};
use uuid::Uuid;

/// A shard that grows past this is split. Documents of this size are read and rewritten at little cost (see the ADR on state keys).
pub(crate) const SHARD_BYTES_MAX: usize = 32 * 1024;
/// 65,536 shards of 32 KiB: far beyond what one person writes.
const DEPTH_MAX: u8 = 16;
const VERSION: u8 = 2;
const LINE: char = '\u{80}';
const FIELD: char = '\u{7f}';

/// One shard, its lines found.
#[derive(Debug)]
pub(crate) struct Shard<'a> {
    /// How many bits of the hash the tasks in here share.
    pub(crate) depth: u8,
    pub(crate) rows: Vec<Row<'a>>,
}

/// One shard as stored.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ShardDoc<'a> {
    /// Version of this format.
    v: u8,
    #[serde(rename = "d")]
    pub(crate) depth: u8,
    #[serde(rename = "t", borrow)]
    lines: Cow<'a, str>,
}

impl<'a> ShardDoc<'a> {
    /// Finds the lines.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.lines.split(LINE).skip(1).map(|line| Row(Cow::Borrowed(line)))
    }

    /// Finds the lines; they outlive the document.
    pub(crate) fn into_rows(self) -> Vec<Row<'a>> {
        match self.lines {
            Cow::Borrowed(lines) => lines.split(LINE).skip(1).map(|line| Row(Cow::Borrowed(line))).collect(),
            Cow::Owned(lines) => lines
                .split(LINE)
                .skip(1)
                .map(|line| Row(Cow::Owned(line.to_owned())))
                .collect(),
        }
    }
}

impl Shard<'_> {
    /// A single task may be larger than a shard should be.
    pub(crate) fn can_split(&self) -> bool {
        self.depth < DEPTH_MAX && self.rows.len() > 1
    }

    /// The form that is stored.
    pub(crate) fn doc(&self) -> ShardDoc<'static> {
        let mut lines = String::with_capacity(self.rows.iter().map(|row| row.0.len() + 2).sum());
        for Row(line) in &self.rows {
            lines.push(LINE);
            lines.push_str(line);
        }
        ShardDoc {
            v: VERSION,
            depth: self.depth,
            lines: Cow::Owned(lines),
        }
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
pub(crate) fn split(index: u32, shard: Shard<'_>) -> (Shard<'_>, u32, Shard<'_>) {
    let depth = shard.depth + 1;
    let sibling = index | (1 << shard.depth);
    let (stay, go) = shard
        .rows
        .into_iter()
        .partition(|row| row.id().is_none_or(|id| index_at(hash_of(id), depth) == index));
    (Shard { depth, rows: stay }, sibling, Shard { depth, rows: go })
}

/// Finds the line of one task in a stored shard's JSON without reading the others.
pub(crate) fn find_line(body: &[u8], task: Uuid) -> Option<Row<'static>> {
    let text = std::str::from_utf8(body).ok()?;
    let start = format!("{LINE}{}{FIELD}", task.simple());
    let line = text.get(text.find(&start)? + LINE.len_utf8()..)?;
    // The line ends where the next begins, or at the end of the JSON string; escapes hide quotes that belong to it.
    let end = line.find(LINE).or_else(|| string_end(line))?;
    let line: String = serde_json::from_str(&format!("\"{}\"", line.get(..end)?)).ok()?;
    Some(Row(Cow::Owned(line)))
}

fn string_end(json: &str) -> Option<usize> {
    let mut escaped = false;
    json.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

/// A task as stored: a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<'a>(Cow<'a, str>);

/// A line taken apart. Short fields come first, each ended by [`FIELD`]; the lengths of tags and title are among them, so that the
/// texts themselves need not be searched.
struct Fields<'a> {
    /// Simple form (32 hexadecimal digits).
    id: &'a str,
    version: &'a str,
    /// Empty for none, else 1 to 3.
    priority: &'a str,
    /// A day, a wall time, or the seconds since 1970 of an instant.
    due: &'a str,
    /// Empty when the task follows the person's zone.
    zone: &'a str,
    /// Milliseconds since 1970; empty when it is that of the id (version 7).
    created: &'a str,
    /// Milliseconds after `created`.
    updated: &'a str,
    /// Milliseconds since 1970; empty when open.
    completed: &'a str,
    /// Milliseconds since 1970; empty when not in the trash.
    deleted: &'a str,
    /// Reminder and recurrence: see [`extra`].
    extra: &'a str,
    /// Joined by commas, which no tag can hold.
    tags: &'a str,
    title: &'a str,
    description: &'a str,
}

/// The creation time that a version 7 UUID tells (RFC 9562 §5.7), in milliseconds since 1970; 0 for others.
fn id_millis(id: Uuid) -> i64 {
    id.get_timestamp().filter(|_| id.get_version_num() == 7).map_or(0, |time| {
        let (seconds, nanos) = time.to_unix();
        i64::try_from(seconds).unwrap_or(0) * 1000 + i64::from(nanos / 1_000_000)
    })
}

/// A number that is left out when it is 0.
fn number(field: &str) -> i64 {
    field.parse().unwrap_or(0)
}

fn moment(field: &str) -> Option<DateTime<Utc>> {
    if field.is_empty() {
        None
    } else {
        DateTime::from_timestamp_millis(number(field))
    }
}

/// Takes what stands before the next [`FIELD`].
fn next<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let end = rest.bytes().position(|byte| byte == FIELD as u8)?;
    let (field, tail) = (rest.get(..end)?, rest.get(end + 1..)?);
    *rest = tail;
    Some(field)
}

/// A day, a wall time, or the seconds since 1970 of an instant; reads back whatever the zone.
fn due_text(due: Due) -> String {
    match due {
        Due::Instant(at) => at.timestamp().to_string(),
        Due::Day(_) | Due::Wall(_) => due.show_in_utc(),
    }
}

/// Reads [`due_text`]; `None` also for the empty text of no due date.
fn parse_due(text: &str) -> Option<Due> {
    match text.parse::<i64>() {
        Ok(seconds) => DateTime::from_timestamp(seconds, 0).map(Due::Instant),
        Err(_) if text.is_empty() => None,
        Err(_) => Due::parse(text).ok(),
    }
}

impl<'a> Fields<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let mut rest = line;
        let rest = &mut rest;
        let (id, version, priority, due, zone) = (next(rest)?, next(rest)?, next(rest)?, next(rest)?, next(rest)?);
        let (created, updated, completed, deleted) = (next(rest)?, next(rest)?, next(rest)?, next(rest)?);
        let extra = next(rest)?;
        let (tags_len, title_len): (usize, usize) = (next(rest)?.parse().ok()?, next(rest)?.parse().ok()?);
        let (tags, texts) = rest.split_at_checked(tags_len)?;
        let (title, description) = texts.split_at_checked(title_len)?;
        Some(Self {
            id,
            version,
            priority,
            due,
            zone,
            created,
            updated,
            completed,
            deleted,
            extra,
            tags,
            title,
            description,
        })
    }

    fn due(&self) -> Option<Due> {
        parse_due(self.due)
    }

    fn zone(&self) -> Option<chrono_tz::Tz> {
        if self.zone.is_empty() {
            None
        } else {
            parse_zone(self.zone).ok()
        }
    }

    fn priority(&self) -> Priority {
        match self.priority {
            "1" => Priority::Low,
            "2" => Priority::Medium,
            "3" => Priority::High,
            _ => Priority::None,
        }
    }

    fn created_millis(&self, id: Uuid) -> i64 {
        if self.created.is_empty() {
            id_millis(id)
        } else {
            number(self.created)
        }
    }
}

impl Row<'_> {
    /// The stored form of a task. Times are cut to milliseconds.
    pub fn of(task: &Task) -> Row<'static> {
        let from_id = id_millis(task.id);
        let created = task.created_at.timestamp_millis();
        let optional = |number: i64| if number == 0 { String::new() } else { number.to_string() };
        // The domain lets no control character in; should one come all the same, it must not part a line.
        let clean = |text: &str| text.replace([LINE, FIELD], " ");
        let (tags, title) = (clean(&task.tags.join(",")), clean(&task.title));
        let due = task.due.map_or_else(String::new, due_text);
        let fields = [
            task.id.simple().to_string(),
            task.version.to_string(),
            optional(task.priority as i64),
            due,
            task.time_zone.map_or("", chrono_tz::Tz::name).to_owned(),
            optional(if created == from_id { 0 } else { created }),
            optional(task.updated_at.timestamp_millis() - created),
            task.completed_at
                .map_or_else(String::new, |at| at.timestamp_millis().to_string()),
            task.deleted_at
                .map_or_else(String::new, |at| at.timestamp_millis().to_string()),
            extra::write(task),
            tags.len().to_string(),
            title.len().to_string(),
        ];
        let mut line = String::with_capacity(96 + tags.len() + title.len() + task.description.len());
        for field in fields {
            line.push_str(&field);
            line.push(FIELD);
        }
        for text in [tags, title, clean(&task.description)] {
            line.push_str(&text);
        }
        Row(Cow::Owned(line))
    }

    pub(crate) fn id(&self) -> Option<Uuid> {
        Uuid::try_parse_ascii(self.0.split(FIELD).next()?.as_bytes()).ok()
    }

    pub(crate) fn is(&self, simple_id: &str) -> bool {
        self.0.starts_with(simple_id)
    }

    /// What filters, sorting and search look at. `None` when the row is damaged.
    pub fn facts(&self) -> Option<Facts<'_>> {
        let fields = Fields::of(&self.0)?;
        let id = Uuid::try_parse_ascii(fields.id.as_bytes()).ok()?;
        let created_ms = fields.created_millis(id);
        Some(Facts {
            id,
            title: fields.title,
            description: fields.description,
            tags: fields.tags,
            priority: fields.priority(),
            completed: !fields.completed.is_empty(),
            trashed: !fields.deleted.is_empty(),
            due: fields.due(),
            zone: fields.zone(),
            created_ms,
            updated_ms: created_ms + number(fields.updated),
            position: extra::position(fields.extra),
        })
    }

    /// The whole task. `None` when the row is damaged.
    pub fn task(&self) -> Option<Task> {
        let fields = Fields::of(&self.0)?;
        let id = Uuid::try_parse_ascii(fields.id.as_bytes()).ok()?;
        let created_ms = fields.created_millis(id);
        let extra = extra::read(fields.extra)?;
        Some(Task {
            id,
            version: fields.version.parse().ok()?,
            title: fields.title.to_owned(),
            description: fields.description.to_owned(),
            priority: fields.priority(),
            tags: fields
                .tags
                .split(',')
                .filter(|tag| !tag.is_empty())
                .map(str::to_owned)
                .collect(),
            due: fields.due(),
            time_zone: fields.zone(),
            completed_at: moment(fields.completed),
            created_at: DateTime::from_timestamp_millis(created_ms)?,
            updated_at: DateTime::from_timestamp_millis(created_ms + number(fields.updated))?,
            deleted_at: moment(fields.deleted),
            reminder: extra.reminder,
            recurrence: extra.recurrence,
            parent: extra.parent,
            rings_at: extra.rings_at,
            position: extra.position,
            successor: extra.successor,
        })
    }
}

#[cfg(test)]
mod tests;

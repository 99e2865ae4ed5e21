//! Tasks as they cross the API: what a person sends, what they get.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use spindle_domain::{Due, Priority, Task, TaskEdit, Violation, parse_zone};
use uuid::Uuid;

use crate::{
    body::{Body, FromBody, Patch},
    json,
};

/// Fields that a body may hold because GET gave them, and that are not looked at.
pub const READ_ONLY_FIELDS: &[&str] = &[
    "id",
    "user_id",
    "version",
    "created_at",
    "updated_at",
    "deleted_at",
    "due_at",
    "is_overdue",
    "parent_task_id",
    "recurrence_anchor",
];

/// The fields of a task in a request body. What they mean when left out or `null` depends on the operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskInput {
    title: Patch<String>,
    description: Patch<String>,
    completed: Patch<bool>,
    completed_at: Patch<DateTime<Utc>>,
    priority: Patch<Priority>,
    tags: Patch<Vec<String>>,
    due_date: Patch<Due>,
    time_zone: Patch<Tz>,
}

impl FromBody for TaskInput {
    fn from_body(body: &mut Body<'_>) -> Option<Self> {
        let input = Self {
            title: body.string("title"),
            description: body.string("description"),
            completed: body.boolean("completed"),
            completed_at: body.parsed("completed_at", "not_a_time", parse_instant),
            priority: body.parsed("priority", "not_a_priority", Priority::parse),
            tags: body.strings("tags"),
            due_date: body.parsed("due_date", "not_a_due_date", Due::parse),
            time_zone: body.parsed("time_zone", "not_a_time_zone", parse_zone),
        };
        body.ignore(READ_ONLY_FIELDS);
        Some(input)
    }
}

impl TaskInput {
    /// POST: a new task. Fields left out or `null` have their defaults.
    ///
    /// # Errors
    /// When there is no title.
    pub fn create(self) -> Result<TaskEdit, Vec<Violation>> {
        self.whole()
    }

    /// PUT: the task is to be this; fields left out or `null` get their defaults. A task that stays completed without a
    /// `completed_at` keeps the one it has.
    ///
    /// # Errors
    /// When there is no title.
    pub fn replace(self) -> Result<TaskEdit, Vec<Violation>> {
        self.whole()
    }

    fn whole(self) -> Result<TaskEdit, Vec<Violation>> {
        let title = self.title.value().ok_or_else(title_required)?;
        let completed = self.completed.value().unwrap_or(false);
        Ok(TaskEdit {
            title: Some(title),
            description: Some(self.description.value().unwrap_or_default()),
            completed: Some(completed),
            completed_at: self.completed_at.value().map(Some),
            priority: Some(self.priority.value().unwrap_or(Priority::None)),
            tags: Some(self.tags.value().unwrap_or_default()),
            due: Some(self.due_date.value()),
            time_zone: Some(self.time_zone.value()),
        })
    }

    /// PATCH (RFC 7396): fields left out stay, `null` clears.
    ///
    /// # Errors
    /// When the title is to be cleared.
    pub fn patch(self) -> Result<TaskEdit, Vec<Violation>> {
        if self.title == Patch::Null {
            return Err(title_required());
        }
        Ok(TaskEdit {
            title: self.title.value(),
            description: cleared(self.description),
            completed: cleared(self.completed),
            completed_at: self.completed_at.nullable(),
            priority: self.priority.nullable().map(|priority| priority.unwrap_or(Priority::None)),
            tags: cleared(self.tags),
            due: self.due_date.nullable(),
            time_zone: self.time_zone.nullable(),
        })
    }
}

/// `null` gives the default.
fn cleared<T: Default>(patch: Patch<T>) -> Option<T> {
    patch.nullable().map(Option::unwrap_or_default)
}

fn title_required() -> Vec<Violation> {
    vec![Violation {
        field: "title".to_owned(),
        code: "required",
        message: "is required and must not be null".to_owned(),
    }]
}

/// An RFC 3339 time with an offset; kept to the millisecond.
fn parse_instant(text: &str) -> Result<DateTime<Utc>, &'static str> {
    let rule = "must be a time with an offset, such as 2026-11-22T09:00:00Z";
    let time = DateTime::parse_from_rfc3339(text).map_err(|_| rule)?;
    DateTime::from_timestamp_millis(time.timestamp_millis()).ok_or(rule)
}

/// A task as the API answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Task))]
pub struct TaskBody {
    /// Version 7, so newer tasks sort after older ones.
    pub id: Uuid,
    /// What is to be done.
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 500, example = "Renew the passport")
    )]
    pub title: String,
    /// Everything else about it.
    #[cfg_attr(feature = "schema", schema(max_length = 16000))]
    pub description: String,
    /// Whether it is done.
    pub completed: bool,
    /// When it was done.
    #[cfg_attr(feature = "schema", schema(required))]
    pub completed_at: Option<DateTime<Utc>>,
    /// Whose task it is.
    pub user_id: Uuid,
    /// How much it matters.
    pub priority: PriorityBody,
    /// In the order they were given.
    #[cfg_attr(feature = "schema", schema(max_items = 50, example = json!(["home", "papers"])))]
    pub tags: Vec<String>,
    /// A day, wall time, or an instant with the offset of the task's zone: in the form it was given.
    #[cfg_attr(feature = "schema", schema(required, example = "2026-11-22T09:00"))]
    pub due_date: Option<String>,
    /// The task's own zone; `null` when it follows the person's.
    #[cfg_attr(feature = "schema", schema(required, example = "Europe/Berlin"))]
    pub time_zone: Option<String>,
    /// The instant of `due_date`; `null` for a day.
    #[cfg_attr(feature = "schema", schema(required))]
    pub due_at: Option<DateTime<Utc>>,
    /// Open, and its instant (or the whole day in the person's zone) is past.
    pub is_overdue: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it went to the trash.
    #[cfg_attr(feature = "schema", schema(required))]
    pub deleted_at: Option<DateTime<Utc>>,
    /// Rises by one with each change; also the `ETag`.
    #[cfg_attr(feature = "schema", schema(minimum = 1))]
    pub version: u64,
}

/// How much a task matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Priority))]
pub enum PriorityBody {
    /// The most.
    High,
    /// Some.
    Medium,
    /// A little.
    Low,
    /// Not said.
    None,
}

/// For whom, and when, a task is shown.
#[derive(Debug, Clone, Copy)]
pub struct Viewer {
    /// Whose tasks they are.
    pub user_id: Uuid,
    /// The person's zone.
    pub zone: Tz,
    /// Decides what is overdue.
    pub now: DateTime<Utc>,
}

/// Appends a task as [`TaskBody`].
pub fn write_task(out: &mut Vec<u8>, task: &Task, viewer: &Viewer) {
    write_stored(out, task, viewer.user_id, viewer.zone);
    // Reopens the object that has just been closed.
    out.pop();
    out.extend_from_slice(b",\"is_overdue\":");
    json::boolean(out, task.is_overdue(viewer.zone, viewer.now));
    out.push(b'}');
}

/// A task as [`TaskBody`], in a buffer of its own.
pub fn task_json(task: &Task, viewer: &Viewer) -> Vec<u8> {
    let mut out = Vec::with_capacity(640 + task.title.len() + task.description.len());
    write_task(&mut out, task, viewer);
    out
}

/// Appends a task without what depends on the time of reading (`is_overdue`): the form that events and the audit log keep.
pub(crate) fn write_stored(out: &mut Vec<u8>, task: &Task, user_id: Uuid, person: Tz) {
    let zone = task.time_zone.unwrap_or(person);
    out.extend_from_slice(b"{\"id\":");
    json::uuid(out, task.id);
    out.extend_from_slice(b",\"title\":");
    json::string(out, &task.title);
    out.extend_from_slice(b",\"description\":");
    json::string(out, &task.description);
    out.extend_from_slice(b",\"completed\":");
    json::boolean(out, task.completed_at.is_some());
    out.extend_from_slice(b",\"completed_at\":");
    json::optional_millis(out, task.completed_at);
    out.extend_from_slice(b",\"user_id\":");
    json::uuid(out, user_id);
    out.extend_from_slice(b",\"priority\":");
    json::string(out, task.priority.as_str());
    out.extend_from_slice(b",\"tags\":");
    write_tags(out, &task.tags);
    out.extend_from_slice(b",\"due_date\":");
    write_due(out, task.due, zone);
    out.extend_from_slice(b",\"time_zone\":");
    json::optional_string(out, task.time_zone.map(Tz::name));
    out.extend_from_slice(b",\"due_at\":");
    match task.due.and_then(|due| due.at(zone)) {
        Some(at) => json::seconds(out, at),
        None => json::null(out),
    }
    out.extend_from_slice(b",\"created_at\":");
    json::millis(out, task.created_at);
    out.extend_from_slice(b",\"updated_at\":");
    json::millis(out, task.updated_at);
    out.extend_from_slice(b",\"deleted_at\":");
    json::optional_millis(out, task.deleted_at);
    out.extend_from_slice(b",\"version\":");
    json::number(out, task.version);
    out.push(b'}');
}

pub(crate) fn write_tags(out: &mut Vec<u8>, tags: &[String]) {
    out.push(b'[');
    for (index, tag) in tags.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        json::string(out, tag);
    }
    out.push(b']');
}

pub(crate) fn write_due(out: &mut Vec<u8>, due: Option<Due>, zone: Tz) {
    match due {
        Some(due) => json::string(out, &due.show(zone)),
        None => json::null(out),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeZone};

    use super::*;
    use crate::{Problem, parse_json};

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 22, 9, 0, 0).unwrap()
    }

    fn viewer(zone: Tz) -> Viewer {
        Viewer {
            user_id: Uuid::from_u128(7),
            zone,
            now: now(),
        }
    }

    fn input(json: &str) -> TaskInput {
        parse_json(json.as_bytes()).unwrap()
    }

    fn created(json: &str) -> Task {
        Task::create(Uuid::from_u128(1), input(json).create().unwrap(), now()).unwrap()
    }

    fn shown(task: &Task, zone: Tz) -> TaskBody {
        serde_json::from_slice(&task_json(task, &viewer(zone))).unwrap()
    }

    #[test]
    fn a_title_is_enough() {
        let body = shown(&created(r#"{"title": "  Renew the passport "}"#), Tz::Europe__Berlin);
        assert_eq!(
            (body.title.as_str(), body.version, body.priority),
            ("Renew the passport", 1, PriorityBody::None)
        );
        assert_eq!(
            (body.due_date, body.time_zone, body.due_at, body.is_overdue),
            (None, None, None, false)
        );
        assert_eq!((body.created_at, body.user_id), (now(), Uuid::from_u128(7)));
    }

    #[test]
    fn the_three_kinds_of_due_date_read_back_as_they_were_given() {
        for (due, zone, due_at, overdue) in [
            ("2026-11-22", None, None, false),
            ("2026-11-21", None, None, true),
            ("2026-11-22T09:00", None, Some("2026-11-22T08:00:00Z"), true),
            (
                "2026-11-22T09:00",
                Some("America/New_York"),
                Some("2026-11-22T14:00:00Z"),
                false,
            ),
            ("2026-11-22T10:30:00+01:00", None, Some("2026-11-22T09:30:00Z"), false),
        ] {
            let json = serde_json::json!({"title": "x", "due_date": due, "time_zone": zone}).to_string();
            let body = shown(&created(&json), Tz::Europe__Berlin);
            assert_eq!(body.due_date.as_deref(), Some(due));
            assert_eq!(body.time_zone.as_deref(), zone);
            assert_eq!(body.due_at, due_at.map(|at| at.parse().unwrap()), "{due}");
            assert_eq!(body.is_overdue, overdue, "{due} {zone:?}");
        }
    }

    #[test]
    fn what_get_gave_can_be_put_and_changes_nothing() {
        let json = r#"{"title": "x", "description": "a\nb", "priority": "high", "tags": ["a", "b"], "completed": true,
            "completed_at": "2026-11-20T10:00:00.123+01:00", "due_date": "2026-11-22T09:00", "time_zone": "Asia/Tokyo"}"#;
        let task = created(json);
        let got = task_json(&task, &viewer(Tz::UTC));
        let put: TaskInput = parse_json(&got).unwrap();
        assert_eq!(
            task.edited(put.replace().unwrap(), now() + Duration::seconds(5)).unwrap(),
            None
        );
        let put: TaskInput = parse_json(&got).unwrap();
        assert_eq!(task.edited(put.patch().unwrap(), now() + Duration::seconds(5)).unwrap(), None);
    }

    #[test]
    fn put_takes_defaults_and_patch_leaves_alone() {
        let task = created(
            r#"{"title": "x", "description": "d", "priority": "low", "tags": ["t"], "due_date": "2026-12-01", "completed": true}"#,
        );
        let put = task
            .edited(input(r#"{"title": "y"}"#).replace().unwrap(), now())
            .unwrap()
            .unwrap();
        assert_eq!(
            (
                put.description.as_str(),
                put.priority,
                put.tags.len(),
                put.due,
                put.completed_at
            ),
            ("", Priority::None, 0, None, None)
        );
        let patched = task
            .edited(input(r#"{"title": "y"}"#).patch().unwrap(), now())
            .unwrap()
            .unwrap();
        assert_eq!(
            (patched.description.as_str(), patched.priority, patched.due),
            ("d", Priority::Low, task.due)
        );
        let cleared = r#"{"description": null, "priority": null, "tags": null, "due_date": null, "completed": null}"#;
        let cleared = task.edited(input(cleared).patch().unwrap(), now()).unwrap().unwrap();
        assert_eq!(
            (
                cleared.description.as_str(),
                cleared.tags.len(),
                cleared.due,
                cleared.completed_at
            ),
            ("", 0, None, None)
        );
        let kept = task
            .edited(
                input(r#"{"title": "x", "completed": true}"#).replace().unwrap(),
                now() + Duration::hours(1),
            )
            .unwrap()
            .unwrap();
        assert_eq!(kept.completed_at, task.completed_at, "done when it was done");
    }

    #[test]
    fn a_title_cannot_be_left_out_or_cleared() {
        for violations in [
            input("{}").create().unwrap_err(),
            input(r#"{"title": null}"#).replace().unwrap_err(),
            input(r#"{"title": null}"#).patch().unwrap_err(),
        ] {
            assert_eq!((violations[0].field.as_str(), violations[0].code), ("title", "required"));
        }
        assert!(input("{}").patch().unwrap().title.is_none());
    }

    #[test]
    fn wrong_forms_are_named_together() {
        let json = r#"{"title": 1, "completed": "yes", "completed_at": "2026-11-20", "priority": "urgent", "tags": ["a", 2],
            "due_date": "tomorrow", "time_zone": "Mars/Olympus", "colour": "red"}"#;
        let problem: Problem = parse_json::<TaskInput>(json.as_bytes()).unwrap_err();
        let fields: Vec<&str> = problem.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "title",
                "completed",
                "completed_at",
                "priority",
                "tags.1",
                "due_date",
                "time_zone",
                "colour"
            ]
        );
        assert_eq!(problem.status.as_u16(), 422);
    }
}

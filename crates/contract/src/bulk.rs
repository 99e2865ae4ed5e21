//! The same change of several tasks, each a command of its own.

use serde::{Deserialize, Serialize};
use spindle_domain::{Task, TaskEdit};
use uuid::Uuid;

use crate::{
    body::{Body, FromBody, Patch},
    json,
    limits::BULK_IDS_MAX,
    problem::{Problem, ProblemBody},
    tasks::{TaskBody, TaskInput, Viewer, write_task},
};

/// POST `/api/tasks/bulk`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkInput {
    /// Each once.
    pub ids: Vec<Uuid>,
    /// What to do with each.
    pub action: BulkAction,
}

/// What to do with each task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkAction {
    /// As PATCH does.
    Update(Box<TaskEdit>),
    /// As DELETE does: into the trash, or from there for good.
    Delete,
    /// Out of the trash.
    Restore,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Update,
    Delete,
    Restore,
}

impl FromBody for BulkInput {
    fn from_body(body: &mut Body<'_>) -> Option<Self> {
        let ids = ids(body);
        let words = [("update", Word::Update), ("delete", Word::Delete), ("restore", Word::Restore)];
        let action = body.required("action", |body| body.word("action", &words));
        let changes = body.object::<TaskInput>("changes");
        let action = match (action?, changes) {
            (Word::Update, Patch::Value(changes)) => match changes.patch() {
                Ok(edit) => BulkAction::Update(Box::new(edit)),
                Err(violations) => {
                    for violation in violations {
                        body.refuse(format!("changes.{}", violation.field), violation.code, violation.message);
                    }
                    return None;
                }
            },
            (Word::Update, Patch::Null | Patch::Absent) => {
                if body.is_right() {
                    body.refuse(
                        "changes",
                        "required",
                        "is required with the action update: the fields to change, as for PATCH",
                    );
                }
                return None;
            }
            (Word::Delete | Word::Restore, Patch::Value(_)) => {
                body.refuse("changes", "conflict", "goes with the action update only: leave it out");
                return None;
            }
            (Word::Delete, _) => BulkAction::Delete,
            (Word::Restore, _) => BulkAction::Restore,
        };
        Some(Self { ids: ids?, action })
    }
}

fn ids(body: &mut Body<'_>) -> Option<Vec<Uuid>> {
    let texts = body.required("ids", |body| body.strings("ids"))?;
    if texts.is_empty() || texts.len() > BULK_IDS_MAX {
        body.refuse(
            "ids",
            "out_of_range",
            format!("must be 1 to {BULK_IDS_MAX} ids, are {}", texts.len()),
        );
        return None;
    }
    let mut ids = Vec::with_capacity(texts.len());
    for (index, text) in texts.iter().enumerate() {
        match Uuid::try_parse(text) {
            Ok(id) if ids.contains(&id) => body.refuse(format!("ids.{index}"), "duplicate", "is given twice; give it once"),
            Ok(id) => ids.push(id),
            Err(_) => body.refuse(format!("ids.{index}"), "not_a_uuid", "must be a UUID, such as a task's id"),
        }
    }
    Some(ids)
}

/// What came of a bulk change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = BulkResult))]
pub struct BulkBody {
    /// In the order of the ids.
    pub items: Vec<BulkItemBody>,
}

/// What came of the change of one task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = BulkItem))]
pub struct BulkItemBody {
    /// Of the task.
    pub id: Uuid,
    /// The status that a request of its own would have been answered.
    #[cfg_attr(feature = "schema", schema(minimum = 200, maximum = 599))]
    pub status: u16,
    /// As it is now; `null` when it was deleted, or not changed because of the problem.
    #[cfg_attr(feature = "schema", schema(required))]
    pub task: Option<TaskBody>,
    /// Why it was not changed; `null` when all is well.
    #[cfg_attr(feature = "schema", schema(required))]
    pub problem: Option<ProblemBody>,
}

/// A [`BulkItemBody`] of a task that was changed, or needed no change.
pub fn done_item(id: Uuid, status: u16, task: Option<&Task>, viewer: &Viewer) -> Vec<u8> {
    let mut out = open_item(id, status);
    match task {
        Some(task) => write_task(&mut out, task, viewer),
        None => json::null(&mut out),
    }
    out.extend_from_slice(b",\"problem\":null}");
    out
}

/// A [`BulkItemBody`] of a task that was not changed.
pub fn failed_item(id: Uuid, problem: &Problem, request_id: &str) -> Vec<u8> {
    let mut out = open_item(id, problem.status.as_u16());
    out.extend_from_slice(b"null,\"problem\":");
    out.extend_from_slice(&problem.json(request_id));
    out.push(b'}');
    out
}

fn open_item(id: Uuid, status: u16) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    out.extend_from_slice(b"{\"id\":");
    json::uuid(&mut out, id);
    out.extend_from_slice(b",\"status\":");
    json::number(&mut out, status.into());
    out.extend_from_slice(b",\"task\":");
    out
}

/// A [`BulkBody`] of items that are JSON already.
pub fn write_bulk(items: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(16 + items.iter().map(|item| item.len() + 1).sum::<usize>());
    out.extend_from_slice(b"{\"items\":");
    json::list(&mut out, items, |out, item| out.extend_from_slice(item));
    out.push(b'}');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_json;

    const ID: &str = "0190f5fe-7c00-7a00-8000-000000000000";

    fn wrong(json: &str) -> Vec<String> {
        let problem = parse_json::<BulkInput>(json.as_bytes()).unwrap_err();
        problem.errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn a_change_needs_ids_an_action_and_what_to_change() {
        let read: BulkInput =
            parse_json(format!(r#"{{"ids": ["{ID}"], "action": "update", "changes": {{"priority": "high"}}}}"#).as_bytes())
                .unwrap();
        assert!(matches!(read.action, BulkAction::Update(edit) if edit.priority == Some(spindle_domain::Priority::High)));
        assert!(
            parse_json::<BulkInput>(format!(r#"{{"ids": ["{ID}"], "action": "restore", "changes": null}}"#).as_bytes()).is_ok()
        );
        assert_eq!(wrong("{}"), ["ids", "action"]);
        assert_eq!(wrong(r#"{"ids": [], "action": "delete"}"#), ["ids"]);
        assert_eq!(
            wrong(&format!(r#"{{"ids": ["{ID}", "{ID}", "x"], "action": "delete"}}"#)),
            ["ids.1", "ids.2"]
        );
        assert_eq!(wrong(&format!(r#"{{"ids": ["{ID}"], "action": "update"}}"#)), ["changes"]);
        assert_eq!(
            wrong(&format!(r#"{{"ids": ["{ID}"], "action": "delete", "changes": {{}}}}"#)),
            ["changes"]
        );
        assert_eq!(
            wrong(&format!(
                r#"{{"ids": ["{ID}"], "action": "update", "changes": {{"title": null}}}}"#
            )),
            ["changes.title"]
        );
        let nested =
            format!(r#"{{"ids": ["{ID}"], "action": "update", "changes": {{"tags": [1], "due_date": "soon", "no": 1}}}}"#);
        assert_eq!(wrong(&nested), ["changes.tags.0", "changes.due_date", "changes.no"]);
        assert_eq!(
            wrong(&format!(r#"{{"ids": ["{ID}"], "action": "update", "changes": [1]}}"#)),
            ["changes"]
        );
    }
}

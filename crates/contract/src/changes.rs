//! `/api/changes`: what changed for a person since a cursor.

use serde::{Deserialize, Serialize};
use spindle_domain::Task;
use uuid::Uuid;

use crate::{
    json,
    notifications::{NotificationBody, write_notification},
    problem::Problem,
    query::Params,
    tasks::{TaskBody, Viewer, write_task},
};

/// The parameters of GET `/api/changes`.
pub const CHANGES_PARAMETERS: &[&str] = &["since"];

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Changes))]
pub struct ChangesBody {
    /// Give it as `since` the next time.
    pub cursor: u64,
    /// Nothing is told, because `since` was not given or is too old: read everything again, then go on from `cursor`.
    pub reset: bool,
    /// The tasks that were made or changed, as they are now.
    pub tasks: Vec<TaskBody>,
    /// The ids of tasks that went to the trash or for good.
    pub gone: Vec<Uuid>,
    /// Notifications that came or changed, the newest first.
    pub notifications: Vec<NotificationBody>,
    /// Whether the saved filters changed: read them again.
    pub filters: bool,
}

/// Reads the query string of GET `/api/changes`: the cursor of an earlier answer, if there is one.
///
/// # Errors
/// 400 when it is none.
pub fn parse_since(query: Option<&str>) -> Result<Option<u64>, Problem> {
    let mut params = Params::parse(query, CHANGES_PARAMETERS)?;
    let since = params.cursor("since");
    params.finish(since)
}

/// A [`ChangesBody`] as JSON.
pub fn write_changes(
    cursor: u64,
    reset: bool,
    tasks: &[Task],
    gone: &[Uuid],
    notifications: &[NotificationBody],
    filters: bool,
    viewer: &Viewer,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(128 + tasks.len() * 1280 + notifications.len() * 384);
    out.extend_from_slice(b"{\"cursor\":");
    json::number(&mut out, cursor);
    out.extend_from_slice(b",\"reset\":");
    json::boolean(&mut out, reset);
    out.extend_from_slice(b",\"tasks\":");
    json::list(&mut out, tasks, |out, task| write_task(out, task, viewer));
    out.extend_from_slice(b",\"gone\":");
    json::list(&mut out, gone, |out, id| json::uuid(out, *id));
    out.extend_from_slice(b",\"notifications\":");
    json::list(&mut out, notifications, write_notification);
    out.extend_from_slice(b",\"filters\":");
    json::boolean(&mut out, filters);
    out.push(b'}');
    out
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use spindle_domain::TaskEdit;

    use super::*;

    #[test]
    fn a_cursor_is_a_number_or_nothing() {
        assert_eq!(parse_since(None), Ok(None));
        assert_eq!(parse_since(Some("since=42")), Ok(Some(42)));
        for query in [
            "since=",
            "since=-1",
            "since=%2B1",
            "since=99999999999999999999",
            "cursor=1",
            "since=1&since=1",
        ] {
            assert_eq!(parse_since(Some(query)).unwrap_err().status.as_u16(), 400, "{query}");
        }
    }

    #[test]
    fn the_answer_is_what_its_schema_says() {
        let now: DateTime<Utc> = "2026-11-22T09:00:00Z".parse().unwrap();
        let viewer = Viewer {
            user_id: Uuid::from_u128(7),
            person: spindle_domain::reminder::PersonTime {
                zone: chrono_tz::UTC,
                all_day_reminder_at: chrono::NaiveTime::MIN,
            },
            now,
        };
        let edit = TaskEdit {
            title: Some("x".into()),
            ..TaskEdit::default()
        };
        let task = Task::create(Uuid::from_u128(1), edit, now).unwrap();
        let json = write_changes(
            5,
            false,
            &[task.clone(), task],
            &[Uuid::from_u128(2), Uuid::from_u128(3)],
            &[],
            false,
            &viewer,
        );
        let body: ChangesBody = serde_json::from_slice(&json).unwrap();
        assert_eq!((body.cursor, body.reset, body.tasks.len(), body.gone.len()), (5, false, 2, 2));
        let body: ChangesBody = serde_json::from_slice(&write_changes(5, true, &[], &[], &[], true, &viewer)).unwrap();
        assert!(body.reset && body.tasks.is_empty());
    }
}

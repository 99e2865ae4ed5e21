//! The audit log as it crosses the API.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{events::EventType, json, page::Page, problem::Problem, query::Params};

/// The parameters of GET `/api/events/audit`.
pub const AUDIT_PARAMETERS: &[&str] = &["task_id", "event_type", "from", "to", "page", "page_size"];
/// The parameters of GET `/api/tasks/{id}/activity`.
pub const ACTIVITY_PARAMETERS: &[&str] = &["page", "page_size"];

/// Which entries are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only of this task.
    pub task_id: Option<Uuid>,
    /// Only of this type.
    pub event_type: Option<EventType>,
    /// Changes made at or after this moment.
    pub from: Option<DateTime<Utc>>,
    /// Changes made before this moment.
    pub to: Option<DateTime<Utc>>,
    /// Which page.
    pub page: Page,
}

/// Reads the query string of GET `/api/events/audit`.
///
/// # Errors
/// 400 or 422 naming every parameter that is wrong.
pub fn parse_audit(query: Option<&str>) -> Result<AuditQuery, Problem> {
    let mut params = Params::parse(query, AUDIT_PARAMETERS)?;
    let query = AuditQuery {
        task_id: params.parsed("task_id", "not_a_uuid", |text| {
            Uuid::try_parse(text).map_err(|_| "must be a UUID, such as a task's id")
        }),
        event_type: params.one_of(
            "event_type",
            &EventType::LOGGED.map(|event_type| (event_type.as_str(), event_type)),
        ),
        from: params.parsed("from", "not_a_time", parse_time),
        to: params.parsed("to", "not_a_time", parse_time),
        page: params.page(),
    };
    params.finish(query)
}

/// Reads the query string of GET `/api/tasks/{id}/activity`.
///
/// # Errors
/// 400 or 422 naming every parameter that is wrong.
pub fn parse_activity(query: Option<&str>) -> Result<Page, Problem> {
    let mut params = Params::parse(query, ACTIVITY_PARAMETERS)?;
    let page = params.page();
    params.finish(page)
}

fn parse_time(text: &str) -> Result<DateTime<Utc>, &'static str> {
    let rule = "must be a time with an offset, such as 2026-11-22T09:00:00Z (write + as %2B)";
    DateTime::parse_from_rfc3339(text).map(|time| time.to_utc()).map_err(|_| rule)
}

/// One entry of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = AuditEntry))]
pub struct AuditEntryBody {
    /// Of this entry.
    pub id: Uuid,
    /// Of the event that told of the change.
    pub event_id: String,
    /// What happened, such as `task.completed`.
    #[cfg_attr(feature = "schema", schema(example = "task.completed"))]
    pub event_type: String,
    /// Whose task it is.
    pub user_id: Uuid,
    /// Which task.
    pub task_id: Uuid,
    /// When the change was made.
    pub timestamp: DateTime<Utc>,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// The task's version after the change.
    #[cfg_attr(feature = "schema", schema(minimum = 1))]
    pub version: u64,
    /// Who made the change.
    #[cfg_attr(feature = "schema", schema(example = "user:0198f3a0-0000-7000-8000-000000000000"))]
    pub actor: String,
    /// The request that made it.
    pub request_id: String,
    /// What changed: `{field: {before, after}}`.
    #[cfg_attr(feature = "schema", schema(value_type = Object, example = json!({"completed": {"before": false, "after": true}})))]
    pub changes: serde_json::Value,
    /// The task after the change; `null` when it was deleted for good.
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>, required))]
    pub payload_snapshot: serde_json::Value,
    /// The `hash` of the person's entry before; zeros for the first.
    #[cfg_attr(feature = "schema", schema(pattern = "^[0-9a-f]{64}$"))]
    pub prev_hash: String,
    /// SHA-256 of this entry as JSON without `hash`, with sorted keys and no white space.
    #[cfg_attr(feature = "schema", schema(pattern = "^[0-9a-f]{64}$"))]
    pub hash: String,
}

/// What verifying the caller's chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Verification))]
pub struct VerifyBody {
    /// Whether every entry is what its hash says and follows the one before.
    pub ok: bool,
    /// Number of entries in the chain.
    pub entries: u64,
    /// The hash of the latest entry; zeros when there is none.
    #[cfg_attr(feature = "schema", schema(pattern = "^[0-9a-f]{64}$"))]
    pub head: String,
    /// The place (from 0) of the first entry that does not fit; left out when all do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub broken_at: Option<u64>,
}

impl VerifyBody {
    /// As JSON.
    pub fn json(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(160);
        out.extend_from_slice(b"{\"ok\":");
        json::boolean(&mut out, self.ok);
        out.extend_from_slice(b",\"entries\":");
        json::number(&mut out, self.entries);
        out.extend_from_slice(b",\"head\":");
        json::string(&mut out, &self.head);
        if let Some(place) = self.broken_at {
            out.extend_from_slice(b",\"broken_at\":");
            json::number(&mut out, place);
        }
        out.push(b'}');
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_is_read() {
        let query = "task_id=00000000-0000-0000-0000-000000000007&event_type=task.deleted&from=2026-11-22T09:00:00%2B01:00\
                     &to=2026-11-23T00:00:00Z&page=2&page_size=10";
        let read = parse_audit(Some(query)).unwrap();
        assert_eq!(
            (read.task_id, read.event_type),
            (Some(Uuid::from_u128(7)), Some(EventType::Deleted))
        );
        assert_eq!(read.from.unwrap().to_rfc3339(), "2026-11-22T08:00:00+00:00");
        assert_eq!(read.page, Page { page: 2, page_size: 10 });
        assert_eq!(parse_activity(None).unwrap(), Page { page: 1, page_size: 50 });
    }

    #[test]
    fn what_is_wrong_is_named() {
        let problem = parse_audit(Some("task_id=7&event_type=task.eaten&from=yesterday&to=2026-11-22&page=x")).unwrap_err();
        let fields: Vec<&str> = problem.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(
            (problem.status.as_u16(), fields),
            (400, vec!["task_id", "event_type", "from", "to", "page"])
        );
        assert_eq!(
            parse_activity(Some("task_id=1")).unwrap_err().errors[0].code,
            "unknown_parameter"
        );
    }

    #[test]
    fn the_verdict_is_what_its_schema_says() {
        for broken_at in [None, Some(3)] {
            let verdict = VerifyBody {
                ok: broken_at.is_none(),
                entries: 9,
                head: "0".repeat(64),
                broken_at,
            };
            assert_eq!(serde_json::from_slice::<VerifyBody>(&verdict.json()).unwrap(), verdict);
        }
    }
}

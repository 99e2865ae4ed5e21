//! Saved filters as they cross the API.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use spindle_domain::{Violation, check_filter_query_length, clean_filter_name};
use uuid::Uuid;

use crate::{
    body::{Body, FromBody},
    json,
    query::check_filter,
};

/// Fields that a body may hold because GET gave them, and that are not looked at.
pub const READ_ONLY_FIELDS: &[&str] = &["id", "created_at", "updated_at"];

/// POST `/api/filters` and PUT `/api/filters/{id}`: a filter that keeps every rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterInput {
    /// Cleaned.
    pub name: String,
    /// A query string of GET `/api/tasks` without paging; empty for all tasks.
    pub query: String,
}

impl FromBody for FilterInput {
    fn from_body(body: &mut Body<'_>) -> Option<Self> {
        let (name, query) = (body.required_string("name"), body.required_string("query"));
        body.ignore(READ_ONLY_FIELDS);
        let mut refuse = |violations: Vec<Violation>| {
            for Violation { field, code, message } in violations {
                body.refuse(field, code, message);
            }
        };
        let name = name.and_then(|name| clean_filter_name("name", name).map_err(&mut refuse).ok());
        let query = query.and_then(|query| check_query(&query).map_err(refuse).ok());
        Some(Self {
            name: name?,
            query: query?,
        })
    }
}

/// A query that a list would take; a question mark before it is dropped.
fn check_query(query: &str) -> Result<String, Vec<Violation>> {
    let query = match query.trim().strip_prefix('?') {
        Some(rest) => rest.to_owned(),
        None => query.trim().to_owned(),
    };
    check_filter_query_length("query", &query).map_err(|violation| vec![violation])?;
    let told = |problem: crate::Problem| {
        let errors = problem.errors.into_iter();
        let violation = |error: crate::problem::FieldError| Violation {
            field: format!("query.{}", error.field),
            code: error.code,
            message: error.message,
        };
        errors.map(violation).collect::<Vec<_>>()
    };
    check_filter(&query).map_err(told)?;
    Ok(query)
}

/// A saved filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Filter))]
pub struct FilterBody {
    /// Never changes.
    pub id: Uuid,
    /// Unique among the person's; case makes no difference.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 100, example = "Work, important"))]
    pub name: String,
    /// The query string of GET /api/tasks, without paging.
    #[cfg_attr(
        feature = "schema",
        schema(max_length = 2000, example = "status=pending&priority=high&tags=work&sort_by=due_date")
    )]
    pub query: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A person's saved filters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Filters))]
pub struct FiltersBody {
    /// In the order in which they were made.
    pub items: Vec<FilterBody>,
}

/// Appends a [`FilterBody`] as JSON.
pub fn write_filter(out: &mut Vec<u8>, filter: &FilterBody) {
    out.extend_from_slice(b"{\"id\":");
    json::uuid(out, filter.id);
    out.extend_from_slice(b",\"name\":");
    json::string(out, &filter.name);
    out.extend_from_slice(b",\"query\":");
    json::string(out, &filter.query);
    out.extend_from_slice(b",\"created_at\":");
    json::millis(out, filter.created_at);
    out.extend_from_slice(b",\"updated_at\":");
    json::millis(out, filter.updated_at);
    out.push(b'}');
}

/// A [`FiltersBody`] as JSON.
pub fn write_filters(filters: &[FilterBody]) -> Vec<u8> {
    let mut out = Vec::with_capacity(16 + filters.len() * 256);
    out.extend_from_slice(b"{\"items\":");
    json::list(&mut out, filters, write_filter);
    out.push(b'}');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_json;

    fn wrong(json: &str) -> Vec<String> {
        let problem = parse_json::<FilterInput>(json.as_bytes()).unwrap_err();
        problem.errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn a_query_is_checked_as_the_list_would() {
        let read: FilterInput =
            parse_json(br#"{"name": " Work ", "query": "?status=pending&tags=a,b&sort_by=position"}"#).unwrap();
        assert_eq!(
            (read.name.as_str(), read.query.as_str()),
            ("Work", "status=pending&tags=a,b&sort_by=position")
        );
        assert!(parse_json::<FilterInput>(br#"{"name": "All", "query": ""}"#).is_ok());
        assert_eq!(wrong(r#"{"name": "x", "query": "page=2"}"#), ["query.page"]);
        assert_eq!(
            wrong(r#"{"name": "x", "query": "status=done&due_before=soon"}"#),
            ["query.status", "query.due_before"]
        );
        assert_eq!(wrong(r#"{"name": " ", "query": "nonsense"}"#), ["name", "query.nonsense"]);
        assert_eq!(wrong("{}"), ["name", "query"]);
    }

    #[test]
    fn what_is_written_reads_back() {
        let filter = FilterBody {
            id: Uuid::from_u128(1),
            name: "a \"b\"".to_owned(),
            query: "tags=a".to_owned(),
            created_at: "2026-11-22T09:00:00Z".parse().unwrap(),
            updated_at: "2026-11-22T09:00:00.250Z".parse().unwrap(),
        };
        let read: FiltersBody = serde_json::from_slice(&write_filters(std::slice::from_ref(&filter))).unwrap();
        assert_eq!(read.items, [filter]);
    }
}

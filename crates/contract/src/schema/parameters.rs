//! Parameters: of the query, the path and headers.

use serde_json::{Map, Value, json};

use crate::{
    audit::{ACTIVITY_PARAMETERS, AUDIT_PARAMETERS},
    changes::CHANGES_PARAMETERS,
    events::EventType,
    health::{READY_PARAMETERS, ROLES},
    limits::{IDEMPOTENCY_KEY_CHARS_MAX, PAGE_MAX, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, PARAMETER_VALUES_MAX},
    notifications::NOTIFICATIONS_PARAMETERS,
    query::{LIST_PARAMETERS, SEARCH_PARAMETERS},
    recurrence::{OCCURRENCES_DEFAULT, OCCURRENCES_MAX, OCCURRENCES_PARAMETERS},
};

const DUE_BOUND: &str = "A day, wall time (in the person's zone), or instant. A task without due date never matches.";

/// Points to one of the [`components`].
pub(super) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/parameters/{name}")})
}

/// Every parameter, by name.
pub(super) fn components() -> Map<String, Value> {
    let of_query = [
        LIST_PARAMETERS,
        SEARCH_PARAMETERS,
        AUDIT_PARAMETERS,
        ACTIVITY_PARAMETERS,
        CHANGES_PARAMETERS,
        OCCURRENCES_PARAMETERS,
        NOTIFICATIONS_PARAMETERS,
        READY_PARAMETERS,
    ]
    .concat();
    let mut all: Map<String, Value> = of_query.into_iter().map(|name| (name.to_owned(), query(name))).collect();
    all.extend(["If-Match", "If-None-Match", "Idempotency-Key"].map(|name| (name.to_owned(), header(name))));
    all.insert("from_day".to_owned(), day("from", "The first day."));
    all.insert(
        "to_day".to_owned(),
        day("to", "The first day after the last; at most 62 days after `from`."),
    );
    all.insert("id".to_owned(), id());
    all
}

/// A parameter of the query.
fn query(name: &str) -> Value {
    let (description, schema) = match name {
        "q" => (
            "What to search for: every word must begin a word of the title, the description or a tag; `\"a phrase\"` is taken as it \
             stands; case and accents do not matter.",
            json!({"type": "string", "minLength": 1, "maxLength": 500}),
        ),
        "after" => (
            "The cursor of an earlier answer: only what came since.",
            json!({"type": "integer", "format": "int64", "minimum": 0}),
        ),
        "count" => (
            "How many dates.",
            json!({"type": "integer", "minimum": 1, "maximum": OCCURRENCES_MAX, "default": OCCURRENCES_DEFAULT}),
        ),
        "search" => (
            "Keeps the tasks that a search for this would find.",
            json!({"type": "string", "maxLength": 500}),
        ),
        "priority" => (
            "Any of these.",
            json!({"type": "array", "items": {"$ref": "#/components/schemas/Priority"}, "maxItems": PARAMETER_VALUES_MAX}),
        ),
        "tags" => (
            "Tags, compared without regard to case.",
            json!({"type": "array", "items": {"type": "string"}, "maxItems": PARAMETER_VALUES_MAX}),
        ),
        "tags_match" => (
            "Whether a task must have any of `tags` or all.",
            words(&["any", "all"], "any"),
        ),
        "status" => (
            "`all` is pending and completed; only `trashed` gives what is in the trash.",
            words(&["all", "pending", "completed", "overdue", "trashed"], "all"),
        ),
        "due_before" | "due_after" => (
            DUE_BOUND,
            json!({"type": "string", "examples": ["2026-11-22", "2026-11-22T09:00:00Z"]}),
        ),
        "sort_by" => (
            "Tasks without the value come last in either order.",
            words(
                &["created_at", "updated_at", "due_date", "priority", "title", "position"],
                "created_at",
            ),
        ),
        "sort_order" => (
            "Descending priority has high first. `desc` when not given, but for `position`, which goes up.",
            json!({"type": "string", "enum": ["asc", "desc"]}),
        ),
        "page" => (
            "Which page; one past the end is empty.",
            json!({"type": "integer", "minimum": 1, "maximum": PAGE_MAX, "default": 1}),
        ),
        "page_size" => (
            "Items on a page.",
            json!({"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX, "default": PAGE_SIZE_DEFAULT}),
        ),
        "task_id" => ("Only of this task.", json!({"type": "string", "format": "uuid"})),
        "event_type" => (
            "Only of this type.",
            json!({"type": "string", "enum": EventType::LOGGED.map(EventType::as_str)}),
        ),
        "from" => (
            "Changes made at or after this moment.",
            json!({"type": "string", "format": "date-time"}),
        ),
        "to" => (
            "Changes made before this moment.",
            json!({"type": "string", "format": "date-time"}),
        ),
        "since" => (
            "The `cursor` of an earlier answer.",
            json!({"type": "integer", "format": "int64", "minimum": 0}),
        ),
        "only" => (
            "What to look at; everything when not given. A load balancer asks for the state store alone: events wait for their broker.",
            json!({"type": "array", "minItems": 1, "items": {"type": "string", "enum": ROLES.iter().map(|(name, _)| name).collect::<Vec<_>>()}}),
        ),
        // The test of the parameters holds this list against those that are read.
        _ => ("", json!({})),
    };
    let mut parameter =
        json!({"in": "query", "name": name, "required": name == "q", "description": description, "schema": schema});
    if schema_is_list(&parameter)
        && let Value::Object(members) = &mut parameter
    {
        members.insert("style".to_owned(), json!("form"));
        members.insert("explode".to_owned(), json!(false));
    }
    parameter
}

fn schema_is_list(parameter: &Value) -> bool {
    parameter.pointer("/schema/type").and_then(Value::as_str) == Some("array")
}

fn words(words: &[&str], default: &str) -> Value {
    json!({"type": "string", "enum": words, "default": default})
}

/// A day that must be given.
fn day(name: &str, description: &str) -> Value {
    let schema = json!({"type": "string", "format": "date"});
    json!({"in": "query", "name": name, "required": true, "description": description, "schema": schema})
}

/// The id in the path.
fn id() -> Value {
    json!({"in": "path", "name": "id", "required": true, "description": "Of the task, filter or notification.", "schema": {"type": "string", "format": "uuid"}})
}

/// A header of the request.
fn header(name: &str) -> Value {
    let (description, schema) = match name {
        "If-Match" => (
            "The ETag of the version that the change is meant for; another one is answered 412.",
            json!({"type": "string", "examples": ["\"3\""]}),
        ),
        "If-None-Match" => (
            "The ETag of what the client has; unchanged is answered 304.",
            json!({"type": "string"}),
        ),
        "Idempotency-Key" => (
            "Chosen by the client: the same key with the same body within 24 hours is answered as the first time, and makes nothing.",
            json!({"type": "string", "minLength": 1, "maxLength": IDEMPOTENCY_KEY_CHARS_MAX}),
        ),
        _ => ("", json!({"type": "string"})),
    };
    json!({"in": "header", "name": name, "required": false, "description": description, "schema": schema})
}

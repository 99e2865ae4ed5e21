//! What each operation takes and answers.

use http::Method;
use serde_json::{Map, Value, json};

use super::parameters;
use crate::{
    audit::{ACTIVITY_PARAMETERS, AUDIT_PARAMETERS},
    changes::CHANGES_PARAMETERS,
    health::READY_PARAMETERS,
    notifications::NOTIFICATIONS_PARAMETERS,
    query::{LIST_PARAMETERS, SEARCH_PARAMETERS},
    recurrence::OCCURRENCES_PARAMETERS,
    routes::{Accepts, Access, Route},
};

/// One operation, taking shape.
struct Operation {
    tag: &'static str,
    summary: &'static str,
    description: &'static str,
    parameters: Vec<Value>,
    body: Option<&'static str>,
    answers: Map<String, Value>,
}

impl Operation {
    fn new(tag: &'static str, summary: &'static str) -> Self {
        Self {
            tag,
            summary,
            description: "",
            parameters: Vec::new(),
            body: None,
            answers: Map::new(),
        }
    }

    fn description(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    fn query(mut self, names: &[&str]) -> Self {
        self.parameters.extend(names.iter().map(|name| parameters::reference(name)));
        self
    }

    fn header(mut self, name: &str) -> Self {
        self.parameters.push(parameters::reference(name));
        self
    }

    fn body(mut self, schema: &'static str) -> Self {
        self.body = Some(schema);
        self
    }

    fn answer(self, status: u16, schema: &str, description: &str) -> Self {
        self.answer_with(status, schema, description, &[])
    }

    fn answer_with(mut self, status: u16, schema: &str, description: &str, headers: &[&str]) -> Self {
        let content = json!({"application/json": {"schema": reference(schema)}});
        self.answers
            .insert(status.to_string(), response(description, Some(content), headers));
        self
    }

    fn empty(mut self, status: u16, description: &str, headers: &[&str]) -> Self {
        self.answers.insert(status.to_string(), response(description, None, headers));
        self
    }

    /// A problem with words of its own.
    fn problem(mut self, status: u16, description: &str) -> Self {
        self.answers
            .entry(status.to_string())
            .or_insert_with(|| problem(status, description));
        self
    }

    /// A problem that many operations share.
    fn shared(mut self, status: u16) -> Self {
        self.answers
            .entry(status.to_string())
            .or_insert_with(|| json!({"$ref": format!("#/components/responses/{status}")}));
        self
    }

    /// Answers that change with what they show: an `ETag`, and 304 when the client has it.
    fn cached(self) -> Self {
        self.header("If-None-Match")
            .empty(304, "It has not changed since.", &["ETag"])
    }

    /// A change of one version of a task.
    fn conditional(self) -> Self {
        self.header("If-Match").shared(412)
    }
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

fn response(description: &str, content: Option<Value>, headers: &[&str]) -> Value {
    let mut response = Map::from_iter([("description".to_owned(), json!(description))]);
    if let Some(content) = content {
        response.insert("content".to_owned(), content);
    }
    if !headers.is_empty() {
        let headers: Map<String, Value> = headers.iter().map(|name| ((*name).to_owned(), header(name))).collect();
        response.insert("headers".to_owned(), Value::Object(headers));
    }
    Value::Object(response)
}

fn header(name: &str) -> Value {
    let (description, schema) = match name {
        "ETag" => (
            "Names this version of what is shown (RFC 9110 §8.8.3).",
            json!({"type": "string"}),
        ),
        "Location" => ("Where the new one is.", json!({"type": "string", "format": "uri-reference"})),
        "Retry-After" => (
            "Seconds to wait before trying again.",
            json!({"type": "integer", "minimum": 0}),
        ),
        "Set-Cookie" => ("The refresh token, or its removal.", json!({"type": "string"})),
        _ => ("How to authenticate.", json!({"type": "string"})),
    };
    json!({"description": description, "schema": schema})
}

fn problem(status: u16, description: &str) -> Value {
    let headers: &[&str] = match status {
        401 => &["WWW-Authenticate"],
        429 | 503 => &["Retry-After"],
        _ => &[],
    };
    let content = json!({"application/problem+json": {"schema": reference("Problem")}});
    response(description, Some(content), headers)
}

/// The answers that many operations share, by status.
pub(super) fn shared_responses() -> Map<String, Value> {
    let told = |(status, description): (u16, &str)| (status.to_string(), problem(status, description));
    [
        (
            400,
            "The request cannot be read: malformed JSON, or a malformed or unknown parameter.",
        ),
        (401, "No access token, or one that is not good any more."),
        (404, "There is no such task, or it is somebody else's."),
        (412, "The task has changed since the version that `If-Match` names."),
        (413, "The body has more than 1 MiB."),
        (415, "The body is not of a media type that is understood."),
        (422, "Values break rules, fields are unknown or missing; `errors` names them."),
        (429, "Too many attempts."),
        (
            503,
            "Something behind does not answer. Whether a change was made is not known.",
        ),
    ]
    .into_iter()
    .map(told)
    .collect()
}

/// An operation as the document has it: its own words, and what follows from its route.
pub(super) fn describe(route: &Route) -> Value {
    let mut operation = own(route.operation).shared(400);
    if route.access == Access::User {
        operation = operation.shared(401);
    }
    if route.path.contains("{id}") {
        operation.parameters.insert(0, parameters::reference("id"));
        operation = operation.shared(404);
    }
    if route.method != Method::GET {
        operation = operation.shared(413);
    }
    if operation.body.is_some() {
        operation = operation.shared(415).shared(422);
    }
    if !["health", "openapi"].contains(&route.operation) {
        operation = operation.shared(503);
    }
    let mut members = Map::from_iter([
        ("operationId".to_owned(), json!(route.operation)),
        ("tags".to_owned(), json!([operation.tag])),
        ("summary".to_owned(), json!(operation.summary)),
        ("responses".to_owned(), Value::Object(operation.answers)),
    ]);
    if !operation.description.is_empty() {
        members.insert("description".to_owned(), json!(operation.description));
    }
    if !operation.parameters.is_empty() {
        members.insert("parameters".to_owned(), json!(operation.parameters));
    }
    if let Some(schema) = operation.body {
        let mut content = Map::new();
        for media_type in route.accepts.media_types().split(", ") {
            content.insert(media_type.to_owned(), json!({"schema": reference(schema)}));
        }
        members.insert("requestBody".to_owned(), json!({"required": true, "content": content}));
    }
    debug_assert_eq!(
        operation.body.is_some(),
        matches!(route.accepts, Accepts::Json | Accepts::MergePatch),
        "{}",
        route.path
    );
    let security = match (route.access, route.operation) {
        (Access::User, _) => json!([{"access_token": []}]),
        (_, "refresh") => json!([{"refresh_cookie": []}]),
        (_, "logout") => json!([{}, {"refresh_cookie": []}]),
        _ => json!([]),
    };
    members.insert("security".to_owned(), security);
    Value::Object(members)
}

const TRASHED: &str = "The task is in the trash.";

fn own(operation: &str) -> Operation {
    match operation {
        "register" => Operation::new("accounts", "Make an account and sign in")
            .body("Registration")
            .answer_with(201, "Session", "Signed in.", &["Set-Cookie"])
            .problem(409, "There is an account with this address.")
            .shared(429),
        "login" => Operation::new("accounts", "Sign in")
            .body("Credentials")
            .answer_with(200, "Session", "Signed in.", &["Set-Cookie"])
            .problem(401, "The address or the password is wrong; which one is not told.")
            .shared(429),
        "refresh" => Operation::new("accounts", "Get a new access token")
            .description(
                "Takes the cookie and replaces it. A cookie used again after it was replaced ends the session everywhere.",
            )
            .answer_with(200, "Session", "A new access token.", &["Set-Cookie"])
            .problem(401, "There is no session, or it has ended."),
        "logout" => Operation::new("accounts", "Sign out").empty(204, "There is no session any more.", &["Set-Cookie"]),
        "get_me" => Operation::new("accounts", "Read the own profile").answer(200, "Profile", "The profile."),
        "patch_me" => Operation::new("accounts", "Change the own profile")
            .body("ProfilePatch")
            .answer(200, "Profile", "The profile as it is now."),
        "delete_me" => Operation::new("accounts", "Erase the account and everything in it")
            .description("The account is gone at once; what it held follows shortly. There is no way back.")
            .body("Erasure")
            .empty(204, "The account is erased.", &["Set-Cookie"])
            .shared(429),
        "list_tasks" => Operation::new("tasks", "List tasks")
            .query(LIST_PARAMETERS)
            .answer_with(200, "TaskPage", "A page of tasks.", &["ETag"])
            .cached()
            .shared(422),
        "search_tasks" => Operation::new("tasks", "Search tasks")
            .description("The best first: words in the title, beginnings of words in it, tags, the description; then the newest.")
            .query(SEARCH_PARAMETERS)
            .answer_with(200, "TaskPage", "A page of tasks.", &["ETag"])
            .cached()
            .problem(422, "A parameter breaks a rule, or there is nothing to search for."),
        "create_task" => Operation::new("tasks", "Make a task")
            .header("Idempotency-Key")
            .body("TaskWrite")
            .answer_with(201, "Task", "The task.", &["ETag", "Location"])
            .problem(409, "The same request is still running."),
        "get_task" => Operation::new("tasks", "Read a task")
            .description("Also one that is in the trash.")
            .answer_with(200, "Task", "The task.", &["ETag"])
            .cached(),
        "put_task" => Operation::new("tasks", "Replace a task")
            .body("TaskWrite")
            .answer_with(200, "Task", "The task as it is now.", &["ETag"])
            .conditional()
            .problem(409, TRASHED),
        "patch_task" => Operation::new("tasks", "Change a task")
            .description("One that changes nothing makes no new version.")
            .body("TaskPatch")
            .answer_with(200, "Task", "The task as it is now.", &["ETag"])
            .conditional()
            .problem(409, TRASHED),
        "delete_task" => Operation::new("tasks", "Move a task to the trash, or delete it for good when it is there")
            .empty(204, "It is in the trash, or gone.", &[])
            .conditional(),
        "restore_task" => Operation::new("tasks", "Take a task out of the trash")
            .description("One that is not in the trash stays as it is.")
            .answer_with(200, "Task", "The task as it is now.", &["ETag"])
            .conditional(),
        "task_activity" => Operation::new("audit", "List what happened to a task")
            .query(ACTIVITY_PARAMETERS)
            .answer(200, "AuditPage", "A page of entries, newest first.")
            .shared(422),
        "changes" => Operation::new("tasks", "List what changed since a cursor")
            .description("Cheap enough to ask every second: unchanged is 304.")
            .query(CHANGES_PARAMETERS)
            .answer_with(200, "Changes", "What changed.", &["ETag"])
            .cached(),
        "openapi" => {
            let mut operation = Operation::new("system", "Read this document").cached();
            let content = json!({"application/json": {"schema": {"type": "object"}}});
            operation
                .answers
                .insert("200".to_owned(), response("This document.", Some(content), &["ETag"]));
            operation
        }
        "health" => Operation::new("system", "Ask whether the process lives").answer(200, "Health", "It does."),
        "ready" => Operation::new("system", "Ask whether requests can be served")
            .query(READY_PARAMETERS)
            .answer(200, "Readiness", "They can.")
            .problem(503, "They cannot; `errors` says what does not answer."),
        "audit_ready" => component_ready("Ask whether audit-handler can work"),
        "reminder_ready" => component_ready("Ask whether reminder-handler can work"),
        "recurrence_ready" => component_ready("Ask whether recurrence-handler can work"),
        "list_audit" => Operation::new("audit", "List what happened to one's tasks")
            .query(AUDIT_PARAMETERS)
            .answer(200, "AuditPage", "A page of entries, newest first.")
            .shared(422),
        "verify_audit" => {
            Operation::new("audit", "Verify the chain of one's entries").answer(200, "Verification", "The verdict.")
        }
        _ => planned(operation),
    }
}

/// Where each component is an app of its own, each is asked by itself.
fn component_ready(summary: &'static str) -> Operation {
    Operation::new("system", summary)
        .answer(
            200,
            "ComponentReadiness",
            "It can: its sidecar has what it needs and refuses strangers.",
        )
        .problem(503, "It cannot; `errors` says what is missing.")
}

const NO_FILTER: &str = "There is no such filter.";
const FILTER_CONFLICT: &str = "Another filter has the name, or there are as many as there can be.";

/// The operations of reminders, series, manual order and filters.
fn planned(operation: &str) -> Operation {
    match operation {
        "move_task" => Operation::new("tasks", "Move a task in the manual order")
            .description("Between two tasks, or just beside one. One that stands there already stays as it is.")
            .body("TaskMove")
            .answer_with(200, "Task", "The task as it is now.", &["ETag"])
            .conditional()
            .problem(404, "There is no such task, or none that `after` or `before` names.")
            .problem(409, TRASHED)
            .problem(422, "The two stand in the wrong order, or fields are wrong."),
        "quick_add" => Operation::new("tasks", "Make a task of one line of text")
            .description("Reads tags, priority, dates, times, repetition and reminder out of the text; the rest is the title.")
            .header("Idempotency-Key")
            .body("QuickAdd")
            .answer_with(201, "Task", "The task.", &["ETag", "Location"])
            .problem(409, "The same request is still running."),
        "bulk_tasks" => Operation::new("tasks", "Change several tasks")
            .description(
                "Each is a command of its own: one that fails does not stop the others. With an `Idempotency-Key`, \
                repeating the request changes nothing that it has changed.",
            )
            .header("Idempotency-Key")
            .body("TaskBulk")
            .answer(200, "BulkResult", "What came of each, in the order of the ids."),
        "list_occurrences" => Operation::new("tasks", "List the future dates of series between two days")
            .description("Drawn from the rules of open tasks that repeat; the open tasks' own dates are not among them.")
            .query(&["from_day", "to_day"])
            .answer(200, "Calendar", "By date.")
            .shared(422),
        "list_filters" => Operation::new("filters", "List the saved filters")
            .answer_with(200, "Filters", "The filters.", &["ETag"])
            .cached(),
        "create_filter" => Operation::new("filters", "Save a filter")
            .body("FilterWrite")
            .answer_with(201, "Filter", "The filter.", &["Location"])
            .problem(409, FILTER_CONFLICT),
        "put_filter" => Operation::new("filters", "Replace a saved filter")
            .body("FilterWrite")
            .answer(200, "Filter", "The filter as it is now.")
            .problem(404, NO_FILTER)
            .problem(409, FILTER_CONFLICT),
        "delete_filter" => Operation::new("filters", "Delete a saved filter")
            .empty(204, "It is gone.", &[])
            .problem(404, NO_FILTER),
        "set_reminder" => Operation::new("tasks", "Set when a task reminds")
            .description("Either `reminder_at`, or minutes and days before the due date.")
            .body("ReminderWrite")
            .answer_with(200, "Task", "The task as it is now.", &["ETag"])
            .conditional()
            .problem(409, TRASHED),
        "delete_reminder" => Operation::new("tasks", "Let a task not remind")
            .answer_with(200, "Task", "The task as it is now.", &["ETag"])
            .conditional()
            .problem(409, TRASHED),
        "delete_recurrence" => Operation::new("tasks", "End a series")
            .description("The task stays; completing it makes no other.")
            .answer_with(200, "Task", "The task as it is now.", &["ETag"])
            .conditional()
            .problem(409, TRASHED),
        "skip_task" => Operation::new("tasks", "Move the open task of a series to its next date")
            .answer_with(200, "Task", "The task as it is now.", &["ETag"])
            .conditional()
            .problem(
                409,
                "The task is completed, in the trash, does not repeat, or this is its last date.",
            ),
        "task_occurrences" => Operation::new("tasks", "Read the next dates of a task, and its rule in words")
            .query(OCCURRENCES_PARAMETERS)
            .answer(200, "Occurrences", "The dates after the task's own.")
            .shared(422),
        "preview_recurrence" => Operation::new("tasks", "Read the next dates of a task that is not saved")
            .description("Takes a task as POST /api/tasks does; it needs no title.")
            .query(OCCURRENCES_PARAMETERS)
            .body("TaskPreview")
            .answer(200, "Occurrences", "The dates after the task's own."),
        "list_notifications" => Operation::new("notifications", "List reminders that have rung")
            .description("The latest 500; those that were acknowledged go after 30 days.")
            .query(NOTIFICATIONS_PARAMETERS)
            .answer(200, "Notifications", "The newest first."),
        "acknowledge_notification" => Operation::new("notifications", "Acknowledge a notification")
            .description("Doing so twice changes nothing.")
            .answer(200, "Notification", "The notification as it is now."),
        "snooze_notification" => Operation::new("notifications", "Let a notification come again later")
            .description("This one is acknowledged; another comes then, if the task is still open. The due date stays.")
            .body("Snooze")
            .answer(200, "Notification", "The notification as it is now."),
        // The test of the document refuses an operation without a success.
        _ => Operation::new("system", ""),
    }
}

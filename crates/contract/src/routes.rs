//! The route table: what is served where, by which component, for whom.
//!
//! A component matches against this table instead of building a router, because it is made anew for each request.

use http::Method;
use percent_encoding::percent_decode_str;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Somebody with a good access token.
    User,
    /// Dapr's sidecar, which shows the app's API token.
    Dapr,
}

/// Which body a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// None; one that is sent is not looked at.
    Nothing,
    /// `application/json`.
    Json,
    /// `application/json` or `application/merge-patch+json` (RFC 7396).
    MergePatch,
    /// Whatever Dapr sends: its deliveries have types and sizes of their own.
    Dapr,
}

impl Accepts {
    /// The media types, as in an `Accept` header; empty when any will do.
    pub const fn media_types(self) -> &'static str {
        match self {
            Self::Nothing | Self::Dapr => "",
            Self::Json => "application/json",
            Self::MergePatch => "application/json, application/merge-patch+json",
        }
    }
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its method; HEAD is served as GET.
    pub method: Method,
    /// Its path; a segment in braces stands for any one segment.
    pub path: &'static str,
    /// The component that serves it, as spin.toml names it.
    pub component: &'static str,
    /// Its name: `operationId` in the `OpenAPI` document, and what a handler branches on.
    pub operation: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Which body it takes.
    pub accepts: Accepts,
}

const TASK_API: &str = "task-api";
const AUDIT: &str = "audit-handler";
const RECURRENCE: &str = "recurrence-handler";
const REMINDER: &str = "reminder-handler";
/// A file beside the front end, compressed and tagged like those.
const WEB: &str = "web";

const fn route(
    method: Method,
    path: &'static str,
    component: &'static str,
    operation: &'static str,
    access: Access,
    accepts: Accepts,
) -> Route {
    Route {
        method,
        path,
        component,
        operation,
        access,
        accepts,
    }
}

/// Every operation. Where two paths fit, the first stands, so a fixed segment comes before a parameter. Operations of one path
/// stand together.
pub static ROUTES: &[Route] = &[
    route(
        Method::POST,
        "/api/auth/register",
        TASK_API,
        "register",
        Access::Public,
        Accepts::Json,
    ),
    route(
        Method::POST,
        "/api/auth/login",
        TASK_API,
        "login",
        Access::Public,
        Accepts::Json,
    ),
    route(
        Method::POST,
        "/api/auth/refresh",
        TASK_API,
        "refresh",
        Access::Public,
        Accepts::Nothing,
    ),
    route(
        Method::POST,
        "/api/auth/logout",
        TASK_API,
        "logout",
        Access::Public,
        Accepts::Nothing,
    ),
    route(Method::GET, "/api/me", TASK_API, "get_me", Access::User, Accepts::Nothing),
    route(
        Method::PATCH,
        "/api/me",
        TASK_API,
        "patch_me",
        Access::User,
        Accepts::MergePatch,
    ),
    route(Method::DELETE, "/api/me", TASK_API, "delete_me", Access::User, Accepts::Json),
    route(
        Method::GET,
        "/api/tasks",
        TASK_API,
        "list_tasks",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::POST,
        "/api/tasks",
        TASK_API,
        "create_task",
        Access::User,
        Accepts::Json,
    ),
    route(
        Method::GET,
        "/api/tasks/search",
        TASK_API,
        "search_tasks",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::POST,
        "/api/tasks/quick",
        TASK_API,
        "quick_add",
        Access::User,
        Accepts::Json,
    ),
    route(
        Method::POST,
        "/api/tasks/bulk",
        TASK_API,
        "bulk_tasks",
        Access::User,
        Accepts::Json,
    ),
    route(
        Method::GET,
        "/api/tasks/{id}",
        TASK_API,
        "get_task",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::PUT,
        "/api/tasks/{id}",
        TASK_API,
        "put_task",
        Access::User,
        Accepts::Json,
    ),
    route(
        Method::PATCH,
        "/api/tasks/{id}",
        TASK_API,
        "patch_task",
        Access::User,
        Accepts::MergePatch,
    ),
    route(
        Method::DELETE,
        "/api/tasks/{id}",
        TASK_API,
        "delete_task",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::POST,
        "/api/tasks/{id}/restore",
        TASK_API,
        "restore_task",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::POST,
        "/api/tasks/{id}/move",
        TASK_API,
        "move_task",
        Access::User,
        Accepts::Json,
    ),
    route(
        Method::POST,
        "/api/tasks/{id}/reminder",
        TASK_API,
        "set_reminder",
        Access::User,
        Accepts::Json,
    ),
    route(
        Method::DELETE,
        "/api/tasks/{id}/reminder",
        TASK_API,
        "delete_reminder",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::DELETE,
        "/api/tasks/{id}/recurrence",
        TASK_API,
        "delete_recurrence",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::POST,
        "/api/tasks/{id}/skip",
        TASK_API,
        "skip_task",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::GET,
        "/api/tasks/{id}/occurrences",
        TASK_API,
        "task_occurrences",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::POST,
        "/api/recurrence/preview",
        TASK_API,
        "preview_recurrence",
        Access::User,
        Accepts::Json,
    ),
    route(
        Method::GET,
        "/api/occurrences",
        TASK_API,
        "list_occurrences",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::GET,
        "/api/filters",
        TASK_API,
        "list_filters",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::POST,
        "/api/filters",
        TASK_API,
        "create_filter",
        Access::User,
        Accepts::Json,
    ),
    route(
        Method::PUT,
        "/api/filters/{id}",
        TASK_API,
        "put_filter",
        Access::User,
        Accepts::Json,
    ),
    route(
        Method::DELETE,
        "/api/filters/{id}",
        TASK_API,
        "delete_filter",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::GET,
        "/api/tasks/{id}/activity",
        TASK_API,
        "task_activity",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::GET,
        "/api/changes",
        TASK_API,
        "changes",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::GET,
        "/api/openapi.json",
        WEB,
        "openapi",
        Access::Public,
        Accepts::Nothing,
    ),
    route(Method::GET, "/health", TASK_API, "health", Access::Public, Accepts::Nothing),
    route(
        Method::GET,
        "/health/ready",
        TASK_API,
        "ready",
        Access::Public,
        Accepts::Nothing,
    ),
    route(
        Method::GET,
        "/dapr/subscribe",
        TASK_API,
        "subscriptions",
        Access::Dapr,
        Accepts::Dapr,
    ),
    route(
        Method::POST,
        "/ticks/outbox",
        TASK_API,
        "tick_outbox",
        Access::Dapr,
        Accepts::Dapr,
    ),
    route(
        Method::POST,
        "/api/events/dead-letters",
        TASK_API,
        "on_dead_letter",
        Access::Dapr,
        Accepts::Dapr,
    ),
    route(
        Method::GET,
        "/dead-letters",
        TASK_API,
        "list_dead_letters",
        Access::Dapr,
        Accepts::Dapr,
    ),
    route(
        Method::POST,
        "/dead-letters/replay",
        TASK_API,
        "replay_dead_letters",
        Access::Dapr,
        Accepts::Dapr,
    ),
    route(
        Method::GET,
        "/health/ready/audit-handler",
        AUDIT,
        "audit_ready",
        Access::Public,
        Accepts::Nothing,
    ),
    route(
        Method::GET,
        "/api/events/audit",
        AUDIT,
        "list_audit",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::GET,
        "/api/events/audit/verify",
        AUDIT,
        "verify_audit",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::POST,
        "/api/events/task-events",
        AUDIT,
        "on_task_event",
        Access::Dapr,
        Accepts::Dapr,
    ),
    route(
        Method::GET,
        "/health/ready/recurrence-handler",
        RECURRENCE,
        "recurrence_ready",
        Access::Public,
        Accepts::Nothing,
    ),
    route(
        Method::POST,
        "/api/events/task-updates",
        RECURRENCE,
        "on_task_update",
        Access::Dapr,
        Accepts::Dapr,
    ),
    route(
        Method::GET,
        "/health/ready/reminder-handler",
        REMINDER,
        "reminder_ready",
        Access::Public,
        Accepts::Nothing,
    ),
    route(
        Method::GET,
        "/api/notifications",
        REMINDER,
        "list_notifications",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::POST,
        "/api/notifications/{id}/ack",
        REMINDER,
        "acknowledge_notification",
        Access::User,
        Accepts::Nothing,
    ),
    route(
        Method::POST,
        "/api/notifications/{id}/snooze",
        REMINDER,
        "snooze_notification",
        Access::User,
        Accepts::Json,
    ),
    route(
        Method::POST,
        "/api/events/reminders",
        REMINDER,
        "on_reminder",
        Access::Dapr,
        Accepts::Dapr,
    ),
    route(Method::POST, "/job/{name}", REMINDER, "on_job", Access::Dapr, Accepts::Dapr),
    route(
        Method::POST,
        "/ticks/reminders",
        REMINDER,
        "tick_reminders",
        Access::Dapr,
        Accepts::Dapr,
    ),
];

/// The path parameters of a match, percent-decoded, in the order of the path.
pub type Params = Vec<(&'static str, String)>;

/// What the table says of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Matched {
    /// This operation.
    Route(&'static Route, Params),
    /// No operation has that path.
    NotFound,
    /// The path is known, with the methods of these routes.
    MethodNotAllowed(Allowed),
}

/// The methods of a path that was found by another method.
#[derive(Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The path's template.
    pub path: &'static str,
    /// Who may call the first of its operations.
    pub access: Access,
    /// Such as `GET, HEAD, OPTIONS`: the value of an `Allow` header.
    pub methods: String,
}

/// Looks up a request of `component`. `path` is as in the request line: percent-encoded, without the query.
pub fn find(component: &str, method: &Method, path: &str) -> Matched {
    let wanted = if method == Method::HEAD { &Method::GET } else { method };
    let mut found: Option<(&'static Route, Params)> = None;
    for route in ROUTES.iter().filter(|route| route.component == component) {
        let params = match &found {
            // Only operations of the path that fitted first count.
            Some((first, params)) if first.path == route.path => params.clone(),
            Some(_) => continue,
            None => match fit(route.path, path) {
                Some(params) => params,
                None => continue,
            },
        };
        if route.method == *wanted {
            return Matched::Route(route, params);
        }
        found.get_or_insert((route, params));
    }
    match found {
        None => Matched::NotFound,
        Some((first, _)) => Matched::MethodNotAllowed(Allowed {
            path: first.path,
            access: first.access,
            methods: allowed_methods(component, first.path),
        }),
    }
}

fn allowed_methods(component: &str, path: &str) -> String {
    let mut methods = String::new();
    for route in ROUTES
        .iter()
        .filter(|route| route.component == component && route.path == path)
    {
        methods.push_str(route.method.as_str());
        methods.push_str(if route.method == Method::GET { ", HEAD, " } else { ", " });
    }
    methods.push_str("OPTIONS");
    methods
}

/// The parameters of `path` when `template` fits it segment by segment. An empty segment is no parameter.
fn fit(template: &'static str, path: &str) -> Option<Params> {
    let mut params = Params::new();
    let mut segments = path.split('/');
    for expected in template.split('/') {
        let segment = segments.next()?;
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            None if expected == segment => {}
            Some(name) if !segment.is_empty() => {
                let value = percent_decode_str(segment).decode_utf8().ok()?;
                params.push((name, value.into_owned()));
            }
            _ => return None,
        }
    }
    segments.next().is_none().then_some(params)
}

#[cfg(test)]
mod tests;

//! The `OpenAPI` 3.1 document, made from the route table, the bodies and what each operation says of itself.
//!
//! It is made natively, by a test, and kept in `docs/openapi/v1.json`; components serve that file.

mod bodies;
mod operations;
mod parameters;

use serde_json::{Map, Value, json};
use utoipa::openapi::schema::ComponentsBuilder;

use crate::{
    audit, auth, bulk, calendar, changes, filters, notifications, problem, recurrence,
    routes::{Access, ROUTES},
    tasks,
};

/// The document as JSON text, indented, with sorted keys.
///
/// # Errors
/// When a schema cannot be written as JSON.
pub fn openapi() -> Result<String, serde_json::Error> {
    let mut paths = Map::new();
    for route in ROUTES.iter().filter(|route| route.access != Access::Dapr) {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Value::Object(operations) = path {
            operations.insert(route.method.as_str().to_lowercase(), operations::describe(route));
        }
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Spindle",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Tasks, people and the log of what happened to them. Times are RFC 3339; errors are RFC 9457 problems \
                whose `errors` name every field that is wrong. HEAD is answered as GET is, OPTIONS names a path's methods. A \
                request body may have at most 1 MiB.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": "accounts", "description": "Registering, signing in, the own profile."},
            {"name": "tasks", "description": "The tasks of the person who is signed in."},
            {"name": "filters", "description": "Lists that the person has saved."},
            {"name": "notifications", "description": "Reminders that have rung."},
            {"name": "audit", "description": "What happened to them, in a chain that can be verified."},
            {"name": "system", "description": "Health, and this document."},
        ],
        "paths": paths,
        "components": components()?,
    });
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

/// The schemas of all bodies.
fn schemas() -> utoipa::openapi::Components {
    ComponentsBuilder::new()
        .schema_from::<problem::ProblemBody>()
        .schema_from::<problem::FieldErrorBody>()
        .schema_from::<tasks::TaskBody>()
        .schema_from::<tasks::PriorityBody>()
        .schema_from::<tasks::PatternBody>()
        .schema_from::<tasks::ModeBody>()
        .schema_from::<tasks::MissedBody>()
        .schema_from::<tasks::MonthEndBody>()
        .schema_from::<recurrence::OccurrencesBody>()
        .schema_from::<recurrence::OccurrenceBody>()
        .schema_from::<bodies::ReminderWrite>()
        .schema_from::<notifications::NotificationBody>()
        .schema_from::<notifications::NotificationsBody>()
        .schema_from::<bodies::Snooze>()
        .schema_from::<bodies::TaskMove>()
        .schema_from::<bodies::QuickAdd>()
        .schema_from::<bodies::TaskBulk>()
        .schema_from::<bodies::BulkActionBody>()
        .schema_from::<bulk::BulkBody>()
        .schema_from::<bulk::BulkItemBody>()
        .schema_from::<calendar::CalendarBody>()
        .schema_from::<calendar::CalendarItemBody>()
        .schema_from::<bodies::FilterWrite>()
        .schema_from::<filters::FilterBody>()
        .schema_from::<filters::FiltersBody>()
        .schema_from::<auth::WeekStartBody>()
        .schema_from::<auth::HourCycleBody>()
        .schema_from::<auth::ThemeBody>()
        .schema_from::<auth::LanguageBody>()
        .schema_from::<auth::ProfileBody>()
        .schema_from::<auth::SessionBody>()
        .schema_from::<audit::AuditEntryBody>()
        .schema_from::<audit::VerifyBody>()
        .schema_from::<changes::ChangesBody>()
        .schema_from::<bodies::TaskWrite>()
        .schema_from::<bodies::TaskPatch>()
        .schema_from::<bodies::Registration>()
        .schema_from::<bodies::Credentials>()
        .schema_from::<bodies::ProfilePatch>()
        .schema_from::<bodies::Erasure>()
        .schema_from::<bodies::TaskPage>()
        .schema_from::<bodies::AuditPage>()
        .schema_from::<bodies::Health>()
        .schema_from::<bodies::Readiness>()
        .schema_from::<bodies::ComponentReadiness>()
        .schema_from::<bodies::OutboxState>()
        .build()
}

fn components() -> Result<Value, serde_json::Error> {
    let mut components = serde_json::to_value(schemas())?;
    // A task that is not saved is one that needs no title.
    if let Some(mut preview) = components.pointer("/schemas/TaskWrite").cloned() {
        if let Value::Object(schema) = &mut preview {
            schema.remove("required");
            schema.insert(
                "description".to_owned(),
                json!("A task that is not saved: it needs no title."),
            );
            schema.insert(
                "example".to_owned(),
                json!({"due_date": "2026-11-30", "recurrence_pattern": "monthly"}),
            );
        }
        if let Some(Value::Object(schemas)) = components.get_mut("schemas") {
            schemas.insert("TaskPreview".to_owned(), preview);
        }
    }
    for (name, read_only) in [
        ("TaskWrite", tasks::READ_ONLY_FIELDS),
        ("TaskPatch", tasks::READ_ONLY_FIELDS),
        ("TaskPreview", tasks::READ_ONLY_FIELDS),
        ("ProfilePatch", auth::READ_ONLY_FIELDS),
        ("FilterWrite", filters::READ_ONLY_FIELDS),
    ] {
        if let Some(Value::Object(properties)) = components.pointer_mut(&format!("/schemas/{name}/properties")) {
            for field in read_only {
                properties.insert(
                    (*field).to_owned(),
                    json!({"description": "Read-only: accepted and ignored."}),
                );
            }
        }
    }
    if let Value::Object(components) = &mut components {
        components.insert("parameters".to_owned(), Value::Object(parameters::components()));
        components.insert("responses".to_owned(), Value::Object(operations::shared_responses()));
        components.insert(
            "securitySchemes".to_owned(),
            json!({
                "access_token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The `access_token` that registering, logging in and refreshing give; good for 15 minutes.",
                },
                "refresh_cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "spindle_refresh",
                    "description": "HttpOnly, SameSite=Strict, sent to /api/auth only; replaced at each refresh.",
                },
            }),
        );
    }
    Ok(components)
}

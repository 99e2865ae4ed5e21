//! The document, the code and the files in the repository say the same.
#![cfg(feature = "schema")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use std::{fs, path::Path};

use serde_json::Value;
use spindle_contract::{
    audit::{ACTIVITY_PARAMETERS, AUDIT_PARAMETERS},
    auth::{Credentials, Erasure, ProfilePatch, Registration},
    body::FromBody,
    bulk::BulkInput,
    calendar::CALENDAR_PARAMETERS,
    changes::CHANGES_PARAMETERS,
    filters::FilterInput,
    notifications::{NOTIFICATIONS_PARAMETERS, SnoozeInput},
    parse_json,
    query::{LIST_PARAMETERS, SEARCH_PARAMETERS},
    quick::QuickInput,
    recurrence::OCCURRENCES_PARAMETERS,
    routes::{Access, ROUTES},
    schema,
    tasks::{MoveInput, ReminderInput, TaskInput},
};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn document() -> Value {
    serde_json::from_str(&schema::openapi().unwrap()).unwrap()
}

#[test]
fn openapi_file_is_up_to_date() {
    let path = root().join("docs/openapi/v1.json");
    let made = schema::openapi().unwrap();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "run: UPDATE=1 cargo test -p spindle-contract --features schema openapi"
    );
}

#[test]
fn every_route_for_people_is_in_the_document_and_no_other() {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let mut told: Vec<String> = paths
        .iter()
        .flat_map(|(path, operations)| {
            operations
                .as_object()
                .unwrap()
                .keys()
                .map(move |method| format!("{method} {path}"))
        })
        .collect();
    let mut served: Vec<String> = ROUTES
        .iter()
        .filter(|route| route.access != Access::Dapr)
        .map(|route| format!("{} {}", route.method.as_str().to_lowercase(), route.path))
        .collect();
    told.sort();
    served.sort();
    assert_eq!(told, served);
}

#[test]
fn every_operation_has_a_success_and_words() {
    let document = document();
    for route in ROUTES.iter().filter(|route| route.access != Access::Dapr) {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        assert_eq!(operation["operationId"], route.operation);
        let answers = operation["responses"].as_object().unwrap();
        assert!(answers.keys().any(|status| status.starts_with('2')), "{}", route.operation);
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{}", route.operation);
    }
    for (name, parameter) in document["components"]["parameters"].as_object().unwrap() {
        assert_ne!(parameter["description"], "", "{name}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(document: &Value, value: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    let pointer = reference.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                }
                members.values().for_each(|member| check(document, member));
            }
            Value::Array(items) => items.iter().for_each(|item| check(document, item)),
            _ => {}
        }
    }
    let document = document();
    check(&document, &document);
}

#[test]
fn documented_parameters_are_those_that_are_read() {
    let document = document();
    let names = |path: &str| -> Vec<String> {
        let references = document["paths"][path]["get"]["parameters"].as_array().unwrap().iter();
        let parameters = references.map(|reference| {
            document
                .pointer(reference["$ref"].as_str().unwrap().trim_start_matches('#'))
                .unwrap()
        });
        let of_query = parameters.filter(|parameter| parameter["in"] == "query");
        of_query
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("/api/tasks"), LIST_PARAMETERS);
    assert_eq!(names("/api/tasks/search"), SEARCH_PARAMETERS);
    assert_eq!(names("/api/tasks/{id}/activity"), ACTIVITY_PARAMETERS);
    assert_eq!(names("/api/events/audit"), AUDIT_PARAMETERS);
    assert_eq!(names("/api/changes"), CHANGES_PARAMETERS);
    assert_eq!(names("/api/tasks/{id}/occurrences"), OCCURRENCES_PARAMETERS);
    assert_eq!(names("/api/occurrences"), CALENDAR_PARAMETERS);
    assert_eq!(names("/api/notifications"), NOTIFICATIONS_PARAMETERS);
}

/// The fields that a body knows, as its refusal of an unknown one lists them.
fn known_fields<T: FromBody + std::fmt::Debug>() -> Vec<String> {
    let problem = parse_json::<T>(b"{\"no such field\": 1}").unwrap_err();
    let refusal = problem.errors.iter().find(|error| error.code == "unknown_field").unwrap();
    let (_, known) = refusal.message.split_once("known are ").unwrap();
    let mut known: Vec<String> = known.split(", ").map(str::to_owned).collect();
    known.sort();
    known
}

#[test]
fn documented_fields_are_those_that_are_read() {
    let document = document();
    let told = |schema: &str| -> Vec<String> {
        let schema = &document["components"]["schemas"][schema];
        assert_eq!(schema["additionalProperties"], false, "{schema}");
        let mut fields: Vec<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
        fields.sort();
        fields
    };
    assert_eq!(told("TaskWrite"), known_fields::<TaskInput>());
    assert_eq!(told("TaskPatch"), known_fields::<TaskInput>());
    assert_eq!(told("Registration"), known_fields::<Registration>());
    assert_eq!(told("Credentials"), known_fields::<Credentials>());
    assert_eq!(told("ProfilePatch"), known_fields::<ProfilePatch>());
    assert_eq!(told("Erasure"), known_fields::<Erasure>());
    assert_eq!(told("TaskPreview"), known_fields::<TaskInput>());
    assert_eq!(told("ReminderWrite"), known_fields::<ReminderInput>());
    assert_eq!(told("TaskMove"), known_fields::<MoveInput>());
    assert_eq!(told("QuickAdd"), known_fields::<QuickInput>());
    assert_eq!(told("TaskBulk"), known_fields::<BulkInput>());
    assert_eq!(told("FilterWrite"), known_fields::<FilterInput>());
    assert_eq!(told("Snooze"), known_fields::<SnoozeInput>());
}

#[test]
fn answers_always_have_all_their_fields() {
    let document = document();
    for name in [
        "Task",
        "Profile",
        "Session",
        "AuditEntry",
        "Changes",
        "Occurrences",
        "Occurrence",
        "BulkResult",
        "BulkItem",
        "Calendar",
        "CalendarItem",
        "Filter",
        "Filters",
        "Notification",
        "Notifications",
        "Problem",
        "TaskPage",
        "AuditPage",
    ] {
        let schema = &document["components"]["schemas"][name];
        let required = schema["required"].as_array().unwrap().len();
        assert_eq!(required, schema["properties"].as_object().unwrap().len(), "{name}");
    }
}

//! One JSON line a request, at its end. No personal text: ids only.

use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use serde::Serialize;
use uuid::Uuid;

use crate::Measures;

#[derive(Serialize)]
pub(crate) struct Line<'a> {
    pub(crate) timestamp: String,
    pub(crate) level: &'static str,
    pub(crate) message: &'a str,
    pub(crate) component: &'a str,
    pub(crate) request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) method: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) route: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_id: Option<Uuid>,
    #[serde(flatten)]
    pub(crate) measures: Measures,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<&'a str>,
}

impl Line<'_> {
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

pub(crate) fn timestamp(now: DateTime<Utc>) -> String {
    now.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The client's mistakes are information; ours are errors.
pub(crate) fn level(status: StatusCode, has_note: bool) -> &'static str {
    match status {
        status if status.is_server_error() => "error",
        _ if has_note => "warn",
        _ => "info",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_stands_in_the_line_and_what_was_not_does_not() {
        let line = |measures| Line {
            timestamp: String::new(),
            level: "info",
            message: "request",
            component: "task-api",
            request_id: "1",
            trace_id: None,
            method: "POST",
            route: "/ticks/outbox",
            status: Some(200),
            duration_ms: Some(1),
            user_id: None,
            measures,
            error: None,
        };
        let measured = Measures {
            outbox_oldest_seconds: Some(0),
            ..Measures::default()
        };
        let text = line(measured).text();
        assert!(text.contains(r#""outbox_oldest_seconds":0"#), "{text}");
        assert!(!text.contains("reminder_late_seconds"), "{text}");
        assert!(!line(Measures::default()).text().contains("_seconds"));
    }
}

//! Readiness is asked for every few seconds; the log says it when it changes.

use std::sync::{Mutex, PoisonError};

/// What the last line about readiness said: status, and what was missing.
static LAST: Mutex<String> = Mutex::new(String::new());

/// Whether this line of a guest says of `/health/ready` what the line before it said.
pub(super) fn is_repeated(line: &[u8]) -> bool {
    const MARK: &[u8] = b"\"/health/ready\"";
    if !line.windows(MARK.len()).any(|window| window == MARK) {
        return false;
    }
    let Some(state) = state(line) else { return false };
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let repeated = *last == state;
    *last = state;
    repeated
}

/// The status, and the first word of each cause: the role that is missing. How the back end puts it may differ from call to call.
fn state(line: &[u8]) -> Option<String> {
    let line: serde_json::Value = serde_json::from_slice(line).ok()?;
    if line["route"] != "/health/ready" {
        return None;
    }
    let causes = line["error"].as_str().unwrap_or_default();
    let roles = causes.split("; ").filter_map(|cause| cause.split_whitespace().next());
    let mut state = line["status"].to_string();
    for role in roles {
        state.push(' ');
        state.push_str(role);
    }
    Some(state)
}

#[cfg(test)]
mod tests {
    use super::is_repeated;

    #[test]
    fn only_a_change_is_told() {
        let line = |status: u16, error: &str| {
            serde_json::json!({"route": "/health/ready", "status": status, "error": error}).to_string()
        };
        let lines = [
            (line(200, ""), false),
            (line(200, ""), true),
            (line(503, "statestore does not answer: refused"), false),
            (line(503, "statestore does not answer: reset"), true),
            (line(503, "statestore does not answer: reset; pubsub is not loaded"), false),
            (line(200, ""), false),
            (
                "{\"route\":\"/api/tasks\",\"error\":\"\\\"/health/ready\\\"\"}".to_owned(),
                false,
            ),
            ("no JSON \"/health/ready\"".to_owned(), false),
        ];
        for (line, repeated) in lines {
            assert_eq!(is_repeated(line.as_bytes()), repeated, "{line}");
        }
    }
}

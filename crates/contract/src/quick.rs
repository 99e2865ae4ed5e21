//! Quick add as it crosses the API: a line of text that says everything of a task.

use spindle_domain::limits::{QUICK_LITERALS_MAX, QUICK_TEXT_CHARS_MAX};

use crate::body::{Body, FromBody, Patch};

mod parsed;

pub use parsed::write_parsed;

/// POST `/api/tasks/quick`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickInput {
    /// As typed.
    pub text: String,
    /// Phrases of the text that are part of the title, whatever they seem to say.
    pub literal: Vec<String>,
}

impl FromBody for QuickInput {
    fn from_body(body: &mut Body<'_>) -> Option<Self> {
        let text = body.required_string("text");
        let literal = match body.strings("literal") {
            Patch::Value(literal) => literal,
            Patch::Absent | Patch::Null => Vec::new(),
        };
        if let Some(text) = &text {
            let chars = text.chars().count();
            if chars > QUICK_TEXT_CHARS_MAX {
                let rule = format!("must have at most {QUICK_TEXT_CHARS_MAX} characters, has {chars}: shorten it");
                body.refuse("text", "too_long", rule);
            }
        }
        if literal.len() > QUICK_LITERALS_MAX {
            let rule = format!("must be at most {QUICK_LITERALS_MAX} phrases, are {}", literal.len());
            body.refuse("literal", "too_many", rule);
        }
        Some(Self { text: text?, literal })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_json;

    #[test]
    fn a_text_is_needed_and_has_an_end() {
        let read: QuickInput = parse_json(br#"{"text": "Buy milk", "literal": null}"#).unwrap();
        assert_eq!((read.text.as_str(), read.literal.len()), ("Buy milk", 0));
        let wrong = |json: &str| -> Vec<String> {
            let problem = parse_json::<QuickInput>(json.as_bytes()).unwrap_err();
            problem.errors.into_iter().map(|error| error.field).collect()
        };
        assert_eq!(wrong("{}"), ["text"]);
        assert_eq!(wrong(r#"{"text": 1, "literal": "x"}"#), ["text", "literal"]);
        assert_eq!(wrong(&format!(r#"{{"text": "{}"}}"#, "x".repeat(2_001))), ["text"]);
    }
}

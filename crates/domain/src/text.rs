//! What text may hold: NFC, no control characters, limits in characters.

use crate::Violation;

/// The text in Unicode normalization form C, without copying what is in it already.
#[cfg(feature = "normalization")]
pub(crate) fn nfc(text: String) -> String {
    use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text
    } else {
        text.nfc().collect()
    }
}

/// The text as it is: whoever leaves the feature out normalizes.
#[cfg(not(feature = "normalization"))]
pub(crate) fn nfc(text: String) -> String {
    text
}

/// One line of text: trimmed, NFC, not blank, without control characters, at most `chars_max` characters.
pub(crate) fn line(field: &str, text: String, chars_max: usize, found: &mut Vec<Violation>) -> String {
    let trimmed = text.trim();
    let text = nfc(if trimmed.len() == text.len() {
        text
    } else {
        trimmed.to_owned()
    });
    if text.is_empty() {
        found.push(Violation::new(
            field,
            "blank",
            "must not be blank: give at least one visible character",
        ));
    }
    if text.chars().any(char::is_control) {
        found.push(Violation::new(
            field,
            "control_character",
            "must be one line without control characters: remove line breaks and tabs",
        ));
    }
    too_long(field, &text, chars_max, found);
    text
}

/// Several lines of text: NFC, line feeds and tabs allowed, at most `chars_max` characters. Line ends become line feeds.
pub(crate) fn block(field: &str, text: String, chars_max: usize, found: &mut Vec<Violation>) -> String {
    let text = nfc(if text.contains('\r') {
        text.replace("\r\n", "\n")
    } else {
        text
    });
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        found.push(Violation::new(
            field,
            "control_character",
            "must not hold control characters other than line feed and tab: remove them",
        ));
    }
    too_long(field, &text, chars_max, found);
    text
}

fn too_long(field: &str, text: &str, chars_max: usize, found: &mut Vec<Violation>) {
    // A text is never longer in characters than in bytes, so most need no counting.
    if text.len() > chars_max {
        let chars = text.chars().count();
        if chars > chars_max {
            let message = format!("must have at most {chars_max} characters, has {chars}: shorten it");
            found.push(Violation::new(field, "too_long", message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_of(text: &str, max: usize) -> Result<String, Vec<&'static str>> {
        let mut found = Vec::new();
        let text = line("title", text.to_owned(), max, &mut found);
        if found.is_empty() {
            Ok(text)
        } else {
            Err(found.iter().map(|v| v.code).collect())
        }
    }

    #[test]
    fn a_line_is_trimmed_and_composed() {
        assert_eq!(line_of("  a b\u{a0}\n", 10), Ok("a b".to_owned()));
        assert_eq!(line_of("e\u{301}", 1), Ok("\u{e9}".to_owned()), "the limit counts after NFC");
        assert_eq!(line_of("ü", 1), Ok("ü".to_owned()));
    }

    #[test]
    fn a_line_refuses_blank_control_and_long() {
        assert_eq!(line_of(" \t\u{2003}", 10), Err(vec!["blank"]));
        assert_eq!(line_of("a\nb", 10), Err(vec!["control_character"]));
        assert_eq!(line_of("a\u{7f}", 10), Err(vec!["control_character"]));
        assert_eq!(line_of("a\u{85}b", 10), Err(vec!["control_character"]));
        assert_eq!(line_of("äää", 2), Err(vec!["too_long"]));
        assert_eq!(
            line_of("a\0cd", 2),
            Err(vec!["control_character", "too_long"]),
            "all rules are told at once"
        );
        assert_eq!(line_of("🤖🤖", 2), Ok("🤖🤖".to_owned()));
    }

    #[test]
    fn a_block_keeps_line_feeds_and_tabs() {
        let mut found = Vec::new();
        assert_eq!(block("description", "a\r\n\tb ".to_owned(), 10, &mut found), "a\n\tb ");
        assert!(found.is_empty());
        block("description", "a\rb".to_owned(), 10, &mut found);
        block("description", "a\u{1b}".to_owned(), 1, &mut found);
        assert_eq!(
            found.iter().map(|v| v.code).collect::<Vec<_>>(),
            ["control_character", "control_character", "too_long"]
        );
    }
}

//! The rules of a person's saved filters. What their queries may hold is the API's matter.

use crate::fold::fold_case;
use crate::limits::{FILTER_NAME_CHARS_MAX, FILTER_QUERY_BYTES_MAX};
use crate::{Violation, text};

/// Cleans a filter's name: one line, trimmed, NFC, 1 to 100 characters.
///
/// # Errors
/// Every rule that it breaks.
pub fn clean_filter_name(field: &str, name: String) -> Result<String, Vec<Violation>> {
    let mut found = Vec::new();
    let name = text::line(field, name, FILTER_NAME_CHARS_MAX, &mut found);
    if found.is_empty() { Ok(name) } else { Err(found) }
}

/// Checks the length of a filter's query, in bytes.
///
/// # Errors
/// When it is too long.
pub fn check_filter_query_length(field: &str, query: &str) -> Result<(), Violation> {
    if query.len() > FILTER_QUERY_BYTES_MAX {
        let rule = format!(
            "must have at most {FILTER_QUERY_BYTES_MAX} bytes, has {}: shorten it",
            query.len()
        );
        return Err(Violation::new(field, "too_long", rule));
    }
    Ok(())
}

/// Whether two names are the same to a reader: case makes no difference.
pub fn is_same_filter_name(one: &str, other: &str) -> bool {
    fold_case(one) == fold_case(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lines_and_compare_without_case() {
        assert_eq!(clean_filter_name("name", " Büro ".to_owned()), Ok("Büro".to_owned()));
        for wrong in ["", "  ", "a\nb", &"x".repeat(101)] {
            assert!(clean_filter_name("name", wrong.to_owned()).is_err(), "{wrong:?}");
        }
        assert!(is_same_filter_name("BÜRO", "büro") && !is_same_filter_name("a", "b"));
        assert!(check_filter_query_length("query", &"x".repeat(2_001)).is_err());
    }
}

//! Spin's rules for names.

/// Variable names: lower-case letters, digits and single underscores between them, a letter first.
///
/// # Errors
/// What is wrong, as the end of a sentence that begins with the name.
pub(crate) fn check_variable_name(name: &str) -> Result<(), String> {
    let bytes = name.as_bytes();
    if !bytes.first().is_some_and(u8::is_ascii_lowercase) {
        return Err("does not begin with a lower-case letter".to_owned());
    }
    if let Some(other) = name.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '_')) {
        return Err(format!("holds `{other}`"));
    }
    if name.ends_with('_') || name.contains("__") {
        return Err("ends with an underscore or has two in a row".to_owned());
    }
    Ok(())
}

/// Component ids: kebab-case, each word beginning with a letter, in one case (WIT's `label`).
///
/// # Errors
/// What is wrong, as the end of a sentence that begins with the id.
pub(crate) fn check_component_id(id: &str) -> Result<(), String> {
    for word in id.split('-') {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_alphanumeric());
        if !letters.is_empty() {
            return Err(format!("holds `{}`", letters.chars().last().unwrap_or(' ')));
        }
        if !word.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err("has a word that does not begin with a letter".to_owned());
        }
        if word.contains(|c: char| c.is_ascii_uppercase()) && word.contains(|c: char| c.is_ascii_lowercase()) {
            return Err("mixes cases within a word".to_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{check_component_id, check_variable_name};

    #[test]
    fn variable_names_are_those_that_spin_takes() {
        for good in ["a", "abc", "a1b2c3", "a_1", "a_1_b_3"] {
            assert_eq!(check_variable_name(good), Ok(()), "{good}");
        }
        for bad in ["", "aX", "1bc", "_x", "x.y", "x_", "a__b", "x-y"] {
            assert!(check_variable_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn component_ids_are_kebab_case() {
        for good in ["web", "task-api", "a1-b2", "WEB-app"] {
            assert_eq!(check_component_id(good), Ok(()), "{good}");
        }
        for bad in ["", "task_api", "web-", "-web", "api-2x", "Web", "a--b", "é"] {
            assert!(check_component_id(bad).is_err(), "{bad}");
        }
    }
}

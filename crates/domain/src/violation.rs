//! A broken rule, told so that a person can mend it.

/// One broken rule: which field, which rule, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field as the API names it, dotted for a part of it (`tags.3`, counted from 0).
    pub field: String,
    /// A stable word for programs, such as `too_long`.
    pub code: &'static str,
    /// The rule and the fix, for people.
    pub message: String,
}

impl Violation {
    /// Makes a violation of the rule `code` by `field`.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            code,
            message: message.into(),
        }
    }
}

//! Reading a JSON request body field by field.
//!
//! A body is a flat object. Its fields are found first and read one by one, so that one answer names everything that is wrong with
//! it (unknown fields, wrong types, missing ones), which `#[derive(Deserialize)]` cannot: it stops at the first.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{error::Category, value::RawValue};
use spindle_domain::Violation;

use crate::problem::Problem;

/// The three states of a field in a merge patch (RFC 7396): left out, `null`, or a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// The field is not there: leave it as it is.
    #[default]
    Absent,
    /// `null`: clear it.
    Null,
    /// A new value.
    Value(T),
}

impl<T> Patch<T> {
    /// The value, when there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// `None` to leave as it is, `Some(None)` to clear.
    pub fn nullable(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }
}

/// A body that can be read from an object's fields.
pub trait FromBody: Sized {
    /// Takes the fields it knows; what is wrong is noted in `body`. `None` only when something was noted.
    fn from_body(body: &mut Body<'_>) -> Option<Self>;
}

/// Reads a request body.
///
/// # Errors
/// 400 when it is not JSON, saying where; 422 naming every field that is unknown, missing or of the wrong type or form.
pub fn parse_json<T: FromBody>(bytes: &[u8]) -> Result<T, Problem> {
    let mut body = Body::parse(bytes)?;
    let read = T::from_body(&mut body);
    let violations = body.finish();
    match read {
        Some(read) if violations.is_empty() => Ok(read),
        _ => Err(Problem::invalid(violations)),
    }
}

/// The fields of a body that have not been taken yet, and what was wrong with those that have.
#[derive(Debug)]
pub struct Body<'a> {
    fields: Vec<(Cow<'a, str>, &'a RawValue)>,
    known: Vec<&'static str>,
    violations: Vec<Violation>,
}

impl<'a> Body<'a> {
    /// Finds the fields of the object.
    ///
    /// # Errors
    /// 400 when it is not JSON, 422 when it is not an object or names a field twice.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Problem> {
        let Fields(fields) = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
            Category::Data => Problem::invalid_field("", "wrong_type", "the body must be a JSON object"),
            Category::Syntax | Category::Eof | Category::Io => {
                let detail = if bytes.is_empty() {
                    "The body is empty; send a JSON object.".to_owned()
                } else {
                    format!("The body is not JSON: {error}.")
                };
                let mut problem = Problem::bad_request(detail);
                problem.code = "malformed_json";
                problem
            }
        })?;
        for (index, (name, _)) in fields.iter().enumerate() {
            if fields.iter().take(index).any(|(earlier, _)| earlier == name) {
                return Err(Problem::invalid_field(
                    name.clone(),
                    "duplicate",
                    "the field is given twice; give it once",
                ));
            }
        }
        Ok(Self {
            fields,
            known: Vec::new(),
            violations: Vec::new(),
        })
    }

    fn take(&mut self, name: &'static str) -> Option<&'a RawValue> {
        self.known.push(name);
        let at = self.fields.iter().position(|(field, _)| field == name)?;
        Some(self.fields.swap_remove(at).1)
    }

    /// Notes that something is wrong.
    pub fn refuse(&mut self, field: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.violations.push(Violation {
            field: field.into(),
            code,
            message: message.into(),
        });
    }

    /// Takes fields without looking at them: those that are read-only.
    pub fn ignore(&mut self, names: &[&'static str]) {
        for name in names {
            self.take(name);
        }
    }

    /// Asks `read` for a field that must be there and not be `null`.
    pub fn required<T>(&mut self, name: &'static str, read: impl FnOnce(&mut Self) -> Patch<T>) -> Option<T> {
        let before = self.violations.len();
        let value = read(self).value();
        if value.is_none() && self.violations.len() == before {
            self.refuse(name, "required", "is required and must not be null");
        }
        value
    }

    /// Takes a field of type `T`; `expected` says in words what that is.
    fn typed<T: Deserialize<'a>>(&mut self, name: &'static str, expected: &str) -> Patch<T> {
        let Some(raw) = self.take(name) else { return Patch::Absent };
        match serde_json::from_str::<Option<T>>(raw.get()) {
            Ok(None) => Patch::Null,
            Ok(Some(value)) => Patch::Value(value),
            Err(_) => {
                self.refuse(name, "wrong_type", format!("must be {expected}"));
                Patch::Absent
            }
        }
    }

    /// Takes a string.
    pub fn string(&mut self, name: &'static str) -> Patch<String> {
        self.typed(name, "a string")
    }

    /// Takes a string that must be there.
    pub fn required_string(&mut self, name: &'static str) -> Option<String> {
        self.required(name, |body| body.string(name))
    }

    /// Takes a boolean.
    pub fn boolean(&mut self, name: &'static str) -> Patch<bool> {
        self.typed(name, "true or false")
    }

    /// Takes a whole number.
    pub fn number(&mut self, name: &'static str) -> Patch<u32> {
        self.typed(name, "a whole number, 0 or more")
    }

    /// Takes one of some words.
    pub fn word<T: Copy>(&mut self, name: &'static str, words: &[(&'static str, T)]) -> Patch<T> {
        self.parsed(name, "unknown_word", |text| {
            let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
            found.ok_or_else(|| {
                let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                format!("must be one of {}", words.join(", "))
            })
        })
    }

    /// Takes a string that `parse` understands; its error is told with `code`.
    pub fn parsed<T, E: fmt::Display>(
        &mut self,
        name: &'static str,
        code: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Patch<T> {
        match self.string(name) {
            Patch::Absent => Patch::Absent,
            Patch::Null => Patch::Null,
            Patch::Value(text) => match parse(&text) {
                Ok(value) => Patch::Value(value),
                Err(error) => {
                    self.refuse(name, code, error.to_string());
                    Patch::Absent
                }
            },
        }
    }

    /// Takes a list of strings; what is wrong with one is told as `name.3`.
    pub fn strings(&mut self, name: &'static str) -> Patch<Vec<String>> {
        match self.typed::<Vec<&'a RawValue>>(name, "a list of strings") {
            Patch::Absent => Patch::Absent,
            Patch::Null => Patch::Null,
            Patch::Value(raws) => {
                let mut strings = Vec::with_capacity(raws.len());
                for (index, raw) in raws.iter().enumerate() {
                    match serde_json::from_str(raw.get()) {
                        Ok(text) => strings.push(text),
                        Err(_) => self.refuse(format!("{name}.{index}"), "wrong_type", "must be a string"),
                    }
                }
                Patch::Value(strings)
            }
        }
    }

    /// Takes an object; what is wrong with a field of it is told as `name.field`.
    pub fn object<T: FromBody>(&mut self, name: &'static str) -> Patch<T> {
        let raw = match self.typed::<&'a RawValue>(name, "an object") {
            Patch::Absent => return Patch::Absent,
            Patch::Null => return Patch::Null,
            Patch::Value(raw) => raw,
        };
        let mut inner = match Body::parse(raw.get().as_bytes()) {
            Ok(inner) => inner,
            Err(problem) => {
                for error in problem.errors {
                    let field = if error.field.is_empty() {
                        name.to_owned()
                    } else {
                        format!("{name}.{}", error.field)
                    };
                    self.refuse(field, error.code, error.message);
                }
                return Patch::Absent;
            }
        };
        let read = T::from_body(&mut inner);
        let violations = inner.finish();
        let right = violations.is_empty();
        for violation in violations {
            self.refuse(format!("{name}.{}", violation.field), violation.code, violation.message);
        }
        match read {
            Some(read) if right => Patch::Value(read),
            _ => Patch::Absent,
        }
    }

    /// Whether nothing was wrong so far.
    pub fn is_right(&self) -> bool {
        self.violations.is_empty()
    }

    /// All that is wrong, now that every known field has been taken: what is left is unknown.
    pub fn finish(mut self) -> Vec<Violation> {
        let unknown = std::mem::take(&mut self.fields);
        if !unknown.is_empty() {
            let message = format!("there is no such field; known are {}", self.known.join(", "));
            for (name, _) in unknown {
                self.refuse(name, "unknown_field", message.as_str());
            }
        }
        self.violations
    }
}

/// An object as a list of its fields.
struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some((Name(name), value)) = map.next_entry()? {
                    fields.push((name, value));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}

/// A field's name, borrowed when it holds no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Sample {
        title: String,
        tags: Patch<Vec<String>>,
        done: Patch<bool>,
    }

    impl FromBody for Sample {
        fn from_body(body: &mut Body<'_>) -> Option<Self> {
            body.ignore(&["id"]);
            let (title, tags, done) = (body.required_string("title"), body.strings("tags"), body.boolean("done"));
            Some(Self {
                title: title?,
                tags,
                done,
            })
        }
    }

    fn refused(json: &str) -> (u16, Vec<(String, &'static str)>) {
        let problem = parse_json::<Sample>(json.as_bytes()).unwrap_err();
        (
            problem.status.as_u16(),
            problem.errors.into_iter().map(|error| (error.field, error.code)).collect(),
        )
    }

    #[test]
    fn three_states_are_told_apart() {
        let sample: Sample = parse_json(br#"{"title": "a\u0041", "tags": null, "id": {"any": 1}}"#).unwrap();
        assert_eq!(
            (sample.title.as_str(), sample.tags, sample.done),
            ("aA", Patch::Null, Patch::Absent)
        );
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let (status, mut errors) = refused(r#"{"tags": ["a", 1], "done": "yes", "titel": "x"}"#);
        errors.sort();
        let expected = [
            ("done", "wrong_type"),
            ("tags.1", "wrong_type"),
            ("titel", "unknown_field"),
            ("title", "required"),
        ];
        assert_eq!(status, 422);
        assert_eq!(errors, expected.map(|(field, code)| (field.to_owned(), code)));
    }

    #[test]
    fn malformed_json_is_400_and_says_where() {
        let problem = parse_json::<Sample>(b"{\"title\": \"x\",\n \"done\": tru}").unwrap_err();
        assert_eq!((problem.status.as_u16(), problem.code), (400, "malformed_json"));
        assert!(problem.detail.contains("line 2 column"), "{}", problem.detail);
        for malformed in ["", "{", "{\"title\": \"x\"} x", "{\"title\": \"\x01\"}", "nul"] {
            assert_eq!(refused(malformed).0, 400, "{malformed}");
        }
        assert_eq!(
            parse_json::<Sample>(b"{\"title\": \"\xFF\"}").unwrap_err().status.as_u16(),
            400
        );
        let deep = format!("{{\"id\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(refused(&deep).0, 422, "deep nesting is no way to exhaust the stack");
    }

    #[test]
    fn other_json_than_an_object_is_422() {
        for json in ["[]", "1", "null", "\"x\"", "true"] {
            assert_eq!(refused(json), (422, vec![(String::new(), "wrong_type")]), "{json}");
        }
        assert_eq!(
            refused(r#"{"title": "a", "title": "b"}"#).1,
            [("title".to_owned(), "duplicate")]
        );
        assert_eq!(refused(r#"{"title": null}"#).1, [("title".to_owned(), "required")]);
        assert_eq!(refused(r#"{"title": "\ud800"}"#).1, [("title".to_owned(), "wrong_type")]);
    }
}

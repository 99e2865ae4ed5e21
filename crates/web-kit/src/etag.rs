//! Entity tags and the conditions on them (RFC 9110 §8.8.3, §13.1).

use http::{HeaderMap, header};
use spindle_contract::problem::Problem;

/// The tag of a version: equal tags mean equal octets but for what depends on the moment of reading.
pub fn strong(version: u64) -> String {
    format!("\"{version}\"")
}

/// A tag of something that is the same for the reader, if not octet by octet.
pub fn weak(text: &str) -> String {
    format!("W/\"{text}\"")
}

/// Whether `If-None-Match` names this tag (weak comparison, §13.1.2).
pub fn if_none_match(headers: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().strip_prefix("W/").unwrap_or(tag.trim()).to_owned();
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|listed| listed.trim() == "*" || opaque(listed) == opaque(tag))
}

/// The condition that a change is made under.
#[derive(Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// There is none, or any version will do (`*`).
    Any,
    /// One of these tags, compared strongly (§13.1.1).
    OneOf(Vec<String>),
}

impl IfMatch {
    /// Reads `If-Match`; 400 when it is no list of entity tags.
    pub fn parse(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut tags = Vec::new();
        for value in headers.get_all(header::IF_MATCH) {
            let malformed = || {
                Problem::bad_field(
                    "If-Match",
                    "malformed",
                    "must be an entity tag as GET gave it, such as \"3\", or *",
                )
            };
            for tag in value.to_str().map_err(|_| malformed())?.split(',').map(str::trim) {
                if tag == "*" {
                    return Ok(Self::Any);
                }
                let quoted = tag.strip_prefix("W/").unwrap_or(tag);
                if quoted.len() < 2 || !quoted.starts_with('"') || !quoted.ends_with('"') {
                    return Err(malformed());
                }
                tags.push(tag.to_owned());
            }
        }
        Ok(if tags.is_empty() { Self::Any } else { Self::OneOf(tags) })
    }

    /// Whether a thing with this tag may be changed.
    pub fn matches(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tags) => tags.iter().any(|listed| listed == tag),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn reading_compares_weakly_changing_strongly() {
        assert!(if_none_match(&headers(header::IF_NONE_MATCH, "\"1\", W/\"3\""), "\"3\""));
        assert!(!if_none_match(&headers(header::IF_NONE_MATCH, "\"1\""), "\"3\""));
        assert!(if_none_match(&headers(header::IF_NONE_MATCH, "*"), "\"3\""));
        let one = IfMatch::parse(&headers(header::IF_MATCH, "\"1\",\"3\"")).unwrap();
        assert!(one.matches("\"3\"") && !one.matches("\"2\""));
        assert!(
            !IfMatch::parse(&headers(header::IF_MATCH, "W/\"3\""))
                .unwrap()
                .matches("\"3\"")
        );
    }

    #[test]
    fn no_condition_and_a_star_let_any_version_be_changed() {
        assert_eq!(IfMatch::parse(&HeaderMap::new()), Ok(IfMatch::Any));
        assert_eq!(IfMatch::parse(&headers(header::IF_MATCH, "*")), Ok(IfMatch::Any));
        assert!(IfMatch::parse(&headers(header::IF_MATCH, "3")).is_err());
    }
}

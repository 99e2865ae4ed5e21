//! `{{ name }}` in a variable's value or an allowed host.

use std::fmt;

use crate::manifest::ids::check_variable_name;

/// Text with references to application variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Variable(String),
}

/// The text is not a template.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error("the template has `{{{{` without `}}}}`")]
    Open,
    #[error("the template's variable name `{name}` {reason}")]
    Name { name: String, reason: String },
}

impl Template {
    /// Reads `text`.
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, after)) = rest.split_once("{{") {
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            let (name, tail) = after.split_once("}}").ok_or(TemplateError::Open)?;
            let name = name.trim();
            check_variable_name(name).map_err(|reason| TemplateError::Name {
                name: name.to_owned(),
                reason,
            })?;
            parts.push(Part::Variable(name.to_owned()));
            rest = tail;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// The variables it refers to.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(name) => Some(name.as_str()),
            Part::Literal(_) => None,
        })
    }

    /// The text itself when it refers to no variable.
    pub(crate) fn literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Puts in what `value` gives for each name; `Err` is the first name it does not know.
    pub(crate) fn expand<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> Result<String, String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Variable(name) => text.push_str(value(name).ok_or_else(|| name.clone())?),
            }
        }
        Ok(text)
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Literal(literal) => f.write_str(literal)?,
                Part::Variable(name) => write!(f, "{{{{ {name} }}}}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Template, TemplateError};

    #[test]
    fn names_are_replaced_and_the_rest_is_kept() {
        let template = Template::parse("http://{{ host }}:{{port}}/x").unwrap();
        assert_eq!(template.names().collect::<Vec<_>>(), ["host", "port"]);
        let value = |name: &str| Some(if name == "host" { "localhost" } else { "3500" });
        assert_eq!(template.expand(value), Ok("http://localhost:3500/x".to_owned()));
        assert_eq!(
            template.expand(|name| (name == "host").then_some("h")),
            Err("port".to_owned())
        );
        assert_eq!(template.to_string(), "http://{{ host }}:{{ port }}/x");
    }

    #[test]
    fn text_without_names_is_literal() {
        assert_eq!(Template::parse("a } b").unwrap().literal(), Some("a } b"));
        assert_eq!(Template::parse("").unwrap().literal(), Some(""));
        assert_eq!(Template::parse("{{ a }}").unwrap().literal(), None);
    }

    #[test]
    fn malformed_templates_are_refused() {
        assert_eq!(Template::parse("a {{ b"), Err(TemplateError::Open));
        for bad in ["{{ }}", "{{ A }}", "{{ a b }}", "{{ a-b }}"] {
            assert!(matches!(Template::parse(bad), Err(TemplateError::Name { .. })), "{bad}");
        }
    }
}

//! Query strings: the parameters of lists, search, changes and the audit log.
//!
//! Every parameter is checked; one answer names all that are wrong. A parameter that cannot be read (unknown, repeated, not of its
//! form) makes it 400, one that can but breaks a rule 422.

use std::borrow::Cow;

use percent_encoding::percent_decode;
use spindle_domain::{DueBound, Filter, Priority, SearchQuery, SortBy, SortOrder, Status, TagsMatch, Violation};

use crate::{
    limits::{PAGE_MAX, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, PARAMETER_VALUES_MAX},
    page::Page,
    problem::{FieldError, Problem},
};

/// The parameters of GET `/api/tasks`.
pub const LIST_PARAMETERS: &[&str] = &[
    "search",
    "priority",
    "tags",
    "tags_match",
    "status",
    "due_before",
    "due_after",
    "sort_by",
    "sort_order",
    "page",
    "page_size",
];
/// The parameters of GET `/api/tasks/search`.
pub const SEARCH_PARAMETERS: &[&str] = &[
    "q",
    "priority",
    "tags",
    "tags_match",
    "status",
    "due_before",
    "due_after",
    "page",
    "page_size",
];

/// What a list of tasks is to be.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// Which tasks.
    pub filter: Filter,
    /// By what they are sorted; not looked at by search, which ranks.
    pub sort_by: SortBy,
    /// In which direction.
    pub sort_order: SortOrder,
    /// Which page.
    pub page: Page,
}

/// Reads the query string of GET `/api/tasks`.
///
/// # Errors
/// 400 or 422 naming every parameter that is wrong.
pub fn parse_list(query: Option<&str>) -> Result<ListQuery, Problem> {
    let mut params = Params::parse(query, LIST_PARAMETERS)?;
    let list = list(&mut params);
    params.finish(list)
}

/// Checks the query of a saved filter: the parameters of GET `/api/tasks` but for `page` and `page_size`.
///
/// # Errors
/// 400 or 422 naming every parameter that is wrong.
pub fn check_filter(query: &str) -> Result<(), Problem> {
    let unpaged: Vec<&'static str> = LIST_PARAMETERS
        .iter()
        .copied()
        .filter(|name| !["page", "page_size"].contains(name))
        .collect();
    let mut params = Params::parse(Some(query), &unpaged)?;
    list(&mut params);
    params.finish(())
}

fn list(params: &mut Params<'_>) -> ListQuery {
    let sort_by = params.one_of("sort_by", SORTS).unwrap_or(SortBy::CreatedAt);
    let usual = match sort_by {
        SortBy::Position => SortOrder::Asc,
        _ => SortOrder::Desc,
    };
    ListQuery {
        filter: filter(params, "search"),
        sort_by,
        sort_order: params.one_of("sort_order", ORDERS).unwrap_or(usual),
        page: params.page(),
    }
}

/// Reads the query string of GET `/api/tasks/search`; the filter's `search` is set.
///
/// # Errors
/// 400 or 422 naming every parameter that is wrong; a `q` that is missing or empty is 422.
pub fn parse_search(query: Option<&str>) -> Result<ListQuery, Problem> {
    let mut params = Params::parse(query, SEARCH_PARAMETERS)?;
    if params.peek("q").is_none_or(|q| q.trim().is_empty()) {
        params.take("q");
        params.refuse("q", "required", "is what to search for: give at least one word");
    }
    let list = ListQuery {
        filter: filter(&mut params, "q"),
        sort_by: SortBy::CreatedAt,
        sort_order: SortOrder::Desc,
        page: params.page(),
    };
    params.finish(list)
}

const STATUSES: &[(&str, Status)] = &[
    ("all", Status::All),
    ("pending", Status::Pending),
    ("completed", Status::Completed),
    ("overdue", Status::Overdue),
    ("trashed", Status::Trashed),
];
const SORTS: &[(&str, SortBy)] = &[
    ("created_at", SortBy::CreatedAt),
    ("updated_at", SortBy::UpdatedAt),
    ("due_date", SortBy::DueDate),
    ("priority", SortBy::Priority),
    ("title", SortBy::Title),
    ("position", SortBy::Position),
];
const ORDERS: &[(&str, SortOrder)] = &[("asc", SortOrder::Asc), ("desc", SortOrder::Desc)];
const MATCHES: &[(&str, TagsMatch)] = &[("any", TagsMatch::Any), ("all", TagsMatch::All)];
const PRIORITIES: &[(&str, Priority)] = &[
    ("high", Priority::High),
    ("medium", Priority::Medium),
    ("low", Priority::Low),
    ("none", Priority::None),
];

fn filter(params: &mut Params<'_>, search: &'static str) -> Filter {
    let priorities = params.any_of("priority", PRIORITIES);
    Filter {
        status: params.one_of("status", STATUSES).unwrap_or(Status::All),
        priorities,
        tags: params.values("tags"),
        tags_match: params.one_of("tags_match", MATCHES).unwrap_or(TagsMatch::Any),
        due_before: due_bound(params, "due_before"),
        due_after: due_bound(params, "due_after"),
        search: search_query(params, search),
    }
}

fn due_bound(params: &mut Params<'_>, name: &'static str) -> Option<DueBound> {
    let text = params.take(name)?;
    match DueBound::parse(&text) {
        Ok(bound) => Some(bound),
        Err(error) => {
            params.malformed(name, "not_a_due_date", error.to_string());
            None
        }
    }
}

fn search_query(params: &mut Params<'_>, name: &'static str) -> Option<SearchQuery> {
    let text = params.take(name)?;
    // An empty search field of a form: no filter.
    if text.trim().is_empty() {
        return None;
    }
    match SearchQuery::parse(&text) {
        Ok(query) => Some(query),
        Err(error) => {
            params.refuse(name, "not_searchable", error.to_string());
            None
        }
    }
}

/// The parameters of a query string that have not been taken yet, and what was wrong with those that have.
#[derive(Debug)]
pub struct Params<'a> {
    values: Vec<(&'static str, Cow<'a, str>)>,
    malformed: Vec<FieldError>,
    violations: Vec<Violation>,
}

impl<'a> Params<'a> {
    /// Splits and decodes a query string (`application/x-www-form-urlencoded`) that may hold the `allowed` parameters.
    ///
    /// # Errors
    /// 400 when a parameter is unknown, given twice, or not UTF-8.
    pub fn parse(query: Option<&'a str>, allowed: &[&'static str]) -> Result<Self, Problem> {
        let mut params = Self {
            values: Vec::new(),
            malformed: Vec::new(),
            violations: Vec::new(),
        };
        for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let Some(name) = decode(name) else {
                params.malformed("", "not_utf8", "a parameter's name is not UTF-8");
                continue;
            };
            let Some(known) = allowed.iter().find(|known| **known == name) else {
                let rule = if allowed.is_empty() {
                    "there is no such parameter; this operation takes none".to_owned()
                } else {
                    format!("there is no such parameter; known are {}", allowed.join(", "))
                };
                params.malformed(name, "unknown_parameter", rule);
                continue;
            };
            match decode(value) {
                None => params.malformed(*known, "not_utf8", "is not UTF-8"),
                Some(_) if params.peek(known).is_some() => {
                    params.malformed(
                        *known,
                        "repeated",
                        "is given twice; give it once (several values are separated by commas)",
                    );
                }
                Some(value) => params.values.push((*known, value)),
            }
        }
        if params.malformed.is_empty() {
            Ok(params)
        } else {
            Err(params.problem())
        }
    }

    fn peek(&self, name: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_ref())
    }

    /// Takes a parameter's value.
    pub fn take(&mut self, name: &str) -> Option<Cow<'a, str>> {
        let at = self.values.iter().position(|(known, _)| *known == name)?;
        Some(self.values.swap_remove(at).1)
    }

    /// Notes that a parameter cannot be read.
    pub fn malformed(&mut self, field: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.malformed.push(FieldError {
            field: field.into(),
            code,
            message: message.into(),
        });
    }

    /// Notes that a parameter breaks a rule.
    pub fn refuse(&mut self, field: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.violations.push(Violation {
            field: field.into(),
            code,
            message: message.into(),
        });
    }

    /// Whether something was wrong with a parameter so far.
    pub fn is_noted(&self, name: &str) -> bool {
        self.malformed.iter().any(|error| error.field == name) || self.violations.iter().any(|violation| violation.field == name)
    }

    /// Takes a parameter that `parse` understands.
    pub fn parsed<T, E: std::fmt::Display>(
        &mut self,
        name: &'static str,
        code: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.take(name)?;
        parse(&text)
            .map_err(|error| self.malformed(name, code, error.to_string()))
            .ok()
    }

    /// Takes a parameter that is one of a few words.
    pub fn one_of<T: Copy>(&mut self, name: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.take(name)?;
        self.choose(name, &text, choices)
    }

    /// Takes a parameter of several of a few words, separated by commas.
    pub fn any_of<T: Copy>(&mut self, name: &'static str, choices: &[(&str, T)]) -> Vec<T> {
        let values = self.values(name);
        values.iter().filter_map(|value| self.choose(name, value, choices)).collect()
    }

    /// Reads one of a few words, a value of the parameter `name`.
    pub fn choose<T: Copy>(&mut self, name: &'static str, text: &str, choices: &[(&str, T)]) -> Option<T> {
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            self.malformed(name, "unknown_value", format!("must be one of {}", words.join(", ")));
        }
        found
    }

    /// Takes a parameter of several values, separated by commas; empty ones are dropped.
    fn values(&mut self, name: &'static str) -> Vec<String> {
        let text = self.take(name).unwrap_or_default();
        // Counted as they stand there, the empty ones too.
        if text.split(',').count() > PARAMETER_VALUES_MAX {
            self.refuse(name, "too_many", format!("may have at most {PARAMETER_VALUES_MAX} values"));
        }
        let values = text.split(',').map(str::trim).filter(|value| !value.is_empty());
        values.map(str::to_owned).collect()
    }

    /// Takes a whole number from 1 to `max`.
    pub fn number(&mut self, name: &'static str, max: u32) -> Option<u32> {
        let text = self.take(name)?;
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits {
            self.malformed(name, "not_a_number", format!("must be a whole number from 1 to {max}"));
            return None;
        }
        match text.parse() {
            Ok(number) if (1..=max).contains(&number) => Some(number),
            _ => {
                self.refuse(name, "out_of_range", format!("must be from 1 to {max}"));
                None
            }
        }
    }

    /// Takes `page` and `page_size`.
    pub fn page(&mut self) -> Page {
        Page {
            page: self.number("page", PAGE_MAX).unwrap_or(1),
            page_size: self.number("page_size", PAGE_SIZE_MAX).unwrap_or(PAGE_SIZE_DEFAULT),
        }
    }

    /// Takes the cursor of an earlier answer.
    pub fn cursor(&mut self, name: &'static str) -> Option<u64> {
        self.parsed(name, "not_a_cursor", |text| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            // As far as the OpenAPI document's integers go.
            text.parse()
                .ok()
                .filter(|cursor| digits && i64::try_from(*cursor).is_ok())
                .ok_or("must be the cursor of an earlier answer")
        })
    }

    /// Gives `value` when nothing was wrong.
    ///
    /// # Errors
    /// What was noted.
    pub fn finish<T>(self, value: T) -> Result<T, Problem> {
        if self.malformed.is_empty() && self.violations.is_empty() {
            Ok(value)
        } else {
            Err(self.problem())
        }
    }

    fn problem(self) -> Problem {
        if self.malformed.is_empty() {
            return Problem::invalid(self.violations);
        }
        let mut errors = self.malformed;
        errors.extend(self.violations.into_iter().map(FieldError::from));
        let detail = errors
            .first()
            .map_or(String::new(), |first| format!("{}: {}", first.field, first.message));
        let mut problem = Problem::bad_request(detail);
        problem.code = "bad_parameter";
        problem.errors = errors;
        problem
    }
}

fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.bytes().any(|byte| matches!(byte, b'+' | b'%')) {
        return Some(Cow::Borrowed(text));
    }
    let spaced = text.replace('+', " ");
    percent_decode(spaced.as_bytes())
        .decode_utf8()
        .ok()
        .map(|decoded| Cow::Owned(decoded.into_owned()))
}

#[cfg(test)]
mod tests;

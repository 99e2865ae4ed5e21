//! The route table: what is served where, by which component, for whom.
//!
//! A component matches against this table instead of building a router, because it is made anew for each request.

use http::Method;
use percent_encoding::percent_decode_str;

mod table;

pub use table::ROUTES;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Somebody with a good access token.
    User,
    /// Dapr's sidecar, which shows the app's API token.
    Dapr,
}

/// Which body a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// None; one that is sent is not looked at.
    Nothing,
    /// `application/json`.
    Json,
    /// `application/json` or `application/merge-patch+json` (RFC 7396).
    MergePatch,
    /// Whatever Dapr sends: its deliveries have types and sizes of their own.
    Dapr,
}

impl Accepts {
    /// The media types, as in an `Accept` header; empty when any will do.
    pub const fn media_types(self) -> &'static str {
        match self {
            Self::Nothing | Self::Dapr => "",
            Self::Json => "application/json",
            Self::MergePatch => "application/json, application/merge-patch+json",
        }
    }
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its method; HEAD is served as GET.
    pub method: Method,
    /// Its path; a segment in braces stands for any one segment.
    pub path: &'static str,
    /// The component that serves it, as spin.toml names it.
    pub component: &'static str,
    /// Its name: `operationId` in the `OpenAPI` document, and what a handler branches on.
    pub operation: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Which body it takes.
    pub accepts: Accepts,
}

/// The path parameters of a match, percent-decoded, in the order of the path.
pub type Params = Vec<(&'static str, String)>;

/// What the table says of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Matched {
    /// This operation.
    Route(&'static Route, Params),
    /// No operation has that path.
    NotFound,
    /// The path is known, with the methods of these routes.
    MethodNotAllowed(Allowed),
}

/// The methods of a path that was found by another method.
#[derive(Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The path's template.
    pub path: &'static str,
    /// Who may call the first of its operations.
    pub access: Access,
    /// Such as `GET, HEAD, OPTIONS`: the value of an `Allow` header.
    pub methods: String,
}

/// Looks up a request of `component`. `path` is as in the request line: percent-encoded, without the query.
pub fn find(component: &str, method: &Method, path: &str) -> Matched {
    let wanted = if method == Method::HEAD { &Method::GET } else { method };
    let mut found: Option<(&'static Route, Params)> = None;
    for route in ROUTES.iter().filter(|route| route.component == component) {
        let params = match &found {
            // Only operations of the path that fitted first count.
            Some((first, params)) if first.path == route.path => params.clone(),
            Some(_) => continue,
            None => match fit(route.path, path) {
                Some(params) => params,
                None => continue,
            },
        };
        if route.method == *wanted {
            return Matched::Route(route, params);
        }
        found.get_or_insert((route, params));
    }
    match found {
        None => Matched::NotFound,
        Some((first, _)) => Matched::MethodNotAllowed(Allowed {
            path: first.path,
            access: first.access,
            methods: allowed_methods(component, first.path),
        }),
    }
}

fn allowed_methods(component: &str, path: &str) -> String {
    let mut methods = String::new();
    for route in ROUTES
        .iter()
        .filter(|route| route.component == component && route.path == path)
    {
        methods.push_str(route.method.as_str());
        methods.push_str(if route.method == Method::GET { ", HEAD, " } else { ", " });
    }
    methods.push_str("OPTIONS");
    methods
}

/// The parameters of `path` when `template` fits it segment by segment. An empty segment is no parameter.
fn fit(template: &'static str, path: &str) -> Option<Params> {
    let mut params = Params::new();
    let mut segments = path.split('/');
    for expected in template.split('/') {
        let segment = segments.next()?;
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            None if expected == segment => {}
            Some(name) if !segment.is_empty() => {
                let value = percent_decode_str(segment).decode_utf8().ok()?;
                params.push((name, value.into_owned()));
            }
            _ => return None,
        }
    }
    segments.next().is_none().then_some(params)
}

#[cfg(test)]
mod tests;

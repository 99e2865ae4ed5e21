//! Which component answers which path, by Spin's rules: an exact segment beats `:name`, that beats `/...`, and of two wildcards
//! the longer prefix wins. A trailing slash changes nothing; `/x/...` also answers `/x`.

/// A route as written in the manifest, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// As written.
    text: String,
    segments: Vec<Segment>,
    wildcard: bool,
}

// The order is the order of preference.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Exactly(String),
    Parameter(String),
}

/// The text is no route.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PatternError {
    #[error("route `{0}` does not begin with /")]
    Relative(String),
    #[error("route `{0}` has a wildcard before its end")]
    Wildcard(String),
    #[error("route `{0}` has a parameter without a name")]
    Nameless(String),
}

impl Pattern {
    /// Reads a route such as `/tasks`, `/tasks/:id` or `/tasks/...`.
    pub(crate) fn parse(text: &str) -> Result<Self, PatternError> {
        let path = text
            .strip_prefix('/')
            .ok_or_else(|| PatternError::Relative(text.to_owned()))?;
        let mut segments = Vec::new();
        let mut wildcard = false;
        for segment in path.trim_end_matches('/').split('/').filter(|segment| !segment.is_empty()) {
            if wildcard {
                return Err(PatternError::Wildcard(text.to_owned()));
            }
            match segment.strip_prefix(':') {
                _ if segment == "..." || segment == "*" => wildcard = true,
                None if segment.starts_with('*') => return Err(PatternError::Wildcard(text.to_owned())),
                None => segments.push(Segment::Exactly(segment.to_owned())),
                Some("") => return Err(PatternError::Nameless(text.to_owned())),
                Some(name) => segments.push(Segment::Parameter(name.to_owned())),
            }
        }
        Ok(Self {
            text: text.to_owned(),
            segments,
            wildcard,
        })
    }

    /// As written in the manifest.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// As written, without a wildcard at its end.
    pub(crate) fn prefix(&self) -> &str {
        self.text.strip_suffix("/...").unwrap_or(&self.text)
    }

    /// Whether both answer exactly the same paths, whatever their parameters are called.
    pub(crate) fn same_paths(&self, other: &Self) -> bool {
        self.wildcard == other.wildcard
            && self.segments.len() == other.segments.len()
            && self.segments.iter().zip(&other.segments).all(|pair| match pair {
                (Segment::Exactly(own), Segment::Exactly(others)) => own == others,
                (Segment::Parameter(_), Segment::Parameter(_)) => true,
                _ => false,
            })
    }

    /// What comes first when both answer a path: compared segment by segment, exact before parameter before wildcard or end.
    fn preference(&self) -> impl Iterator<Item = u8> {
        let segments = self.segments.iter().map(|segment| match segment {
            Segment::Exactly(_) => 0,
            Segment::Parameter(_) => 1,
        });
        segments.chain(std::iter::once(if self.wildcard { 3 } else { 2 }))
    }

    /// Where in `path` the wildcard's part begins (its end when there is none), or `None` when the path is not answered.
    fn matches(&self, path: &str) -> Option<usize> {
        let mut at = 0;
        let mut rest = Segments { path, at: &mut at };
        for segment in &self.segments {
            let own = rest.next()?;
            match segment {
                Segment::Exactly(exact) if exact == own => {}
                Segment::Parameter(_) if !own.is_empty() => {}
                _ => return None,
            }
        }
        let tail = path.get(at..).unwrap_or_default();
        (self.wildcard || tail.bytes().all(|byte| byte == b'/')).then_some(at)
    }
}

/// The segments of a path from an offset on, which moves along: `/a/b` gives `a`, `b`.
struct Segments<'p, 'o> {
    path: &'p str,
    at: &'o mut usize,
}

impl<'p> Segments<'p, '_> {
    fn next(&mut self) -> Option<&'p str> {
        let rest = self.path.get(*self.at..)?.strip_prefix('/')?;
        let segment = rest.split('/').next()?;
        *self.at += 1 + segment.len();
        Some(segment)
    }
}

/// All routes of an application, `T` being what answers.
#[derive(Debug)]
pub(crate) struct Router<T> {
    routes: Vec<(Pattern, T)>,
}

/// The route that answers a path.
#[derive(Debug)]
pub(crate) struct Match<'r, 'p, T> {
    pub(crate) pattern: &'r Pattern,
    pub(crate) target: &'r T,
    /// What the wildcard stands for, with its leading slash; empty without a wildcard.
    pub(crate) path_info: &'p str,
    path: &'p str,
}

impl<T> Router<T> {
    /// Takes routes in any order; none may answer the same paths as another.
    pub(crate) fn new(routes: impl IntoIterator<Item = (Pattern, T)>) -> Self {
        let mut routes: Vec<_> = routes.into_iter().collect();
        routes.sort_by(|(a, _), (b, _)| a.preference().cmp(b.preference()));
        Self { routes }
    }

    /// The best route for `path` (without query).
    pub(crate) fn find<'r, 'p>(&'r self, path: &'p str) -> Option<Match<'r, 'p, T>> {
        self.routes.iter().find_map(|(pattern, target)| {
            let tail = pattern.matches(path)?;
            let path_info = if pattern.wildcard {
                path.get(tail..).unwrap_or_default()
            } else {
                ""
            };
            Some(Match {
                pattern,
                target,
                path_info,
                path,
            })
        })
    }
}

impl<'p, T> Match<'_, 'p, T> {
    /// The parameters of the route with their values, still percent-encoded.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &'p str)> {
        let values = self.path.trim_start_matches('/').split('/');
        self.pattern
            .segments
            .iter()
            .zip(values)
            .filter_map(|(segment, value)| match segment {
                Segment::Parameter(name) => Some((name.as_str(), value)),
                Segment::Exactly(_) => None,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, PatternError, Router};

    fn router(routes: &[&'static str]) -> Router<&'static str> {
        Router::new(routes.iter().map(|route| (Pattern::parse(route).unwrap(), *route)))
    }

    fn find(routes: &[&'static str], path: &str) -> Option<&'static str> {
        let (forward, mut reversed) = (router(routes), routes.to_vec());
        reversed.reverse();
        let found = forward.find(path).map(|found| *found.target);
        assert_eq!(
            found,
            router(&reversed).find(path).map(|found| *found.target),
            "order must not matter"
        );
        found
    }

    #[test]
    fn exact_beats_parameter_beats_wildcard() {
        let routes = ["/...", "/tasks/:id", "/tasks/search", "/tasks/..."];
        assert_eq!(find(&routes, "/tasks/search"), Some("/tasks/search"));
        assert_eq!(find(&routes, "/tasks/42"), Some("/tasks/:id"));
        assert_eq!(find(&routes, "/tasks/42/activity"), Some("/tasks/..."));
        assert_eq!(find(&routes, "/tasks"), Some("/tasks/..."));
        assert_eq!(find(&routes, "/elsewhere"), Some("/..."));
        assert_eq!(find(&routes, "/"), Some("/..."));
    }

    #[test]
    fn the_longest_prefix_wins() {
        let routes = ["/api/...", "/api/events/audit/...", "/api/events/..."];
        assert_eq!(find(&routes, "/api/events/audit/verify"), Some("/api/events/audit/..."));
        assert_eq!(find(&routes, "/api/events/other"), Some("/api/events/..."));
        assert_eq!(find(&routes, "/api/tasks"), Some("/api/..."));
        assert_eq!(find(&routes, "/apis"), None);
        assert_eq!(find(&routes, "/api/eventsx"), Some("/api/..."));
    }

    #[test]
    fn a_trailing_slash_changes_nothing() {
        assert_eq!(find(&["/health"], "/health/"), Some("/health"));
        assert_eq!(find(&["/health/"], "/health"), Some("/health/"));
        assert_eq!(find(&["/health"], "/health/x"), None);
        assert_eq!(find(&["/"], "/"), Some("/"));
    }

    #[test]
    fn path_info_is_what_the_wildcard_stands_for() {
        let routes = router(&["/foo/:id/...", "/exact"]);
        let info = |path: &'static str| routes.find(path).map(|found| found.path_info);
        assert_eq!(info("/foo/1"), Some(""));
        assert_eq!(info("/foo/1/"), Some("/"));
        assert_eq!(info("/foo/1/bar/baz"), Some("/bar/baz"));
        assert_eq!(info("/foo/1/bar/"), Some("/bar/"));
        assert_eq!(info("/exact"), Some(""));
    }

    #[test]
    fn parameters_have_names_and_values() {
        let routes = router(&["/a/:x/b/:y/..."]);
        let found = routes.find("/a/1/b/2/c").unwrap();
        assert_eq!(found.parameters().collect::<Vec<_>>(), [("x", "1"), ("y", "2")]);
        assert_eq!(found.pattern.prefix(), "/a/:x/b/:y");
        assert!(routes.find("/a//b/2").is_none(), "a parameter is never empty");
    }

    #[test]
    fn malformed_routes_are_refused() {
        let error = |text: &str| Pattern::parse(text).err();
        assert!(matches!(error("tasks"), Some(PatternError::Relative(_))));
        assert!(matches!(error("/a/.../b"), Some(PatternError::Wildcard(_))));
        assert!(matches!(error("/a/*rest"), Some(PatternError::Wildcard(_))));
        assert!(matches!(error("/a/:"), Some(PatternError::Nameless(_))));
    }

    #[test]
    fn routes_are_the_same_when_they_answer_the_same_paths() {
        let same = |a: &str, b: &str| Pattern::parse(a).unwrap().same_paths(&Pattern::parse(b).unwrap());
        assert!(same("/a/:x", "/a/:y"));
        assert!(same("/a", "/a/"));
        assert!(!same("/a", "/a/..."));
        assert!(!same("/a/x", "/a/:x"));
    }
}

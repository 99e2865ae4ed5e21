//! The request headers that Spin adds, so that a component finds the same here as there.

use std::fmt::Write as _;

use http::{HeaderMap, HeaderName, HeaderValue, Request, header};

use super::{From, Target};
use crate::routes::{Match, Pattern};

const PATH_INFO: HeaderName = HeaderName::from_static("spin-path-info");
const FULL_URL: HeaderName = HeaderName::from_static("spin-full-url");
const MATCHED_ROUTE: HeaderName = HeaderName::from_static("spin-matched-route");
const BASE_PATH: HeaderName = HeaderName::from_static("spin-base-path");
const RAW_COMPONENT_ROUTE: HeaderName = HeaderName::from_static("spin-raw-component-route");
const COMPONENT_ROUTE: HeaderName = HeaderName::from_static("spin-component-route");
const CLIENT_ADDR: HeaderName = HeaderName::from_static("spin-client-addr");
const PATH_MATCH_PREFIX: &str = "spin-path-match-";

/// What the embedded sidecar, which has no socket, is known as.
const SIDECAR_ADDR: HeaderValue = HeaderValue::from_static("127.0.0.1:0");
const LOCALHOST: HeaderValue = HeaderValue::from_static("localhost");

/// The values that are the same for every request of a route.
pub(super) struct RouteHeaders {
    route: HeaderValue,
    prefix: HeaderValue,
}

/// What one request gets.
pub(super) struct Added(Vec<(HeaderName, HeaderValue)>);

impl RouteHeaders {
    pub(super) fn new(pattern: &Pattern) -> Self {
        // A route that cannot stand in a header, such as one with a line feed, is sent empty.
        let value = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
        Self {
            route: value(pattern.as_str()),
            prefix: value(pattern.prefix()),
        }
    }

    /// The headers for a request, or `None` when its Host header is malformed.
    pub(super) fn for_request<B>(&self, request: &Request<B>, found: &Match<'_, '_, Target>, from: From) -> Option<Added> {
        let host = match (request.uri().authority(), request.headers().get(header::HOST)) {
            (Some(authority), _) => authority.as_str(),
            (None, Some(host)) => host.to_str().ok()?,
            (None, None) => "localhost",
        };
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let mut url = String::with_capacity(7 + host.len() + path.len());
        // Writing to a String cannot fail.
        let _ok = write!(url, "http://{host}{path}");
        let client = match from {
            From::Network(peer) => HeaderValue::from_str(&peer.to_string()).ok()?,
            From::Sidecar => SIDECAR_ADDR,
        };
        let mut added = Vec::with_capacity(8);
        added.push((PATH_INFO, HeaderValue::from_str(found.path_info).ok()?));
        added.push((FULL_URL, HeaderValue::from_maybe_shared(bytes::Bytes::from(url)).ok()?));
        added.push((MATCHED_ROUTE, self.route.clone()));
        added.push((BASE_PATH, HeaderValue::from_static("/")));
        added.push((RAW_COMPONENT_ROUTE, self.route.clone()));
        added.push((COMPONENT_ROUTE, self.prefix.clone()));
        added.push((CLIENT_ADDR, client));
        for (name, value) in found.parameters() {
            let name = format!("{PATH_MATCH_PREFIX}{}", name.to_ascii_lowercase().replace('_', "-"));
            added.push((HeaderName::try_from(name).ok()?, HeaderValue::from_str(value).ok()?));
        }
        if !request.headers().contains_key(header::HOST) {
            added.push((header::HOST, LOCALHOST));
        }
        Some(Added(added))
    }
}

/// Adds them, in place of any of the same name that the client sent.
pub(super) fn add(headers: &mut HeaderMap, added: Added) {
    headers.reserve(added.0.len());
    for (name, value) in added.0 {
        headers.insert(name, value);
    }
}

//! Cross-origin requests: only for configured origins (Fetch standard, "CORS protocol").

use http::{HeaderMap, HeaderName, HeaderValue, header};

const EXPOSED: &str = "etag, location, retry-after, x-request-id";
const ALLOWED_HEADERS: &str = "authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id";

/// The headers that let a configured origin's script read the answer.
pub(crate) fn headers(request: &HeaderMap, origins: &[String]) -> Vec<(HeaderName, HeaderValue)> {
    if origins.is_empty() {
        return Vec::new();
    }
    let mut out = vec![(header::VARY, HeaderValue::from_static("origin"))];
    let origin = request
        .get(header::ORIGIN)
        .filter(|origin| origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()));
    if let Some(origin) = origin {
        out.push((header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()));
        out.push((header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true")));
        out.push((header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED)));
    }
    out
}

/// What a preflight is answered besides.
pub(crate) fn preflight(methods: &str) -> Vec<(HeaderName, HeaderValue)> {
    let methods = HeaderValue::from_str(methods).unwrap_or_else(|_| HeaderValue::from_static(""));
    vec![
        (header::ALLOW, methods.clone()),
        (header::ACCESS_CONTROL_ALLOW_METHODS, methods),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static(ALLOWED_HEADERS),
        ),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600")),
    ]
}

//! Answers that the host makes itself: `application/problem+json` (RFC 9457) with the members that the API's own problems have.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use wasmtime_wasi_http::WasiBody;

/// Header that names a request, in and out.
const REQUEST_ID: &str = "x-request-id";

/// Why the host itself answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// No component has a route for the path.
    NoRoute,
    /// The request cannot be handed to a component.
    BadRequest,
    /// The body is larger than the host takes.
    BodyTooLarge,
    /// The component trapped, or ended without an answer.
    ComponentFailed,
    /// The component wanted more memory than it may have.
    MemoryLimit,
    /// Every instance was busy until the time was up.
    Overloaded,
    /// The component's time was up.
    TimeLimit,
}

impl Problem {
    fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NoRoute => (StatusCode::NOT_FOUND, "not_found", "no component answers this path"),
            Self::BadRequest => (
                StatusCode::BAD_REQUEST,
                "bad_request",
                "the request line or the Host header is malformed",
            ),
            Self::BodyTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "the request body is larger than 4 MiB",
            ),
            Self::ComponentFailed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "component_failed",
                "the component failed; its log line carries this request_id",
            ),
            Self::MemoryLimit => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "memory_limit",
                "the component needed more memory than one request may use",
            ),
            Self::Overloaded => (
                StatusCode::SERVICE_UNAVAILABLE,
                "overloaded",
                "all instances are busy, try again",
            ),
            Self::TimeLimit => (
                StatusCode::GATEWAY_TIMEOUT,
                "time_limit",
                "the component took longer than one request may",
            ),
        }
    }

    /// The code that clients may act on.
    pub(crate) fn code(self) -> &'static str {
        self.parts().1
    }

    /// The whole answer.
    pub(crate) fn response(self, request_id: &str) -> Response<WasiBody> {
        let (status, code, detail) = self.parts();
        let body = serde_json::json!({
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or_default(),
            "status": status.as_u16(),
            "detail": detail,
            "code": code,
            "errors": [],
            "request_id": request_id,
        });
        let body = Bytes::from(body.to_string());
        let length = body.len();
        let mut response = Response::new(full(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Ok(value) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, value);
        }
        if self == Self::Overloaded {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// A body of known content.
pub(crate) fn full(body: Bytes) -> WasiBody {
    Full::new(body).map_err(|never| match never {}).boxed_unsync()
}

/// The caller's request id when it is a plain token, else a new one.
pub(crate) fn request_id(headers: &HeaderMap) -> String {
    let plain = |id: &&str| {
        (1..=64).contains(&id.len())
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    match headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(plain) {
        Some(id) => id.to_owned(),
        None => new_id(),
    }
}

/// Unique within this process, and all but surely across processes.
fn new_id() -> String {
    static PROCESS: OnceLock<u64> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let process = PROCESS.get_or_init(|| RandomState::new().hash_one(std::process::id()));
    format!("{process:016x}-{:08x}", COUNT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};
    use http_body_util::BodyExt as _;

    use super::{Problem, request_id};

    #[tokio::test]
    async fn a_problem_has_every_member() {
        let response = Problem::TimeLimit.response("abc");
        assert_eq!(response.status(), 504);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(response.headers()["x-request-id"], "abc");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        for member in ["type", "title", "status", "detail", "code", "errors", "request_id"] {
            assert!(body.get(member).is_some(), "{member}");
        }
        assert_eq!(body["status"], 504);
        assert_eq!(body["title"], "Gateway Timeout");
    }

    #[test]
    fn a_request_id_is_taken_over_only_when_it_is_plain() {
        let mut headers = HeaderMap::new();
        assert_ne!(request_id(&headers), request_id(&headers));
        headers.insert("x-request-id", HeaderValue::from_static("0192-ab_c.d"));
        assert_eq!(request_id(&headers), "0192-ab_c.d");
        headers.insert("x-request-id", HeaderValue::from_static("a b\"}"));
        assert_ne!(request_id(&headers), "a b\"}");
    }
}

//! Problem details (RFC 9457): the one form of every answer that is not a success.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::{Deserialize, Serialize};
use spindle_domain::Violation;

use crate::{json, limits};

/// Where the `type` of a problem begins; its `code` follows.
pub const TYPE_BASE: &str = "https://spindle.tasks/problems/";
/// The media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// One thing that is wrong with one field or parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// A dotted path (`tags.3`), or the name of a parameter or header.
    pub field: String,
    /// For programs, such as `too_long`.
    pub code: &'static str,
    /// For people: the rule, and how to keep it.
    pub message: String,
}

impl From<Violation> for FieldError {
    fn from(Violation { field, code, message }: Violation) -> Self {
        Self { field, code, message }
    }
}

/// A problem before it is answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {code}: {detail}", .status.as_u16())]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// For programs; also the end of `type`.
    pub code: &'static str,
    /// The kind of problem in words; the same for each problem of a code.
    pub title: &'static str,
    /// What went wrong this time, and what to do.
    pub detail: String,
    /// What is wrong field by field; may be empty.
    pub errors: Vec<FieldError>,
    /// Headers that belong to the status, such as `Allow`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// A problem as it is answered: the schema of the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Problem))]
pub struct ProblemBody {
    /// Identifies the kind of problem.
    #[serde(rename = "type")]
    #[cfg_attr(
        feature = "schema",
        schema(format = "uri", example = "https://spindle.tasks/problems/invalid")
    )]
    pub problem_type: String,
    /// The kind of problem in words.
    pub title: String,
    /// The HTTP status.
    #[cfg_attr(feature = "schema", schema(minimum = 400, maximum = 599))]
    pub status: u16,
    /// What went wrong this time, and what to do.
    pub detail: String,
    /// For programs.
    #[cfg_attr(feature = "schema", schema(example = "invalid"))]
    pub code: String,
    /// What is wrong, field by field.
    pub errors: Vec<FieldErrorBody>,
    /// Names the request in the server's log.
    pub request_id: String,
}

/// One thing that is wrong with one field, parameter or header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = FieldError))]
pub struct FieldErrorBody {
    /// A dotted path such as `tags.3`, or the name of a parameter or header; empty for the body as a whole.
    #[cfg_attr(feature = "schema", schema(example = "title"))]
    pub field: String,
    /// For programs.
    #[cfg_attr(feature = "schema", schema(example = "required"))]
    pub code: String,
    /// For people: the rule, and how to keep it.
    pub message: String,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            title,
            detail: detail.into(),
            errors: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// 400: the request cannot be read (malformed JSON, a malformed parameter or header).
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", "The request cannot be read", detail)
    }

    /// 400 that names the parameter or header.
    pub fn bad_field(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        let (field, message) = (field.into(), message.into());
        let mut problem = Self::bad_request(format!("{field}: {message}"));
        problem.errors.push(FieldError { field, code, message });
        problem
    }

    /// 401: no token, or one that is not (or no longer) good (RFC 6750 §3).
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        let challenge = HeaderValue::from_static("Bearer realm=\"spindle\"");
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "You are not signed in", detail)
            .header(header::WWW_AUTHENTICATE, challenge)
    }

    /// 403: the caller is known, or cannot be, and may not do this.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "This is not allowed", detail)
    }

    /// 404. Also for what belongs to somebody else: that it exists is not told.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is no such thing", detail)
    }

    /// 405 with `Allow` (RFC 9110 §15.5.6). `allow` is a list of methods such as `GET, HEAD`.
    pub fn method_not_allowed(allow: &str) -> Self {
        let problem = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "This path does not know that method",
            format!("Use one of: {allow}."),
        );
        match HeaderValue::from_str(allow) {
            Ok(value) => problem.header(header::ALLOW, value),
            Err(_) => problem,
        }
    }

    /// 409: the state of things forbids it (a task in the trash, an address that is taken, the same request still running).
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, "The present state does not allow this", detail)
    }

    /// 412: `If-Match` names a version that is not (or no longer) the present one.
    pub fn precondition_failed(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "precondition_failed",
            "It has changed meanwhile",
            detail,
        )
    }

    /// 413: the body is larger than [`limits::BODY_BYTES_MAX`].
    pub fn body_too_large() -> Self {
        let detail = format!("A request body may have at most {} bytes.", limits::BODY_BYTES_MAX);
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "The body is too large",
            detail,
        )
    }

    /// 415: the body's media type is not one of `accepted` (RFC 9110 §15.5.16).
    pub fn unsupported_media_type(accepted: &'static str) -> Self {
        let detail = format!("Send the body as {accepted}, with that Content-Type.");
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "The body's media type is not understood",
            detail,
        )
        .header(header::ACCEPT, HeaderValue::from_static(accepted))
    }

    /// 422: the request is well-formed, but values break rules.
    pub fn invalid(violations: Vec<Violation>) -> Self {
        let detail = match violations.as_slice() {
            [] => String::new(),
            [one] => format!("{}: {}", one.field, one.message),
            [first, others @ ..] => format!("{}: {} ({} more)", first.field, first.message, others.len()),
        };
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "Some values break the rules",
            detail,
        );
        problem.errors = violations.into_iter().map(FieldError::from).collect();
        problem
    }

    /// 422 for one field.
    pub fn invalid_field(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self::invalid(vec![Violation {
            field: field.into(),
            code,
            message: message.into(),
        }])
    }

    /// 429 with `Retry-After` (RFC 6585 §4).
    pub fn too_many_requests(retry_after_seconds: u32, detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            "Too many requests",
            detail,
        )
        .header(header::RETRY_AFTER, HeaderValue::from(retry_after_seconds))
    }

    /// 500: a fault of ours. What it was goes to the log, not to the client.
    pub fn internal() -> Self {
        let detail = "Something went wrong on the server. If it happens again, tell its operator the request_id.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong", detail)
    }

    /// 503 with `Retry-After`: something behind is away; whether a change took effect may be unknown.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Something behind is away",
            detail,
        )
        .header(header::RETRY_AFTER, HeaderValue::from(limits::RETRY_AFTER_SECONDS))
    }

    /// The same problem with one more field that is wrong.
    #[must_use]
    pub fn error(mut self, field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        self.errors.push(FieldError {
            field: field.into(),
            code,
            message: message.into(),
        });
        self
    }

    /// The same problem with a header more.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The answer.
    pub fn into_response(self, request_id: &str) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(self.json(request_id)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        response
    }

    /// A [`ProblemBody`] as JSON.
    pub fn json(&self, request_id: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(320);
        out.extend_from_slice(b"{\"type\":\"");
        out.extend_from_slice(TYPE_BASE.as_bytes());
        out.extend_from_slice(self.code.as_bytes());
        out.extend_from_slice(b"\",\"title\":");
        json::string(&mut out, self.title);
        out.extend_from_slice(b",\"status\":");
        json::number(&mut out, self.status.as_u16().into());
        out.extend_from_slice(b",\"detail\":");
        json::string(&mut out, &self.detail);
        out.extend_from_slice(b",\"code\":");
        json::string(&mut out, self.code);
        out.extend_from_slice(b",\"errors\":[");
        for (index, error) in self.errors.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(b"{\"field\":");
            json::string(&mut out, &error.field);
            out.extend_from_slice(b",\"code\":");
            json::string(&mut out, error.code);
            out.extend_from_slice(b",\"message\":");
            json::string(&mut out, &error.message);
            out.push(b'}');
        }
        out.extend_from_slice(b"],\"request_id\":");
        json::string(&mut out, request_id);
        out.push(b'}');
        out
    }
}

impl From<Vec<Violation>> for Problem {
    fn from(violations: Vec<Violation>) -> Self {
        Self::invalid(violations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_has_every_member_of_the_form() {
        let violations = vec![
            Violation {
                field: "title".into(),
                code: "required",
                message: "give a \"title\"".into(),
            },
            Violation {
                field: "tags.3".into(),
                code: "too_long",
                message: "at most 64".into(),
            },
        ];
        let response = Problem::invalid(violations).into_response("r-1");
        assert_eq!(response.status(), 422);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let body: ProblemBody = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(body.problem_type, "https://spindle.tasks/problems/invalid");
        assert_eq!(
            (body.status, body.code.as_str(), body.request_id.as_str()),
            (422, "invalid", "r-1")
        );
        assert_eq!(
            body.errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(),
            ["title", "tags.3"]
        );
        assert_eq!(body.detail, "title: give a \"title\" (1 more)");
    }

    #[test]
    fn statuses_bring_the_headers_that_belong_to_them() {
        let header = |problem: Problem, name: &str| problem.into_response("r").headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header(Problem::method_not_allowed("GET, HEAD"), "allow"), "GET, HEAD");
        assert_eq!(header(Problem::too_many_requests(37, "wait"), "retry-after"), "37");
        assert_eq!(header(Problem::unavailable("state store"), "retry-after"), "2");
        assert!(header(Problem::unauthorized("no token"), "www-authenticate").starts_with("Bearer"));
        assert_eq!(
            header(Problem::unsupported_media_type("application/json"), "accept"),
            "application/json"
        );
    }
}

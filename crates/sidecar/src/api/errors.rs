//! Answers that are not data.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE};

use super::Refused;

pub(crate) fn no_content() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

pub(super) fn json(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An error in Dapr's form.
pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Response<Bytes> {
    json(
        status,
        serde_json::json!({"errorCode": code, "message": message}).to_string().into(),
    )
}

pub(super) fn refused(status: StatusCode, code: &str, message: &str) -> Refused {
    Box::new(error(status, code, message))
}

pub(super) fn malformed(cause: &impl std::fmt::Display) -> Refused {
    refused(
        StatusCode::BAD_REQUEST,
        "ERR_MALFORMED_REQUEST",
        &format!("failed deserializing HTTP body: {cause}"),
    )
}

pub(super) fn unknown_route() -> Refused {
    let message = "failed getting app id either from the URL path or the header dapr-app-id";
    refused(StatusCode::NOT_FOUND, "ERR_DIRECT_INVOKE", message)
}

pub(super) fn unauthorized() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(b"invalid api token"));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

pub(crate) fn too_large() -> Response<Bytes> {
    error(
        StatusCode::BAD_REQUEST,
        "ERR_MALFORMED_REQUEST",
        "failed reading HTTP body: stream too large",
    )
}

pub(crate) fn unreadable(cause: &str) -> Response<Bytes> {
    error(
        StatusCode::BAD_REQUEST,
        "ERR_MALFORMED_REQUEST",
        &format!("failed reading HTTP body: {cause}"),
    )
}

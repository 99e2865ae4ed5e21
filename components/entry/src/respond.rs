//! Reading the incoming request and sending the answer.

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use spin_sdk::http::{IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};

use crate::exchange::{fields, header_map, read_all, write_all};

/// No body that a component takes is larger than what Dapr delivers (4 MiB); the API's own limit is lower and checked above.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

pub(crate) async fn read(incoming: IncomingRequest) -> Result<Request<Bytes>, StatusCode> {
    let mut request = Request::builder()
        .method(incoming.method().to_string().as_str())
        .uri(incoming.path_with_query().unwrap_or_else(|| "/".to_owned()));
    if let Some(headers) = request.headers_mut() {
        headers.extend(header_map(incoming.headers().entries()));
    }
    let body = incoming.consume().map_err(|()| StatusCode::INTERNAL_SERVER_ERROR)?;
    let stream = body.stream().map_err(|()| StatusCode::INTERNAL_SERVER_ERROR)?;
    let bytes = read_all(stream, BODY_BYTES_MAX)
        .await
        .map_err(|_| StatusCode::BAD_REQUEST)?
        .ok_or(StatusCode::PAYLOAD_TOO_LARGE)?;
    request.body(Bytes::from(bytes)).map_err(|_| StatusCode::BAD_REQUEST)
}

/// Sends the answer. The body is written whole before the head is set, so that both leave in one segment (Spin never sets
/// `TCP_NODELAY`); one that the host's buffer cannot hold is streamed after the head.
pub(crate) async fn answer(response: Response<Bytes>, out: ResponseOutparam) {
    let (mut parts, bytes) = response.into_parts();
    if parts.status != StatusCode::NO_CONTENT
        && parts.status != StatusCode::NOT_MODIFIED
        && !parts.headers.contains_key(header::CONTENT_LENGTH)
    {
        parts.headers.insert(header::CONTENT_LENGTH, bytes.len().into());
    }
    let outgoing = match fields(&parts.headers) {
        Ok(headers) => OutgoingResponse::new(headers),
        Err(_) => OutgoingResponse::new(spin_sdk::http::Headers::new()),
    };
    // An invalid status cannot come out of `StatusCode`.
    let _ = outgoing.set_status_code(parts.status.as_u16());
    let Ok(body) = outgoing.body() else { return out.set(outgoing) };
    let Ok(stream) = body.write() else { return out.set(outgoing) };
    let fits = stream.check_write().is_ok_and(|room| room >= bytes.len() as u64);
    if fits {
        // A client that has gone is not told; there is nobody to tell.
        let _ = stream.write(&bytes);
        drop(stream);
        let _ = OutgoingBody::finish(body, None);
        out.set(outgoing);
    } else {
        out.set(outgoing);
        if write_all(&stream, &bytes).await.is_ok() {
            drop(stream);
            let _ = OutgoingBody::finish(body, None);
        }
    }
}

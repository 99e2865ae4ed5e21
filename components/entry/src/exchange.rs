//! One outbound HTTP exchange over `wasi:http`, and a timer.

use std::{future::poll_fn, task::Poll, time::Duration};

use bytes::Bytes;
use futures::future::join;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri, header};
use spin_executor::{CancelOnDropToken, push_waker_and_get_token};
use spin_sdk::http::{Headers, IncomingResponse, Method, OutgoingBody, OutgoingRequest, Scheme, send};
use wasi::{
    clocks::monotonic_clock,
    io::{
        poll::Pollable,
        streams::{InputStream, OutputStream, StreamError},
    },
};

/// Reads that return what is there, up to this many bytes: fewer, larger host calls than the SDK's 16 KiB.
const READ_BYTES: u64 = 1024 * 1024;

/// Scheme and authority of the sidecar.
pub(crate) struct Origin {
    scheme: Scheme,
    authority: String,
}

impl Origin {
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let uri: Uri = url
            .parse()
            .map_err(|error| format!("the variable dapr_url is no URL ({error}): {url}"))?;
        let scheme = match uri.scheme_str() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https,
            _ => return Err(format!("the variable dapr_url must begin with http:// or https://: {url}")),
        };
        let authority = uri
            .authority()
            .ok_or_else(|| format!("the variable dapr_url names no host: {url}"))?
            .to_string();
        Ok(Self { scheme, authority })
    }
}

pub(crate) async fn exchange(origin: &Origin, request: Request<Bytes>) -> Result<Response<Bytes>, String> {
    let (mut parts, body) = request.into_parts();
    if !body.is_empty() {
        parts.headers.insert(header::CONTENT_LENGTH, body.len().into());
    }
    let outgoing = OutgoingRequest::new(fields(&parts.headers)?);
    let refused = |()| format!("{} {} is no request", parts.method, parts.uri);
    outgoing.set_method(&method(&parts.method)).map_err(refused)?;
    outgoing.set_scheme(Some(&origin.scheme)).map_err(refused)?;
    outgoing.set_authority(Some(&origin.authority)).map_err(refused)?;
    outgoing
        .set_path_with_query(parts.uri.path_and_query().map(http::uri::PathAndQuery::as_str))
        .map_err(refused)?;
    let incoming: Result<IncomingResponse, _> = if body.is_empty() {
        send(outgoing).await
    } else {
        // The body is in the host's buffer before the request is handed over, so that both leave in one segment.
        let sink = outgoing.body().map_err(refused)?;
        let write = async move {
            // A host that answers without reading the body closes it; its answer says why.
            if let Ok(stream) = sink.write()
                && write_all(&stream, &body).await.is_ok()
            {
                drop(stream);
                let _ = OutgoingBody::finish(sink, None);
            }
        };
        join(write, send(outgoing)).await.1
    };
    let incoming = incoming.map_err(|error| error.to_string())?;
    let mut response = Response::builder().status(incoming.status());
    if let Some(headers) = response.headers_mut() {
        headers.extend(header_map(incoming.headers().entries()));
    }
    let body = incoming
        .consume()
        .map_err(|()| "the answer's body was taken already".to_owned())?;
    let stream = body.stream().map_err(|()| "the answer's body was taken already".to_owned())?;
    let bytes = read_all(stream, usize::MAX).await?.unwrap_or_default();
    response.body(Bytes::from(bytes)).map_err(|error| error.to_string())
}

/// Reads to the end; `None` when there are more than `limit` bytes.
pub(crate) async fn read_all(stream: InputStream, limit: usize) -> Result<Option<Vec<u8>>, String> {
    let mut bytes = Vec::new();
    let mut waiting: Option<CancelOnDropToken> = None;
    poll_fn(move |context| {
        loop {
            match stream.read(READ_BYTES) {
                Ok(chunk) if chunk.is_empty() => {
                    waiting = Some(push_waker_and_get_token(stream.subscribe(), context.waker().clone()).into());
                    return Poll::Pending;
                }
                Ok(chunk) if bytes.len() + chunk.len() > limit => return Poll::Ready(Ok(None)),
                Ok(chunk) if bytes.is_empty() => bytes = chunk,
                Ok(chunk) => bytes.extend_from_slice(&chunk),
                Err(StreamError::Closed) => {
                    drop(waiting.take());
                    return Poll::Ready(Ok(Some(std::mem::take(&mut bytes))));
                }
                Err(StreamError::LastOperationFailed(error)) => return Poll::Ready(Err(error.to_debug_string())),
            }
        }
    })
    .await
}

/// Writes everything, waiting whenever the host's buffer is full.
pub(crate) async fn write_all(stream: &OutputStream, mut bytes: &[u8]) -> Result<(), StreamError> {
    let mut waiting: Option<CancelOnDropToken> = None;
    poll_fn(move |context| {
        while !bytes.is_empty() {
            match stream.check_write() {
                Ok(0) => {
                    waiting = Some(push_waker_and_get_token(stream.subscribe(), context.waker().clone()).into());
                    return Poll::Pending;
                }
                Ok(room) => {
                    let (now, later) = bytes.split_at(bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX)));
                    if let Err(error) = stream.write(now) {
                        return Poll::Ready(Err(error));
                    }
                    bytes = later;
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        drop(waiting.take());
        Poll::Ready(Ok(()))
    })
    .await
}

pub(crate) async fn sleep(duration: Duration) {
    let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let until = monotonic_clock::now().saturating_add(nanos);
    let mut waiting: Option<CancelOnDropToken> = None;
    poll_fn(move |context| {
        if monotonic_clock::now() >= until {
            drop(waiting.take());
            return Poll::Ready(());
        }
        let timer: Pollable = monotonic_clock::subscribe_instant(until);
        waiting = Some(push_waker_and_get_token(timer, context.waker().clone()).into());
        Poll::Pending
    })
    .await;
}

pub(crate) fn fields(headers: &HeaderMap) -> Result<Headers, String> {
    let entries: Vec<(String, Vec<u8>)> = headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect();
    Headers::from_list(&entries).map_err(|error| format!("a header is refused: {error:?}"))
}

pub(crate) fn header_map(entries: Vec<(String, Vec<u8>)>) -> HeaderMap {
    entries
        .into_iter()
        .filter_map(|(name, value)| Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?)))
        .collect()
}

fn method(method: &http::Method) -> Method {
    match method.as_str() {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        "OPTIONS" => Method::Options,
        other => Method::Other(other.to_owned()),
    }
}

//! The HTTP face.

use std::{convert::Infallible, sync::atomic::Ordering, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use super::Sidecar;
use crate::api;

/// For an idle or slow peer to send a request's head.
const HEAD_PATIENCE: Duration = Duration::from_mins(1);
/// Of a body that is too large, so much more is read and thrown away.
const DRAINED_BYTES_MAX: usize = 4 * api::BODY_BYTES_MAX;

pub(super) async fn serve(sidecar: &Sidecar, listener: TcpListener) {
    loop {
        let woken = sidecar.0.mailroom.stopped.notified();
        if sidecar.0.mailroom.stopping.load(Ordering::SeqCst) {
            return;
        }
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = woken => return,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file descriptors, or the peer has gone: wait a little instead of spinning.
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        let sidecar = sidecar.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let sidecar = sidecar.clone();
                async move { Ok::<_, Infallible>(answer(&sidecar, request).await) }
            });
            let mut builder = http1::Builder::new();
            builder
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_PATIENCE)
                .pipeline_flush(true);
            if let Err(error) = builder.serve_connection(TokioIo::new(stream), service).await {
                tracing::debug!(%error, "a connection ended");
            }
        });
    }
}

async fn answer(sidecar: &Sidecar, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (parts, mut body) = request.into_parts();
    let response = match Limited::new(&mut body, api::BODY_BYTES_MAX).collect().await {
        Ok(body) => sidecar.handle(Request::from_parts(parts, body.to_bytes())).await,
        Err(error) if error.is::<LengthLimitError>() => {
            drain(body).await;
            api::too_large()
        }
        Err(error) => api::unreadable(&error.to_string()),
    };
    response.map(Full::new)
}

/// Reads on, so that a peer that is still writing gets the answer and not a connection that breaks (RFC 9112, section 9.6).
async fn drain(mut body: Incoming) {
    let mut left = DRAINED_BYTES_MAX;
    while let Some(Ok(frame)) = body.frame().await {
        match left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::super::Options;
    use super::*;

    #[tokio::test]
    async fn a_body_that_is_too_large_can_be_written_to_its_end_and_is_answered() {
        let sidecar = Sidecar::open(Options::default()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { serve(&sidecar, listener).await });
        let mut stream = TcpStream::connect(address).await.unwrap();
        let body = vec![b'x'; 2 * api::BODY_BYTES_MAX];
        let head = format!(
            "POST /v1.0/state/statestore HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&body).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
}

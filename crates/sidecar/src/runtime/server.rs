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
    let (parts, body) = request.into_parts();
    let response = match Limited::new(body, api::BODY_BYTES_MAX).collect().await {
        Ok(body) => sidecar.handle(Request::from_parts(parts, body.to_bytes())).await,
        Err(error) if error.is::<LengthLimitError>() => api::too_large(),
        Err(error) => api::unreadable(&error.to_string()),
    };
    response.map(Full::new)
}

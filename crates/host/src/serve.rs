//! The HTTP/1.1 server in front of the application.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::app::{App, From};
use crate::log;

/// A client that is slower to send its headers, or sends no further request for so long, is cut off.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest request line with headers; also the size of a read.
const HEADERS_BYTES_MAX: usize = 64 * 1024;
/// Connections at once; more wait in the kernel's queue.
const CONNECTIONS_MAX: usize = 2048;
/// After an error of `accept`, such as too many open files, before the next try.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Accepts and serves connections until `stop` is done, then lets those open finish their request, for at most `grace`.
pub(crate) async fn serve(app: Arc<App>, listener: TcpListener, stop: impl Future<Output = ()>, grace: Duration) {
    let open = GracefulShutdown::new();
    let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_TIMEOUT)
        .max_buf_size(HEADERS_BYTES_MAX);
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &connections) => accepted,
        };
        let (stream, peer, permit) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                log::warn("a connection could not be accepted", &[("error", &error.to_string())]);
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let app = Arc::clone(&app);
        let service = service_fn(move |request| {
            let app = Arc::clone(&app);
            async move { Ok::<_, Infallible>(app.dispatch(request, From::Network(peer)).await) }
        });
        let connection = open.watch(server.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // It ends with an error when the client goes away or sends what is no HTTP: nothing that the operator must know.
            let _ended = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    let finish = async {
        open.shutdown().await;
        app.finished().await;
    };
    if tokio::time::timeout(grace, finish).await.is_err() {
        log::warn("requests were still running at the end of the grace period", &[]);
    }
}

async fn accept(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
) -> std::io::Result<(tokio::net::TcpStream, std::net::SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(connections).acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, peer, permit))
}

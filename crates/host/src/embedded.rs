//! The embedded sidecar, as the rest of the host sees it. Everything that touches `spindle_sidecar` is here.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use spindle_sidecar::{AppError, HttpApp, OpenError, Options, Sidecar};

use crate::app::{self, App};

/// An open sidecar; clones are the same one.
#[derive(Clone)]
pub(crate) struct Embedded(Sidecar);

impl Embedded {
    /// Opens it on its data file.
    pub(crate) fn open(options: Options) -> Result<Self, OpenError> {
        Sidecar::open(options).map(Self)
    }

    /// Begins to deliver to `app`, in this process.
    pub(crate) fn connect(&self, app: Arc<App>) {
        self.0.connect_app(Arc::new(InProcess(app)));
    }

    /// Begins to deliver to the application at `url`.
    pub(crate) fn connect_url(&self, url: &str) {
        self.0.connect_app(Arc::new(HttpApp::new(url)));
    }

    /// Answers one request of the Dapr API.
    pub(crate) async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.0.handle(request).await
    }

    /// Serves the Dapr API over TCP.
    pub(crate) async fn serve(&self, listener: tokio::net::TcpListener) {
        self.0.serve(listener).await;
    }

    /// Finishes what is being delivered and closes the data file.
    pub(crate) async fn shutdown(&self) {
        self.0.shutdown().await;
    }
}

struct InProcess(Arc<App>);

impl spindle_sidecar::App for InProcess {
    fn call(&self, request: Request<Bytes>) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, AppError>> + Send + '_>> {
        Box::pin(async move {
            app::deliver(&self.0, request)
                .await
                .map_err(|error| AppError(error.to_string()))
        })
    }
}

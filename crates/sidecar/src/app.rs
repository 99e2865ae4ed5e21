//! The app behind the sidecar.

use std::{fmt, future::Future, pin::Pin, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header, uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use crate::api::BODY_BYTES_MAX;

/// A call's future.
pub type AppFuture<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, AppError>> + Send + 'a>>;

/// Carries calls of the sidecar to the application: events, jobs, bindings, invocations, `GET /dapr/subscribe`, `GET /dapr/config`.
pub trait App: Send + Sync + 'static {
    /// Sends one request and waits for the whole answer.
    fn call(&self, request: Request<Bytes>) -> AppFuture<'_>;
}

/// The app could not be reached or did not answer in time; says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppError(pub String);

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AppError {}

/// An app that listens on an HTTP address.
#[derive(Debug)]
pub struct HttpApp {
    client: Client<HttpConnector, Full<Bytes>>,
    base: Result<uri::Parts, String>,
}

impl HttpApp {
    /// How long an answer may take.
    const TIMEOUT: Duration = Duration::from_mins(1);

    /// An app at an address such as `http://127.0.0.1:3000`. Calls fail with a clear error if that is none.
    pub fn new(base: &str) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(Duration::from_secs(2)));
        let base = match base.parse::<Uri>() {
            Ok(uri) if uri.authority().is_some() && uri.scheme_str() == Some("http") => Ok(uri.into_parts()),
            _ => Err(format!("{base} is not an address such as http://127.0.0.1:3000")),
        };
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .build(connector);
        Self { client, base }
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AppError> {
        let base = self.base.as_ref().map_err(|message| AppError(message.clone()))?;
        let (mut parts, body) = request.into_parts();
        let mut target = parts.uri.into_parts();
        target.scheme.clone_from(&base.scheme);
        target.authority.clone_from(&base.authority);
        parts.uri = Uri::from_parts(target).map_err(|error| AppError(error.to_string()))?;
        if let Some(host) = base
            .authority
            .as_ref()
            .and_then(|authority| HeaderValue::from_str(authority.as_str()).ok())
        {
            parts.headers.insert(header::HOST, host);
        }
        let response = self
            .client
            .request(Request::from_parts(parts, Full::new(body)))
            .await
            .map_err(|error| AppError(with_sources(&error)))?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, BODY_BYTES_MAX)
            .collect()
            .await
            .map_err(|error| AppError(error.to_string()))?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }
}

impl App for HttpApp {
    fn call(&self, request: Request<Bytes>) -> AppFuture<'_> {
        Box::pin(async move {
            match tokio::time::timeout(Self::TIMEOUT, self.send(request)).await {
                Ok(result) => result,
                Err(_) => Err(AppError(format!("no answer within {} s", Self::TIMEOUT.as_secs()))),
            }
        })
    }
}

/// hyper-util's own text is only "client error (Connect)".
fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

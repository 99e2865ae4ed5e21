//! Requests that guests send: checked against what their component may call, then handed to the embedded sidecar without a
//! connection, or sent through one pooled client.

pub(crate) mod hosts;

use std::sync::Arc;
use std::time::Duration;

use http::uri::Authority;
use http::{HeaderName, Request, Response};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use wasmtime_wasi_http::{DEFAULT_FORBIDDEN_HEADERS, Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::component::Component;
use crate::embedded::Embedded;
use crate::{log, problem};

/// How long a connection may take to come about, when the guest asks for nothing shorter.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Servers close idle connections after a while; closing first avoids sending into a closing one.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

type Sent = Result<(Response<WasiBody>, Box<dyn Future<Output = Result<(), Error>> + Send>), Error>;

/// The way out, shared by all components.
pub(crate) struct Outbound {
    /// The embedded sidecar, and the authority under which guests know it.
    sidecar: Option<(Authority, Embedded)>,
    client: Client<HttpConnector, WasiBody>,
}

impl Outbound {
    /// With an embedded sidecar, requests to its authority do not leave the process.
    pub(crate) fn new(sidecar: Option<(Authority, Embedded)>) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build(connector);
        Self { sidecar, client }
    }

    async fn send(&self, request: Request<WasiBody>) -> Result<Response<WasiBody>, Error> {
        if let Some((authority, sidecar)) = &self.sidecar
            && request.uri().authority() == Some(authority)
        {
            let (parts, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            let response = sidecar.handle(Request::from_parts(parts, body)).await;
            return Ok(response.map(problem::full));
        }
        if request.uri().scheme() == Some(&http::uri::Scheme::HTTPS) {
            log::warn(
                "https is not offered to components by this host",
                &[("url_host", host(&request))],
            );
            return Err(Error::TlsProtocolError);
        }
        let response = self.client.request(request).await.map_err(|error| client_error(&error))?;
        Ok(response.map(|body| body.map_err(Error::from).boxed_unsync()))
    }
}

fn host<B>(request: &Request<B>) -> &str {
    request.uri().authority().map_or("", Authority::as_str)
}

/// What the guest learns of a failure of the client.
fn client_error(error: &hyper_util::client::legacy::Error) -> Error {
    if !error.is_connect() {
        return Error::ConnectionTerminated;
    }
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return match io.kind() {
                std::io::ErrorKind::ConnectionRefused => Error::ConnectionRefused,
                std::io::ErrorKind::TimedOut => Error::ConnectionTimeout,
                _ => Error::DestinationUnavailable,
            };
        }
        cause = inner.source();
    }
    Error::DestinationUnavailable
}

/// What `wasi:http` asks the host, for one instance.
pub(crate) struct Hooks {
    component: Arc<Component>,
}

impl Hooks {
    pub(crate) fn new(component: Arc<Component>) -> Self {
        Self { component }
    }

    fn allowed<B>(&self, request: &Request<B>) -> bool {
        let uri = request.uri();
        let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
            return false;
        };
        self.component
            .allowed_hosts
            .iter()
            .any(|pattern| pattern.allows(scheme, host, uri.port_u16()))
    }
}

impl WasiHttpHooks for Hooks {
    // Asked for every header; the default makes an Arc each time.
    fn is_forbidden_header(&mut self, name: &HeaderName) -> bool {
        DEFAULT_FORBIDDEN_HEADERS.contains(name)
    }

    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _written: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        if !self.allowed(&request) {
            log::warn(
                "an outbound request was refused; add its host to allowed_outbound_hosts if it is meant",
                &[("component", &self.component.id), ("url_host", host(&request))],
            );
            return Box::new(std::future::ready(Err(Error::HttpRequestDenied)));
        }
        let outbound = Arc::clone(&self.component.outbound);
        Box::new(async move {
            let response = match options.and_then(|options| options.first_byte_timeout) {
                // The client's own limit is for connecting; what the guest allows counts from there.
                Some(first_byte) => tokio::time::timeout(first_byte, outbound.send(request))
                    .await
                    .map_err(|_elapsed| Error::ConnectionReadTimeout)??,
                None => outbound.send(request).await?,
            };
            let done: Box<dyn Future<Output = Result<(), Error>> + Send> = Box::new(std::future::ready(Ok(())));
            Ok((response, done))
        })
    }
}

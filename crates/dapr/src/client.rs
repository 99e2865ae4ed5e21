//! Pub/sub, secrets, service invocation and health. State has a module of its own.

use std::{collections::BTreeMap, rc::Rc, time::Duration};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::ports::{SendError, Sidecar};

/// Long enough for a broker to fail over, short enough that a person is answered.
const TIMEOUT: Duration = Duration::from_secs(5);
const API_TOKEN: HeaderName = HeaderName::from_static("dapr-api-token");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b':');

/// The names of the Dapr components: roles, not products.
#[derive(Debug, Clone)]
pub struct Names {
    /// The state store component.
    pub state: String,
    /// The pub/sub component.
    pub pubsub: String,
    /// The secret store component.
    pub secrets: String,
}

/// Why a call other than to the state store failed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No answer; whether it took effect is unknown.
    #[error(transparent)]
    Send(#[from] SendError),
    /// Dapr answered with an error.
    #[error("{call} answered {status}: {message}")]
    Refused {
        /// Which call.
        call: &'static str,
        /// The status of the answer.
        status: StatusCode,
        /// The body of the answer, cut to a readable length.
        message: String,
    },
    /// The answer was not of the documented form.
    #[error("{call} answered something unreadable")]
    Unreadable {
        /// Which call.
        call: &'static str,
        /// What the parser says.
        #[source]
        source: serde_json::Error,
    },
}

/// The client. Cheap to clone; one belongs to each request, because it carries the request's trace.
#[derive(Clone)]
pub struct Dapr {
    sidecar: Rc<dyn Sidecar>,
    names: Rc<Names>,
    api_token: Option<HeaderValue>,
    traceparent: Option<HeaderValue>,
}

impl Dapr {
    /// A client that authenticates with `api_token` (Dapr's `DAPR_API_TOKEN`) unless that is empty or no header value.
    pub fn new(sidecar: Rc<dyn Sidecar>, names: Names, api_token: &str) -> Self {
        let api_token = Some(api_token).filter(|token| !token.is_empty()).and_then(|token| {
            let mut value = HeaderValue::from_str(token).ok()?;
            value.set_sensitive(true);
            Some(value)
        });
        Self {
            sidecar,
            names: Rc::new(names),
            api_token,
            traceparent: None,
        }
    }

    /// The same client, sending this W3C `traceparent` with each call.
    #[must_use]
    pub fn traced(mut self, traceparent: Option<HeaderValue>) -> Self {
        self.traceparent = traceparent;
        self
    }

    /// The names of the Dapr components in use.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Publishes one CloudEvent. `key` becomes the partition key: messages with the same key stay in order.
    pub async fn publish(&self, topic: &str, key: &str, event: Bytes) -> Result<(), CallError> {
        let path = format!(
            "/v1.0/publish/{}/{}?metadata.partitionKey={}",
            encode(&self.names.pubsub),
            encode(topic),
            encode(key)
        );
        let response = self
            .send(Method::POST, &path, Some("application/cloudevents+json"), event)
            .await?;
        accept("publish", &response)
    }

    /// Reads a secret: all its keys. Names with several values come as several keys (dapr-docs: "multi-valued secrets").
    pub async fn secret(&self, name: &str) -> Result<BTreeMap<String, String>, CallError> {
        let path = format!("/v1.0/secrets/{}/{}", encode(&self.names.secrets), encode(name));
        let response = self.send(Method::GET, &path, None, Bytes::new()).await?;
        accept("get secret", &response)?;
        serde_json::from_slice(response.body()).map_err(|source| CallError::Unreadable {
            call: "get secret",
            source,
        })
    }

    /// Calls another app's method by Dapr service invocation and passes its answer through. `method` is a path with a query and no
    /// leading slash.
    pub async fn invoke(&self, app_id: &str, request: Request<Bytes>) -> Result<Response<Bytes>, CallError> {
        let (mut parts, body) = request.into_parts();
        let target = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let path = format!("/v1.0/invoke/{}/method{target}", encode(app_id));
        parts.uri = uri(&path)?;
        Ok(self.dispatch(Request::from_parts(parts, body), TIMEOUT).await?)
    }

    /// Which of the components that this app needs the sidecar has loaded: their names.
    pub async fn loaded_components(&self) -> Result<Vec<String>, CallError> {
        #[derive(Deserialize)]
        struct Metadata {
            #[serde(default)]
            components: Vec<Component>,
        }
        #[derive(Deserialize)]
        struct Component {
            name: String,
        }
        let response = self.send(Method::GET, "/v1.0/metadata", None, Bytes::new()).await?;
        accept("metadata", &response)?;
        let metadata: Metadata = serde_json::from_slice(response.body()).map_err(|source| CallError::Unreadable {
            call: "metadata",
            source,
        })?;
        Ok(metadata.components.into_iter().map(|component| component.name).collect())
    }

    /// Whether the sidecar refuses a call without its token. `true` where there is none to show.
    pub async fn refuses_strangers(&self) -> Result<bool, CallError> {
        if self.api_token.is_none() {
            return Ok(true);
        }
        let stranger = Self {
            api_token: None,
            ..self.clone()
        };
        let answer = stranger.send(Method::GET, "/v1.0/metadata", None, Bytes::new()).await?;
        Ok(answer.status() == StatusCode::UNAUTHORIZED)
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        content_type: Option<&'static str>,
        body: Bytes,
    ) -> Result<Response<Bytes>, SendError> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = uri(path)?;
        if let Some(content_type) = content_type {
            request
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        self.dispatch(request, TIMEOUT).await
    }

    pub(crate) async fn dispatch(&self, mut request: Request<Bytes>, timeout: Duration) -> Result<Response<Bytes>, SendError> {
        if let Some(token) = &self.api_token {
            request.headers_mut().insert(API_TOKEN, token.clone());
        }
        if let Some(traceparent) = &self.traceparent {
            request.headers_mut().insert(TRACEPARENT, traceparent.clone());
        }
        self.sidecar.send(request, timeout).await
    }
}

pub(crate) fn uri(path: &str) -> Result<http::Uri, SendError> {
    path.parse()
        .map_err(|error| SendError::Unreachable(format!("{path} is no request path: {error}")))
}

pub(crate) fn encode(segment: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(segment, PATH)
}

pub(crate) fn accept(call: &'static str, response: &Response<Bytes>) -> Result<(), CallError> {
    if response.status().is_success() {
        return Ok(());
    }
    Err(CallError::Refused {
        call,
        status: response.status(),
        message: excerpt(response.body()),
    })
}

pub(crate) fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(body.get(..300).unwrap_or(body)).into_owned()
}

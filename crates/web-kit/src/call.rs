//! A request as its handler sees it, and what the handler gives back.

use bytes::Bytes;
use futures::future::LocalBoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use spindle_contract::{problem::Problem, routes::Params};
use uuid::Uuid;

use crate::Measures;

/// A request that has been routed and let in.
#[derive(Debug)]
pub struct Call {
    /// The operation's name in the route table.
    pub operation: &'static str,
    /// From the path.
    pub params: Params,
    /// The query string, as it came.
    pub query: Option<String>,
    /// As they came.
    pub headers: HeaderMap,
    /// At most [`spindle_contract::limits::BODY_BYTES_MAX`], but for what Dapr delivers.
    pub body: Bytes,
    /// Who calls, on routes that demand it.
    pub caller: Option<Uuid>,
    /// Names the request in logs, problems and the audit log.
    pub request_id: String,
    /// The client's IP address, for rate limits.
    pub client_address: String,
    /// Whether the client speaks TLS, to us or to a trusted proxy.
    pub is_https: bool,
}

impl Call {
    /// Who calls. On routes for people there always is somebody.
    pub fn user(&self) -> Result<Uuid, Failure> {
        self.caller
            .ok_or_else(|| Problem::unauthorized("Send an access token as a bearer token.").into())
    }

    /// A part of the path; empty when the route has no such part.
    pub fn param(&self, name: &str) -> &str {
        self.params
            .iter()
            .find(|(param, _)| *param == name)
            .map_or("", |(_, value)| value)
    }

    /// The query string.
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }
}

/// Work to do after the answer is sent. A failure goes to the log; whatever it leaves undone must be done by somebody else later.
pub type Work = LocalBoxFuture<'static, Result<(), Failure>>;

/// What a handler gives back: the answer, and what may be done after it.
pub struct Reply {
    pub(crate) response: Response<Bytes>,
    pub(crate) after: Option<Work>,
    pub(crate) note: Option<String>,
    pub(crate) measures: Measures,
}

impl From<Response<Bytes>> for Reply {
    fn from(response: Response<Bytes>) -> Self {
        Self {
            response,
            after: None,
            note: None,
            measures: Measures::default(),
        }
    }
}

impl Reply {
    /// The answer, and the work after it.
    pub fn into_parts(self) -> (Response<Bytes>, Option<Work>) {
        (self.response, self.after)
    }

    /// An answer without a body.
    pub fn empty(status: StatusCode) -> Self {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = status;
        response.into()
    }

    /// A JSON answer.
    pub fn json(status: StatusCode, body: Vec<u8>) -> Self {
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status;
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.into()
    }

    /// 304: what the client has is still right.
    pub fn not_modified(tag: &str) -> Self {
        Self::empty(StatusCode::NOT_MODIFIED).etag(tag)
    }

    /// The same with an `ETag`.
    #[must_use]
    pub fn etag(self, tag: &str) -> Self {
        match HeaderValue::from_str(tag) {
            Ok(tag) => self.append_header(header::ETAG, tag),
            Err(_) => self,
        }
    }

    /// The same with a header more.
    #[must_use]
    pub fn append_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.response.headers_mut().append(name, value);
        self
    }

    /// The same with work to do after it is sent.
    #[must_use]
    pub fn then(mut self, work: Work) -> Self {
        self.after = Some(work);
        self
    }

    /// The same with what was measured, for the log.
    #[must_use]
    pub fn measured(mut self, measures: Measures) -> Self {
        self.measures = measures;
        self
    }

    /// The same with a word for the log: a success that somebody should look at.
    #[must_use]
    pub fn noted(mut self, note: String) -> Self {
        self.note = Some(note);
        self
    }
}

/// Why there is no success: what the client is told, and what only the log is.
#[derive(Debug)]
pub struct Failure {
    pub(crate) problem: Box<Problem>,
    pub(crate) cause: Option<String>,
    pub(crate) measures: Measures,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self {
            problem: Box::new(problem),
            cause: None,
            measures: Measures::default(),
        }
    }
}

impl Failure {
    /// The answer, as the client gets it.
    pub fn into_response(self, request_id: &str) -> Response<Bytes> {
        self.problem.into_response(request_id)
    }

    /// The problem, and the cause that only the log is told.
    pub fn into_parts(self) -> (Problem, Option<String>) {
        (*self.problem, self.cause)
    }

    /// A problem with its cause, which is logged with all that is behind it and not told to the client.
    pub fn caused(problem: Problem, cause: impl Into<Box<dyn std::error::Error>>) -> Self {
        let cause: Box<dyn std::error::Error> = cause.into();
        let mut text = cause.to_string();
        let mut next = cause.source();
        while let Some(source) = next {
            text.push_str(": ");
            text.push_str(&source.to_string());
            next = source.source();
        }
        Self {
            problem: Box::new(problem),
            cause: Some(text),
            measures: Measures::default(),
        }
    }

    /// The same with what was measured, for the log.
    #[must_use]
    pub fn measured(mut self, measures: Measures) -> Self {
        self.measures = measures;
        self
    }
}

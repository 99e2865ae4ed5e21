//! The HTTP API without I/O: a request becomes a [`Plan`], the plan's result becomes a response.

mod bulk;
mod errors;
mod jobs;
mod publish;
mod secrets;
mod state;

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use percent_encoding::percent_decode_str;

pub(crate) use bulk::BulkAnswer;
pub(crate) use errors::{error, no_content, too_large, unreadable};

use crate::{
    core::{Document, Timestamp, Write, WriteError},
    resources::Resources,
};

/// The largest body, as in Dapr (`--max-body-size`).
pub(crate) const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What the API needs to know.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) app_id: String,
    pub(crate) resources: Resources,
    pub(crate) api_token: Option<String>,
    pub(crate) app_token: Option<String>,
}

/// What is to be done for a request.
#[derive(Debug)]
pub(crate) enum Plan {
    /// Nothing: this is the answer.
    Answer(Response<Bytes>),
    /// Write, then answer 204 or what [`written`] makes of the failure.
    Write { write: Write, call: Call },
    /// Read one document.
    Get { key: String },
    /// Read several: the prefix of the store and the keys as asked for.
    Bulk { prefix: String, keys: Vec<String> },
    /// Read a job.
    Job { name: String },
    /// Whether the app has told its subscriptions.
    Health,
    /// Call the app.
    Invoke(Request<Bytes>),
}

/// What a write was for: names the error it may end in.
#[derive(Debug)]
pub(crate) enum Call {
    Save { store: String },
    Delete { key: String },
    Transaction,
    Publish { topic: String, pubsub: String },
    Job,
}

impl Context {
    /// Finds out what to do. `id` is used if the request needs a random id.
    pub(crate) fn plan(&self, request: Request<Bytes>, now: Timestamp, id: &mut dyn FnMut() -> String) -> Plan {
        let (parts, body) = request.into_parts();
        let uri = parts.uri.clone();
        let segments: Vec<&str> = uri.path().trim_start_matches('/').split('/').collect();
        if let ["v1.0", "healthz"] = *segments {
            return Plan::Health;
        }
        if let ["v1.0", "healthz", "outbound"] = *segments {
            return Plan::Answer(no_content());
        }
        if !self.authorized(&parts.headers) {
            return Plan::Answer(errors::unauthorized());
        }
        if body.len() > BODY_BYTES_MAX {
            return Plan::Answer(errors::too_large());
        }
        let query = Query::parse(uri.query().unwrap_or_default());
        let method = &parts.method.clone();
        let put = matches!(*method, Method::POST | Method::PUT);
        let result = match *segments {
            ["v1.0", "state", store] if put => self.save(&decode(store), &body, now),
            ["v1.0", "state", store, "bulk"] if put => self.bulk_get(&decode(store), &body),
            ["v1.0", "state", store, "transaction"] if put => self.transaction(&decode(store), &body, now),
            ["v1.0", "state", store, key] if method == Method::GET => self.get(&decode(store), &decode(key)),
            ["v1.0", "state", store, key] if method == Method::DELETE => {
                self.delete(&decode(store), &decode(key), &parts.headers, &query)
            }
            ["v1.0" | "v1.0-alpha1", "publish", "bulk", pubsub, ref topic @ ..] if put && !topic.is_empty() => {
                self.publish_bulk(&decode(pubsub), &decode(&topic.join("/")), &parts.headers, &body, now, id)
            }
            ["v1.0", "publish", pubsub, ref topic @ ..] if put && !topic.is_empty() => {
                let topic = decode(&topic.join("/")).into_owned();
                self.publish(&decode(pubsub), topic, &parts.headers, &query, &body, now, id)
            }
            ["v1.0" | "v1.0-alpha1", "jobs", name] => self.job(method, &decode(name), &body, now),
            ["v1.0", "secrets", store, "bulk"] if method == Method::GET => self.secrets_bulk(&decode(store)),
            ["v1.0", "secrets", store, name] if method == Method::GET => self.secret(&decode(store), &decode(name)),
            ["v1.0", "metadata"] if method == Method::GET => Ok(Plan::Answer(self.metadata())),
            ["v1.0", "invoke", app, "method", ref rest @ ..] => {
                let target = rest.join("/");
                return self.invoke(&decode(app), &target, parts, body);
            }
            _ => Err(errors::unknown_route()),
        };
        result.unwrap_or_else(|response| Plan::Answer(*response))
    }

    fn authorized(&self, headers: &HeaderMap) -> bool {
        let Some(expected) = &self.api_token else { return true };
        let given = headers.get("dapr-api-token").map_or(&[][..], |value| value.as_bytes());
        subtle::ConstantTimeEq::ct_eq(given, expected.as_bytes()).into()
    }

    fn invoke(&self, app: &str, target: &str, mut parts: http::request::Parts, body: Bytes) -> Plan {
        if app != self.app_id {
            let message = format!("failed to invoke, id: {app}, err: failed to resolve address for '{app}': no such app here");
            return Plan::Answer(error(StatusCode::INTERNAL_SERVER_ERROR, "ERR_DIRECT_INVOKE", &message));
        }
        let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        let Ok(uri) = format!("/{target}{query}").parse() else {
            return Plan::Answer(error(
                StatusCode::BAD_REQUEST,
                "ERR_DIRECT_INVOKE",
                "the method is not a path",
            ));
        };
        parts.uri = uri;
        // Hop-by-hop headers (RFC 9110 §7.6.1) end here; our own token is not the app's.
        for name in [
            "connection",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "content-length",
            "host",
            "dapr-api-token",
        ] {
            parts.headers.remove(name);
        }
        // Without `dapr-caller-app-id`: daprd adds that only to calls of other apps, and here is only one.
        Plan::Invoke(Request::from_parts(parts, body))
    }

    fn metadata(&self) -> Response<Bytes> {
        let components: Vec<_> = (self.resources.components.iter())
            .map(|component| serde_json::json!({"name": component.name, "type": component.kind, "version": component.version, "capabilities": []}))
            .collect();
        let body = serde_json::json!({"id": self.app_id, "runtimeVersion": concat!("spindle-", env!("CARGO_PKG_VERSION")),
            "enabledFeatures": [], "components": components, "subscriptions": []});
        errors::json(StatusCode::OK, body.to_string().into())
    }
}

/// The answer to a write.
pub(crate) fn written(call: &Call, result: Result<(), &WriteError>) -> Response<Bytes> {
    let Err(cause) = result else { return no_content() };
    let (status, code, message) = match call {
        Call::Save { store } => {
            let message = format!("failed saving state in state store {store}: {cause}");
            (conflict_or_500(cause), "ERR_STATE_SAVE", message)
        }
        Call::Delete { key } => (
            conflict_or_500(cause),
            "ERR_STATE_DELETE",
            format!("failed deleting state with key {key}: {cause}"),
        ),
        // Dapr has no conflict status here: callers tell by the text.
        Call::Transaction => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "ERR_STATE_TRANSACTION",
            format!("error while executing state transaction: {cause}"),
        ),
        Call::Publish { topic, pubsub } => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "ERR_PUBSUB_PUBLISH_MESSAGE",
            format!("error when publish to topic {topic} in pubsub {pubsub}: {cause}"),
        ),
        Call::Job => match cause {
            WriteError::JobExists(_) => (
                StatusCode::CONFLICT,
                "DAPR_SCHEDULER_SCHEDULE_JOB",
                format!("AlreadyExists: {cause}"),
            ),
            _ => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "DAPR_SCHEDULER_SCHEDULE_JOB",
                cause.to_string(),
            ),
        },
    };
    error(status, code, &message)
}

fn conflict_or_500(cause: &WriteError) -> StatusCode {
    if matches!(cause, WriteError::Conflict) {
        StatusCode::CONFLICT
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

/// The answer to a read of one document.
pub(crate) fn document(found: Option<Document>) -> Response<Bytes> {
    state::document(found)
}

/// The answer to a read that the database refused.
pub(crate) fn read_failed(cause: &rusqlite::Error) -> Response<Bytes> {
    error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "ERR_STATE_GET",
        &format!("fail to get from the state store: {cause}"),
    )
}

/// The answer to a read of a job.
pub(crate) fn job(name: &str, found: Option<String>) -> Response<Bytes> {
    if let Some(answer) = found {
        if answer.is_empty() {
            let message = "failed to encode response as JSON: the job has no data";
            return error(StatusCode::INTERNAL_SERVER_ERROR, "ERR_INTERNAL", message);
        }
        return errors::json(StatusCode::OK, answer.into());
    }
    let message = format!("failed to get job {name} due to: rpc error: code = NotFound desc = job not found: {name}");
    error(StatusCode::INTERNAL_SERVER_ERROR, "DAPR_SCHEDULER_GET_JOB", &message)
}

/// The answer of `healthz`.
pub(crate) fn health(ready: bool) -> Response<Bytes> {
    if ready {
        no_content()
    } else {
        error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "ERR_HEALTH_NOT_READY",
            "dapr is not ready: [app]",
        )
    }
}

/// A refusal, boxed because responses are large and refusals rare.
type Refused = Box<Response<Bytes>>;

fn decode(segment: &str) -> Cow<'_, str> {
    percent_decode_str(segment).decode_utf8_lossy()
}

/// The parameters of a query.
struct Query<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Query<'a> {
    fn parse(query: &'a str) -> Self {
        let decode = |text: &'a str| -> Cow<'a, str> {
            if text.contains('+') {
                percent_decode_str(&text.replace('+', " "))
                    .decode_utf8_lossy()
                    .into_owned()
                    .into()
            } else {
                decode(text)
            }
        };
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decode(name), decode(value)))
                .collect(),
        )
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(given, _)| given == name)
            .map(|(_, value)| value.as_ref())
    }

    /// The parameters `metadata.*`, without that prefix.
    fn metadata(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix("metadata.")?, value.as_ref())))
    }
}

//! The app behind the sidecar: records what comes and answers as a test has scripted.

use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Notify};

/// Longer than any retry or start of a loaded machine; a test that passes never waits this long.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) begun: Instant,
    pub(crate) ended: Option<Instant>,
}

impl Call {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// One scripted answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: &'static str,
    /// Answers only after this.
    pub(crate) after: Duration,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            body: "",
            after: Duration::ZERO,
        }
    }

    pub(crate) fn body(body: &'static str) -> Self {
        Self {
            status: 200,
            body,
            after: Duration::ZERO,
        }
    }
}

#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Inner>);

#[derive(Default)]
struct Inner {
    calls: Mutex<Vec<Call>>,
    scripts: Mutex<HashMap<String, VecDeque<Reply>>>,
    came: Notify,
}

impl Recorder {
    /// Answers calls whose path or body holds `mark` like this, one after the other; then 200.
    pub(crate) fn script(&self, mark: &str, replies: impl IntoIterator<Item = Reply>) {
        self.0
            .scripts
            .lock()
            .unwrap()
            .insert(mark.to_owned(), replies.into_iter().collect());
    }

    /// The calls so far whose path or body holds `mark`.
    pub(crate) fn calls(&self, mark: &str) -> Vec<Call> {
        self.0
            .calls
            .lock()
            .unwrap()
            .iter()
            .filter(|call| holds(&call.path, &call.body, mark))
            .cloned()
            .collect()
    }

    /// Waits until at least `count` such calls were answered.
    pub(crate) async fn wait(&self, mark: &str, count: usize) -> Vec<Call> {
        let wait = async {
            loop {
                let came = self.0.came.notified();
                let calls = self.calls(mark);
                if calls.iter().filter(|call| call.ended.is_some()).count() >= count {
                    return calls;
                }
                came.await;
            }
        };
        let waited = tokio::time::timeout(DEADLINE, wait).await;
        waited.unwrap_or_else(|_| panic!("{count} calls with {mark} expected, but these came: {:#?}", self.calls(mark)))
    }

    pub(crate) async fn serve(self, listener: TcpListener) {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            let recorder = self.clone();
            let service = service_fn(move |request| {
                let recorder = recorder.clone();
                async move { Ok::<_, Infallible>(recorder.answer(request).await) }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let path = parts.uri.to_string();
        let reply = self.scripted(&path, &body);
        let call = Call {
            method: parts.method,
            path: path.clone(),
            headers: parts.headers,
            body,
            begun: Instant::now(),
            ended: None,
        };
        let index = {
            let mut calls = self.0.calls.lock().unwrap();
            calls.push(call);
            calls.len() - 1
        };
        self.0.came.notify_waiters();
        if !reply.after.is_zero() {
            tokio::time::sleep(reply.after).await;
        }
        self.0.calls.lock().unwrap()[index].ended = Some(Instant::now());
        self.0.came.notify_waiters();
        let body = if path == "/dapr/subscribe" {
            subscriptions().to_string()
        } else {
            reply.body.to_owned()
        };
        let status = if path == "/dapr/config" { 404 } else { reply.status };
        Response::builder()
            .status(status)
            .header("content-type", "application/json")
            .header("x-recorder", "yes")
            .body(body.into())
            .unwrap()
    }

    fn scripted(&self, path: &str, body: &Bytes) -> Reply {
        let mut scripts = self.0.scripts.lock().unwrap();
        let script = scripts.iter_mut().find(|(mark, _)| holds(path, body, mark));
        script
            .and_then(|(_, replies)| replies.pop_front())
            .unwrap_or(Reply::status(200))
    }
}

fn holds(path: &str, body: &[u8], mark: &str) -> bool {
    path.contains(mark) || body.windows(mark.len()).any(|window| window == mark.as_bytes())
}

fn subscriptions() -> Value {
    json!([
        {"pubsubname": "pubsub", "topic": "contract-plain", "route": "/events/plain"},
        {"pubsubname": "pubsub", "topic": "contract-rules", "routes": {
            "rules": [{"match": "event.type == \"contract.a\"", "path": "/events/rule-a"}], "default": "/events/rule-default"}},
        {"pubsubname": "pubsub", "topic": "contract-risky", "route": "/events/risky", "deadLetterTopic": "contract-dead"},
        {"pubsubname": "pubsub", "topic": "contract-dead", "route": "/events/dead"},
    ])
}

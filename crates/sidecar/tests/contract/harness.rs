//! The sidecar under test and a client for it, shared by all tests of this binary.

use std::{
    env,
    sync::{Arc, LazyLock},
};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::Value;
use spindle_sidecar::{HttpApp, Options, Sidecar};
use tokio::net::TcpListener;

use crate::recorder::{DEADLINE, Recorder};

/// What a response says.
#[derive(Debug)]
pub(crate) struct Answer(pub(crate) Response<Bytes>);

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(self.0.body()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(self.0.body()).unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn error_code(&self) -> String {
        self.json()["errorCode"].as_str().unwrap().to_owned()
    }

    /// What Spindle's client takes for a lost race.
    pub(crate) fn is_conflict(&self) -> bool {
        let lost = self.text().contains("possible etag mismatch") || self.text().contains("no item was updated");
        self.status() == 409 || (self.status() == 500 && lost)
    }
}

pub(crate) struct Suite {
    base: String,
    pub(crate) token: Option<String>,
    pub(crate) app_token: Option<String>,
    pub(crate) app: Recorder,
    /// The tests' own runtimes come and go; the shared sidecar and recorder live on this one.
    _runtime: tokio::runtime::Runtime,
}

static SUITE: LazyLock<Suite> = LazyLock::new(Suite::start);

/// The one suite of this process, once its sidecar is ready.
pub(crate) async fn suite() -> &'static Suite {
    let suite = tokio::task::spawn_blocking(|| &*SUITE).await.unwrap();
    let ready = async {
        let mut poll = tokio::time::interval(std::time::Duration::from_millis(20));
        loop {
            poll.tick().await;
            // A daprd that has just been started does not listen yet.
            let health = Request::get("/v1.0/healthz").body(Bytes::new()).unwrap();
            if suite.try_send(health).await.is_ok_and(|answer| answer.status() == 204) {
                break;
            }
        }
    };
    tokio::time::timeout(DEADLINE, ready)
        .await
        .expect("the sidecar did not become ready");
    suite
}

/// A name that no other test uses.
pub(crate) fn unique(prefix: &str) -> String {
    format!("{prefix}-{}", uuid::Uuid::new_v4())
}

impl Suite {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let app = Recorder::default();
        let var = |name: &str| env::var(name).ok();
        let port = var("SPINDLE_CONTRACT_APP_PORT").unwrap_or_else(|| "0".into());
        let listener = runtime.block_on(TcpListener::bind(format!("127.0.0.1:{port}"))).unwrap();
        let app_address = listener.local_addr().unwrap();
        runtime.spawn(app.clone().serve(listener));
        if let Some(base) = var("SPINDLE_CONTRACT_SIDECAR") {
            let (token, app_token) = (var("SPINDLE_CONTRACT_TOKEN"), var("SPINDLE_CONTRACT_APP_TOKEN"));
            return Self {
                base,
                token,
                app_token,
                app,
                _runtime: runtime,
            };
        }
        let (token, app_token) = (Some("contract-token".to_owned()), Some("contract-app-token".to_owned()));
        let options = Options {
            app_id: "spindle".into(),
            resources: vec![concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract/resources").into()],
            api_token: token.clone(),
            app_token: app_token.clone(),
            app_max_concurrency: 16,
            ..Options::default()
        };
        let sidecar = Sidecar::open(options).unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move {
            sidecar.connect_app(Arc::new(HttpApp::new(&format!("http://{app_address}"))));
            sidecar.serve(listener).await;
        });
        Self {
            base,
            token,
            app_token,
            app,
            _runtime: runtime,
        }
    }

    pub(crate) async fn send(&self, request: Request<Bytes>) -> Answer {
        self.try_send(request).await.unwrap()
    }

    async fn try_send(&self, mut request: Request<Bytes>) -> Result<Answer, hyper_util::client::legacy::Error> {
        let uri = format!("{}{}", self.base, request.uri());
        *request.uri_mut() = uri.parse().unwrap();
        if let Some(token) = &self.token
            && !request.headers().contains_key("dapr-api-token")
        {
            request.headers_mut().insert("dapr-api-token", token.parse().unwrap());
        }
        // A client for each call: connections must not outlive the runtime of the test that made them.
        let client = Client::builder(TokioExecutor::new()).build_http();
        let response = tokio::time::timeout(DEADLINE, client.request(request.map(Full::new)))
            .await
            .expect("no answer")?;
        let (parts, body) = response.into_parts();
        Ok(Answer(Response::from_parts(parts, body.collect().await.unwrap().to_bytes())))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Bytes::new()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_as(path, "application/json", body.to_string()).await
    }

    pub(crate) async fn post_as(&self, path: &str, content_type: &str, body: impl Into<Bytes>) -> Answer {
        self.send(
            Request::post(path)
                .header("content-type", content_type)
                .body(body.into())
                .unwrap(),
        )
        .await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Request::delete(path).body(Bytes::new()).unwrap()).await
    }

    pub(crate) async fn delete_if_match(&self, path: &str, etag: &str) -> Answer {
        self.send(
            Request::builder()
                .method(Method::DELETE)
                .uri(path)
                .header("if-match", etag)
                .body(Bytes::new())
                .unwrap(),
        )
        .await
    }

    /// Saves one item and expects success.
    pub(crate) async fn save(&self, item: Value) {
        let answer = self.post("/v1.0/state/statestore", &Value::Array(vec![item])).await;
        assert_eq!(answer.status(), 204, "{}", answer.text());
    }

    /// The ETag of a document that exists.
    pub(crate) async fn etag(&self, key: &str) -> String {
        let answer = self.get(&format!("/v1.0/state/statestore/{key}")).await;
        assert_eq!(answer.status(), 200);
        answer.header("etag").unwrap().to_owned()
    }
}

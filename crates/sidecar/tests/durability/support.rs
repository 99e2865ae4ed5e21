//! A folder, a sidecar on it, an app in memory.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use spindle_sidecar::{App, AppError, AppFuture, Options, Sidecar};
use tokio::sync::Notify;

pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// A folder that is gone when the test is over.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("spindle-durability-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn data_file(&self) -> PathBuf {
        self.0.join("sidecar.db")
    }

    /// Everything in it, with contents.
    pub(crate) fn contents(&self) -> HashMap<PathBuf, Vec<u8>> {
        std::fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), std::fs::read(path).unwrap()))
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

pub(crate) fn options(data_file: &Path) -> Options {
    Options {
        app_id: "spindle".into(),
        data_file: Some(data_file.into()),
        app_max_concurrency: 8,
        ..Options::default()
    }
}

pub(crate) async fn post(sidecar: &Sidecar, path: &str, body: &Value) -> Response<Bytes> {
    sidecar
        .handle(
            Request::post(path)
                .header("content-type", "application/json")
                .body(body.to_string().into())
                .unwrap(),
        )
        .await
}

pub(crate) async fn get(sidecar: &Sidecar, path: &str) -> Response<Bytes> {
    sidecar.handle(Request::get(path).body(Bytes::new()).unwrap()).await
}

pub(crate) async fn ready(sidecar: &Sidecar) {
    let wait = async {
        let mut poll = tokio::time::interval(Duration::from_millis(5));
        while get(sidecar, "/v1.0/healthz").await.status() != 204 {
            poll.tick().await;
        }
    };
    tokio::time::timeout(DEADLINE, wait).await.expect("not ready");
}

/// An app in memory: topic `t` at `/t`, in whose events `data.n` tells them apart.
#[derive(Default)]
pub(crate) struct Notebook {
    /// Paths and bodies that came.
    pub(crate) calls: Mutex<Vec<(String, Bytes)>>,
    /// Statuses for bodies or paths that hold a text: so many times, then 200.
    pub(crate) failures: Mutex<HashMap<String, usize>>,
    came: Notify,
}

impl Notebook {
    pub(crate) fn fail(&self, mark: &str, times: usize) {
        self.failures.lock().unwrap().insert(mark.into(), times);
    }

    pub(crate) fn numbers(&self) -> Vec<i64> {
        let calls = self.calls.lock().unwrap();
        calls
            .iter()
            .filter_map(|(_, body)| serde_json::from_slice::<Value>(body).ok()?["data"]["n"].as_i64())
            .collect()
    }

    /// Waits until `enough` says so.
    pub(crate) async fn wait(&self, enough: impl Fn(&Self) -> bool) {
        let wait = async {
            loop {
                let came = self.came.notified();
                if enough(self) {
                    return;
                }
                came.await;
            }
        };
        tokio::time::timeout(DEADLINE, wait)
            .await
            .unwrap_or_else(|_| panic!("these calls came: {:?}", self.calls.lock().unwrap()));
    }
}

impl App for Notebook {
    fn call(&self, request: Request<Bytes>) -> AppFuture<'_> {
        Box::pin(async move {
            let path = request.uri().path().to_owned();
            if path == "/dapr/subscribe" {
                return Ok(Response::new(
                    json!([{"pubsubname": "pubsub", "topic": "t", "route": "/t"}])
                        .to_string()
                        .into(),
                ));
            }
            if path == "/dapr/config" {
                return Ok(Response::new(Bytes::new()));
            }
            let body = request.into_body();
            let text = String::from_utf8_lossy(&body).into_owned();
            let failing = {
                let mut failures = self.failures.lock().unwrap();
                failures
                    .iter_mut()
                    .find(|(mark, left)| **left > 0 && (text.contains(*mark) || path.contains(*mark)))
                    .map(|(_, left)| *left -= 1)
            };
            self.calls.lock().unwrap().push((path, body));
            self.came.notify_waiters();
            if failing.is_some() {
                Err(AppError("as scripted".into()))
            } else {
                Ok(Response::new(Bytes::new()))
            }
        })
    }
}

pub(crate) fn notebook() -> Arc<Notebook> {
    Arc::new(Notebook::default())
}

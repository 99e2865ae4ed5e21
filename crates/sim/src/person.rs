//! A person in a simulation: does what the workload says, and remembers what was answered.

use std::{cell::RefCell, rc::Rc};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header::CONTENT_TYPE};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::Asked,
    history::{Answered, History},
    run::{START_MS, Spawned, serve},
    workload::{What, moment},
    world::{World, sleep},
};

/// Tries of one command whose outcome is unknown.
const TRIES_MAX: usize = 4;

/// Who does something.
pub(crate) struct Person {
    pub(crate) world: Rc<World>,
    pub(crate) spawned: Spawned,
    pub(crate) history: Rc<RefCell<History>>,
    pub(crate) number: usize,
    pub(crate) id: Uuid,
    pub(crate) who: String,
}

impl Person {
    pub(crate) async fn act(&self, what: What) {
        let own = |pick: usize| {
            let tasks = self.history.borrow().tasks_of(self.number);
            tasks.get(pick.checked_rem(tasks.len()).unwrap_or(0)).copied()
        };
        match what {
            What::Create { name, fields } => self.create(name, &fields).await,
            What::Change { pick, fields } => {
                if let Some(task) = own(pick) {
                    self.change(Method::PATCH, task, "", Some(&fields)).await;
                }
            }
            What::Delete { pick } => {
                if let Some(task) = own(pick) {
                    self.change(Method::DELETE, task, "", None).await;
                }
            }
            What::Restore { pick } => {
                if let Some(task) = own(pick) {
                    self.change(Method::POST, task, "/restore", None).await;
                }
            }
            What::Skip { pick } => {
                if let Some(task) = own(pick) {
                    self.change(Method::POST, task, "/skip", None).await;
                }
            }
            What::Move { pick } => {
                if let (Some(task), Some(other)) = (own(pick), own(pick + 1))
                    && task != other
                {
                    self.change(Method::POST, task, "/move", Some(&json!({"before": other})))
                        .await;
                }
            }
            What::Peek { pick } => self.peek(pick).await,
            What::Snooze { ms } => self.snooze(ms).await,
            What::Zone { name } => {
                let _ = self
                    .ask(Method::PATCH, "/api/me".to_owned(), &[], Some(&json!({"time_zone": name})))
                    .await;
            }
            What::Kill => {}
        }
    }

    async fn create(&self, name: usize, fields: &Value) {
        let key = format!("key-{name}");
        for _ in 0..TRIES_MAX {
            let headers = [("idempotency-key", key.as_str())];
            match self.ask(Method::POST, "/api/tasks".to_owned(), &headers, Some(fields)).await {
                Some((201, body)) => return self.told(&body),
                Some((503, _)) | None => sleep(&self.world, 1_500).await,
                Some((status, body)) => return self.wrong(format!("creating {fields} was answered {status}: {body}")),
            }
        }
    }

    async fn change(&self, method: Method, task: Uuid, tail: &str, fields: Option<&Value>) {
        let Some((status, body)) = self.ask(method, format!("/api/tasks/{task}{tail}"), &[], fields).await else {
            return;
        };
        match status {
            200 => self.told(&body),
            204 => self.history.borrow_mut().answered.push(Answered {
                person: self.number,
                task,
                body: None,
            }),
            // Gone, in the trash, at its end, or the store does not answer.
            404 | 409 | 503 => {}
            other => self.wrong(format!("changing {task} was answered {other}: {body}")),
        }
    }

    async fn peek(&self, pick: usize) {
        let tasks = self.history.borrow().tasks_of(usize::from(self.number == 0));
        if let Some(task) = tasks.get(pick.checked_rem(tasks.len()).unwrap_or(0))
            && let Some((status @ 200, body)) = self.ask(Method::GET, format!("/api/tasks/{task}"), &[], None).await
        {
            self.wrong(format!("another person's task {task} was answered {status}: {body}"));
        }
    }

    async fn snooze(&self, ms: i64) {
        let Some((200, body)) = self.ask(Method::GET, "/api/notifications".to_owned(), &[], None).await else {
            return;
        };
        let Some(id) = body.pointer("/items/0/id").and_then(Value::as_str) else {
            return;
        };
        let until = json!({"until": moment(self.world.now() - START_MS + ms)});
        let _ = self
            .ask(Method::POST, format!("/api/notifications/{id}/snooze"), &[], Some(&until))
            .await;
    }

    /// The status and body of an answer; `None` when there was none.
    async fn ask(
        &self,
        method: Method,
        target: String,
        headers: &[(&'static str, &str)],
        body: Option<&Value>,
    ) -> Option<(u16, Value)> {
        let mut all = HeaderMap::new();
        all.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in headers {
            all.insert(*name, HeaderValue::from_str(value).ok()?);
        }
        let asked = Asked {
            who: self.who.clone(),
            method,
            target,
            caller: Some(self.id),
            headers: all,
            body: body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string())),
        };
        let response = serve(&self.world, &self.spawned, asked).await.ok()?;
        let body = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        Some((response.status().as_u16(), body))
    }

    fn told(&self, body: &Value) {
        let Some(task) = body["id"].as_str().and_then(|id| Uuid::try_parse(id).ok()) else {
            return self.wrong(format!("a task without an id: {body}"));
        };
        self.history.borrow_mut().answered.push(Answered {
            person: self.number,
            task,
            body: Some(body.clone()),
        });
    }

    fn wrong(&self, what: String) {
        self.history.borrow_mut().wrong.push(what);
    }
}

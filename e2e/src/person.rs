//! A person who uses the API.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    api::{Answer, Call, Client},
    poll::wait_until,
};

/// The password of every person that the harness registers.
pub const PASSWORD: &str = "correct horse battery";
/// How long events may take to reach the audit log in a test; normally it is milliseconds.
pub const AUDIT_TIMEOUT: Duration = Duration::from_secs(30);

static COUNT: AtomicU64 = AtomicU64::new(0);

/// An address that nobody had before, in this run and, being made of the time too, on this data.
pub fn new_email() -> String {
    let now = chrono::Utc::now().timestamp_micros();
    format!("p{}-{now}@example.org", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A registered person with an access token.
#[derive(Debug, Clone)]
pub struct Person {
    client: Arc<Client>,
    /// Their id.
    pub id: String,
    /// Their address.
    pub email: String,
    /// An access token, good for 15 minutes.
    pub token: String,
}

impl Person {
    /// Registers somebody new in UTC.
    #[track_caller]
    pub fn register(client: &Arc<Client>) -> Self {
        Self::register_in(client, "UTC")
    }

    /// Registers somebody new in a time zone.
    #[track_caller]
    pub fn register_in(client: &Arc<Client>, time_zone: &str) -> Self {
        let email = new_email();
        let body = json!({"email": email, "password": PASSWORD, "name": "Test Person", "time_zone": time_zone});
        let answer = client.call("POST", "/api/auth/register").json(&body).send().ok(201);
        Self::from_answer(client, email, &answer)
    }

    /// Logs in, such as after a restart.
    #[track_caller]
    pub fn log_in(client: &Arc<Client>, email: &str) -> Self {
        let body = json!({"email": email, "password": PASSWORD});
        let answer = client.call("POST", "/api/auth/login").json(&body).send().ok(200);
        Self::from_answer(client, email.to_owned(), &answer)
    }

    fn from_answer(client: &Arc<Client>, email: String, answer: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            client: Arc::clone(client),
            id: text(&answer["user"]["id"]),
            email,
            token: text(&answer["access_token"]),
        }
    }

    /// The same person at another address of the service.
    #[must_use]
    pub fn at(&self, client: &Arc<Client>) -> Self {
        Self {
            client: Arc::clone(client),
            ..self.clone()
        }
    }

    /// The client that this person uses.
    pub fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// Begins a call with this person's token.
    pub fn call(&self, method: &str, target: impl Into<String>) -> Call<'_> {
        self.client.call(method, target).bearer(&self.token)
    }

    /// GET.
    #[track_caller]
    pub fn get(&self, target: impl Into<String>) -> Answer {
        self.call("GET", target).send()
    }

    /// POST of a JSON body.
    #[track_caller]
    pub fn post(&self, target: impl Into<String>, body: &Value) -> Answer {
        self.call("POST", target).json(body).send()
    }

    /// PUT of a JSON body.
    #[track_caller]
    pub fn put(&self, target: impl Into<String>, body: &Value) -> Answer {
        self.call("PUT", target).json(body).send()
    }

    /// PATCH with a JSON body.
    #[track_caller]
    pub fn patch(&self, target: impl Into<String>, body: &Value) -> Answer {
        self.call("PATCH", target).json(body).send()
    }

    /// DELETE.
    #[track_caller]
    pub fn delete(&self, target: impl Into<String>) -> Answer {
        self.call("DELETE", target).send()
    }

    /// Creates a task and gives its body.
    #[track_caller]
    pub fn create(&self, body: &Value) -> Value {
        self.post("/api/tasks", body).ok(201)
    }

    /// Creates a task of which only the title matters, and gives its id.
    #[track_caller]
    pub fn create_titled(&self, title: &str) -> String {
        id(&self.create(&json!({ "title": title })))
    }

    /// The ids of all tasks that a list gives, over all pages, in order. `query` is without page and `page_size`.
    #[track_caller]
    pub fn list_ids(&self, path: &str, query: &str) -> Vec<String> {
        self.all_pages(path, query).iter().map(id).collect()
    }

    /// All items that a list gives, over all pages, in order.
    #[track_caller]
    pub fn all_pages(&self, path: &str, query: &str) -> Vec<Value> {
        let mut items = Vec::new();
        for page in 1.. {
            let joined = if query.is_empty() {
                String::new()
            } else {
                format!("{query}&")
            };
            let body = self.get(format!("{path}?{joined}page={page}&page_size=200")).ok(200);
            items.extend(body["items"].as_array().into_iter().flatten().cloned());
            if page >= body["pages"].as_u64().unwrap_or_default() {
                break;
            }
        }
        items
    }

    /// The audit log once it has `count` entries, oldest first.
    #[track_caller]
    pub fn audit(&self, count: usize) -> Vec<Value> {
        wait_until(AUDIT_TIMEOUT, &format!("{count} audit entries"), || {
            let total = self.get("/api/events/audit?page_size=1").ok(200)["total"]
                .as_u64()
                .unwrap_or_default();
            (total >= count as u64).then_some(())
        });
        let mut entries = self.all_pages("/api/events/audit", "");
        entries.reverse();
        entries
    }
}

/// The id in a body; empty when there is none.
pub fn id(body: &Value) -> String {
    body["id"].as_str().unwrap_or_default().to_owned()
}

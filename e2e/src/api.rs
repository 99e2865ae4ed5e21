//! Calls of the API as a test writes them: build, send, check.
//!
//! Checks panic with the request and the whole answer, because that is what a failed test has to show. Every answer from 400 on is
//! checked to be a problem (RFC 9457) in the API's form, whatever the test is about.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;

use serde_json::Value;

use crate::{
    coverage,
    http::{self, Connection, Response},
};

/// Sends calls over kept-alive connections; may be shared between threads.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    /// Where calls go whose path begins so; the longest that fits decides.
    routes: Vec<(&'static str, SocketAddr)>,
    idle: Mutex<Vec<(SocketAddr, Connection)>>,
}

impl Client {
    /// A client of one address, without a connection yet.
    pub fn new(address: SocketAddr) -> Self {
        Self::routed(address, Vec::new())
    }

    /// A client of several addresses, by path; what no route fits goes to `address`.
    pub fn routed(address: SocketAddr, routes: Vec<(&'static str, SocketAddr)>) -> Self {
        Self {
            address,
            routes,
            idle: Mutex::new(Vec::new()),
        }
    }

    fn address_for(&self, target: &str) -> SocketAddr {
        let path = target.split_once('?').map_or(target, |(path, _)| path);
        let fits = |prefix: &str| {
            let rest = path.strip_prefix(prefix);
            prefix == "/" || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let best = self
            .routes
            .iter()
            .filter(|(prefix, _)| fits(prefix))
            .max_by_key(|(prefix, _)| prefix.len());
        best.map_or(self.address, |(_, address)| *address)
    }

    /// Where it sends what no route fits.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Begins a call. `target` is path and query, encoded.
    pub fn call(&self, method: &str, target: impl Into<String>) -> Call<'_> {
        Call {
            client: self,
            method: method.to_owned(),
            target: target.into(),
            headers: Vec::new(),
            body: None,
        }
    }

    fn exchange(&self, address: SocketAddr, request: &[u8], to_head: bool) -> io::Result<Response> {
        let idle = self.idle.lock().ok().and_then(|mut idle| {
            let at = idle.iter().rposition(|(of, _)| *of == address)?;
            Some(idle.swap_remove(at).1)
        });
        let reused = idle.is_some();
        let mut connection = idle.map_or_else(|| Connection::open(address), Ok)?;
        let answer = match connection.exchange(request, to_head) {
            // The server may close a connection that was idle; then nothing of this request was taken.
            Err(_) if reused => {
                connection = Connection::open(address)?;
                connection.exchange(request, to_head)?
            }
            other => other?,
        };
        if connection.is_reusable()
            && let Ok(mut idle) = self.idle.lock()
        {
            idle.push((address, connection));
        }
        Ok(answer)
    }
}

/// A call that is being built.
#[derive(Debug)]
#[must_use = "a call does nothing before it is sent"]
pub struct Call<'a> {
    client: &'a Client,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Call<'_> {
    /// Adds a header line.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds an access token.
    pub fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    /// Sets a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sets a body of any media type.
    pub fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("Content-Type", media_type)
    }

    /// Sets a body without `Content-Type`.
    pub fn untyped_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sends the call; fails when no whole answer comes.
    pub fn try_send(&self) -> io::Result<Answer> {
        coverage::note(&self.method, &self.target);
        let address = self.client.address_for(&self.target);
        let request = http::render(
            &self.method,
            &self.target,
            &address.to_string(),
            &self.headers,
            self.body.as_deref(),
        );
        let response = self.client.exchange(address, &request, self.method == "HEAD")?;
        Ok(Answer {
            call: format!("{} {}", self.method, self.target),
            to_head: self.method == "HEAD",
            response,
        })
    }

    /// Sends the call. Panics when no whole answer comes, or an error that is not in the API's form.
    #[track_caller]
    pub fn send(&self) -> Answer {
        match self.try_send() {
            Ok(answer) => {
                if answer.response.status >= 400 && !answer.to_head {
                    answer.check_problem();
                }
                answer
            }
            Err(error) => panic!("{} {}: {error}", self.method, self.target),
        }
    }
}

/// An answer, with the call that it answers for messages.
#[derive(Debug, Clone)]
pub struct Answer {
    call: String,
    to_head: bool,
    response: Response,
}

impl Answer {
    /// The status code.
    pub fn status(&self) -> u16 {
        self.response.status
    }

    /// The body's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.response.body
    }

    /// A header that must be there.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.find_header(name).unwrap_or_else(|| self.fail(&format!("no {name}")))
    }

    /// A header, if it is there.
    pub fn find_header(&self, name: &str) -> Option<&str> {
        self.response.header(name)
    }

    /// Every value of a header.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self
            .response
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name));
        lines.map(|(_, value)| value.as_str()).collect()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.response.body).unwrap_or_else(|error| self.fail(&format!("not JSON: {error}")))
    }

    /// Demands a status.
    #[track_caller]
    #[must_use]
    pub fn expect(self, status: u16) -> Self {
        if self.response.status != status {
            self.fail(&format!("expected {status}"));
        }
        self
    }

    /// Demands a status, and gives the body.
    #[track_caller]
    pub fn ok(self, status: u16) -> Value {
        self.expect(status).json()
    }

    /// Demands a problem with this status.
    #[track_caller]
    pub fn refused(self, status: u16) -> Value {
        self.expect(status).json()
    }

    /// Demands a problem with this status that names `field` and a rule for it.
    #[track_caller]
    pub fn refused_for(self, status: u16, field: &str) -> Value {
        let problem = self.clone().refused(status);
        let named = problem["errors"]
            .as_array()
            .is_some_and(|errors| errors.iter().any(|error| error["field"] == field));
        if !named {
            self.fail(&format!("expected a problem with `{field}`"));
        }
        problem
    }

    #[track_caller]
    fn check_problem(&self) {
        if self.find_header("content-type") != Some("application/problem+json") {
            self.fail("an error without Content-Type: application/problem+json");
        }
        let body = self.json();
        let text = |member: &str| body[member].as_str().is_some_and(|text| !text.is_empty());
        let whole = ["type", "title", "detail", "code", "request_id"].into_iter().all(text)
            && body["status"] == self.response.status
            && body["errors"].is_array();
        if !whole {
            self.fail("a problem that lacks type, title, status, detail, code, errors or request_id");
        }
        for error in body["errors"].as_array().into_iter().flatten() {
            if !["field", "code", "message"]
                .into_iter()
                .all(|member| error[member].is_string())
            {
                self.fail("errors[] without field, code and message");
            }
        }
    }

    /// Panics with what was wrong, the call and the answer.
    #[track_caller]
    pub fn fail(&self, what: &str) -> ! {
        let mut text = format!("{what}\n  {}\n  -> {}", self.call, self.response.status);
        for (name, value) in &self.response.headers {
            // Writing to a String cannot fail.
            let _ = write!(text, "\n     {name}: {value}");
        }
        panic!("{text}\n  {}", self.response.text().chars().take(2000).collect::<String>());
    }
}

/// A query string, encoded: `query(&[("q", "a b")])` is `q=a%20b`.
pub fn query(parameters: &[(&str, &str)]) -> String {
    let encode = |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}

//! Dapr's state API: bulk get, get, transactions with ETags.
//!
//! Rules of the real back ends that are kept here (Dapr 1.18 with PostgreSQL v2 and SQLite):
//! * an empty ETag means last-write-wins, so a write always carries a [`Guard`];
//! * a failed transaction is 500 whatever the reason; a lost race is told by its message;
//! * creating a key that exists is "no item was updated" on PostgreSQL and "etag mismatch" on SQLite;
//! * a bulk get answers in any order and names missing keys without data;
//! * a bulk get on PostgreSQL whose connection breaks is 200, and calls every key missing whose row had not come yet (run with Dapr 1.18.2:
//!   the store does not ask its driver for the error after the last row). So what a bulk get calls missing is asked for by itself.

mod write;

use bytes::Bytes;
use futures::future::try_join_all;
use http::{Method, Response, StatusCode};
use memchr::memmem;
use serde::{Deserialize, Serialize};

use crate::{
    client::{Dapr, encode, excerpt},
    ports::SendError,
};
use write::transaction_body;
pub use write::{Guard, Write};

/// How often a bulk get is asked for again that leaves out keys; somebody may have made them meanwhile.
const ATTEMPTS_MAX: usize = 3;

/// Why the state store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A guard did not hold: somebody else wrote first. Nothing was written. Read again and decide again.
    #[error("the stored value has changed meanwhile")]
    Conflict,
    /// No answer; whether a write took effect is unknown.
    #[error(transparent)]
    Send(#[from] SendError),
    /// The store or the sidecar reports a failure; whether a write took effect is unknown.
    #[error("state {call} answered {status}: {message}")]
    Failed {
        /// Which call.
        call: &'static str,
        /// The status of the answer.
        status: StatusCode,
        /// The body of the answer, cut to a readable length.
        message: String,
    },
    /// The answer or a stored value is not of the expected form.
    #[error("{what} cannot be read")]
    Unreadable {
        /// Which call or document.
        what: String,
        /// What the parser says.
        #[source]
        source: serde_json::Error,
    },
}

/// One entry of a bulk get; `data` is absent when the key is.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub struct BulkItem<T> {
    /// The key asked for.
    pub key: String,
    /// The value.
    #[serde(default = "none")]
    pub data: Option<T>,
    /// Its ETag; absent when the key is.
    #[serde(default)]
    pub etag: Option<String>,
    /// What the store says of this key when it could not read it.
    #[serde(default)]
    pub error: Option<String>,
}

fn none<T>() -> Option<T> {
    None
}

/// The answer of a bulk get, kept whole so that values can borrow from it.
pub struct BulkAnswer(Bytes);

impl BulkAnswer {
    /// Whether it names the key without data. Found by the bytes, which a parser would take longer for than for all the rest; the contract
    /// suite holds sidecars to the form. Inside a value the quotes would be escaped.
    fn lacks(&self, key: &str) -> Result<bool, StateError> {
        let item = format!("{{\"key\":{}}}", to_json("a key", &key)?);
        Ok(memmem::find(&self.0, item.as_bytes()).is_some())
    }

    /// Reads the values as `T` (or as `&RawValue` when the keys hold different documents). In no particular order.
    pub fn items<'a, T: Deserialize<'a>>(&'a self) -> Result<Vec<BulkItem<T>>, StateError> {
        let unreadable = |source| StateError::Unreadable {
            what: "the bulk answer".to_owned(),
            source,
        };
        let items: Vec<BulkItem<T>> = match std::str::from_utf8(&self.0) {
            // Checked once as a whole: cheaper than string by string.
            Ok(text) => serde_json::from_str(text).map_err(unreadable)?,
            Err(_) => serde_json::from_slice(&self.0).map_err(unreadable)?,
        };
        if let Some(error) = items
            .iter()
            .find_map(|item| item.error.as_deref().filter(|error| !error.is_empty()))
        {
            return Err(StateError::Failed {
                call: "bulk get",
                status: StatusCode::OK,
                message: error.to_owned(),
            });
        }
        Ok(items)
    }
}

impl Dapr {
    /// Reads several keys at once. A key must not be given twice. What is missing really is.
    pub async fn bulk_get(&self, keys: &[String]) -> Result<BulkAnswer, StateError> {
        for _ in 0..ATTEMPTS_MAX {
            let answer = self.bulk_get_unproved(keys).await?;
            if self.are_missing(&answer, keys).await? {
                return Ok(answer);
            }
        }
        Err(left_out())
    }

    /// Whether those of the keys that `answer` calls missing really are.
    pub async fn are_missing(&self, answer: &BulkAnswer, keys: impl IntoIterator<Item = &String>) -> Result<bool, StateError> {
        let mut missing = Vec::new();
        for key in keys {
            if answer.lacks(key)? {
                missing.push(self.get(key));
            }
        }
        Ok(try_join_all(missing).await?.iter().all(Option::is_none))
    }

    /// The same, cheaper, where most keys do not exist and one that seems missing is looked for again later. `witness` is a key that
    /// exists, or will: an answer that lacks it although it is there is none.
    pub async fn bulk_get_sparse(&self, keys: &[String], witness: &str) -> Result<BulkAnswer, StateError> {
        let mut keys = keys.to_vec();
        keys.push(witness.to_owned());
        for _ in 0..ATTEMPTS_MAX {
            let answer = self.bulk_get_unproved(&keys).await?;
            if !answer.lacks(witness)? || self.get(witness).await?.is_none() {
                return Ok(answer);
            }
        }
        Err(left_out())
    }

    /// The same, where the caller proves what seems missing: by a transaction that creates it ([`Guard::Absent`]), or by
    /// [`Dapr::are_missing`].
    pub async fn bulk_get_unproved(&self, keys: &[String]) -> Result<BulkAnswer, StateError> {
        #[derive(Serialize)]
        struct Keys<'a> {
            keys: &'a [String],
        }
        if keys.is_empty() {
            return Ok(BulkAnswer(Bytes::from_static(b"[]")));
        }
        let body = to_json("the keys", &Keys { keys })?;
        let path = format!("/v1.0/state/{}/bulk", encode(&self.names().state));
        let response = self
            .send(Method::POST, &path, Some("application/json"), Bytes::from(body))
            .await?;
        if !response.status().is_success() {
            return Err(failed("bulk get", &response));
        }
        Ok(BulkAnswer(response.into_body()))
    }

    /// Reads one key: its JSON text and ETag, or `None` when it does not exist.
    pub async fn get(&self, key: &str) -> Result<Option<(Bytes, String)>, StateError> {
        let path = format!("/v1.0/state/{}/{}", encode(&self.names().state), encode(key));
        let response = self.send(Method::GET, &path, None, Bytes::new()).await?;
        match response.status() {
            StatusCode::NO_CONTENT => Ok(None),
            status if status.is_success() => {
                let etag = response
                    .headers()
                    .get("etag")
                    .and_then(|etag| etag.to_str().ok())
                    .unwrap_or_default()
                    .to_owned();
                Ok(Some((response.into_body(), etag)))
            }
            _ => Err(failed("get", &response)),
        }
    }

    /// Makes all the writes or none of them.
    pub async fn transaction(&self, writes: &[Write]) -> Result<(), StateError> {
        let path = format!("/v1.0/state/{}/transaction", encode(&self.names().state));
        let response = self
            .send(
                Method::POST,
                &path,
                Some("application/json"),
                Bytes::from(transaction_body(writes)?),
            )
            .await?;
        if response.status().is_success() {
            return Ok(());
        }
        let message = excerpt(response.body());
        let lost_race = response.status() == StatusCode::CONFLICT
            || message.contains("possible etag mismatch")
            || message.contains("no item was updated");
        if lost_race {
            Err(StateError::Conflict)
        } else {
            Err(failed("transaction", &response))
        }
    }
}

/// A bulk get that does not come right however often it is asked for.
fn left_out() -> StateError {
    StateError::Failed {
        call: "bulk get",
        status: StatusCode::OK,
        message: "keys that are there are left out again and again".to_owned(),
    }
}

fn to_json<T: Serialize>(what: &str, value: &T) -> Result<String, StateError> {
    serde_json::to_string(value).map_err(|source| StateError::Unreadable {
        what: what.to_owned(),
        source,
    })
}

fn failed(call: &'static str, response: &Response<Bytes>) -> StateError {
    StateError::Failed {
        call,
        status: response.status(),
        message: excerpt(response.body()),
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::VecDeque, rc::Rc, time::Duration};

    use futures::{FutureExt, executor::block_on, future::LocalBoxFuture};
    use http::Request;

    use super::*;
    use crate::{Names, ports::Sidecar};

    #[derive(Default)]
    struct Scripted {
        answers: RefCell<VecDeque<(u16, &'static str)>>,
        asked: RefCell<Vec<(String, String)>>,
    }

    impl Sidecar for Scripted {
        fn send(&self, request: Request<Bytes>, _: Duration) -> LocalBoxFuture<'_, Result<Response<Bytes>, SendError>> {
            let body = String::from_utf8_lossy(request.body()).into_owned();
            self.asked.borrow_mut().push((request.uri().to_string(), body));
            async move {
                let (status, body) = self.answers.borrow_mut().pop_front().unwrap();
                Ok(Response::builder()
                    .status(status)
                    .body(Bytes::from_static(body.as_bytes()))
                    .unwrap())
            }
            .boxed_local()
        }
    }

    fn dapr(answers: &[(u16, &'static str)]) -> (Dapr, Rc<Scripted>) {
        let scripted = Rc::new(Scripted {
            answers: RefCell::new(answers.iter().copied().collect()),
            ..Scripted::default()
        });
        let names = Names {
            state: "statestore".into(),
            pubsub: "pubsub".into(),
            secrets: "secretstore".into(),
        };
        (Dapr::new(scripted.clone(), names, "t"), scripted)
    }

    #[test]
    fn a_lost_race_is_a_conflict_however_the_back_end_says_it() {
        for (status, message) in [
            (
                500,
                r#"{"errorCode":"ERR_STATE_TRANSACTION","message":"error while executing state transaction: possible etag mismatch. error from state store"}"#,
            ),
            (
                500,
                r#"{"errorCode":"ERR_STATE_TRANSACTION","message":"error while executing state transaction: no item was updated"}"#,
            ),
            (409, ""),
        ] {
            let (dapr, _) = dapr(&[(status, message)]);
            let answer = block_on(dapr.transaction(&[Write::put("k", "1".into(), Guard::Absent)]));
            assert!(matches!(answer, Err(StateError::Conflict)), "{message}");
        }
        let (dapr, _) = dapr(&[(500, "disk full")]);
        assert!(matches!(block_on(dapr.transaction(&[])), Err(StateError::Failed { .. })));
    }

    #[test]
    fn a_transaction_carries_guards_and_time_to_live_per_operation() {
        let (dapr, scripted) = dapr(&[(204, "")]);
        block_on(dapr.transaction(&[
            Write::put("a\"b", "{\"x\":1}".into(), Guard::Etag("7".into())),
            Write::put("new", "[]".into(), Guard::Absent).expiring(60),
            Write::delete("old", Guard::Any),
        ]))
        .unwrap();
        let asked = scripted.asked.borrow();
        assert_eq!(asked[0].0, "/v1.0/state/statestore/transaction");
        let body: serde_json::Value = serde_json::from_str(&asked[0].1).unwrap();
        assert_eq!(
            body,
            serde_json::json!({"operations": [
                {"operation": "upsert", "request": {"key": "a\"b", "value": {"x": 1}, "etag": "7", "options": {"concurrency": "first-write"}}},
                {"operation": "upsert", "request": {"key": "new", "value": [], "options": {"concurrency": "first-write"}, "metadata": {"ttlInSeconds": "60"}}},
                {"operation": "delete", "request": {"key": "old"}},
            ]})
        );
    }

    const BULK: &str = r#"[{"key":"b","data":"two","etag":"2"},{"key":"a","data":"one","etag":"1"},{"key":"c"}]"#;

    #[test]
    fn a_bulk_answer_may_be_in_any_order_and_names_missing_keys() {
        let (dapr, scripted) = dapr(&[(200, BULK), (204, "")]);
        let answer = block_on(dapr.bulk_get(&["a".into(), "b".into(), "c".into()])).unwrap();
        let items = answer.items::<&str>().unwrap();
        assert_eq!(items[0].data, Some("two"));
        assert_eq!(items[1].etag.as_deref(), Some("1"));
        assert!(items[2].data.is_none() && items[2].etag.is_none());
        assert_eq!(scripted.asked.borrow()[1].0, "/v1.0/state/statestore/c");
    }

    #[test]
    fn a_key_that_is_called_missing_and_is_not_is_read_again() {
        let keys = ["a".into(), "b".into(), "c".into()];
        let whole = BULK.replace("{\"key\":\"c\"}", "{\"key\":\"c\",\"data\":\"three\",\"etag\":\"3\"}");
        let whole: &'static str = whole.leak();
        let (dapr, _) = dapr(&[(200, BULK), (200, "\"three\""), (200, whole)]);
        let answer = block_on(dapr.bulk_get(&keys)).unwrap();
        assert_eq!(answer.items::<&str>().unwrap()[2].data, Some("three"));
    }

    #[test]
    fn a_store_that_is_away_is_an_error_even_when_the_bulk_answer_says_missing() {
        let missing = (200, r#"[{"key":"a"}]"#);
        let away = (500, "connection refused");
        let (dapr, _) = dapr(&[missing, away, missing, away]);
        let answer = block_on(dapr.bulk_get(&["a".into()]));
        assert!(matches!(answer, Err(StateError::Failed { .. })));
        let answer = block_on(dapr.bulk_get_sparse(&["x".into()], "a"));
        assert!(matches!(answer, Err(StateError::Failed { .. })));
    }

    #[test]
    fn a_key_that_could_not_be_read_is_an_error_not_a_missing_value() {
        let (dapr, _) = dapr(&[(200, r#"[{"key":"a","error":"connection reset"}]"#)]);
        let answer = block_on(dapr.bulk_get(&["a".into()])).unwrap();
        assert!(matches!(answer.items::<&str>(), Err(StateError::Failed { .. })));
    }
}

//! State: read, save, delete, transaction.

use std::{borrow::Cow, collections::BTreeMap};

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Call, Context, Plan, Query, Refused, errors};
use crate::core::{Document, Item, Match, Operation, Timestamp, Write};

const TTL_EXPIRE_TIME: HeaderName = HeaderName::from_static("metadata.ttlexpiretime");

#[derive(Deserialize)]
struct Given<'a> {
    #[serde(borrow)]
    key: Cow<'a, str>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
    #[serde(borrow, default)]
    etag: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    options: Option<Options<'a>>,
    #[serde(borrow, default)]
    metadata: Option<BTreeMap<Cow<'a, str>, Cow<'a, str>>>,
}

#[derive(Deserialize)]
struct Options<'a> {
    #[serde(borrow, default)]
    concurrency: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct GivenOperation<'a> {
    #[serde(borrow)]
    operation: Cow<'a, str>,
    #[serde(borrow)]
    request: Given<'a>,
}

#[derive(Deserialize)]
struct GivenTransaction<'a> {
    #[serde(borrow, default)]
    operations: Vec<GivenOperation<'a>>,
}

impl Context {
    pub(super) fn get(&self, store: &str, key: &str) -> Result<Plan, Refused> {
        Ok(Plan::Get {
            key: self.key(store, key)?,
        })
    }

    pub(super) fn save(&self, store: &str, body: &Bytes, now: Timestamp) -> Result<Plan, Refused> {
        self.state_store(store)?;
        let given: Vec<Given<'_>> = serde_json::from_slice(body).map_err(|cause| errors::malformed(&cause))?;
        let items = given
            .into_iter()
            .map(|given| self.item(store, &given, body, now))
            .collect::<Result<_, _>>()?;
        Ok(Plan::Write {
            write: Write::Save(items),
            call: Call::Save { store: store.to_owned() },
        })
    }

    pub(super) fn delete(&self, store: &str, key: &str, headers: &HeaderMap, query: &Query<'_>) -> Result<Plan, Refused> {
        let full = self.key(store, key)?;
        // Raw, as Dapr takes it: a quoted ETag never matches.
        let etag = headers
            .get(header::IF_MATCH)
            .map(|value| String::from_utf8_lossy(value.as_bytes()));
        let condition = match condition(etag.as_deref(), query.get("concurrency")) {
            Match::Absent => Match::Any,
            other => other,
        };
        let write = Write::Transaction(vec![Operation::Delete { key: full, condition }]);
        Ok(Plan::Write {
            write,
            call: Call::Delete { key: key.to_owned() },
        })
    }

    pub(super) fn transaction(&self, store: &str, body: &Bytes, now: Timestamp) -> Result<Plan, Refused> {
        self.state_store(store)?;
        let given: GivenTransaction<'_> = serde_json::from_slice(body).map_err(|cause| errors::malformed(&cause))?;
        let mut operations = Vec::with_capacity(given.operations.len());
        for GivenOperation { operation, request } in given.operations {
            operations.push(match operation.as_ref() {
                "upsert" => Operation::Upsert(self.item(store, &request, body, now)?),
                "delete" => {
                    let condition = condition(request.etag.as_deref(), None);
                    Operation::Delete {
                        key: self.key(store, &request.key)?,
                        condition,
                    }
                }
                other => {
                    let message = format!("operation type {other} not supported");
                    return Err(errors::refused(
                        StatusCode::BAD_REQUEST,
                        "ERR_NOT_SUPPORTED_STATE_OPERATION",
                        &message,
                    ));
                }
            });
        }
        if operations.is_empty() {
            return Ok(Plan::Answer(super::no_content()));
        }
        Ok(Plan::Write {
            write: Write::Transaction(operations),
            call: Call::Transaction,
        })
    }

    fn item(&self, store: &str, given: &Given<'_>, body: &Bytes, now: Timestamp) -> Result<Item, Refused> {
        let concurrency = given.options.as_ref().and_then(|options| options.concurrency.as_deref());
        let condition = condition(given.etag.as_deref(), concurrency);
        let key = self.key(store, &given.key)?;
        // A slice of the body that came: stored documents are never parsed further nor copied before SQLite does.
        let value = given
            .value
            .map_or(Bytes::from_static(b"null"), |value| body.slice_ref(value.get().as_bytes()));
        let ttl = given.metadata.as_ref().and_then(|metadata| metadata.get("ttlInSeconds"));
        let expires = match ttl {
            None => None,
            Some(text) => {
                let seconds: i64 = text.trim().parse().map_err(|_| {
                    let message = format!(
                        "failed saving state in state store {store}: incorrect value for metadata 'ttlInSeconds': {text}"
                    );
                    errors::refused(StatusCode::INTERNAL_SERVER_ERROR, "ERR_STATE_SAVE", &message)
                })?;
                // Dapr: -1 (and 0) mean that it never expires.
                (seconds > 0).then(|| now.saturating_add(seconds.saturating_mul(1000)))
            }
        };
        Ok(Item {
            key,
            value,
            condition,
            expires,
        })
    }

    pub(super) fn state_store(&self, store: &str) -> Result<(), Refused> {
        if self.resources.state_stores.contains(store) {
            return Ok(());
        }
        Err(errors::refused(
            StatusCode::BAD_REQUEST,
            "ERR_STATE_STORE_NOT_FOUND",
            &format!("state store {store} is not found"),
        ))
    }

    /// The key as stored: `keyPrefix: name`.
    pub(super) fn key(&self, store: &str, key: &str) -> Result<String, Refused> {
        self.state_store(store)?;
        if key.contains("||") {
            let message = format!("input key/keyPrefix '{key}' can't contain '||'");
            return Err(errors::refused(StatusCode::BAD_REQUEST, "DAPR_STATE_ILLEGAL_KEY", &message));
        }
        let mut full = String::with_capacity(store.len() + 2 + key.len());
        full.push_str(store);
        full.push_str("||");
        full.push_str(key);
        Ok(full)
    }
}

/// An empty ETag counts as none, as in Dapr; one that is not a number of ours can never match.
fn condition(etag: Option<&str>, concurrency: Option<&str>) -> Match {
    match etag.filter(|etag| !etag.is_empty()) {
        Some(etag) => match etag.parse::<u64>() {
            Ok(number) if number.to_string() == etag => Match::Etag(number),
            _ => Match::Never,
        },
        None if concurrency == Some("first-write") => Match::Absent,
        None => Match::Any,
    }
}

pub(super) fn expiry(expires: Timestamp) -> Option<String> {
    DateTime::<Utc>::from_timestamp_millis(expires).map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

pub(super) fn document(found: Option<Document>) -> Response<Bytes> {
    let Some(document) = found else { return super::no_content() };
    let mut response = errors::json(StatusCode::OK, document.value);
    response.headers_mut().insert(header::ETAG, HeaderValue::from(document.etag));
    if let Some(value) = document
        .expires
        .and_then(expiry)
        .and_then(|text| HeaderValue::from_str(&text).ok())
    {
        response.headers_mut().insert(TTL_EXPIRE_TIME, value);
    }
    response
}

//! Bulk get.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;

use super::{Context, Plan, Refused, errors, state};
use crate::core::Timestamp;

#[derive(Deserialize)]
struct Keys {
    keys: Vec<String>,
}

impl Context {
    pub(super) fn bulk_get(&self, store: &str, body: &Bytes) -> Result<Plan, Refused> {
        self.state_store(store)?;
        let Keys { mut keys } = serde_json::from_slice(body).map_err(|cause| errors::malformed(&cause))?;
        for key in &keys {
            self.key(store, key)?;
        }
        let mut seen = std::collections::HashSet::with_capacity(keys.len());
        keys.retain(|key| seen.insert(key.clone()));
        Ok(Plan::Bulk {
            prefix: format!("{store}||"),
            keys,
        })
    }
}

/// The answer to a bulk get, put together from stored bytes without parsing them.
pub(crate) struct BulkAnswer<'a> {
    keys: &'a [String],
    body: Vec<u8>,
}

impl<'a> BulkAnswer<'a> {
    pub(crate) fn new(keys: &'a [String]) -> Self {
        Self {
            keys,
            body: Vec::with_capacity(4096),
        }
    }

    pub(crate) fn add(&mut self, index: usize, found: Option<(&[u8], u64, Option<Timestamp>)>) -> Result<(), serde_json::Error> {
        self.body.push(if self.body.is_empty() { b'[' } else { b',' });
        self.body.extend_from_slice(b"{\"key\":");
        serde_json::to_writer(&mut self.body, self.keys.get(index).map_or("", String::as_str))?;
        if let Some((value, etag, expires)) = found {
            self.body.reserve(value.len() + 64);
            self.body.extend_from_slice(b",\"data\":");
            self.body.extend_from_slice(value);
            self.body.extend_from_slice(b",\"etag\":\"");
            self.body.extend_from_slice(etag.to_string().as_bytes());
            self.body.push(b'"');
            if let Some(text) = expires.and_then(state::expiry) {
                self.body.extend_from_slice(b",\"metadata\":{\"ttlExpireTime\":\"");
                self.body.extend_from_slice(text.as_bytes());
                self.body.extend_from_slice(b"\"}");
            }
        }
        self.body.push(b'}');
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Response<Bytes> {
        if self.body.is_empty() {
            self.body.push(b'[');
        }
        self.body.push(b']');
        errors::json(StatusCode::OK, self.body.into())
    }
}

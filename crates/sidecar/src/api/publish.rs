//! Publishing, one message or many.

use std::{borrow::Cow, collections::BTreeMap, collections::HashSet};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Call, Context, Plan, Query, Refused, errors};
use crate::core::{
    NewMessage, Timestamp, Topic, Write,
    cloudevent::{self, Envelope},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow, rename = "entryId")]
    id: Cow<'a, str>,
    #[serde(borrow)]
    event: &'a RawValue,
    #[serde(borrow)]
    content_type: Cow<'a, str>,
    #[serde(borrow, default)]
    metadata: Option<BTreeMap<Cow<'a, str>, Cow<'a, str>>>,
}

impl Context {
    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one HTTP request, taken apart by the caller"
    )]
    pub(super) fn publish(
        &self,
        pubsub: &str,
        topic: String,
        headers: &HeaderMap,
        query: &Query<'_>,
        body: &Bytes,
        now: Timestamp,
        id: &mut dyn FnMut() -> String,
    ) -> Result<Plan, Refused> {
        self.pubsub(pubsub)?;
        let content_type = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let topic = Topic {
            pubsub: pubsub.to_owned(),
            name: topic,
        };
        let call = Call::Publish {
            topic: topic.name.clone(),
            pubsub: pubsub.to_owned(),
        };
        let metadata: Vec<_> = query.metadata().collect();
        let message = self.message(topic, content_type, &metadata, headers, body, now, id)?;
        Ok(Plan::Write {
            write: Write::Publish(vec![message]),
            call,
        })
    }

    pub(super) fn publish_bulk(
        &self,
        pubsub: &str,
        topic: &str,
        headers: &HeaderMap,
        body: &Bytes,
        now: Timestamp,
        id: &mut dyn FnMut() -> String,
    ) -> Result<Plan, Refused> {
        self.pubsub(pubsub)?;
        let entries: Vec<Entry<'_>> = serde_json::from_slice(body).map_err(|cause| {
            errors::refused(
                StatusCode::BAD_REQUEST,
                "ERR_PUBSUB_EVENTS_SER",
                &format!("error when unmarshaling the request: {cause}"),
            )
        })?;
        let mut seen = HashSet::new();
        let mut messages = Vec::with_capacity(entries.len());
        for entry in &entries {
            if entry.id.is_empty() || !seen.insert(entry.id.as_ref()) {
                let message = format!("entryId {:?} is empty or a duplicate", entry.id);
                return Err(errors::refused(StatusCode::BAD_REQUEST, "ERR_PUBSUB_EVENTS_SER", &message));
            }
            let metadata: Vec<_> = entry
                .metadata
                .iter()
                .flatten()
                .map(|(name, value)| (name.as_ref(), value.as_ref()))
                .collect();
            let data = entry_data(entry, body)?;
            let topic = Topic {
                pubsub: pubsub.to_owned(),
                name: topic.to_owned(),
            };
            messages.push(self.message(topic, &entry.content_type, &metadata, headers, &data, now, id)?);
        }
        let call = Call::Publish {
            topic: topic.to_owned(),
            pubsub: pubsub.to_owned(),
        };
        Ok(Plan::Write {
            write: Write::Publish(messages),
            call,
        })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one message, from a request or an entry of one"
    )]
    fn message(
        &self,
        topic: Topic,
        content_type: &str,
        metadata: &[(&str, &str)],
        headers: &HeaderMap,
        body: &Bytes,
        now: Timestamp,
        id: &mut dyn FnMut() -> String,
    ) -> Result<NewMessage, Refused> {
        let named = |name: &str| metadata.iter().find(|(given, _)| *given == name).map(|(_, value)| *value);
        let traceparent = headers.get("traceparent").and_then(|value| value.to_str().ok());
        let time = DateTime::<Utc>::from_timestamp_millis(now)
            .unwrap_or_default()
            .to_rfc3339_opts(SecondsFormat::Millis, true);
        let envelope = Envelope {
            topic: &topic,
            app_id: &self.app_id,
            id: &id(),
            time: &time,
            traceparent,
            overrides: metadata
                .iter()
                .filter_map(|(name, value)| Some((name.strip_prefix("cloudevent.")?, *value)))
                .collect(),
        };
        let event = cloudevent::wrap(body, content_type, &envelope).map_err(|cause| {
            errors::refused(
                StatusCode::INTERNAL_SERVER_ERROR,
                "ERR_PUBSUB_CLOUD_EVENTS_SER",
                &cause.to_string(),
            )
        })?;
        let key = named("partitionKey").or_else(|| named("__key")).map(str::to_owned);
        let traceparent = traceparent.map(str::to_owned);
        Ok(NewMessage {
            topic,
            key,
            traceparent,
            event,
        })
    }

    fn pubsub(&self, name: &str) -> Result<(), Refused> {
        if self.resources.pubsubs.contains(name) {
            return Ok(());
        }
        Err(errors::refused(
            StatusCode::NOT_FOUND,
            "ERR_PUBSUB_NOT_FOUND",
            &format!("pubsub {name} is not found"),
        ))
    }
}

/// The event of an entry: JSON as it stands, text as a JSON string, bytes as base64 in a JSON string.
fn entry_data(entry: &Entry<'_>, body: &Bytes) -> Result<Bytes, Refused> {
    let media_type = entry
        .content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if media_type == "application/json" || media_type.ends_with("+json") {
        return Ok(body.slice_ref(entry.event.get().as_bytes()));
    }
    let text: String = serde_json::from_str(entry.event.get()).map_err(|cause| errors::malformed(&cause))?;
    if media_type == "application/octet-stream" {
        return BASE64_STANDARD
            .decode(text)
            .map(Bytes::from)
            .map_err(|cause| errors::malformed(&cause));
    }
    Ok(text.into())
}

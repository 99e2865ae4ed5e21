//! What becomes of a published body: a CloudEvents 1.0 envelope in JSON (docs: "Publishing & subscribing messages with Cloudevents").

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

use super::Topic;

/// The content type of the envelope.
pub const CONTENT_TYPE: &str = "application/cloudevents+json";

/// What a body is wrapped with.
#[derive(Debug)]
pub struct Envelope<'a> {
    /// Where it goes.
    pub topic: &'a Topic,
    /// The app that publishes.
    pub app_id: &'a str,
    /// The id, unless the publisher gives one.
    pub id: &'a str,
    /// The time, unless the publisher gives one; RFC 3339.
    pub time: &'a str,
    /// The publisher's trace context.
    pub traceparent: Option<&'a str>,
    /// `cloudevent.*` of the publisher's metadata, without that prefix.
    pub overrides: BTreeMap<&'a str, &'a str>,
}

/// The body says that it is a CloudEvent but is no JSON object.
#[derive(Debug, thiserror::Error)]
#[error("the body is not a CloudEvent in JSON: {0}")]
pub struct NotACloudEvent(#[from] serde_json::Error);

/// Wraps `body`, or completes it if it is a CloudEvent already.
pub fn wrap(body: &Bytes, content_type: &str, envelope: &Envelope<'_>) -> Result<Bytes, NotACloudEvent> {
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if media_type == CONTENT_TYPE {
        return complete(body, envelope);
    }
    let mut event: BTreeMap<&str, Box<RawValue>> = BTreeMap::new();
    let text = |value: &str| serde_json::value::to_raw_value(value);
    let mut content_type = if media_type.is_empty() { "text/plain" } else { content_type };
    if media_type == "application/json" || media_type.ends_with("+json") {
        // Text that only claims to be JSON is passed on as a string, as Dapr does.
        let data = serde_json::from_slice::<Box<RawValue>>(body).or_else(|_| text(&String::from_utf8_lossy(body)))?;
        event.insert("data", data);
    } else if media_type == "application/octet-stream" {
        event.insert("data_base64", text(&BASE64_STANDARD.encode(body))?);
    } else {
        event.insert("data", text(&String::from_utf8_lossy(body))?);
    }
    if media_type.is_empty() {
        content_type = "text/plain";
    }
    event.insert("datacontenttype", text(content_type)?);
    for (name, default) in [
        ("id", envelope.id),
        ("source", envelope.app_id),
        ("type", "com.dapr.event.sent"),
        ("time", envelope.time),
    ] {
        event.insert(name, text(envelope.overrides.get(name).copied().unwrap_or(default))?);
    }
    if let Some(subject) = envelope.overrides.get("subject") {
        event.insert("subject", text(subject)?);
    }
    event.insert("specversion", text("1.0")?);
    stamp(&mut event, envelope)?;
    Ok(serde_json::to_vec(&event)?.into())
}

/// Adds what Dapr adds to a CloudEvent of the app's own; everything that is there stays as it is.
fn complete(body: &Bytes, envelope: &Envelope<'_>) -> Result<Bytes, NotACloudEvent> {
    #[derive(Serialize)]
    struct Raw<'a>(&'a RawValue);
    let given: BTreeMap<std::borrow::Cow<'_, str>, &RawValue> = serde_json::from_slice::<Borrowed<'_>>(body)?.0;
    let mut event: BTreeMap<&str, Box<RawValue>> = BTreeMap::new();
    let text = |value: &str| serde_json::value::to_raw_value(value);
    for (name, default) in [
        ("id", envelope.id),
        ("specversion", "1.0"),
        ("source", "Dapr"),
        ("type", "com.dapr.event.sent"),
        ("time", envelope.time),
        ("datacontenttype", "application/json"),
    ] {
        let overriding = envelope.overrides.get(name);
        if overriding.is_some() || !given.contains_key(name) {
            event.insert(name, text(overriding.copied().unwrap_or(default))?);
        }
    }
    if let Some(subject) = envelope.overrides.get("subject") {
        event.insert("subject", text(subject)?);
    }
    stamp(&mut event, envelope)?;
    let merged: BTreeMap<&str, Raw<'_>> = given
        .iter()
        .map(|(name, value)| (name.as_ref(), Raw(value)))
        .chain(event.iter().map(|(name, value)| (*name, Raw(value))))
        .collect();
    Ok(serde_json::to_vec(&merged)?.into())
}

#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Borrowed<'a>(#[serde(borrow)] BTreeMap<std::borrow::Cow<'a, str>, &'a RawValue>);

fn stamp(event: &mut BTreeMap<&str, Box<RawValue>>, envelope: &Envelope<'_>) -> Result<(), serde_json::Error> {
    let text = |value: &str| serde_json::value::to_raw_value(value);
    event.insert("topic", text(&envelope.topic.name)?);
    event.insert("pubsubname", text(&envelope.topic.pubsub)?);
    if let Some(traceparent) = envelope.traceparent {
        event.insert("traceid", text(traceparent)?);
        event.insert("traceparent", text(traceparent)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn wrapped(body: &str, content_type: &str, overrides: &[(&'static str, &'static str)]) -> Value {
        let topic = Topic {
            pubsub: "pubsub".into(),
            name: "task-events".into(),
        };
        let envelope = Envelope {
            topic: &topic,
            app_id: "spindle",
            id: "id-1",
            time: "2026-11-22T00:00:00Z",
            traceparent: Some("00-1-2-01"),
            overrides: overrides.iter().copied().collect(),
        };
        serde_json::from_slice(&wrap(&Bytes::copy_from_slice(body.as_bytes()), content_type, &envelope).unwrap()).unwrap()
    }

    #[test]
    fn an_own_event_keeps_its_fields() {
        let event = wrapped(
            r#"{"id":"e","type":"task.created","subject":"s","time":"t","ext":[1],"data":{"a":1}}"#,
            CONTENT_TYPE,
            &[],
        );
        assert_eq!(
            event,
            json!({"id": "e", "type": "task.created", "subject": "s", "time": "t", "ext": [1], "data": {"a": 1}, "source": "Dapr",
                "specversion": "1.0", "datacontenttype": "application/json", "topic": "task-events", "pubsubname": "pubsub",
                "traceid": "00-1-2-01", "traceparent": "00-1-2-01"})
        );
    }

    #[test]
    fn json_is_wrapped_and_may_be_overridden() {
        let event = wrapped(
            r#"{"a":1}"#,
            "application/json; charset=utf-8",
            &[("type", "x"), ("myext", "y")],
        );
        assert_eq!(
            (&event["data"], &event["source"], &event["type"], &event["id"]),
            (&json!({"a": 1}), &json!("spindle"), &json!("x"), &json!("id-1"))
        );
        assert!(event.get("myext").is_none());
        assert_eq!(wrapped("{nope", "application/json", &[])["data"], "{nope");
    }

    #[test]
    fn bytes_become_base64() {
        assert_eq!(wrapped("abc", "application/octet-stream", &[])["data_base64"], "YWJj");
        assert_eq!(wrapped("abc", "text/plain", &[])["data"], "abc");
    }
}

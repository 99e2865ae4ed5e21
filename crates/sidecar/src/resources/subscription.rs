//! Subscriptions: what the app tells at `GET /dapr/subscribe`, and `Subscription` resources.

use bytes::Bytes;
use serde::Deserialize;

use crate::core::Topic;

/// A topic and where its messages go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub(crate) topic: Topic,
    rules: Vec<(Condition, String)>,
    default: Option<String>,
    pub(crate) dead_letter: Option<String>,
}

/// `event.field == "value"` or `!=`: the part of Dapr's rule language that is understood here.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Condition {
    field: String,
    value: String,
    negated: bool,
}

/// One entry of the answer of `GET /dapr/subscribe`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Programmatic {
    pubsubname: String,
    topic: String,
    #[serde(default)]
    route: Option<String>,
    #[serde(default)]
    pub(super) routes: Option<Routes>,
    #[serde(default)]
    dead_letter_topic: Option<String>,
    #[serde(default)]
    bulk_subscribe: Option<BulkSubscribe>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Routes {
    #[serde(default)]
    pub(super) rules: Vec<Rule>,
    #[serde(default)]
    pub(super) default: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Rule {
    #[serde(default, rename = "match")]
    pub(super) condition: String,
    pub(super) path: String,
}

#[derive(Debug, Deserialize)]
struct BulkSubscribe {
    #[serde(default)]
    enabled: bool,
}

impl Programmatic {
    pub(crate) fn build(self) -> Result<Subscription, String> {
        if self.bulk_subscribe.is_some_and(|bulk| bulk.enabled) {
            return Err("bulkSubscribe is not supported here; subscribe without it".into());
        }
        let routes = self.routes.unwrap_or_default();
        let topic = Topic {
            pubsub: self.pubsubname,
            name: self.topic,
        };
        Subscription::new(topic, routes, self.route, self.dead_letter_topic)
    }
}

impl Subscription {
    pub(super) fn new(topic: Topic, routes: Routes, route: Option<String>, dead_letter: Option<String>) -> Result<Self, String> {
        let mut default = routes.default.or(route).filter(|path| !path.is_empty()).map(with_slash);
        let mut rules = Vec::new();
        for rule in routes.rules {
            let path = with_slash(rule.path);
            if rule.condition.trim().is_empty() {
                default.get_or_insert(path);
            } else {
                rules.push((Condition::parse(&rule.condition)?, path));
            }
        }
        if rules.is_empty() && default.is_none() {
            return Err("there is no route".into());
        }
        Ok(Self {
            topic,
            rules,
            default,
            dead_letter: dead_letter.filter(|topic| !topic.is_empty()),
        })
    }

    /// The app's path for this event; `None` if no rule takes it.
    pub(crate) fn route(&self, event: &Bytes) -> Option<&str> {
        if self.rules.is_empty() {
            return self.default.as_deref();
        }
        let event: serde_json::Value = serde_json::from_slice(event).unwrap_or_default();
        let rule = self.rules.iter().find(|(condition, _)| condition.holds(&event));
        rule.map(|(_, path)| path.as_str()).or(self.default.as_deref())
    }
}

impl Condition {
    fn parse(text: &str) -> Result<Self, String> {
        let bad = || format!("the rule {text:?} is not of the form event.type == \"value\"");
        let (left, right, negated) = match (text.split_once("=="), text.split_once("!=")) {
            (Some((left, right)), None) => (left, right, false),
            (None, Some((left, right))) => (left, right, true),
            _ => return Err(bad()),
        };
        let field = left.trim().strip_prefix("event.").ok_or_else(bad)?;
        let right = right.trim();
        let value = (right.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')))
            .or_else(|| right.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')))
            .filter(|value| !value.contains(['"', '\'', '\\']))
            .ok_or_else(bad)?;
        Ok(Self {
            field: field.to_owned(),
            value: value.to_owned(),
            negated,
        })
    }

    fn holds(&self, event: &serde_json::Value) -> bool {
        let found = self.field.split('.').try_fold(event, |value, name| value.get(name));
        (found.and_then(serde_json::Value::as_str) == Some(&self.value)) != self.negated
    }
}

fn with_slash(path: String) -> String {
    if path.starts_with('/') { path } else { format!("/{path}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(json: &str) -> Result<Subscription, String> {
        serde_json::from_str::<Programmatic>(json).unwrap().build()
    }

    #[test]
    fn a_plain_route() {
        let subscription = build(r#"{"pubsubname":"p","topic":"t","route":"x","deadLetterTopic":"dead"}"#).unwrap();
        assert_eq!(subscription.route(&Bytes::from_static(b"{}")), Some("/x"));
        assert_eq!(subscription.dead_letter.as_deref(), Some("dead"));
    }

    #[test]
    fn the_first_rule_that_matches_wins() {
        let subscription = build(
            r#"{"pubsubname":"p","topic":"t","routes":{"rules":[{"match":"event.type == \"a\"","path":"/a"},
                {"match":"event.data.kind != 'k'","path":"/k"}],"default":"/d"}}"#,
        )
        .unwrap();
        let route = |event: &'static str| subscription.route(&Bytes::from_static(event.as_bytes()));
        assert_eq!(route(r#"{"type":"a","data":{"kind":"k"}}"#), Some("/a"));
        assert_eq!(route(r#"{"type":"b","data":{"kind":"l"}}"#), Some("/k"));
        assert_eq!(route(r#"{"type":"b","data":{"kind":"k"}}"#), Some("/d"));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!(build(r#"{"pubsubname":"p","topic":"t"}"#).is_err());
        assert!(build(r#"{"pubsubname":"p","topic":"t","routes":{"rules":[{"match":"has(event.x)","path":"/a"}]}}"#).is_err());
        assert!(build(r#"{"pubsubname":"p","topic":"t","route":"/x","bulkSubscribe":{"enabled":true}}"#).is_err());
    }
}

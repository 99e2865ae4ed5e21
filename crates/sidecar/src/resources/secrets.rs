//! A secret store's contents.

use std::collections::BTreeMap;

use serde_json::Value;

/// Secrets by name. A nested object is one secret with several values, and each value is also a secret of its own under the joined name
/// (`db:user`), which serves callers of both modes of Dapr's `secretstores.local.file`.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    groups: BTreeMap<String, BTreeMap<String, String>>,
    single: BTreeMap<String, String>,
}

impl Secrets {
    pub(crate) fn new(contents: &BTreeMap<String, Value>) -> Self {
        let mut secrets = Self::default();
        secrets.add(contents);
        secrets
    }

    pub(crate) fn add(&mut self, contents: &BTreeMap<String, Value>) {
        for (name, value) in contents {
            let mut values = BTreeMap::new();
            if value.is_object() || value.is_array() {
                flatten("", value, &mut values);
                self.single
                    .extend(values.iter().map(|(inner, value)| (format!("{name}:{inner}"), value.clone())));
            } else {
                values.insert(name.clone(), text(value));
            }
            self.groups.insert(name.clone(), values);
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<BTreeMap<String, String>> {
        if let Some(values) = self.groups.get(name) {
            return Some(values.clone());
        }
        self.single
            .get(name)
            .map(|value| BTreeMap::from([(name.to_owned(), value.clone())]))
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, String>)> {
        self.groups.iter().map(|(name, values)| (name.as_str(), values))
    }
}

/// Never shows a value.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Secrets").field(&self.groups.keys()).finish()
    }
}

fn flatten(prefix: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    let join = |name: &str| {
        if prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{prefix}:{name}")
        }
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| flatten(&join(name), value, into)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, value)| flatten(&join(&index.to_string()), value, into)),
        other => drop(into.insert(prefix.to_owned(), text(other))),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

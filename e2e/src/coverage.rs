//! Which operations of the `OpenAPI` document were called by this process.

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde_json::Value;

static CALLED: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());

/// Notes a call; `target` may have a query.
pub fn note(method: &str, target: &str) {
    let path = target.split('?').next().unwrap_or_default();
    if let Ok(mut called) = CALLED.lock() {
        called.insert((method.to_owned(), path.to_owned()));
    }
}

/// The operations of `document` that nobody called, as `METHOD /path/{template}`.
pub fn missed(document: &Value) -> Vec<String> {
    let called = CALLED.lock().map(|called| called.clone()).unwrap_or_default();
    let mut operations: Vec<(String, String)> = Vec::new();
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for method in ["get", "post", "put", "patch", "delete"] {
            if item.get(method).is_some() {
                operations.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    // A fixed path goes before one with a parameter: /api/tasks/search is no task.
    operations.sort_by_key(|(_, path)| path.matches('{').count());
    let hit: BTreeSet<(String, String)> = called
        .iter()
        .filter_map(|(method, path)| {
            operations
                .iter()
                .find(|(known, template)| known == method && fits(template, path))
                .cloned()
        })
        .collect();
    operations
        .into_iter()
        .filter(|operation| !hit.contains(operation))
        .map(|(method, path)| format!("{method} {path}"))
        .collect()
}

fn fits(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == b || (a.starts_with('{') && !b.is_empty()) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_counts_for_the_most_fixed_template() {
        let document = serde_json::json!({"paths": {"/t/{id}": {"get": {}}, "/t/search": {"get": {}}, "/t": {"post": {}}}});
        note("GET", "/t/search?q=a");
        assert_eq!(missed(&document), ["POST /t", "GET /t/{id}"]);
        note("GET", "/t/1");
        note("POST", "/t");
        assert!(missed(&document).is_empty());
    }
}

//! The audit chain recomputed from the outside, as anybody who holds the entries can.
//!
//! `hash` is the SHA-256, in lower-case hex, of the entry's JSON without `hash`, with keys sorted and no white space; `prev_hash` is
//! the `hash` of the entry before it, and 64 zeros for the first.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The `prev_hash` of the first entry.
pub const FIRST_PREV_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// JSON with the keys of every object sorted by code point and without white space.
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write_canonical(&mut out, value);
    out
}

fn write_canonical(out: &mut String, value: &Value) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (index, (key, value)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write_canonical(out, value);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, value) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_canonical(out, value);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// The hash that an entry should have.
pub fn hash(entry: &Value) -> String {
    let mut entry = entry.clone();
    if let Some(members) = entry.as_object_mut() {
        members.remove("hash");
    }
    Sha256::digest(canonical(&entry))
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// Checks a whole chain, oldest entry first.
///
/// # Errors
/// Tells the first entry at which the chain breaks.
pub fn check_chain(entries: &[Value]) -> Result<(), String> {
    let mut previous = FIRST_PREV_HASH.to_owned();
    for (index, entry) in entries.iter().enumerate() {
        let found = entry.get("prev_hash").and_then(Value::as_str).unwrap_or_default();
        if found != previous {
            return Err(format!(
                "entry {index}: prev_hash is {found}, the entry before has {previous}: {entry}"
            ));
        }
        let expected = hash(entry);
        let found = entry.get("hash").and_then(Value::as_str).unwrap_or_default();
        if found != expected {
            return Err(format!(
                "entry {index}: hash is {found}, computed {expected}: {}",
                canonical(entry)
            ));
        }
        previous = expected;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_json_is_sorted_at_every_depth() {
        let value = serde_json::json!({"b": [1, {"d": null, "c": "é\n"}], "a": true});
        assert_eq!(canonical(&value), r#"{"a":true,"b":[1,{"c":"é\n","d":null}]}"#);
    }

    #[test]
    fn a_changed_entry_breaks_the_chain() {
        let mut first = serde_json::json!({"id": "1", "prev_hash": FIRST_PREV_HASH});
        first["hash"] = hash(&first).into();
        let mut second = serde_json::json!({"id": "2", "prev_hash": first["hash"]});
        second["hash"] = hash(&second).into();
        assert_eq!(check_chain(&[first.clone(), second.clone()]), Ok(()));
        assert!(check_chain(std::slice::from_ref(&second)).is_err());
        first["id"] = "x".into();
        assert!(check_chain(&[first, second]).unwrap_err().starts_with("entry 0: hash"));
    }
}

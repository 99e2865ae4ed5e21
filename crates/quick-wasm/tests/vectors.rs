//! What the parser makes of the shared texts; `tests/browser.mjs` asks the module in the browser's form the same.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use std::{fs, path::Path};

use chrono::{DateTime, Utc};
use serde_json::Value;

fn read(text: &str, options: &Value) -> Value {
    let word = |name: &str| options[name].as_str().unwrap_or_default();
    let now: DateTime<Utc> = word("now").parse().unwrap();
    let literal = options["literal"].as_array().unwrap().iter();
    let literal = literal.map(|phrase| phrase.as_str().unwrap().to_owned()).collect();
    let json = quick_wasm::read(
        text,
        now.timestamp_millis(),
        word("time_zone"),
        literal,
        word("week_start"),
        word("language"),
    );
    serde_json::from_str(&json.unwrap()).unwrap()
}

#[test]
fn the_shared_texts_are_read_as_noted() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/vectors/quick.json");
    let mut vectors: Vec<Value> = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let noted = vectors.clone();
    for vector in &mut vectors {
        vector["read"] = read(vector["text"].as_str().unwrap(), &vector["options"]);
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, serde_json::to_string_pretty(&vectors).unwrap() + "\n").unwrap();
    } else {
        for (read, noted) in vectors.iter().zip(&noted) {
            assert_eq!(
                read, noted,
                "if that is as it should be, run: UPDATE=1 cargo test -p quick-wasm"
            );
        }
    }
}

#[test]
fn wrong_options_are_told() {
    let refused = |now, zone, week, language| quick_wasm::read("a", now, zone, Vec::new(), week, language).unwrap_err();
    assert!(refused(i64::MAX, "UTC", "", "").starts_with("now "));
    assert!(refused(0, "Mars", "", "").starts_with("time_zone "));
    assert!(refused(0, "UTC", "friday", "").starts_with("week_start "));
    assert!(refused(0, "UTC", "", "fr").starts_with("language "));
}

//! Quick add for the browser: the parser of `spindle_domain::quick`, so that what a person is shown while typing is what the server
//! makes of it. Built by `make quick-wasm`; see docs/adr/0012-quick-add-in-the-browser.md.
#![cfg_attr(not(target_family = "wasm"), forbid(unsafe_code))]

use chrono::DateTime;
use spindle_contract::quick::write_parsed;
use spindle_domain::{
    parse_zone,
    quick::{Options, parse},
    settings::{Language, WeekStart},
};

/// Reads a text; gives what was understood as JSON: the fields of a task, `words`, `next`, `spans`, `errors`. `now` is in milliseconds
/// since 1970; `week_start` and `language` are the API's words, or empty for what is usual.
///
/// # Errors
/// Which option is wrong, and what it must be.
pub fn read(
    text: &str,
    now: i64,
    time_zone: &str,
    literal: Vec<String>,
    week_start: &str,
    language: &str,
) -> Result<String, String> {
    let wrong = |option: &str, rule: &str| format!("{option} {rule}");
    let options = Options {
        now: DateTime::from_timestamp_millis(now).ok_or_else(|| wrong("now", "must be a time"))?,
        zone: parse_zone(time_zone).map_err(|error| wrong("time_zone", &error.to_string()))?,
        week_start: match week_start {
            "" => WeekStart::Monday,
            word => WeekStart::parse(word).map_err(|error| wrong("week_start", &error.to_string()))?,
        },
        language: match language {
            "" => None,
            word => Some(Language::parse(word).map_err(|error| wrong("language", &error.to_string()))?),
        },
        literal,
    };
    let mut parsed = parse(text, &options);
    normalize(&mut parsed.task);
    let json = write_parsed(&parsed, options.zone);
    // Put together from whole strings and ASCII.
    Ok(String::from_utf8(json).unwrap_or_default())
}

/// The domain has done it.
#[cfg(not(target_family = "wasm"))]
fn normalize(_: &mut spindle_domain::Task) {}

#[cfg(target_family = "wasm")]
use wasm::normalize;

#[cfg(target_family = "wasm")]
#[expect(unreachable_pub, reason = "what wasm-bindgen exports must be public")]
mod wasm {
    use spindle_domain::Task;
    use wasm_bindgen::{JsError, prelude::wasm_bindgen};

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = ["String", "prototype", "normalize"], js_name = call)]
        fn nfc(text: &str) -> String;
    }

    /// The browser has the tables that the module does without.
    pub(super) fn normalize(task: &mut Task) {
        for text in std::iter::once(&mut task.title).chain(&mut task.tags) {
            if !text.is_ascii() {
                *text = nfc(text);
            }
        }
    }

    /// What `text` says, as JSON. See `index.ts` for a typed way to call it.
    ///
    /// # Errors
    /// When an option is wrong.
    #[wasm_bindgen(js_name = parseJson)]
    pub fn parse_json(
        text: &str,
        now: f64,
        time_zone: &str,
        literal: Vec<String>,
        week_start: &str,
        language: &str,
    ) -> Result<String, JsError> {
        // What is no date is refused.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "dates of JavaScript are whole milliseconds within 2^53"
        )]
        let now = if now.is_finite() { now as i64 } else { i64::MAX };
        super::read(text, now, time_zone, literal, week_start, language).map_err(|error| JsError::new(&error))
    }
}

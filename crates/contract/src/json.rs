//! Writing JSON straight into a buffer.
//!
//! Answers and events are put together from values that are known to be representable, so this cannot fail, and a page of 50 tasks
//! costs no intermediate strings. Reading is left to `serde_json`.

use chrono::{DateTime, Datelike, Timelike, Utc};
use uuid::Uuid;

/// What stands for a byte inside a JSON string: 0 itself, `u` its `\u00XX` form, else the letter after the backslash (RFC 8259 §7).
#[expect(clippy::indexing_slicing, reason = "evaluated at compile time, where it would be an error")]
const ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = b'u';
        byte += 1;
    }
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table[0x08] = b'b';
    table[0x09] = b't';
    table[0x0A] = b'n';
    table[0x0C] = b'f';
    table[0x0D] = b'r';
    table
};

/// Appends `text` as a JSON string.
pub fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|&byte| escape(byte) != 0) {
        let (plain, escaped) = rest.split_at(at);
        out.extend_from_slice(plain);
        if let Some((&byte, tail)) = escaped.split_first() {
            match escape(byte) {
                b'u' => {
                    out.extend_from_slice(b"\\u00");
                    out.extend_from_slice(&[hex(byte >> 4), hex(byte & 15)]);
                }
                letter => out.extend_from_slice(&[b'\\', letter]),
            }
            rest = tail;
        }
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn escape(byte: u8) -> u8 {
    ESCAPES.get(usize::from(byte)).copied().unwrap_or(0)
}

fn hex(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

/// Appends `text` as a JSON string, or `null`.
pub fn optional_string(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        Some(text) => string(out, text),
        None => null(out),
    }
}

/// Appends `null`.
pub fn null(out: &mut Vec<u8>) {
    out.extend_from_slice(b"null");
}

/// Appends `true` or `false`.
pub fn boolean(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Appends a number.
pub fn number(out: &mut Vec<u8>, value: u64) {
    let mut digits = [b'0'; 20];
    let mut rest = value;
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + low_byte(rest % 10);
        rest /= 10;
        used += 1;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(digits.len() - used..).unwrap_or_default());
}

/// Appends a number, or `null`.
pub fn optional_number(out: &mut Vec<u8>, value: Option<u32>) {
    match value {
        Some(value) => number(out, value.into()),
        None => null(out),
    }
}

/// Appends a list whose items `write` appends.
pub fn list<T>(out: &mut Vec<u8>, items: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

/// Appends a UUID in its hyphenated form.
pub fn uuid(out: &mut Vec<u8>, id: Uuid) {
    let mut buffer = Uuid::encode_buffer();
    let text = id.hyphenated().encode_lower(&mut buffer);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// Appends an RFC 3339 time in UTC with milliseconds, such as `"2026-11-22T09:00:00.000Z"`.
pub fn millis(out: &mut Vec<u8>, time: DateTime<Utc>) {
    out.push(b'"');
    date_and_time(out, time);
    out.push(b'.');
    // A leap second counts on past 999 in chrono; it reads as the last millisecond.
    digits(out, (time.nanosecond() / 1_000_000).min(999), 3);
    out.extend_from_slice(b"Z\"");
}

/// Appends an RFC 3339 time in UTC with milliseconds, or `null`.
pub fn optional_millis(out: &mut Vec<u8>, time: Option<DateTime<Utc>>) {
    match time {
        Some(time) => millis(out, time),
        None => null(out),
    }
}

/// Appends an RFC 3339 time in UTC with seconds, such as `"2026-11-22T09:00:00Z"`.
pub fn seconds(out: &mut Vec<u8>, time: DateTime<Utc>) {
    out.push(b'"');
    date_and_time(out, time);
    out.extend_from_slice(b"Z\"");
}

fn date_and_time(out: &mut Vec<u8>, time: DateTime<Utc>) {
    // RFC 3339 has four digits for the year; what is stored is within 1900..=9999.
    digits(out, u32::try_from(time.year()).unwrap_or(0).min(9999), 4);
    out.push(b'-');
    digits(out, time.month(), 2);
    out.push(b'-');
    digits(out, time.day(), 2);
    out.push(b'T');
    digits(out, time.hour(), 2);
    out.push(b':');
    digits(out, time.minute(), 2);
    out.push(b':');
    digits(out, time.second(), 2);
}

fn digits(out: &mut Vec<u8>, value: u32, count: u32) {
    for place in (0..count).rev() {
        out.push(b'0' + low_byte(u64::from(value / 10_u32.pow(place) % 10)));
    }
}

fn low_byte(digit: u64) -> u8 {
    u8::try_from(digit).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use chrono::{SecondsFormat, TimeZone};

    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn strings_read_back_whatever_they_hold() {
        let every: String = (0..0x300)
            .filter_map(char::from_u32)
            .chain("😀\u{2028}\u{FFFF}".chars())
            .collect();
        for text in ["", "plain", "\"", "a\\b", "ends with \n", every.as_str()] {
            let json = written(|out| string(out, text));
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
            assert_eq!(json, serde_json::to_string(text).unwrap());
        }
    }

    #[test]
    fn numbers_and_times_are_those_of_serde_json_and_chrono() {
        for value in [0, 7, 10, 99, 1_234_567, u64::MAX] {
            assert_eq!(written(|out| number(out, value)), value.to_string());
        }
        for millisecond in [0, 7, 40, 999] {
            let time = Utc.timestamp_millis_opt(1_795_338_000_000 + millisecond).unwrap();
            assert_eq!(
                written(|out| millis(out, time)),
                format!("\"{}\"", time.to_rfc3339_opts(SecondsFormat::Millis, true))
            );
            assert_eq!(
                written(|out| seconds(out, time)),
                format!("\"{}\"", time.to_rfc3339_opts(SecondsFormat::Secs, true))
            );
        }
        assert_eq!(written(|out| optional_millis(out, None)), "null");
    }
}

//! The host's own log: lines on standard error, in text or JSON. What guests write passes through here too, line by line.
//!
//! No secret is ever given to it: variables and headers are not logged at all.

mod events;
mod readiness;

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::OnceLock;
use std::time::SystemTime;

/// How lines are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

static FORMAT: OnceLock<Format> = OnceLock::new();

/// Sets the format for the whole process and takes in what libraries report; only the first call counts.
pub(crate) fn init(format: Format) {
    FORMAT.get_or_init(|| format);
    // An error means that there was a first call.
    let _first = tracing::subscriber::set_global_default(events::Lines);
}

/// The format in use.
pub(crate) fn format() -> Format {
    FORMAT.get().copied().unwrap_or_default()
}

/// Something an operator may want to know.
pub(crate) fn info(message: &str) {
    host_line("info", message, &[]);
}

/// Something that went wrong, with what it concerns.
pub(crate) fn error(message: &str, fields: &[(&str, &str)]) {
    host_line("error", message, fields);
}

/// Something that works but not as meant.
pub(crate) fn warn(message: &str, fields: &[(&str, &str)]) {
    host_line("warn", message, fields);
}

/// One line that the guest of `component` wrote, without its newline. What it says of readiness is written when it changes.
pub(crate) fn guest_line(component: &str, line: &[u8]) {
    if readiness::is_repeated(line) {
        return;
    }
    let mut out = Vec::with_capacity(line.len() + 16);
    match format() {
        // A component that logs JSON keeps its own fields.
        _ if line.first() == Some(&b'{') => out.extend_from_slice(line),
        Format::Text => {
            out.extend_from_slice(format!("[{component}] ").as_bytes());
            out.extend_from_slice(line);
        }
        Format::Json => {
            let line = json_line("info", &String::from_utf8_lossy(line), &[("component", component)]);
            out.extend_from_slice(line.as_bytes());
        }
    }
    write(out);
}

fn host_line(level: &str, message: &str, fields: &[(&str, &str)]) {
    let line = match format() {
        Format::Json => json_line(level, message, fields),
        Format::Text => {
            let mut line = if level == "info" {
                message.to_owned()
            } else {
                format!("{level}: {message}")
            };
            for (name, value) in fields {
                // Writing to a String cannot fail.
                let _ok = write!(line, " {name}={value}");
            }
            line
        }
    };
    write(line.into_bytes());
}

fn json_line(level: &str, message: &str, fields: &[(&str, &str)]) -> String {
    let timestamp = chrono::DateTime::<chrono::Utc>::from(SystemTime::now());
    let mut object = serde_json::Map::new();
    object.insert(
        "timestamp".to_owned(),
        timestamp.to_rfc3339_opts(chrono::SecondsFormat::Millis, true).into(),
    );
    object.insert("level".to_owned(), level.into());
    object.insert("message".to_owned(), message.into());
    object.insert("target".to_owned(), "spindle".into());
    for (name, value) in fields {
        object.insert((*name).to_owned(), (*value).into());
    }
    serde_json::Value::Object(object).to_string()
}

/// One write per line, so that lines of several threads do not mix. Where standard error is gone there is nobody left to tell.
fn write(mut line: Vec<u8>) {
    line.push(b'\n');
    let _gone = std::io::stderr().lock().write_all(&line);
}

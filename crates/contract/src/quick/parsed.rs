//! What the parser of quick add understood, as the browser's module tells it. The fields are those of the API's tasks.

use chrono_tz::Tz;
use spindle_domain::{
    Violation,
    quick::{Parsed, Span},
};

use crate::{json, tasks::fields::Field};

/// Everything of a recurrence that a person can set.
const RECURRENCE: [Field; 12] = [
    Field::RecurrencePattern,
    Field::RecurrenceInterval,
    Field::RecurrenceDays,
    Field::RecurrenceRule,
    Field::RecurrenceCron,
    Field::RecurrenceMode,
    Field::RecurrenceMissed,
    Field::RecurrenceMonthEnd,
    Field::RecurrenceUntil,
    Field::RecurrenceCount,
    Field::RecurrenceExdates,
    Field::RecurrenceEnabled,
];

/// What was understood, as JSON.
pub fn write_parsed(parsed: &Parsed, zone: Tz) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    out.push(b'{');
    let mut fields = vec![Field::Title, Field::Tags, Field::Priority, Field::DueDate];
    if parsed.edit.reminder.before.is_some() {
        fields.extend([Field::ReminderMinutesBefore, Field::ReminderDaysBefore]);
    }
    fields.extend(RECURRENCE);
    for field in fields {
        out.push(b'"');
        out.extend_from_slice(field.name().as_bytes());
        out.extend_from_slice(b"\":");
        field.write(&mut out, Some(&parsed.task), zone);
        out.push(b',');
    }
    out.extend_from_slice(b"\"words\":");
    json::optional_string(&mut out, parsed.words.as_deref());
    out.extend_from_slice(b",\"next\":");
    json::list(&mut out, &parsed.next, |out, due| json::string(out, &due.show(zone)));
    out.extend_from_slice(b",\"spans\":");
    json::list(&mut out, &parsed.spans, write_span);
    out.extend_from_slice(b",\"errors\":");
    json::list(&mut out, &parsed.errors, write_error);
    out.push(b'}');
    out
}

fn write_span(out: &mut Vec<u8>, span: &Span) {
    let place = |at: usize| u64::try_from(at).unwrap_or(u64::MAX);
    out.extend_from_slice(b"{\"start\":");
    json::number(out, place(span.start));
    out.extend_from_slice(b",\"end\":");
    json::number(out, place(span.end));
    for (label, text) in [
        (",\"kind\":", span.kind.as_str()),
        (",\"text\":", &span.text),
        (",\"meaning\":", &span.meaning),
    ] {
        out.extend_from_slice(label.as_bytes());
        json::string(out, text);
    }
    out.push(b'}');
}

fn write_error(out: &mut Vec<u8>, error: &Violation) {
    out.extend_from_slice(b"{\"field\":");
    json::string(out, &error.field);
    out.extend_from_slice(b",\"code\":");
    json::string(out, error.code);
    out.extend_from_slice(b",\"message\":");
    json::string(out, &error.message);
    out.push(b'}');
}

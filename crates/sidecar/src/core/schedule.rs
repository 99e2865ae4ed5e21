//! Durations, due times and schedules, as Dapr writes them (docs: "Jobs API reference", "Cron binding spec").

use chrono::{DateTime, Utc};
use croner::{
    Cron,
    parser::{CronParser, Seconds},
};

use super::Timestamp;

/// Why a time cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Neither RFC 3339 nor a duration.
    #[error("{0:?} is neither a time (RFC 3339) nor a duration (such as 1h30m, 5s, 500ms)")]
    Time(String),
    /// Not a duration.
    #[error("{0:?} is not a duration (such as 1h30m, 5s, 500ms)")]
    Duration(String),
    /// Not a schedule.
    #[error("{0:?} is not a schedule (@every 5s, @hourly, @daily, @weekly, @monthly, @yearly, or cron with seconds): {1}")]
    Schedule(String, String),
}

/// A repeating schedule. Cron expressions are taken in UTC.
#[derive(Debug, Clone)]
pub enum Schedule {
    /// Every so many milliseconds.
    Every(i64),
    /// A cron expression.
    Cron(Box<Cron>),
}

impl Schedule {
    /// Reads `@every 5s`, `@daily` and the like, or cron of six fields (seconds first) or five.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let text = text.trim();
        let bad = |reason: &str| ScheduleError::Schedule(text.to_owned(), reason.to_owned());
        if let Some(period) = text.strip_prefix("@every ") {
            let period = parse_duration(period.trim()).map_err(|error| bad(&error.to_string()))?;
            return if period > 0 {
                Ok(Self::Every(period))
            } else {
                Err(bad("the period is not positive"))
            };
        }
        let cron = match text {
            "@yearly" | "@annually" => "0 0 0 1 1 *",
            "@monthly" => "0 0 0 1 * *",
            "@weekly" => "0 0 0 * * 0",
            "@daily" | "@midnight" => "0 0 0 * * *",
            "@hourly" => "0 0 * * * *",
            other if other.starts_with('@') => return Err(bad("unknown word")),
            other => other,
        };
        let parser = CronParser::builder().seconds(Seconds::Optional).build();
        parser
            .parse(cron)
            .map(|cron| Self::Cron(Box::new(cron)))
            .map_err(|error| bad(&error.to_string()))
    }

    /// The next time after `now`, for a schedule that was last due at `last`. What was missed in between is not made up for.
    /// `None` if there is none.
    pub fn next(&self, last: Timestamp, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Every(period) => {
                let missed = now.saturating_sub(last).max(0) / period;
                Some(last.saturating_add(period.saturating_mul(missed + 1)))
            }
            Self::Cron(cron) => {
                let after = DateTime::<Utc>::from_timestamp_millis(now.max(last))?;
                cron.find_next_occurrence(&after, false)
                    .ok()
                    .map(|time| time.timestamp_millis())
            }
        }
    }
}

/// Reads an RFC 3339 time, or a duration from `now`.
pub fn parse_time(text: &str, now: Timestamp) -> Result<Timestamp, ScheduleError> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.timestamp_millis());
    }
    parse_duration(text)
        .map(|wait| now.saturating_add(wait))
        .map_err(|_| ScheduleError::Time(text.to_owned()))
}

/// Reads a Go duration (`1h30m`, `1.5s`, `500ms`) into milliseconds, rounded down.
pub fn parse_duration(text: &str) -> Result<i64, ScheduleError> {
    let bad = || ScheduleError::Duration(text.to_owned());
    let mut rest = text;
    let mut nanos: i128 = 0;
    if rest == "0" {
        return Ok(0);
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(bad)?;
        let (number, tail) = rest.split_at_checked(digits).ok_or_else(bad)?;
        let letters = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(letters).ok_or_else(bad)?;
        let scale: i128 = match unit {
            "h" => 3_600_000_000_000,
            "m" => 60_000_000_000,
            "s" => 1_000_000_000,
            "ms" => 1_000_000,
            "us" | "µs" | "μs" => 1_000,
            "ns" => 1,
            _ => return Err(bad()),
        };
        nanos += scaled(number, scale).ok_or_else(bad)?;
        rest = tail;
    }
    if text.is_empty() {
        return Err(bad());
    }
    i64::try_from(nanos / 1_000_000).map_err(|_| bad())
}

/// Reads a protobuf Duration in its JSON form: seconds with the suffix `s`, nothing else (protobuf docs: "`ProtoJSON` format").
pub fn parse_protobuf_duration(text: &str) -> Result<i64, ScheduleError> {
    let bad = || ScheduleError::Duration(text.to_owned());
    let number = text.strip_suffix('s').ok_or_else(bad)?;
    let nanos = scaled(number, 1_000_000_000).ok_or_else(bad)?;
    i64::try_from(nanos / 1_000_000).map_err(|_| bad())
}

/// `number` times `scale`, exact to nine decimals.
fn scaled(number: &str, scale: i128) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || whole.len() > 12 || fraction.len() > 9 {
        return None;
    }
    let digits = |text: &str| {
        if text.is_empty() {
            Some(0)
        } else {
            text.bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| text.parse::<i128>().ok())
                .flatten()
        }
    };
    let divisor = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    Some(digits(whole)? * scale + digits(fraction)? * scale / divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_durations() {
        for (text, millis) in [
            ("1s", 1000),
            ("1h30m", 5_400_000),
            ("1.5s", 1500),
            ("500ms", 500),
            ("0", 0),
            ("100us", 0),
        ] {
            assert_eq!(parse_duration(text), Ok(millis), "{text}");
        }
        for text in ["", "5", "s", "1x", "1s2", "..s", "-1s"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn protobuf_durations_are_seconds_only() {
        assert_eq!(parse_protobuf_duration("0.5s"), Ok(500));
        assert_eq!(parse_protobuf_duration("2s"), Ok(2000));
        assert!(parse_protobuf_duration("500ms").is_err());
        assert!(parse_protobuf_duration("1").is_err());
    }

    #[test]
    fn every_keeps_its_beat_and_skips_what_was_missed() {
        let every = Schedule::parse("@every 5s").unwrap();
        assert_eq!(every.next(1000, 1000), Some(6000));
        assert_eq!(every.next(1000, 6100), Some(11_000));
        assert_eq!(every.next(1000, 60_500), Some(61_000));
    }

    #[test]
    fn cron_has_seconds_or_not() {
        let midnight = 1_800_057_600_000 / 86_400_000 * 86_400_000;
        assert_eq!(
            Schedule::parse("30 0 0 * * *").unwrap().next(midnight, midnight),
            Some(midnight + 30_000)
        );
        assert_eq!(
            Schedule::parse("5 0 * * *").unwrap().next(midnight, midnight),
            Some(midnight + 300_000)
        );
        assert_eq!(
            Schedule::parse("@daily").unwrap().next(midnight, midnight),
            Some(midnight + 86_400_000)
        );
        for text in ["", "@often", "@every x", "@every 0s", "1 2 3", "99 * * * * *"] {
            assert!(Schedule::parse(text).is_err(), "{text}");
        }
    }
}

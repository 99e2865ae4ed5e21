//! When a task is due: a day, a wall time, or an instant, told apart by their form and read back in it.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use crate::limits::{YEAR_MAX, YEAR_MIN};
use crate::zone::{end_of_day, resolve, rules, start_of_day};

/// A due date in one of its three kinds. The wall time is what is stored; the instant is derived, so that a new rule about summer time
/// moves the instant and never the hour on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// A whole day, wherever the person is (`2026-11-22`).
    Day(NaiveDate),
    /// Wall time in the task's zone, or else the person's (`2026-11-22T09:00`), to the second.
    Wall(NaiveDateTime),
    /// One instant for everyone (`2026-11-22T09:00:00Z`), to the second.
    Instant(DateTime<Utc>),
}

/// Why a due date was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DueError {
    /// None of the three forms.
    #[error(
        "must be a day (2026-11-22), a wall time (2026-11-22T09:00) or an instant (2026-11-22T09:00:00Z, or with an offset such as +02:00)"
    )]
    Form,
    /// The form fits, but the calendar or the clock has no such value.
    #[error("is not a date or time that exists: check month, day, hour, minute, second and offset")]
    Value,
    /// Before 1900 or after 9999.
    #[error("must lie in the years 1900 to 9999")]
    Year,
}

impl Due {
    /// Reads one of the three forms. Seconds are optional; a fraction of a second is accepted in an instant and cut off.
    pub fn parse(text: &str) -> Result<Self, DueError> {
        let bytes = text.as_bytes();
        let (day, rest) = parse_day(bytes)?;
        let Some((b'T' | b't', rest)) = rest.split_first() else {
            return if rest.is_empty() {
                in_years(day).map(Self::Day)
            } else {
                Err(DueError::Form)
            };
        };
        let (time, rest) = parse_time(rest)?;
        if rest.is_empty() {
            return in_years(day).map(|day| Self::Wall(day.and_time(time)));
        }
        let offset = parse_offset(cut_fraction(rest)?)?;
        let at = (in_years(day)?.and_time(time) - offset).and_utc();
        in_years(at.date_naive())?;
        Ok(Self::Instant(at))
    }

    /// Writes the due date so that it reads back as the same kind and value: an instant with the offset that `zone` has at that moment
    /// (`Z` only for UTC; offsets of before standard time are cut to whole minutes, as RFC 3339 knows no seconds in them).
    pub fn show(&self, zone: Tz) -> String {
        match self {
            Self::Day(day) => show_day(*day),
            Self::Wall(wall) => show_wall(*wall),
            Self::Instant(at) => show_instant(*at, zone),
        }
    }

    /// Writes the due date as [`Due::show`] does, an instant in UTC: for those who know no zone.
    pub fn show_in_utc(&self) -> String {
        match self {
            Self::Day(day) => show_day(*day),
            Self::Wall(wall) => show_wall(*wall),
            Self::Instant(at) => show_utc(*at),
        }
    }

    /// The instant in UTC; `None` for a day. A wall time that the clock skips moves forward by the gap, one that comes twice is the first.
    /// `zone` is the task's, or else the person's.
    pub fn at(&self, zone: Tz) -> Option<DateTime<Utc>> {
        match self {
            Self::Day(_) => None,
            Self::Wall(wall) => Some(resolve(*wall, zone)),
            Self::Instant(at) => Some(*at),
        }
    }

    /// What comparing and sorting go by: the instant, or the start of the day in the person's zone.
    pub fn start(&self, zone: Tz, person: Tz) -> DateTime<Utc> {
        match self {
            Self::Day(day) => start_of_day(*day, person),
            Self::Wall(wall) => resolve(*wall, zone),
            Self::Instant(at) => *at,
        }
    }

    /// Whether the instant is past, or the whole day is over in the person's zone.
    pub fn is_over(&self, zone: Tz, person: Tz, now: DateTime<Utc>) -> bool {
        match (self, self.far_from(now)) {
            (_, Some(over)) => over,
            (Self::Day(day), None) => end_of_day(*day, person) <= now,
            (Self::Wall(wall), None) => resolve(*wall, zone) < now,
            (Self::Instant(at), None) => *at < now,
        }
    }

    /// Whether [`Due::start`] lies before an instant.
    pub(crate) fn starts_before(&self, zone: Tz, person: Tz, bound: DateTime<Utc>) -> bool {
        self.far_from(bound).unwrap_or_else(|| self.start(zone, person) < bound)
    }

    /// Days from an instant, no zone matters: whether the due lies before it. `None` when they are too close to tell. It spares a list
    /// request most of its zone look-ups.
    fn far_from(&self, at: DateTime<Utc>) -> Option<bool> {
        // A day, an offset of at most 16 hours, and a gap of at most 24.
        const NEAR_SECONDS: i64 = 3 * 86_400;
        let naive = match self {
            Self::Day(day) => day.and_time(NaiveTime::MIN).and_utc(),
            Self::Wall(wall) => wall.and_utc(),
            Self::Instant(at) => *at,
        };
        let ahead = naive.timestamp() - at.timestamp();
        (ahead.abs() > NEAR_SECONDS).then_some(ahead < 0)
    }
}

// By hand: chrono's format strings would cost a component 50 KB.
fn show_day(day: NaiveDate) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

fn show_wall(wall: NaiveDateTime) -> String {
    let (day, hour, minute) = (show_day(wall.date()), wall.hour(), wall.minute());
    match wall.second() {
        0 => format!("{day}T{hour:02}:{minute:02}"),
        second => format!("{day}T{hour:02}:{minute:02}:{second:02}"),
    }
}

fn show_seconds(wall: NaiveDateTime) -> String {
    let (hour, minute, second) = (wall.hour(), wall.minute(), wall.second());
    format!("{}T{hour:02}:{minute:02}:{second:02}", show_day(wall.date()))
}

fn show_utc(at: DateTime<Utc>) -> String {
    show_seconds(at.naive_utc()) + "Z"
}

fn show_instant(at: DateTime<Utc>, zone: Tz) -> String {
    let seconds = rules(zone).offset_from_utc_datetime(&at.naive_utc()).local_minus_utc();
    let utc = matches!(zone, Tz::UTC | Tz::Etc__UTC | Tz::Zulu | Tz::Etc__Zulu);
    // RFC 3339 knows no seconds in an offset.
    let minutes = seconds / 60;
    let local = at.naive_utc() + Duration::minutes(minutes.into());
    if utc || !(YEAR_MIN..=YEAR_MAX).contains(&local.year()) {
        return show_utc(at);
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = minutes.abs();
    format!("{}{sign}{:02}:{:02}", show_seconds(local), minutes / 60, minutes % 60)
}

fn in_years(day: NaiveDate) -> Result<NaiveDate, DueError> {
    if (YEAR_MIN..=YEAR_MAX).contains(&day.year()) {
        Ok(day)
    } else {
        Err(DueError::Year)
    }
}

/// `YYYY-MM-DD`, and what follows.
fn parse_day(text: &[u8]) -> Result<(NaiveDate, &[u8]), DueError> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, rest @ ..] = text else {
        return Err(DueError::Form);
    };
    let year = i32::try_from(two(*y1, *y2)? * 100 + two(*y3, *y4)?).map_err(|_| DueError::Form)?;
    let day = NaiveDate::from_ymd_opt(year, two(*m1, *m2)?, two(*d1, *d2)?).ok_or(DueError::Value)?;
    Ok((day, rest))
}

/// `HH:MM` or `HH:MM:SS`, and what follows.
fn parse_time(text: &[u8]) -> Result<(NaiveTime, &[u8]), DueError> {
    let (h1, h2, m1, m2, second, rest) = match text {
        [h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] => (h1, h2, m1, m2, two(*s1, *s2)?, rest),
        [h1, h2, b':', m1, m2, rest @ ..] => (h1, h2, m1, m2, 0, rest),
        _ => return Err(DueError::Form),
    };
    let time = NaiveTime::from_hms_opt(two(*h1, *h2)?, two(*m1, *m2)?, second).ok_or(DueError::Value)?;
    Ok((time, rest))
}

fn cut_fraction(text: &[u8]) -> Result<&[u8], DueError> {
    let Some((b'.', rest)) = text.split_first() else {
        return Ok(text);
    };
    match rest.iter().position(|byte| !byte.is_ascii_digit()) {
        Some(digits) if digits > 0 => rest.get(digits..).ok_or(DueError::Form),
        _ => Err(DueError::Form),
    }
}

/// `Z`, or `+HH:MM`, or `-HH:MM`, as how far the wall is ahead of UTC.
fn parse_offset(text: &[u8]) -> Result<Duration, DueError> {
    match text {
        [b'Z' | b'z'] => Ok(Duration::zero()),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (two(*h1, *h2)?, two(*m1, *m2)?);
            if hours > 23 || minutes > 59 {
                return Err(DueError::Value);
            }
            let ahead = Duration::minutes(i64::from(hours * 60 + minutes));
            Ok(if *sign == b'+' { ahead } else { -ahead })
        }
        _ => Err(DueError::Form),
    }
}

fn two(tens: u8, ones: u8) -> Result<u32, DueError> {
    if tens.is_ascii_digit() && ones.is_ascii_digit() {
        Ok(u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
    } else {
        Err(DueError::Form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_form_tells_the_kind() {
        assert_eq!(Due::parse("2026-11-22"), Ok(Due::Day("2026-11-22".parse().unwrap())));
        assert_eq!(
            Due::parse("2026-11-22T09:00"),
            Ok(Due::Wall("2026-11-22T09:00:00".parse().unwrap()))
        );
        assert_eq!(
            Due::parse("2026-11-22T09:00:05"),
            Ok(Due::Wall("2026-11-22T09:00:05".parse().unwrap()))
        );
        for text in [
            "2026-11-22T09:00:00Z",
            "2026-11-22t09:00z",
            "2026-11-22T10:00:00+01:00",
            "2026-11-22T09:00:00.999Z",
            "2026-11-21T22:00:00-11:00",
        ] {
            assert_eq!(Due::parse(text), Ok(Due::Instant(instant("2026-11-22T09:00:00Z"))), "{text}");
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "2026",
            "2026-11",
            "26-11-22",
            "2026-1-2",
            "2026-11-22T",
            "2026-11-22 09:00",
            "2026-11-22T9:00",
            "2026-11-22T09",
            "2026-11-22T09:00:",
            "2026-11-22T09:00:00.5",
            "2026-11-22T09:00:00.Z",
            "2026-11-22Z",
            "2026-11-22T09:00:00+0100",
            "2026-11-22T09:00:00+01",
            "+2026-11-22",
            "2026-11-22T09:00:00Z ",
            " 2026-11-22",
            "tomorrow",
            "２０２６-11-22",
            "2026-11-22T09:00:00[Europe/Berlin]",
        ] {
            assert_eq!(Due::parse(text), Err(DueError::Form), "{text}");
        }
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "2026-11-22T24:00",
            "2026-11-22T09:60",
            "2026-11-22T23:59:60Z",
            "2026-11-22T09:00:00+24:00",
        ] {
            assert_eq!(Due::parse(text), Err(DueError::Value), "{text}");
        }
        for text in [
            "1899-12-31",
            "0000-01-01",
            "1899-12-31T23:59",
            "1900-01-01T00:30:00+01:00",
            "9999-12-31T23:30:00-01:00",
        ] {
            assert_eq!(Due::parse(text), Err(DueError::Year), "{text}");
        }
        for text in [
            "1900-01-01",
            "9999-12-31",
            "2028-02-29",
            "9999-12-31T23:59",
            "9999-12-31T23:59:59Z",
        ] {
            assert!(Due::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn an_instant_is_shown_with_the_offset_of_that_moment() {
        let shown = |text: &str, zone| Due::parse(text).unwrap().show(zone);
        assert_eq!(shown("2026-07-01T07:00:00Z", Tz::Europe__Berlin), "2026-07-01T09:00:00+02:00");
        assert_eq!(shown("2026-01-01T08:00:00Z", Tz::Europe__Berlin), "2026-01-01T09:00:00+01:00");
        assert_eq!(shown("2026-01-01T08:00:00Z", Tz::Europe__London), "2026-01-01T08:00:00+00:00");
        assert_eq!(shown("2026-01-01T08:00:00+05:00", Tz::UTC), "2026-01-01T03:00:00Z");
        assert_eq!(
            shown("2026-01-01T08:00:00Z", Tz::America__St_Johns),
            "2026-01-01T04:30:00-03:30"
        );
        assert_eq!(
            shown("1970-01-01T00:00:00Z", Tz::Africa__Monrovia),
            "1969-12-31T23:16:00-00:44",
            "-00:44:30 has no form of its own"
        );
        assert_eq!(
            shown("9999-12-31T23:00:00Z", Tz::Asia__Tokyo),
            "9999-12-31T23:00:00Z",
            "the year 10000 has none either"
        );
        assert_eq!(shown("2026-01-01T08:00:00", Tz::Asia__Tokyo), "2026-01-01T08:00");
        assert_eq!(shown("2026-01-01T08:00:09", Tz::Asia__Tokyo), "2026-01-01T08:00:09");
        assert_eq!(shown("2026-01-01", Tz::Asia__Tokyo), "2026-01-01");
    }

    #[test]
    fn a_day_is_over_when_it_is_over_for_the_person() {
        let day = Due::parse("2026-11-22").unwrap();
        assert_eq!(day.at(Tz::UTC), None);
        for (person, last, first) in [
            (Tz::Pacific__Kiritimati, "2026-11-22T09:59:59Z", "2026-11-22T10:00:00Z"),
            (Tz::Pacific__Pago_Pago, "2026-11-23T10:59:59Z", "2026-11-23T11:00:00Z"),
        ] {
            assert!(!day.is_over(Tz::UTC, person, instant(last)), "{person}");
            assert!(day.is_over(Tz::UTC, person, instant(first)), "{person}");
        }
    }

    #[test]
    fn a_time_goes_by_the_zone_of_the_task() {
        let wall = Due::parse("2026-07-01T09:00").unwrap();
        assert_eq!(wall.at(Tz::America__New_York), Some(instant("2026-07-01T13:00:00Z")));
        assert_eq!(
            wall.start(Tz::America__New_York, Tz::Asia__Tokyo),
            instant("2026-07-01T13:00:00Z")
        );
        assert!(!wall.is_over(Tz::America__New_York, Tz::Asia__Tokyo, instant("2026-07-01T13:00:00Z")));
        assert!(wall.is_over(Tz::America__New_York, Tz::Asia__Tokyo, instant("2026-07-01T13:00:00.001Z")));
        let at = Due::parse("2026-07-01T09:00:00Z").unwrap();
        assert_eq!(at.start(Tz::Asia__Tokyo, Tz::Asia__Tokyo), instant("2026-07-01T09:00:00Z"));
        assert!(at.is_over(Tz::Asia__Tokyo, Tz::Asia__Tokyo, instant("2026-07-01T09:00:01Z")));
    }
}

//! Time zones by their IANA names, from data compiled in: a Wasm guest has none of its own.

mod table;

use chrono::{DateTime, Duration, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

pub(crate) use table::rules;

/// A name that is no IANA time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a known time zone: give an IANA name such as Europe/Berlin or UTC")]
pub struct ZoneError;

/// Reads an IANA time zone name, exactly as written there (`Europe/Berlin`, `UTC`).
pub fn parse_zone(name: &str) -> Result<Tz, ZoneError> {
    name.parse().map_err(|_| ZoneError)
}

/// The release of the IANA time zone data compiled in, such as `2025b`.
pub fn zone_data_version() -> &'static str {
    chrono_tz::IANA_TZDB_VERSION
}

/// First and last second that a stored time may mean; wall times near the ends are clamped, so that every instant has a four-digit year.
const INSTANT_SECONDS: (i64, i64) = (-2_208_988_800, 253_402_300_799);

/// The instant of a wall time: in a gap it moves forward by the gap, of two it is the first (RFC 5545 section 3.3.5).
pub(crate) fn resolve(wall: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let rules = rules(zone);
    clamp(match rules.from_local_datetime(&wall) {
        MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => at.to_utc(),
        MappedLocalTime::None => match rules.gap(wall) {
            // Read with the offset before the gap, the wall time lands as far behind the gap as it lay inside.
            Some(gap) => (wall - gap.before).and_utc(),
            // Not in a gap after all or before the first known offset: UTC is as good as any.
            None => wall.and_utc(),
        },
    })
}

/// The first instant of a day: midnight, the end of a gap that swallows midnight, or the first of two midnights.
pub(crate) fn start_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let rules = rules(zone);
    match rules.from_local_datetime(&midnight) {
        MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => clamp(at.to_utc()),
        // A gap may begin before midnight (Toronto 1919: 23:30 to 00:30); then the day begins where the gap ends.
        MappedLocalTime::None => match rules.gap(midnight).and_then(|gap| DateTime::from_timestamp(gap.at, 0)) {
            Some(end) => clamp(end),
            None => resolve(midnight, zone),
        },
    }
}

/// What the wall shows at an instant.
pub(crate) fn wall_at(at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    rules(zone).from_utc_datetime(&at.naive_utc()).naive_local()
}

/// The first instant after a day.
pub(crate) fn end_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    start_of_day(day.succ_opt().unwrap_or(day), zone)
}

fn clamp(at: DateTime<Utc>) -> DateTime<Utc> {
    let (first, last) = INSTANT_SECONDS;
    let seconds = at.timestamp();
    if seconds < first {
        at + Duration::seconds(first - seconds)
    } else if seconds > last {
        at - Duration::seconds(seconds - last)
    } else {
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(wall: &str, zone: Tz) -> String {
        resolve(wall.parse().unwrap(), zone).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    fn day_starts(day: &str, zone: Tz) -> String {
        start_of_day(day.parse().unwrap(), zone).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    #[test]
    fn names_are_exact() {
        assert_eq!(parse_zone("Europe/Berlin"), Ok(Tz::Europe__Berlin));
        assert_eq!(parse_zone("UTC"), Ok(Tz::UTC));
        for name in ["", "europe/berlin", "Mars/Olympus", "+02:00", " UTC", "CEST"] {
            assert_eq!(parse_zone(name), Err(ZoneError), "{name}");
        }
        assert!(zone_data_version().starts_with("20"));
    }

    #[test]
    fn a_gap_moves_forward_by_its_length() {
        assert_eq!(resolved("2026-03-08T02:30:00", Tz::America__New_York), "2026-03-08T07:30:00Z");
        assert_eq!(resolved("2007-03-11T02:30:00", Tz::America__New_York), "2007-03-11T07:30:00Z");
        assert_eq!(
            resolved("2026-10-04T02:15:00", Tz::Australia__Lord_Howe),
            "2026-10-03T15:45:00Z"
        );
        assert_eq!(resolved("2025-04-25T00:00:00", Tz::Africa__Cairo), "2025-04-24T22:00:00Z");
        // Samoa skipped 30 December 2011 whole: 09:00 of that day is 09:00 of the next.
        assert_eq!(resolved("2011-12-30T09:00:00", Tz::Pacific__Apia), "2011-12-30T19:00:00Z");
    }

    #[test]
    fn of_two_it_is_the_first() {
        assert_eq!(resolved("2026-11-01T01:30:00", Tz::America__New_York), "2026-11-01T05:30:00Z");
        assert_eq!(
            resolved("2026-04-05T01:45:00", Tz::Australia__Lord_Howe),
            "2026-04-04T14:45:00Z"
        );
    }

    #[test]
    fn a_day_starts_where_its_first_instant_is() {
        assert_eq!(day_starts("2026-11-22", Tz::Pacific__Kiritimati), "2026-11-21T10:00:00Z");
        assert_eq!(day_starts("2026-11-22", Tz::Pacific__Pago_Pago), "2026-11-22T11:00:00Z");
        assert_eq!(day_starts("2025-04-25", Tz::Africa__Cairo), "2025-04-24T22:00:00Z");
        assert_eq!(
            day_starts("2011-12-30", Tz::Pacific__Apia),
            day_starts("2011-12-31", Tz::Pacific__Apia)
        );
        assert_eq!(
            day_starts("1919-03-31", Tz::America__Toronto),
            "1919-03-31T04:30:00Z",
            "the gap is 23:30 to 00:30"
        );
        // Azores go back at 01:00 to 00:00: the first midnight counts.
        assert_eq!(day_starts("2026-10-25", Tz::Atlantic__Azores), "2026-10-25T00:00:00Z");
    }

    #[test]
    fn the_ends_of_time_keep_four_digits() {
        assert_eq!(
            resolved("9999-12-31T23:30:00", Tz::Pacific__Pago_Pago),
            "9999-12-31T23:59:59Z"
        );
        assert_eq!(
            resolved("1900-01-01T00:00:00", Tz::Pacific__Kiritimati),
            "1900-01-01T10:29:20Z"
        );
        assert_eq!(resolved("1900-01-01T00:00:00", Tz::Asia__Tokyo), "1900-01-01T00:00:00Z");
        assert_eq!(
            end_of_day(NaiveDate::from_ymd_opt(9999, 12, 31).unwrap(), Tz::UTC).timestamp(),
            INSTANT_SECONDS.1
        );
    }
}

//! The clock changes of every zone, as the build script took them from chrono-tz: 8 bytes a change, aliases share theirs.

use chrono::{FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;

/// For each zone, in the order of [`Tz`], where its records begin and end: two little-endian `u16`.
static ZONES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/zones.bin"));
/// The records: little-endian `u64`, 40 bits for the moment from which an offset holds, 24 for the offset.
static CHANGES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/changes.bin"));

/// What the records' moments count from, in seconds since 1970: a while before 1900, as the build script has it.
const EPOCH: i64 = -2_210_000_000;
const OFFSET_BITS: u32 = 24;

/// The rules of a zone at work. Use this instead of a [`Tz`]'s own arithmetic, which would link chrono-tz's tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules(&'static [[u8; 8]]);

/// The rules of a zone.
pub(crate) fn rules(zone: Tz) -> Rules {
    let bounds = ZONES.as_chunks::<2>().0;
    let bound = |index: usize| bounds.get(index).map_or(0, |bytes| usize::from(u16::from_le_bytes(*bytes)));
    let (start, end) = (bound(2 * zone as usize), bound(2 * zone as usize + 1));
    Rules(CHANGES.as_chunks::<8>().0.get(start..end).unwrap_or_default())
}

fn at(record: [u8; 8]) -> i64 {
    EPOCH + i64::try_from(u64::from_le_bytes(record) >> OFFSET_BITS).unwrap_or(0)
}

fn offset(record: [u8; 8]) -> i64 {
    let mask = (1 << OFFSET_BITS) - 1;
    i64::try_from(u64::from_le_bytes(record) & mask).unwrap_or(0) - (1 << (OFFSET_BITS - 1))
}

fn fixed(seconds: i64) -> FixedOffset {
    // Offsets of real zones are below a day.
    i32::try_from(seconds)
        .ok()
        .and_then(FixedOffset::east_opt)
        .unwrap_or_else(utc)
}

fn utc() -> FixedOffset {
    Utc.fix()
}

/// A wall time that the clock skips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// The offset before the gap.
    pub(crate) before: FixedOffset,
    /// The instant at which the clock moves, in seconds since 1970.
    pub(crate) at: i64,
}

impl Rules {
    /// How many changes there have been at a moment.
    fn changes_until(&self, seconds: i64) -> usize {
        self.0.partition_point(|record| at(*record) <= seconds)
    }

    fn offset_at(&self, seconds: i64) -> i64 {
        let last = self.changes_until(seconds).saturating_sub(1);
        self.0.get(last).copied().map_or(0, offset)
    }

    /// The gap that a wall time lies in, if it does.
    pub(crate) fn gap(&self, wall: NaiveDateTime) -> Option<Gap> {
        let wall = wall.and_utc().timestamp();
        self.near(wall).find_map(|[before, after]| {
            let (from, to) = (at(after) + offset(before), at(after) + offset(after));
            (from..to).contains(&wall).then(|| Gap {
                before: fixed(offset(before)),
                at: at(after),
            })
        })
    }

    /// The changes within a day and a half of a wall time, each with the record before it.
    fn near(&self, wall: i64) -> impl Iterator<Item = [[u8; 8]; 2]> + '_ {
        const NEAR: i64 = 36 * 3600;
        let first = self.changes_until(wall - NEAR).saturating_sub(1);
        let last = self.changes_until(wall + NEAR);
        self.0
            .get(first..last)
            .unwrap_or_default()
            .windows(2)
            .filter_map(|pair| pair.try_into().ok())
    }
}

impl TimeZone for Rules {
    type Offset = FixedOffset;

    /// Knows the data only; nothing here asks for it.
    fn from_offset(_: &FixedOffset) -> Self {
        rules(Tz::UTC)
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<FixedOffset> {
        self.offset_from_local_datetime(&local.and_time(chrono::NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<FixedOffset> {
        let wall = local.and_utc().timestamp();
        // The offsets of a day and a half around, each tried: does the wall show this time while it holds?
        let mut found: Option<i64> = None;
        let mut second: Option<i64> = None;
        let start = self.offset_at(wall - 36 * 3600);
        for candidate in std::iter::once(start).chain(self.near(wall).map(|[_, after]| offset(after))) {
            if self.offset_at(wall - candidate) == candidate {
                match found {
                    None => found = Some(candidate),
                    Some(first) if first != candidate => second = Some(candidate),
                    Some(_) => {}
                }
            }
        }
        match (found, second) {
            (None, _) => MappedLocalTime::None,
            (Some(only), None) => MappedLocalTime::Single(fixed(only)),
            // The greater offset is the earlier instant.
            (Some(one), Some(other)) => MappedLocalTime::Ambiguous(fixed(one.max(other)), fixed(one.min(other))),
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> FixedOffset {
        self.offset_from_utc_datetime(&utc.and_time(chrono::NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> FixedOffset {
        fixed(self.offset_at(utc.and_utc().timestamp()))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Offset};
    use chrono_tz::TZ_VARIANTS;

    use super::*;

    #[test]
    fn every_zone_is_as_chrono_tz_has_it() {
        let first: i64 = -2_208_988_800;
        for (index, zone) in TZ_VARIANTS.into_iter().enumerate() {
            assert_eq!(zone as usize, index);
            let rules = rules(zone);
            let around_changes = rules
                .0
                .iter()
                .flat_map(|record| [-86_400, -3_600, -1_800, -1, 0, 1, 1_800, 3_600, 86_400].map(|by| at(*record) + by));
            // Two decades day by day, and the ends of time.
            let plain = (1_600_000_000..2_200_000_000)
                .step_by(86_400 * 3 + 1_234)
                .chain([first, 4_200_000_000, 253_402_300_799]);
            for moment in around_changes.chain(plain).filter(|moment| *moment >= first) {
                let time = DateTime::from_timestamp(moment, 0).unwrap().naive_utc();
                let expected = zone.offset_from_utc_datetime(&time).fix();
                assert_eq!(rules.offset_from_utc_datetime(&time), expected, "{zone} at {time}");
                let expected = zone.offset_from_local_datetime(&time).map(|offset| offset.fix());
                assert_eq!(
                    rules.offset_from_local_datetime(&time),
                    expected,
                    "{zone} on the wall at {time}"
                );
            }
        }
    }
}

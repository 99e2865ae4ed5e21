//! Writes the table of clock changes of every zone (see `src/zone/table.rs`), from chrono-tz.
//!
//! chrono-tz's own tables take 24 bytes for each change and each alias of a zone; a component is made anew for each request and is
//! better off without them.

use std::collections::HashMap;
use std::error::Error;
use std::{env, fs, path::Path};

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};

/// From before 1900 to after the last change that chrono-tz knows, in seconds since 1970.
const RANGE: (i64, i64) = (-2_210_000_000, 4_300_000_000);
/// From when on changes are written, in seconds since 1970, when only those to come matter: 2020.
const RECENT: i64 = 1_577_836_800;
/// No zone has changed its clock there and back within this many seconds.
const STEP: i64 = 86_400;

/// The moments from which each offset holds, both in seconds; the first is the beginning of the range.
type Changes = Vec<(i64, i32)>;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut records: Vec<[u8; 8]> = Vec::new();
    let mut known: HashMap<Changes, (usize, usize)> = HashMap::new();
    let mut zones = Vec::new();
    for zone in TZ_VARIANTS {
        let changes = changes_of(zone)?;
        let (start, end) = if let Some(range) = known.get(&changes) {
            *range
        } else {
            let start = records.len();
            for (at, offset) in &changes {
                records.push(pack(*at, *offset)?.to_le_bytes());
            }
            *known.entry(changes).or_insert((start, records.len()))
        };
        for bound in [start, end] {
            zones.extend(u16::try_from(bound)?.to_le_bytes());
        }
    }
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("zones.bin"), zones)?;
    fs::write(Path::new(&out).join("changes.bin"), records.concat())?;
    Ok(())
}

/// 40 bits for the moment, 24 for the offset, both moved up to be positive, so that records sort by moment.
fn pack(at: i64, offset: i32) -> Result<u64, Box<dyn Error>> {
    Ok(u64::try_from(at - RANGE.0)? << 24 | u64::try_from(offset + (1 << 23))?)
}

fn changes_of(zone: Tz) -> Result<Changes, Box<dyn Error>> {
    let start = if env::var_os("CARGO_FEATURE_ALL_YEARS").is_some() {
        RANGE.0
    } else {
        RECENT
    };
    let mut last = offset(zone, start)?;
    // The first holds for all time before.
    let mut changes = vec![(RANGE.0, last)];
    let mut at = start;
    while at < RANGE.1 {
        let (mut before, mut after) = (at, at + STEP);
        if offset(zone, after)? != last {
            while after - before > 1 {
                let middle = before + (after - before) / 2;
                if offset(zone, middle)? == last {
                    before = middle;
                } else {
                    after = middle;
                }
            }
            last = offset(zone, after)?;
            changes.push((after, last));
        }
        at = after;
    }
    Ok(changes)
}

fn offset(zone: Tz, at: i64) -> Result<i32, Box<dyn Error>> {
    let at = DateTime::from_timestamp(at, 0).ok_or("the range is out of chrono's")?;
    Ok(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc())
}

//! The tick: rings what no job has rung, also after days of downtime.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;
use spindle_dapr::{Guard, StateError, Write};
use uuid::Uuid;

use super::{CELLS, Place, due::DueDoc, millis, minute_of};
use crate::{
    Store, StoreError, keys,
    tasks::{parse, parse_bytes},
};

/// A minute is looked at again for so long: a plan may be written a little after its minute was looked at.
const GRACE_MINUTES: i64 = 3;
/// How many minutes one bulk get looks at.
const MINUTES_PER_GET: i64 = 16;
/// How many minutes one tick goes through at most, so that it ends; the next goes on. A week of downtime takes three.
const MINUTES_PER_TICK: i64 = 4_000;

/// What a tick has done.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Ticked {
    /// How many reminders rang.
    pub rung: usize,
    /// How long after its time the latest of them rang, in seconds.
    pub late_seconds: u64,
    /// Whose, by place: their events are to be relayed.
    pub tasks: BTreeMap<Place, BTreeSet<Uuid>>,
}

impl Store {
    /// Goes through the minutes since the last that is wholly done and rings what is due.
    ///
    /// Safe to repeat and in several replicas at once: ringing is, and the cursor only tells where there is nothing left to find. It is
    /// moved after the minutes it passes are done, so that a crash only makes the next tick look again.
    pub async fn tick_reminders(&self) -> Result<Ticked, StoreError> {
        let now = minute_of(millis(self.clock.now()));
        let (cursor, guard) = self.cursor(now).await?;
        let last = now.min(cursor + MINUTES_PER_TICK);
        let mut ticked = Ticked::default();
        let mut minute = cursor + 1;
        while minute <= last {
            let until = last.min(minute + MINUTES_PER_GET - 1);
            let mut places = self.occupied(minute, until).await?;
            if until < now - GRACE_MINUTES {
                // The cursor will pass these minutes now, so what a broken answer left out would be left out for good.
                places.extend(self.occupied(minute, until).await?);
                places.sort_unstable();
                places.dedup();
            }
            for place in places {
                loop {
                    let rung = self.ring(place, None).await?;
                    ticked.rung += rung.count;
                    ticked.late_seconds = ticked.late_seconds.max(rung.late_seconds);
                    if rung.count > 0 {
                        ticked.tasks.entry(place).or_default().extend(rung.tasks);
                    }
                    if !rung.more {
                        break;
                    }
                }
            }
            minute = until + 1;
        }
        let done = last.min(now - GRACE_MINUTES);
        if done > cursor {
            match self
                .dapr
                .transaction(&[Write::put(keys::DUE_CURSOR, done.to_string(), guard)])
                .await
            {
                // Another replica was faster.
                Ok(()) | Err(StateError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(ticked)
    }

    /// The places of the same minute that hold something, beginning with this one: several who ring all of a minute meet late.
    pub async fn places_around(&self, place: Place) -> Result<Vec<Place>, StoreError> {
        let mut places = self.occupied(place.minute, place.minute).await?;
        places.sort_unstable();
        let first = places.partition_point(|other| *other < place);
        places.rotate_left(first);
        Ok(places)
    }

    /// The places of these minutes that hold something.
    async fn occupied(&self, from: i64, to: i64) -> Result<Vec<Place>, StoreError> {
        let places = (from..=to).flat_map(|minute| (0..CELLS).map(move |cell| Place { minute, cell }));
        let places: Vec<(String, Place)> = places.map(|place| (place.key(), place)).collect();
        let keys: Vec<String> = places.iter().map(|(key, _)| key.clone()).collect();
        // Few places hold something. One that seems empty and is not is looked at again until its minute is well past.
        let answer = self.dapr.bulk_get_sparse(&keys, keys::DUE_CURSOR).await?;
        let mut occupied = Vec::new();
        // Read as they come: the witness is another kind of document.
        for item in answer.items::<&RawValue>()? {
            let Some(data) = item.data else { continue };
            let Some((key, place)) = places.iter().find(|(key, _)| *key == item.key) else {
                continue;
            };
            let due: DueDoc = parse(key, data)?;
            if !due.entries.is_empty() {
                occupied.push(*place);
            }
        }
        Ok(occupied)
    }

    /// The last minute that is wholly done. On the first tick ever it begins a little before now.
    async fn cursor(&self, now: i64) -> Result<(i64, Guard), StoreError> {
        match self.dapr.get(keys::DUE_CURSOR).await? {
            None => Ok((now - GRACE_MINUTES - 1, Guard::Absent)),
            Some((body, etag)) => Ok((parse_bytes(keys::DUE_CURSOR, &body)?, Guard::Etag(etag))),
        }
    }
}

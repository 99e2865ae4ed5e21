//! Sets of days within one period: a bit a day, so that a month or a year is searched without allocating.

use chrono::{Days, NaiveDate};

/// Days of one period, counted from its first.
#[derive(Clone, Copy, Debug)]
pub(super) struct DaySet {
    start: NaiveDate,
    words: [u64; 6],
}

impl DaySet {
    pub(super) fn new(start: NaiveDate) -> Self {
        Self { start, words: [0; 6] }
    }

    /// Adds the day `offset` days after the first; a year's worth fits.
    pub(super) fn insert(&mut self, offset: u32) {
        if let Some(word) = self.words.get_mut(offset as usize / 64) {
            *word |= 1 << (offset % 64);
        }
    }

    pub(super) fn len(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// Takes out the days before a date.
    pub(super) fn drop_before(&mut self, date: NaiveDate) {
        let Ok(days) = usize::try_from((date - self.start).num_days()) else {
            return;
        };
        for (index, word) in self.words.iter_mut().enumerate() {
            let gone = days.saturating_sub(index * 64).min(64);
            *word = if gone == 64 { 0 } else { *word >> gone << gone };
        }
    }

    /// Takes out the days from a date on.
    pub(super) fn drop_from(&mut self, date: NaiveDate) {
        let mut late = *self;
        late.drop_before(date);
        for (word, gone) in self.words.iter_mut().zip(late.words) {
            *word &= !gone;
        }
    }

    pub(super) fn first(&self) -> Option<NaiveDate> {
        self.dates().next()
    }

    /// The first day of the period, whether in the set or not.
    pub(super) fn start(&self) -> NaiveDate {
        self.start
    }

    pub(super) fn dates(&self) -> impl Iterator<Item = NaiveDate> {
        self.offsets()
            .filter_map(|offset| self.start.checked_add_days(Days::new(offset.into())))
    }

    /// The days at these positions alone: 1 is the first, -1 the last.
    pub(super) fn pick(&self, positions: &[i16]) -> Self {
        let len = i64::from(self.len());
        let mut picked = Self::new(self.start);
        for (offset, position) in self.offsets().zip(1_i64..) {
            if positions
                .iter()
                .any(|wanted| i64::from(*wanted) == position || i64::from(*wanted) == position - len - 1)
            {
                picked.insert(offset);
            }
        }
        picked
    }

    fn offsets(&self) -> impl Iterator<Item = u32> {
        self.words.into_iter().zip((0..).step_by(64)).flat_map(|(word, base)| {
            let mut left = word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(base + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(days: &[u32]) -> DaySet {
        let mut set = DaySet::new(NaiveDate::from_ymd_opt(2024, 1, 1).unwrap());
        for day in days {
            set.insert(*day);
        }
        set
    }

    fn offsets(set: &DaySet) -> Vec<u32> {
        set.offsets().collect()
    }

    #[test]
    fn days_go_in_and_out() {
        let mut days = set(&[0, 63, 64, 200, 365]);
        assert_eq!((offsets(&days), days.len()), (vec![0, 63, 64, 200, 365], 5));
        let date = |offset: u64| NaiveDate::from_ymd_opt(2024, 1, 1).unwrap() + Days::new(offset);
        days.drop_before(date(64));
        assert_eq!((offsets(&days), days.first()), (vec![64, 200, 365], Some(date(64))));
        days.drop_before(date(64) - Days::new(100));
        days.drop_from(date(365));
        assert_eq!(offsets(&days), [64, 200]);
        days.drop_before(date(500));
        assert_eq!(days.first(), None);
    }

    #[test]
    fn positions_count_from_both_ends() {
        let days = set(&[3, 70, 140, 365]);
        assert_eq!(offsets(&days.pick(&[1, -1])), [3, 365]);
        assert_eq!(offsets(&days.pick(&[-2, 2, 9, -9])), [70, 140]);
        assert_eq!(offsets(&days.pick(&[2, -3])), [70]);
    }
}

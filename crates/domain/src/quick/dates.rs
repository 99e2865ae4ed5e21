//! Days, as people write them.

use chrono::{Datelike, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Weekday};

use super::scan::{Read, Scan};
use super::words::{Unit, full_weekday, month, short_weekday};
use crate::limits::{YEAR_MAX, YEAR_MIN};

/// When tonight is.
const EVENING: Option<NaiveTime> = NaiveTime::from_hms_opt(20, 0, 0);

/// A day, with a time when the words say one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) day: NaiveDate,
    pub(super) time: Option<NaiveTime>,
}

impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self { day, time: None }
    }
}

impl Scan<'_> {
    /// A day with the words that lead to it: `on monday`, `by 31 jan`, `am 31.12.`
    pub(super) fn date(&self, at: usize) -> Option<Read<Date>> {
        let before = self.skip(at, &["on", "by", "due", "until", "till"], &["am", "bis", "zum", "fällig"]);
        let more = self.skip(at + before, &["on", "by"], &["am", "bis", "zum"]);
        let before = if before > 0 { before + more } else { 0 };
        let led = before > 0;
        let read = self
            .relative(at + before)
            .or_else(|| self.span_of_time(at + before))
            .or_else(|| self.weekday_date(at + before, led))
            .or_else(|| self.calendar_date(at + before).map(|read| read.map(Date::from)))
            .or_else(|| self.day_of_month(at + before, led).map(|read| read.map(Date::from)))?;
        let fits = (YEAR_MIN..=YEAR_MAX).contains(&read.value.day.year());
        fits.then(|| read.after(before))
    }

    fn relative(&self, at: usize) -> Option<Read<Date>> {
        let ahead = |days: u64, words: usize| Some(Read::new(self.ahead(days)?.into(), words));
        let evening = |words: usize| {
            let (day, time) = (self.today(), EVENING);
            Some(Read::new(Date { day, time }, words))
        };
        if self.is(at, &["tonight"], &[]) {
            return evening(1);
        }
        if self.is(at, &[], &["heute"]) && self.is(at + 1, &[], &["abend"]) {
            return evening(2);
        }
        if self.is(at, &["today"], &["heute"]) {
            return ahead(0, 1);
        }
        if self.is(at, &["tomorrow", "tmrw"], &["morgen"]) {
            return ahead(1, 1);
        }
        if self.is(at, &[], &["übermorgen", "uebermorgen"]) {
            return ahead(2, 1);
        }
        let words = ["day", "after", "tomorrow"];
        let the = self.skip(at, &["the"], &[]);
        if self.languages.en && (0..3).all(|index| words.get(index) == Some(&self.word(at + the + index))) {
            return ahead(2, 3 + the);
        }
        if self.is(at, &["next"], &["nächste", "nächsten", "nächstes", "kommende", "kommenden"]) {
            let day = match self.unit(at + 1)? {
                Unit::Week => self.week_begin()?.checked_add_days(Days::new(7))?,
                Unit::Month => self.today().with_day(1)?.checked_add_months(Months::new(1))?,
                Unit::Year => NaiveDate::from_ymd_opt(self.today().year() + 1, 1, 1)?,
                _ => return None,
            };
            return Some(Read::new(day.into(), 2));
        }
        None
    }

    /// `in 3 days`, `in 2 Stunden`.
    fn span_of_time(&self, at: usize) -> Option<Read<Date>> {
        if !self.is(at, &["in"], &["in"]) {
            return None;
        }
        let amount = self.amount(at + 1)?;
        let (count, unit) = amount.value;
        let moment = |seconds_each: i64| {
            let wall = self
                .minute_now()
                .checked_add_signed(Duration::seconds(seconds_each * i64::from(count)))?;
            Some(Date {
                day: wall.date(),
                time: Some(wall.time()),
            })
        };
        let date = match unit {
            Unit::Minute => moment(60)?,
            Unit::Hour => moment(3_600)?,
            Unit::Day => self.ahead(count.into())?.into(),
            Unit::Week => self.ahead(u64::from(count) * 7)?.into(),
            Unit::Month => self.today().checked_add_months(Months::new(count))?.into(),
            Unit::Quarter => self.today().checked_add_months(Months::new(count * 3))?.into(),
            Unit::Year => self.today().checked_add_months(Months::new(count * 12))?.into(),
            Unit::Weekday => return None,
        };
        Some(Read::new(date, 1 + amount.words))
    }

    /// A weekday: the next one after today; `next monday` is that of the next week. Short names may be parts of a title, so they count
    /// only behind a word such as `on`, before a time, or at the end.
    fn weekday_date(&self, at: usize, led: bool) -> Option<Read<Date>> {
        let next = self.is(at, &["next"], &["nächste", "nächsten", "nächster", "kommenden"]);
        let this = self.is(at, &["this"], &["diesen", "dieser"]);
        let name = at + usize::from(next || this);
        let word = self.word(name);
        let (weekday, certain) = match full_weekday(word, self.languages) {
            Some(weekday) => (weekday, true),
            None => (short_weekday(word, self.languages)?, led || next || this),
        };
        if !certain && self.title_goes_on(name + 1) {
            return None;
        }
        let day = if next {
            let begin = self.week_begin()?.checked_add_days(Days::new(7))?;
            first_on(begin, weekday)?
        } else if this {
            first_on(self.today(), weekday)?
        } else {
            first_on(self.ahead(1)?, weekday)?
        };
        Some(Read::new(day.into(), name + 1 - at))
    }

    /// Whether plain words follow, so that the one before may belong to a title.
    pub(super) fn title_goes_on(&self, at: usize) -> bool {
        let word = self.word(at);
        let mark = word.starts_with('#') || word.starts_with('!');
        let leads = ["on", "at", "by", "until", "till", "for", "starting", "from", "remind"];
        let goes_on = self.is(at, &leads, &["am", "um", "bis", "ab", "für", "erinnere"]);
        at < self.tokens.len()
            && !mark
            && !goes_on
            && self.times(at).is_none()
            && self.time(at).is_none()
            && self.relative(at).is_none()
    }

    /// A day of the calendar: `2026-12-01`, `31.12.`, `31 jan`, `jan 31`, with or without a year.
    pub(super) fn calendar_date(&self, at: usize) -> Option<Read<NaiveDate>> {
        let word = self.word(at);
        if let Some(day) = iso_day(word) {
            return Some(Read::new(day, 1));
        }
        if let Some(day) = self.dotted_day(at) {
            return Some(Read::new(day, 1));
        }
        let (day, month, words) = self.day_and_month(at)?;
        let written_year = self.year(at + words);
        match written_year {
            Some(year) => Some(Read::new(NaiveDate::from_ymd_opt(year, month, day)?, words + 1)),
            None => Some(Read::new(self.next_on(month, day)?, words)),
        }
    }

    /// `31 jan`, `31st of january`, `jan 31`, `31. Januar`: day, month, words.
    pub(super) fn day_and_month(&self, at: usize) -> Option<(u32, u32, usize)> {
        let day = |at| self.ordinal_day(at).or_else(|| self.day_number(at));
        let the = self.skip(at, &["the"], &[]);
        if let Some(day) = day(at + the) {
            let of = self.skip(at + the + 1, &["of"], &[]);
            let month = month(self.word(at + the + 1 + of), self.languages)?;
            return Some((day, month, 2 + of + the));
        }
        let month = month(self.word(at), self.languages).filter(|_| self.languages.en)?;
        let the = self.skip(at + 1, &["the"], &[]);
        Some((day(at + 1 + the)?, month, 2 + the))
    }

    fn year(&self, at: usize) -> Option<i32> {
        let word = self.word(at);
        let year = word.parse().ok().filter(|_| word.len() == 4)?;
        (2000..2200).contains(&year).then_some(year)
    }

    /// `31.12.`, `31.12.2026`, `31.12.26`; the dot behind the month tells it from a price.
    fn dotted_day(&self, at: usize) -> Option<NaiveDate> {
        let word = self.word(at);
        let mut parts = word.split('.');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next());
        let short = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if !short(day) || !short(month) || parts.next().is_some() {
            return None;
        }
        let (day, month): (u32, u32) = (day.parse().ok()?, month.parse().ok()?);
        match year {
            Some(year) if year.len() == 4 => NaiveDate::from_ymd_opt(year.parse().ok()?, month, day),
            Some(year) if short(year) && year.len() == 2 => NaiveDate::from_ymd_opt(2000 + year.parse::<i32>().ok()?, month, day),
            None if self.trails(at, '.') => self.next_on(month, day),
            _ => None,
        }
    }

    /// `on the 31st`, `am 31.`: the next month that has it.
    fn day_of_month(&self, at: usize, led: bool) -> Option<Read<NaiveDate>> {
        let the = self.skip(at, &["the"], &["den"]);
        let day = self.ordinal_day(at + the).filter(|_| led || the > 0)?;
        let first = self.today().with_day(1)?;
        let found = (0..12)
            .filter_map(|ahead| first.checked_add_months(Months::new(ahead))?.with_day(day))
            .find(|found| *found >= self.today())?;
        Some(Read::new(found, 1 + the))
    }

    /// Today or the next such day of a year that has it.
    pub(super) fn next_on(&self, month: u32, day: u32) -> Option<NaiveDate> {
        (0..=8)
            .filter_map(|ahead| NaiveDate::from_ymd_opt(self.today().year() + ahead, month, day))
            .find(|found| *found >= self.today())
    }

    fn ahead(&self, days: u64) -> Option<NaiveDate> {
        self.today().checked_add_days(Days::new(days))
    }

    fn week_begin(&self) -> Option<NaiveDate> {
        let back = self.today().weekday().days_since(self.week_start);
        self.today().checked_sub_days(Days::new(back.into()))
    }

    pub(super) fn minute_now(&self) -> NaiveDateTime {
        self.now
            .with_second(0)
            .and_then(|now| now.with_nanosecond(0))
            .unwrap_or(self.now)
    }
}

/// The first such weekday at or after a day.
fn first_on(day: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(weekday.days_since(day.weekday()).into()))
}

fn iso_day(word: &str) -> Option<NaiveDate> {
    match crate::Due::parse(word) {
        Ok(crate::Due::Day(day)) => Some(day),
        _ => None,
    }
}

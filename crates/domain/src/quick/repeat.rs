//! Rules, as people write them.

use chrono::{NaiveDate, Weekday};

use super::scan::{Read, Scan};
use super::words::{Unit, any_weekday, full_weekday, ordinal_word};
use crate::recurrence::{Mode, Pattern};

/// How something repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Repeats {
    pub(super) every: u32,
    pub(super) what: What,
    pub(super) mode: Mode,
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A plain pattern, with weekdays such as `MO` or `1MO`.
    Plain(Pattern, Vec<String>),
    /// A day of the month; -1 is the last.
    MonthDay(i8),
    /// Every year from such a day on.
    YearDay(NaiveDate),
    /// Hours that pass.
    Hours,
    /// Minutes that pass.
    Minutes,
}

impl What {
    fn plain(pattern: Pattern) -> Self {
        Self::Plain(pattern, Vec::new())
    }
}

impl Scan<'_> {
    /// A rule, without its end.
    pub(super) fn repeats(&self, at: usize) -> Option<Read<Repeats>> {
        self.every(at)
            .or_else(|| self.adverb(at))
            .or_else(|| self.in_each_month(at))
            .or_else(|| self.day_monthly(at))
    }

    /// `every …`, `jeden …`, `alle …`; `every!` counts from completion.
    fn every(&self, at: usize) -> Option<Read<Repeats>> {
        if !self.is(at, &["every", "each"], &["jeden", "jede", "jedes", "alle"]) {
            return None;
        }
        let mode = if self.trails(at, '!') {
            Mode::Completion
        } else {
            Mode::Schedule
        };
        let read = self
            .every_other(at + 1)
            .or_else(|| self.every_ordinal(at + 1))
            .or_else(|| self.every_units(at + 1))
            .or_else(|| self.every_weekdays(at + 1))
            .or_else(|| self.every_year_day(at + 1))?;
        Some(read.after(1).map(|(every, what)| Repeats { every, what, mode }))
    }

    /// `other day`, `zweiten Tag`, `third week`, `2nd day`.
    fn every_other(&self, at: usize) -> Option<Read<(u32, What)>> {
        let other = if self.is(at, &["other"], &["zweiten", "zweite", "zweites"]) {
            2
        } else {
            let number = self.ordinal(at).filter(|number| *number > 1)?;
            u32::try_from(number).ok()?
        };
        if let Some(unit) = self.unit(at + 1) {
            // `every second day of the month` is another thing.
            let (what, more) = self.of_unit(unit, at + 2)?;
            return Some(Read::new((other, what), 2 + more)).filter(|_| self.of_month(at + 2) == 0);
        }
        let certain = self.is(at, &["other"], &["zweiten"]) && self.of_month(at + 2) == 0;
        let weekday = any_weekday(self.word(at + 1), self.languages).filter(|_| certain)?;
        Some(Read::new(
            (2, What::Plain(Pattern::Weekly, vec![code(weekday).to_owned()])),
            2,
        ))
    }

    /// `first monday`, `letzten Tag des Monats`, `31st`, `31.`
    fn every_ordinal(&self, at: usize) -> Option<Read<(u32, What)>> {
        if let Some(read) = self.nth_of_month(at) {
            let more = self.of_month(at + read.words);
            return Some(Read::new((1, read.value), read.words + more));
        }
        let day = self.ordinal_day(at)?;
        if self.day_and_month(at).is_some() {
            return None;
        }
        Some(Read::new(
            (1, What::MonthDay(i8::try_from(day).ok()?)),
            1 + self.of_month(at + 1),
        ))
    }

    /// `day`, `2 weeks on mon, wed`, `month on the 31st`.
    fn every_units(&self, at: usize) -> Option<Read<(u32, What)>> {
        let (every, counted) = match self.number(at).filter(|_| self.unit(at + 1).is_some()) {
            Some(number) => (number, 1),
            None => (1, 0),
        };
        let (every, unit, words) = if let Some(unit) = self.unit(at + counted) {
            (every, unit, counted + 1)
        } else {
            // `every 30m`
            let amount = self.amount(at)?;
            (amount.value.0, amount.value.1, amount.words)
        };
        let (what, more) = self.of_unit(unit, at + words)?;
        let every = if unit == Unit::Quarter { every.checked_mul(3)? } else { every };
        Some(Read::new((every, what), words + more))
    }

    /// `monday`, `mon, wed and fri`.
    fn every_weekdays(&self, at: usize) -> Option<Read<(u32, What)>> {
        let days = self.weekdays(at)?;
        Some(days.map(|days| (1, What::Plain(Pattern::Weekly, days))))
    }

    /// `31 jan`, `31. Januar`.
    fn every_year_day(&self, at: usize) -> Option<Read<(u32, What)>> {
        let (day, month, words) = self.day_and_month(at)?;
        Some(Read::new((1, What::YearDay(self.next_on(month, day)?)), words))
    }

    /// `daily`, `monthly on the 31st`, `täglich`, `montags`.
    fn adverb(&self, at: usize) -> Option<Read<Repeats>> {
        let unit = [
            (Unit::Day, "daily", "täglich"),
            (Unit::Weekday, "weekdays", "werktags"),
            (Unit::Week, "weekly", "wöchentlich"),
            (Unit::Month, "monthly", "monatlich"),
            (Unit::Quarter, "quarterly", "vierteljährlich"),
            (Unit::Year, "yearly", "jährlich"),
            (Unit::Year, "annually", "jährlich"),
            (Unit::Hour, "hourly", "stündlich"),
        ]
        .into_iter()
        .find(|(_, en, de)| self.is(at, &[en], &[de]));
        let Some((unit, _, _)) = unit else {
            let word = self.word(at);
            let weekday = full_weekday(word.strip_suffix('s')?, self.languages).filter(|_| self.languages.de);
            let german = weekday.filter(|_| word.ends_with("tags") || word.ends_with("wochs"))?;
            let what = What::Plain(Pattern::Weekly, vec![code(german).to_owned()]);
            return Some(Read::new(scheduled(1, what), 1));
        };
        let (what, more) = self.of_unit(unit, at + 1)?;
        let every = if unit == Unit::Quarter { 3 } else { 1 };
        // A weekly review is a title; to review weekly is not.
        if more == 0 && self.title_goes_on(at + 1) {
            return None;
        }
        Some(Read::new(scheduled(every, what), 1 + more))
    }

    /// `last day of the month`, `am ersten Montag im Monat`: the month must be said.
    fn in_each_month(&self, at: usize) -> Option<Read<Repeats>> {
        let before = self.skip(at, &["on"], &["am", "jeweils"]);
        let the = self.skip(at + before, &["the"], &[]);
        let start = at + before + the;
        let read = self.nth_of_month(start).or_else(|| {
            let day = self.ordinal_day(start)?;
            Some(Read::new(What::MonthDay(i8::try_from(day).ok()?), 1))
        })?;
        let more = self.of_month(start + read.words);
        (more > 0).then(|| Read::new(scheduled(1, read.value), before + the + read.words + more))
    }

    /// `31st monthly`, `31. monatlich`.
    fn day_monthly(&self, at: usize) -> Option<Read<Repeats>> {
        let day = self
            .ordinal_day(at)
            .filter(|_| self.is(at + 1, &["monthly"], &["monatlich"]))?;
        Some(Read::new(scheduled(1, What::MonthDay(i8::try_from(day).ok()?)), 2))
    }

    /// What a unit and the words behind it say, and how many those are.
    fn of_unit(&self, unit: Unit, at: usize) -> Option<(What, usize)> {
        let on = self.skip(at, &["on"], &["am", "an"]);
        let the = if on > 0 { self.skip(at + on, &["the"], &["den"]) } else { 0 };
        let told = at + on + the;
        let more = |words: usize| on + the + words;
        Some(match unit {
            Unit::Minute => (What::Minutes, 0),
            Unit::Hour => (What::Hours, 0),
            Unit::Day => (What::plain(Pattern::Daily), 0),
            Unit::Weekday => (
                What::Plain(Pattern::Weekly, ["MO", "TU", "WE", "TH", "FR"].map(str::to_owned).into()),
                0,
            ),
            Unit::Week => match self.weekdays(told).filter(|_| on > 0) {
                Some(days) => (What::Plain(Pattern::Weekly, days.value), more(days.words)),
                None => (What::plain(Pattern::Weekly), 0),
            },
            Unit::Month | Unit::Quarter if on > 0 => {
                let nth = self.nth_of_month(told).or_else(|| {
                    let day = self.ordinal_day(told).or_else(|| self.day_number(told))?;
                    Some(Read::new(What::MonthDay(i8::try_from(day).ok()?), 1))
                });
                match nth {
                    Some(read) => (read.value, more(read.words)),
                    None => (What::plain(Pattern::Monthly), 0),
                }
            }
            Unit::Month | Unit::Quarter => (What::plain(Pattern::Monthly), 0),
            Unit::Year => match self.day_and_month(told).filter(|_| on > 0) {
                Some((day, month, words)) => (What::YearDay(self.next_on(month, day)?), more(words)),
                None => (What::plain(Pattern::Yearly), 0),
            },
        })
    }

    /// `first monday`, `last day`, `2nd friday`.
    fn nth_of_month(&self, at: usize) -> Option<Read<What>> {
        let number = self.ordinal(at)?;
        if self.unit(at + 1) == Some(Unit::Day) {
            return (number == -1 || self.of_month(at + 2) > 0).then(|| Read::new(What::MonthDay(number), 2));
        }
        let weekday = any_weekday(self.word(at + 1), self.languages).filter(|_| number <= 5)?;
        let day = format!("{number}{}", code(weekday));
        Some(Read::new(What::Plain(Pattern::Monthly, vec![day]), 2))
    }

    /// `first`, `2nd`, `2.`; -1 is the last.
    fn ordinal(&self, at: usize) -> Option<i8> {
        ordinal_word(self.word(at), self.languages).or_else(|| i8::try_from(self.ordinal_day(at)?).ok())
    }

    /// The words of `of the month`, `of every month`, `des Monats`, `im Monat`; 0 when they are not there.
    fn of_month(&self, at: usize) -> usize {
        let of = self.is(at, &["of", "in"], &[]) && self.is(at + 1, &["the", "every", "each"], &[]);
        if of && self.is(at + 2, &["month"], &[]) {
            return 3;
        }
        let german = self.is(at, &[], &["des", "im", "jeden"]) && self.is(at + 1, &[], &["monats", "monat"]);
        if german || self.is(at, &[], &["jedes"]) && self.is(at + 1, &[], &["monats"]) {
            return 2;
        }
        0
    }

    /// Weekdays with commas or `and` between.
    fn weekdays(&self, at: usize) -> Option<Read<Vec<String>>> {
        let mut days: Vec<String> = Vec::new();
        let mut words = 0;
        loop {
            let and = if words > 0 {
                self.skip(at + words, &["and", "&", "+"], &["und", "&", "+"])
            } else {
                0
            };
            let listed = words == 0 || and > 0 || self.trails(at + words - 1, ',');
            // `every so often` names no Sunday.
            let doubtful = words == 0 && self.word(at).len() == 2 && !self.is_led_in_german(at);
            if doubtful {
                break;
            }
            let Some(weekday) = any_weekday(self.word(at + words + and), self.languages).filter(|_| listed) else {
                break;
            };
            let day = code(weekday).to_owned();
            if !days.contains(&day) {
                days.push(day);
            }
            words += 1 + and;
        }
        (words > 0).then(|| Read::new(days, words))
    }

    fn is_led_in_german(&self, at: usize) -> bool {
        let leads = ["jeden", "jede", "jedes", "alle", "am", "an", "den"];
        at.checked_sub(1).is_some_and(|before| self.is(before, &[], &leads))
    }

    /// `for 5 times`, `5 times`, `5 mal`, `5x`.
    pub(super) fn times(&self, at: usize) -> Option<Read<u32>> {
        let before = self.skip(at, &["for"], &["für"]);
        if self.is(at + before + 1, &["times"], &["mal"]) {
            return self.number(at + before).map(|count| Read::new(count, before + 2));
        }
        let count = self.word(at + before).strip_suffix('x')?;
        let digits = (1..=4).contains(&count.len()) && count.bytes().all(|byte| byte.is_ascii_digit());
        count
            .parse()
            .ok()
            .filter(|_| digits)
            .map(|count| Read::new(count, before + 1))
    }

    /// `until 2027-01-01`, `bis 1. März`.
    pub(super) fn until(&self, at: usize) -> Option<Read<NaiveDate>> {
        let before = self.skip(at, &["until", "till", "til"], &["bis"]);
        if before == 0 {
            return None;
        }
        let date = self.date(at + before)?;
        Some(date.after(before).map(|date| date.day))
    }

    /// `starting tomorrow`, `from 1 jan`, `ab Montag`: when a rule begins.
    pub(super) fn starting(&self, at: usize) -> Option<Read<super::dates::Date>> {
        let before = self.skip(at, &["starting", "from", "beginning"], &["ab"]);
        if before == 0 {
            return None;
        }
        Some(self.date(at + before)?.after(before))
    }
}

fn scheduled(every: u32, what: What) -> Repeats {
    Repeats {
        every,
        what,
        mode: Mode::Schedule,
    }
}

/// A weekday as rules write it.
fn code(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    }
}

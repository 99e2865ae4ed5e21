//! A text's words, and what the readers of dates, times and rules ask of them.

use chrono::{NaiveDate, NaiveDateTime, Weekday};

use super::Options;
use super::tokens::Token;
use super::words::{Languages, Unit, compact_unit, number, ordinal_digits, unit};
use crate::zone::wall_at;

/// The words, the moment on the person's wall, and their ways.
pub(super) struct Scan<'a> {
    pub(super) tokens: &'a [Token<'a>],
    pub(super) languages: Languages,
    pub(super) now: NaiveDateTime,
    pub(super) week_start: Weekday,
}

/// A value that was read from some words, and how many they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Read<T> {
    pub(super) value: T,
    pub(super) words: usize,
}

impl<T> Read<T> {
    pub(super) fn new(value: T, words: usize) -> Self {
        Self { value, words }
    }

    /// The same with words before it.
    pub(super) fn after(self, words: usize) -> Self {
        Self {
            words: self.words + words,
            ..self
        }
    }

    pub(super) fn map<U>(self, into: impl FnOnce(T) -> U) -> Read<U> {
        Read::new(into(self.value), self.words)
    }
}

impl<'a> Scan<'a> {
    pub(super) fn new(tokens: &'a [Token<'a>], options: &Options) -> Self {
        Self {
            tokens,
            languages: Languages::of(options.language),
            now: wall_at(options.now, options.zone),
            week_start: options.week_start.weekday(),
        }
    }

    pub(super) fn today(&self) -> NaiveDate {
        self.now.date()
    }

    pub(super) fn token(&self, at: usize) -> Option<&'a Token<'a>> {
        self.tokens.get(at).filter(|token| !token.protected)
    }

    /// The word in lower case; empty where there is none that counts.
    pub(super) fn word(&self, at: usize) -> &'a str {
        self.token(at).map_or("", |token| token.word.as_str())
    }

    /// Whether punctuation of this kind stands behind the word.
    pub(super) fn trails(&self, at: usize, mark: char) -> bool {
        self.token(at).is_some_and(|token| token.trail.starts_with(mark))
    }

    /// Whether the word is one of these.
    pub(super) fn is(&self, at: usize, en: &[&str], de: &[&str]) -> bool {
        let word = self.word(at);
        !word.is_empty() && (self.languages.en && en.contains(&word) || self.languages.de && de.contains(&word))
    }

    /// 1 when the word is one of these, else 0: words that may be left out.
    pub(super) fn skip(&self, at: usize, en: &[&str], de: &[&str]) -> usize {
        usize::from(self.is(at, en, de))
    }

    pub(super) fn number(&self, at: usize) -> Option<u32> {
        number(self.word(at), self.languages)
    }

    pub(super) fn unit(&self, at: usize) -> Option<Unit> {
        unit(self.word(at), self.languages)
    }

    /// So many of a unit: `3 days`, `30m`.
    pub(super) fn amount(&self, at: usize) -> Option<Read<(u32, Unit)>> {
        if let (Some(number), Some(unit)) = (self.number(at), self.unit(at + 1)) {
            return Some(Read::new((number, unit), 2));
        }
        let word = self.word(at);
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        if !(1..=4).contains(&digits) {
            return None;
        }
        let unit = compact_unit(word.get(digits..)?)?;
        Some(Read::new((word.get(..digits)?.parse().ok()?, unit), 1))
    }

    /// A day of the month: `31st`, or in German `31.`.
    pub(super) fn ordinal_day(&self, at: usize) -> Option<u32> {
        if self.languages.en
            && let Some(day) = ordinal_digits(self.word(at))
        {
            return Some(day);
        }
        if self.languages.de && self.trails(at, '.') {
            return self.day_number(at);
        }
        None
    }

    /// A number from 1 to 31.
    pub(super) fn day_number(&self, at: usize) -> Option<u32> {
        let word = self.word(at);
        let digits = (1..=2).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
        word.parse().ok().filter(|day| digits && (1..=31).contains(day))
    }
}

//! The words that quick add knows, by language.

use chrono::Weekday;

use crate::settings::Language;

/// Which languages' words count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Languages {
    pub(super) en: bool,
    pub(super) de: bool,
}

impl Languages {
    pub(super) fn of(language: Option<Language>) -> Self {
        Self {
            en: language != Some(Language::De),
            de: language != Some(Language::En),
        }
    }

    /// Looks a word up in the lists of both languages.
    fn find<T: Copy>(self, word: &str, en: &[(&str, T)], de: &[(&str, T)]) -> Option<T> {
        let look = |list: &[(&str, T)]| list.iter().find(|(known, _)| *known == word).map(|(_, value)| *value);
        let english = if self.en { look(en) } else { None };
        english.or_else(|| if self.de { look(de) } else { None })
    }
}

/// A unit that dates and rules count in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    Weekday,
    Week,
    Month,
    Quarter,
    Year,
}

/// Weekdays by names that mean nothing else.
pub(super) fn full_weekday(word: &str, languages: Languages) -> Option<Weekday> {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    languages.find(
        word,
        &[
            ("monday", Mon),
            ("tuesday", Tue),
            ("wednesday", Wed),
            ("thursday", Thu),
            ("friday", Fri),
            ("saturday", Sat),
            ("sunday", Sun),
        ],
        &[
            ("montag", Mon),
            ("dienstag", Tue),
            ("mittwoch", Wed),
            ("donnerstag", Thu),
            ("freitag", Fri),
            ("samstag", Sat),
            ("sonnabend", Sat),
            ("sonntag", Sun),
        ],
    )
}

/// Weekdays by short names, three letters or more.
pub(super) fn short_weekday(word: &str, languages: Languages) -> Option<Weekday> {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    let en = [
        ("mon", Mon),
        ("tue", Tue),
        ("tues", Tue),
        ("wed", Wed),
        ("thu", Thu),
        ("thur", Thu),
        ("thurs", Thu),
        ("fri", Fri),
        ("sat", Sat),
        ("sun", Sun),
    ];
    languages.find(word, &en, &[])
}

/// Weekdays by any name: where a rule leaves no doubt that one is meant.
pub(super) fn any_weekday(word: &str, languages: Languages) -> Option<Weekday> {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    let de = [
        ("mo", Mon),
        ("di", Tue),
        ("mi", Wed),
        ("do", Thu),
        ("fr", Fri),
        ("sa", Sat),
        ("so", Sun),
    ];
    full_weekday(word, languages)
        .or_else(|| short_weekday(word, languages))
        .or_else(|| languages.find(word, &[], &de))
        .or_else(|| full_weekday(word.strip_suffix('s')?, languages))
}

/// Months by name, numbered from 1.
pub(super) fn month(word: &str, languages: Languages) -> Option<u32> {
    const EN: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    const DE: [&str; 12] = [
        "januar",
        "februar",
        "märz",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "dezember",
    ];
    let look = |names: [&str; 12]| {
        let names = names.into_iter().zip(1..);
        let mut fits = names.filter(|(name, _)| *name == word || word.chars().count() == 3 && name.starts_with(word));
        fits.next().map(|(_, number)| number)
    };
    let more = languages.find(word, &[("sept", 9)], &[("sept", 9), ("maerz", 3), ("jänner", 1)]);
    more.or_else(|| if languages.en { look(EN) } else { None })
        .or_else(|| if languages.de { look(DE) } else { None })
}

/// Units, in singular and plural.
pub(super) fn unit(word: &str, languages: Languages) -> Option<Unit> {
    use Unit::{Day, Hour, Minute, Month, Quarter, Week, Weekday, Year};
    languages.find(
        word,
        &[
            ("minute", Minute),
            ("minutes", Minute),
            ("min", Minute),
            ("mins", Minute),
            ("hour", Hour),
            ("hours", Hour),
            ("day", Day),
            ("days", Day),
            ("weekday", Weekday),
            ("weekdays", Weekday),
            ("workday", Weekday),
            ("workdays", Weekday),
            ("week", Week),
            ("weeks", Week),
            ("month", Month),
            ("months", Month),
            ("quarter", Quarter),
            ("quarters", Quarter),
            ("year", Year),
            ("years", Year),
        ],
        &[
            ("minute", Minute),
            ("minuten", Minute),
            ("min", Minute),
            ("stunde", Hour),
            ("stunden", Hour),
            ("std", Hour),
            ("tag", Day),
            ("tage", Day),
            ("tagen", Day),
            ("werktag", Weekday),
            ("werktage", Weekday),
            ("woche", Week),
            ("wochen", Week),
            ("monat", Month),
            ("monate", Month),
            ("monaten", Month),
            ("quartal", Quarter),
            ("quartale", Quarter),
            ("jahr", Year),
            ("jahre", Year),
            ("jahren", Year),
        ],
    )
}

/// A unit behind a number without a blank, such as `30m`.
pub(super) fn compact_unit(text: &str) -> Option<Unit> {
    Some(match text {
        "m" | "min" => Unit::Minute,
        "h" | "hr" | "std" => Unit::Hour,
        "d" => Unit::Day,
        "w" => Unit::Week,
        _ => return None,
    })
}

/// Small numbers in words, and digits.
pub(super) fn number(word: &str, languages: Languages) -> Option<u32> {
    if !word.is_empty() && word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit()) {
        return word.parse().ok();
    }
    languages.find(
        word,
        &[
            ("a", 1),
            ("an", 1),
            ("one", 1),
            ("two", 2),
            ("three", 3),
            ("four", 4),
            ("five", 5),
            ("six", 6),
            ("seven", 7),
            ("eight", 8),
            ("nine", 9),
            ("ten", 10),
        ],
        &[
            ("ein", 1),
            ("eine", 1),
            ("einem", 1),
            ("einer", 1),
            ("zwei", 2),
            ("drei", 3),
            ("vier", 4),
            ("fünf", 5),
            ("sechs", 6),
            ("sieben", 7),
            ("acht", 8),
            ("neun", 9),
            ("zehn", 10),
        ],
    )
}

/// Ordinals in words; -1 is the last.
pub(super) fn ordinal_word(word: &str, languages: Languages) -> Option<i8> {
    languages.find(
        word,
        &[
            ("first", 1),
            ("second", 2),
            ("third", 3),
            ("fourth", 4),
            ("fifth", 5),
            ("last", -1),
        ],
        &[
            ("erste", 1),
            ("ersten", 1),
            ("erster", 1),
            ("zweite", 2),
            ("zweiten", 2),
            ("dritte", 3),
            ("dritten", 3),
            ("vierte", 4),
            ("vierten", 4),
            ("fünfte", 5),
            ("fünften", 5),
            ("letzte", -1),
            ("letzten", -1),
            ("letzter", -1),
        ],
    )
}

/// `1st`, `2nd`, `3rd`, `31st`: the number, 1 to 31.
pub(super) fn ordinal_digits(word: &str) -> Option<u32> {
    let digits = ["st", "nd", "rd", "th"].into_iter().find_map(|end| word.strip_suffix(end))?;
    if digits.is_empty() || digits.len() > 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

//! How a person likes to see their tasks: what starts their week, their clock, colours and language.

use chrono::Weekday;

use crate::UnknownWord;

/// Words that stand for the values of a setting.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),* $(,)? } $known:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The API's word for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// Reads the API's word.
            pub fn parse(text: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text).ok_or(UnknownWord($known))
            }
        }
    };
}

words! {
    /// The first day of a week.
    WeekStart {
        /// As ISO 8601 has it.
        Monday = "monday",
        /// As in much of the Arab world.
        Saturday = "saturday",
        /// As in the Americas.
        Sunday = "sunday",
    }
    "monday, saturday, sunday"
}

words! {
    /// How hours are counted.
    HourCycle {
        /// 1 to 12, with am and pm.
        H12 = "h12",
        /// 0 to 23.
        H23 = "h23",
    }
    "h12, h23"
}

words! {
    /// The colours.
    Theme {
        /// As the device has it.
        System = "system",
        /// Dark on light.
        Light = "light",
        /// Light on dark.
        Dark = "dark",
    }
    "system, light, dark"
}

words! {
    /// The language of the UI and of quick add.
    Language {
        /// English.
        En = "en",
        /// German.
        De = "de",
    }
    "en, de"
}

impl WeekStart {
    /// The weekday.
    pub const fn weekday(self) -> Weekday {
        match self {
            Self::Monday => Weekday::Mon,
            Self::Saturday => Weekday::Sat,
            Self::Sunday => Weekday::Sun,
        }
    }
}

/// The settings of a person; the default is that of somebody who has said nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The first day of their week.
    pub week_start: WeekStart,
    /// `None` as their browser's language has it.
    pub hour_cycle: Option<HourCycle>,
    /// The colours.
    pub theme: Theme,
    /// `None` as their browser has it.
    pub language: Option<Language>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            week_start: WeekStart::Monday,
            hour_cycle: None,
            theme: Theme::System,
            language: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for value in WeekStart::ALL {
            assert_eq!(WeekStart::parse(value.as_str()), Ok(*value));
        }
        assert_eq!(HourCycle::parse("h12"), Ok(HourCycle::H12));
        assert_eq!(Theme::parse("dark"), Ok(Theme::Dark));
        assert_eq!(Language::parse("de"), Ok(Language::De));
        assert!(WeekStart::parse("Monday").is_err() && Language::parse("").is_err());
    }
}

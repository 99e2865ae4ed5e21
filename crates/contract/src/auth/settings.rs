//! A person's settings as they cross the API.

use serde::{Deserialize, Serialize};
use spindle_domain::settings::{HourCycle, Language, Settings, Theme, WeekStart};

use super::ProfileBody;

/// The first day of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = WeekStart))]
pub enum WeekStartBody {
    /// As ISO 8601 has it.
    Monday,
    /// As in much of the Arab world.
    Saturday,
    /// As in the Americas.
    Sunday,
}

/// How hours are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = HourCycle))]
pub enum HourCycleBody {
    /// 1 to 12, with am and pm.
    H12,
    /// 0 to 23.
    H23,
}

/// The colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Theme))]
pub enum ThemeBody {
    /// As the device has it.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A language of the UI and of quick add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Language))]
pub enum LanguageBody {
    /// English.
    En,
    /// German.
    De,
}

/// Each body's variant and the domain's.
macro_rules! same {
    ($body:ident, $domain:ident, $($variant:ident),*) => {
        impl From<$domain> for $body {
            fn from(value: $domain) -> Self {
                match value { $($domain::$variant => Self::$variant),* }
            }
        }

        impl From<$body> for $domain {
            fn from(value: $body) -> Self {
                match value { $($body::$variant => Self::$variant),* }
            }
        }
    };
}

same!(WeekStartBody, WeekStart, Monday, Saturday, Sunday);
same!(HourCycleBody, HourCycle, H12, H23);
same!(ThemeBody, Theme, System, Light, Dark);
same!(LanguageBody, Language, En, De);

impl ProfileBody {
    /// The settings that it shows.
    pub fn settings(&self) -> Settings {
        Settings {
            week_start: self.week_start.into(),
            hour_cycle: self.hour_cycle.map(Into::into),
            theme: self.theme.into(),
            language: self.language.map(Into::into),
        }
    }
}

//! The stored form of a person's settings.

use serde::{Deserialize, Serialize};
use spindle_domain::{
    UnknownWord,
    settings::{HourCycle, Language, Settings, Theme, WeekStart},
};

/// Settings by the API's words; a field that is not there has its default.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct SettingsDoc {
    #[serde(rename = "w", skip_serializing_if = "Option::is_none")]
    week_start: Option<String>,
    #[serde(rename = "h", skip_serializing_if = "Option::is_none")]
    hour_cycle: Option<String>,
    #[serde(rename = "t", skip_serializing_if = "Option::is_none")]
    theme: Option<String>,
    #[serde(rename = "l", skip_serializing_if = "Option::is_none")]
    language: Option<String>,
}

impl SettingsDoc {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn of(settings: Settings) -> Self {
        let usual = Settings::default();
        let unusual = |word: &str, is_usual: bool| (!is_usual).then(|| word.to_owned());
        Self {
            week_start: unusual(settings.week_start.as_str(), settings.week_start == usual.week_start),
            hour_cycle: settings.hour_cycle.map(|cycle| cycle.as_str().to_owned()),
            theme: unusual(settings.theme.as_str(), settings.theme == usual.theme),
            language: settings.language.map(|language| language.as_str().to_owned()),
        }
    }

    /// `None` when a word is not known.
    pub(super) fn settings(&self) -> Option<Settings> {
        let usual = Settings::default();
        Some(Settings {
            week_start: read(self.week_start.as_deref(), usual.week_start, WeekStart::parse)?,
            hour_cycle: read(self.hour_cycle.as_deref(), None, |word| HourCycle::parse(word).map(Some))?,
            theme: read(self.theme.as_deref(), usual.theme, Theme::parse)?,
            language: read(self.language.as_deref(), None, |word| Language::parse(word).map(Some))?,
        })
    }
}

fn read<T>(word: Option<&str>, usual: T, parse: impl Fn(&str) -> Result<T, UnknownWord>) -> Option<T> {
    word.map_or(Some(usual), |word| parse(word).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_usual_is_stored() {
        assert!(SettingsDoc::of(Settings::default()).is_default());
        let settings = Settings {
            week_start: WeekStart::Sunday,
            hour_cycle: Some(HourCycle::H12),
            theme: Theme::Dark,
            language: Some(Language::De),
        };
        let text = serde_json::to_string(&SettingsDoc::of(settings)).unwrap();
        assert_eq!(text, r#"{"w":"sunday","h":"h12","t":"dark","l":"de"}"#);
        assert_eq!(serde_json::from_str::<SettingsDoc>(&text).unwrap().settings(), Some(settings));
        assert_eq!(
            serde_json::from_str::<SettingsDoc>(r#"{"t":"pink"}"#).unwrap().settings(),
            None
        );
    }
}

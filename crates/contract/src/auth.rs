//! Accounts as they cross the API.

use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use spindle_domain::{
    parse_zone,
    profile::clean_name,
    settings::{HourCycle, Language, Settings, Theme, WeekStart},
};
use uuid::Uuid;

use crate::{
    body::{Body, FromBody, Patch},
    json,
};

mod settings;

pub use settings::{HourCycleBody, LanguageBody, ThemeBody, WeekStartBody};

/// Fields of a profile that a body may hold because GET gave them, and that are not looked at.
pub const READ_ONLY_FIELDS: &[&str] = &["id", "created_at"];

/// When a task that is due on a day without time reminds, unless the person says otherwise: 09:00.
pub const ALL_DAY_REMINDER_DEFAULT: NaiveTime = match NaiveTime::from_hms_opt(9, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// POST `/api/auth/register`, before the rules for addresses, passwords and names are applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: String,
    /// As typed.
    pub name: Option<String>,
    /// Where the person's days begin and end; UTC when not given.
    pub time_zone: Option<Tz>,
}

impl FromBody for Registration {
    fn from_body(body: &mut Body<'_>) -> Option<Self> {
        let email = body.required_string("email");
        let password = body.required_string("password");
        let name = body.string("name").value();
        let time_zone = body.parsed("time_zone", "not_a_time_zone", parse_zone).value();
        Some(Self {
            email: email?,
            password: password?,
            name,
            time_zone,
        })
    }
}

/// POST `/api/auth/login`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: String,
}

impl FromBody for Credentials {
    fn from_body(body: &mut Body<'_>) -> Option<Self> {
        let (email, password) = (body.required_string("email"), body.required_string("password"));
        Some(Self {
            email: email?,
            password: password?,
        })
    }
}

/// PATCH `/api/me`: what is to change; what is left out stays, `null` gives the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfilePatch {
    /// Cleaned; empty for none.
    pub name: Option<String>,
    /// Where the person's days begin and end.
    pub time_zone: Option<Tz>,
    /// In the person's zone, to the minute.
    pub all_day_reminder_at: Option<NaiveTime>,
    /// The first day of a week.
    pub week_start: Option<WeekStart>,
    /// 12 or 24 hours.
    pub hour_cycle: Option<Option<HourCycle>>,
    /// The colours.
    pub theme: Option<Theme>,
    /// Of the UI and of quick add.
    pub language: Option<Option<Language>>,
}

impl ProfilePatch {
    /// The settings after the patch.
    pub fn settings(&self, now: Settings) -> Settings {
        Settings {
            week_start: self.week_start.unwrap_or(now.week_start),
            hour_cycle: self.hour_cycle.unwrap_or(now.hour_cycle),
            theme: self.theme.unwrap_or(now.theme),
            language: self.language.unwrap_or(now.language),
        }
    }
}

impl FromBody for ProfilePatch {
    fn from_body(body: &mut Body<'_>) -> Option<Self> {
        let name = match body.string("name") {
            Patch::Absent => None,
            Patch::Null => Some(String::new()),
            Patch::Value(name) => match clean_name("name", &name) {
                Ok(name) => Some(name.unwrap_or_default()),
                Err(violations) => {
                    for violation in violations {
                        body.refuse(violation.field, violation.code, violation.message);
                    }
                    None
                }
            },
        };
        let time_zone = body.parsed("time_zone", "not_a_time_zone", parse_zone).nullable();
        let all_day_reminder_at = body
            .parsed("all_day_reminder_at", "not_a_time_of_day", parse_time_of_day)
            .nullable();
        let usual = Settings::default();
        let week_start = body.parsed("week_start", "unknown_word", WeekStart::parse).nullable();
        let hour_cycle = body.parsed("hour_cycle", "unknown_word", HourCycle::parse).nullable();
        let theme = body.parsed("theme", "unknown_word", Theme::parse).nullable();
        let language = body.parsed("language", "unknown_word", Language::parse).nullable();
        body.ignore(READ_ONLY_FIELDS);
        Some(Self {
            week_start: week_start.map(|start| start.unwrap_or(usual.week_start)),
            hour_cycle,
            theme: theme.map(|theme| theme.unwrap_or(usual.theme)),
            language,
            name,
            time_zone: time_zone.map(|zone| zone.unwrap_or(Tz::UTC)),
            all_day_reminder_at: all_day_reminder_at.map(|time| time.unwrap_or(ALL_DAY_REMINDER_DEFAULT)),
        })
    }
}

fn parse_time_of_day(text: &str) -> Result<NaiveTime, &'static str> {
    let rule = "must be a time of day such as 09:00";
    let well_formed = text.len() == 5
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 2 { byte == b':' } else { byte.is_ascii_digit() });
    let (hours, minutes) = text.split_once(':').filter(|_| well_formed).ok_or(rule)?;
    let (hours, minutes) = (hours.parse().map_err(|_| rule)?, minutes.parse().map_err(|_| rule)?);
    NaiveTime::from_hms_opt(hours, minutes, 0).ok_or(rule)
}

/// DELETE `/api/me`: erasing an account takes its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// As typed.
    pub password: String,
}

impl FromBody for Erasure {
    fn from_body(body: &mut Body<'_>) -> Option<Self> {
        Some(Self {
            password: body.required_string("password")?,
        })
    }
}

/// A person as the API answers them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Profile))]
pub struct ProfileBody {
    /// Never changes.
    pub id: Uuid,
    /// As it was typed at registration.
    #[cfg_attr(feature = "schema", schema(example = "ada@example.org"))]
    pub email: String,
    /// May be empty.
    #[cfg_attr(feature = "schema", schema(max_length = 200, example = "Ada"))]
    pub name: String,
    /// Where this person's days begin and end: a name of the IANA time zone database.
    #[cfg_attr(feature = "schema", schema(example = "Europe/Berlin"))]
    pub time_zone: String,
    /// When a task that is due on a day without time reminds, in the person's zone.
    #[cfg_attr(feature = "schema", schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "09:00"))]
    pub all_day_reminder_at: String,
    /// The first day of a week.
    pub week_start: WeekStartBody,
    /// 12 or 24 hours; `null` as the browser's language has it.
    #[cfg_attr(feature = "schema", schema(required))]
    pub hour_cycle: Option<HourCycleBody>,
    /// Light, dark, or as the device has it.
    pub theme: ThemeBody,
    /// Of the UI and of quick add; `null` as the browser has it.
    #[cfg_attr(feature = "schema", schema(required))]
    pub language: Option<LanguageBody>,
    /// When they registered.
    pub created_at: DateTime<Utc>,
}

impl ProfileBody {
    /// As JSON.
    pub fn json(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(320);
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"id\":");
        json::uuid(out, self.id);
        for (label, text) in [
            (",\"email\":", &self.email),
            (",\"name\":", &self.name),
            (",\"time_zone\":", &self.time_zone),
            (",\"all_day_reminder_at\":", &self.all_day_reminder_at),
        ] {
            out.extend_from_slice(label.as_bytes());
            json::string(out, text);
        }
        let settings = self.settings();
        for (label, word) in [
            (",\"week_start\":", Some(settings.week_start.as_str())),
            (",\"hour_cycle\":", settings.hour_cycle.map(HourCycle::as_str)),
            (",\"theme\":", Some(settings.theme.as_str())),
            (",\"language\":", settings.language.map(Language::as_str)),
        ] {
            out.extend_from_slice(label.as_bytes());
            json::optional_string(out, word);
        }
        out.extend_from_slice(b",\"created_at\":");
        json::millis(out, self.created_at);
        out.push(b'}');
    }
}

/// What registering, logging in and refreshing answer (RFC 6749 §5.1, with the person). The refresh token is in a cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Session))]
pub struct SessionBody {
    /// A JWT; send it as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    #[cfg_attr(feature = "schema", schema(pattern = "^Bearer$", example = "Bearer"))]
    pub token_type: String,
    /// Seconds until the access token is no longer good.
    #[cfg_attr(feature = "schema", schema(minimum = 1, example = 900))]
    pub expires_in: u32,
    /// Who is signed in.
    pub user: ProfileBody,
}

/// A [`SessionBody`] as JSON.
pub fn session_json(access_token: &str, expires_in_seconds: u32, user: &ProfileBody) -> Vec<u8> {
    let mut out = Vec::with_capacity(768);
    out.extend_from_slice(b"{\"access_token\":");
    json::string(&mut out, access_token);
    out.extend_from_slice(b",\"token_type\":\"Bearer\",\"expires_in\":");
    json::number(&mut out, expires_in_seconds.into());
    out.extend_from_slice(b",\"user\":");
    user.write(&mut out);
    out.push(b'}');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Problem, parse_json};

    fn fields<T: FromBody + std::fmt::Debug>(json: &str) -> Vec<String> {
        let problem: Problem = parse_json::<T>(json.as_bytes()).unwrap_err();
        problem.errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn an_account_needs_address_and_password() {
        assert_eq!(fields::<Registration>("{}"), ["email", "password"]);
        assert_eq!(
            fields::<Credentials>(r#"{"email": 1, "password": null}"#),
            ["email", "password"]
        );
        assert_eq!(fields::<Erasure>("{}"), ["password"]);
        let given = r#"{"email": "a@b.c", "password": "x", "time_zone": "Mars", "admin": true}"#;
        assert_eq!(fields::<Registration>(given), ["time_zone", "admin"]);
        let read: Registration = parse_json(br#"{"email": "a@b.c", "password": "x", "time_zone": "Asia/Tokyo"}"#).unwrap();
        assert_eq!(
            (read.email.as_str(), read.name, read.time_zone),
            ("a@b.c", None, Some(Tz::Asia__Tokyo))
        );
    }

    #[test]
    fn a_profile_patch_leaves_clears_or_sets() {
        let read = |json: &str| parse_json::<ProfilePatch>(json.as_bytes());
        assert_eq!(
            read("{}").unwrap(),
            ProfilePatch {
                name: None,
                time_zone: None,
                all_day_reminder_at: None,
                week_start: None,
                hour_cycle: None,
                theme: None,
                language: None,
            }
        );
        let cleared = read(r#"{"name": null, "time_zone": null, "all_day_reminder_at": null}"#).unwrap();
        assert_eq!((cleared.name.as_deref(), cleared.time_zone), (Some(""), Some(Tz::UTC)));
        assert_eq!(cleared.all_day_reminder_at, NaiveTime::from_hms_opt(9, 0, 0));
        let set = read(r#"{"name": " Ada ", "all_day_reminder_at": "23:59", "id": "ignored"}"#).unwrap();
        assert_eq!(
            (set.name.as_deref(), set.all_day_reminder_at),
            (Some("Ada"), NaiveTime::from_hms_opt(23, 59, 0))
        );
        for time in ["24:00", "9:00", "09:00:00", "09-00", "0900", "ab:cd", "+9:00", "09:60"] {
            assert_eq!(
                fields::<ProfilePatch>(&format!("{{\"all_day_reminder_at\": \"{time}\"}}")),
                ["all_day_reminder_at"],
                "{time}"
            );
        }
        assert_eq!(
            fields::<ProfilePatch>(r#"{"email": "new@b.c"}"#),
            ["email"],
            "the address cannot be changed"
        );
    }

    #[test]
    fn answers_are_what_their_schemas_say() {
        let user = ProfileBody {
            id: Uuid::from_u128(7),
            email: "a\"b@c".into(),
            name: String::new(),
            time_zone: "UTC".into(),
            all_day_reminder_at: "09:00".into(),
            week_start: WeekStartBody::Sunday,
            hour_cycle: Some(HourCycleBody::H12),
            theme: ThemeBody::Dark,
            language: None,
            created_at: "2026-11-22T09:00:00.250Z".parse().unwrap(),
        };
        let session: SessionBody = serde_json::from_slice(&session_json("a.b.c", 900, &user)).unwrap();
        assert_eq!(
            session,
            SessionBody {
                access_token: "a.b.c".into(),
                token_type: "Bearer".into(),
                expires_in: 900,
                user
            }
        );
    }
}

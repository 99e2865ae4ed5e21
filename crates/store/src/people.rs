//! People: profiles, log-in by address, sessions (refresh tokens), rate limits.

use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use spindle_dapr::{Guard, StateError, Write};
use spindle_domain::{parse_zone, reminder::PersonTime, settings::Settings};
use uuid::Uuid;

mod settings;

use settings::SettingsDoc;

use crate::{Store, StoreError, feed::FeedDoc, keys, outbox::Pending, to_json};

/// How long a session lives without being refreshed, in seconds: 30 days.
pub const SESSION_SECONDS: u32 = 30 * 24 * 3600;
/// Within this many seconds a refresh token that was just replaced is still taken for the same client racing itself (two tabs).
pub const REUSE_GRACE_SECONDS: i64 = 10;
const VERSION: u8 = 1;

/// A person, as the rest of the system sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Never changes.
    pub id: Uuid,
    /// As it was typed.
    pub email: String,
    /// May be empty.
    pub name: String,
    /// Where this person's days begin and end.
    pub zone: Tz,
    /// When a task that is due on a day without time reminds, in the person's zone.
    pub all_day_reminder_at: NaiveTime,
    /// When they registered.
    pub created_at: DateTime<Utc>,
    /// Argon2id, PHC string format.
    pub password_hash: String,
    /// How they like to see their tasks.
    pub settings: Settings,
    /// The greatest depth of the person's task shards.
    pub(crate) depth: u8,
}

impl Profile {
    /// A new person without tasks.
    pub fn new(id: Uuid, email: String, name: String, zone: Tz, password_hash: String, now: DateTime<Utc>) -> Self {
        let all_day_reminder_at = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
        Self {
            id,
            email,
            name,
            zone,
            all_day_reminder_at,
            created_at: now,
            password_hash,
            settings: Settings::default(),
            depth: 0,
        }
    }

    /// What decides about the times of their tasks.
    pub fn time(&self) -> PersonTime {
        PersonTime {
            zone: self.zone,
            all_day_reminder_at: self.all_day_reminder_at,
        }
    }
}

/// `user:{id}`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UserDoc {
    v: u8,
    #[serde(rename = "e")]
    email: String,
    #[serde(rename = "n", default, skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(rename = "z")]
    zone: String,
    /// Minutes after midnight.
    #[serde(rename = "r")]
    all_day_reminder_minutes: u32,
    #[serde(rename = "h")]
    password_hash: String,
    #[serde(rename = "c")]
    created_ms: i64,
    #[serde(rename = "b")]
    depth: u8,
    /// The settings that are not the default.
    #[serde(rename = "s", default, skip_serializing_if = "SettingsDoc::is_default")]
    settings: SettingsDoc,
}

impl UserDoc {
    pub(crate) fn of(profile: &Profile) -> Self {
        use chrono::Timelike as _;
        Self {
            v: VERSION,
            email: profile.email.clone(),
            name: profile.name.clone(),
            zone: profile.zone.name().to_owned(),
            all_day_reminder_minutes: profile.all_day_reminder_at.num_seconds_from_midnight() / 60,
            password_hash: profile.password_hash.clone(),
            created_ms: profile.created_at.timestamp_millis(),
            depth: profile.depth,
            settings: SettingsDoc::of(profile.settings),
        }
    }

    pub(crate) fn profile(self, id: Uuid) -> Result<Profile, StoreError> {
        let damaged = || StoreError::Damaged(keys::user(id));
        let minutes = self.all_day_reminder_minutes;
        Ok(Profile {
            id,
            email: self.email,
            name: self.name,
            zone: parse_zone(&self.zone).map_err(|_| damaged())?,
            all_day_reminder_at: NaiveTime::from_hms_opt(minutes / 60, minutes % 60, 0).ok_or_else(damaged)?,
            created_at: DateTime::from_timestamp_millis(self.created_ms).ok_or_else(damaged)?,
            settings: self.settings.settings().ok_or_else(damaged)?,
            password_hash: self.password_hash,
            depth: self.depth,
        })
    }
}

/// `session:{family}`: one signed-in client. Refreshing replaces its token.
#[derive(Debug, Serialize, Deserialize)]
struct SessionDoc {
    #[serde(rename = "u")]
    user: Uuid,
    /// SHA-256 of the token in force.
    #[serde(rename = "t")]
    token: String,
    /// SHA-256 of the one before.
    #[serde(rename = "p", default, skip_serializing_if = "String::is_empty")]
    previous: String,
    /// When it was replaced, in seconds since 1970.
    #[serde(rename = "a")]
    rotated_at: i64,
}

/// What became of a refresh.
#[derive(Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// The token was replaced by this one.
    Rotated {
        /// The person.
        user: Uuid,
        /// The token that stands from now on.
        token: String,
    },
    /// The token had been replaced moments ago by the same client: it is let in, its newer token stands.
    Raced {
        /// The person.
        user: Uuid,
    },
    /// Unknown, expired or used again: the session, if there was one, is gone.
    Refused,
}

impl Store {
    /// Stores a new person. `false` when the address is taken.
    pub async fn register(&self, profile: &Profile) -> Result<bool, StoreError> {
        let login = format!("\"{}\"", profile.id);
        let writes = [
            Write::put(keys::user(profile.id), to_json(&UserDoc::of(profile))?, Guard::Absent),
            Write::put(keys::login(&profile.email), login, Guard::Absent),
            Write::put(keys::feed(profile.id), to_json(&FeedDoc::default())?, Guard::Absent),
        ];
        match self.dapr.transaction(&writes).await {
            Ok(()) => Ok(true),
            Err(StateError::Conflict) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The person with this address.
    pub async fn person_by_email(&self, email: &str) -> Result<Option<Profile>, StoreError> {
        let key = keys::login(email);
        let Some((body, _)) = self.dapr.get(&key).await? else {
            return Ok(None);
        };
        let id: Uuid = serde_json::from_slice(&body).map_err(|source| StateError::Unreadable { what: key, source })?;
        Ok(self.person(id).await?.map(|(profile, _)| profile))
    }

    /// The person with this id, and the guard for writing them back.
    pub async fn person(&self, id: Uuid) -> Result<Option<(Profile, Guard)>, StoreError> {
        let Some((body, etag)) = self.dapr.get(&keys::user(id)).await? else {
            return Ok(None);
        };
        let doc: UserDoc = serde_json::from_slice(&body).map_err(|source| StateError::Unreadable {
            what: keys::user(id),
            source,
        })?;
        Ok(Some((doc.profile(id)?, Guard::Etag(etag))))
    }

    /// Changes a person's profile; `None` when there is no such person. List ETags take in the profile's own, because a new zone
    /// changes how lists read. When their time has changed, an order to plan their reminders anew is left in the outbox: relay the
    /// person's slot.
    pub async fn change_person(&self, id: Uuid, change: impl Fn(&mut Profile)) -> Result<Option<Profile>, StoreError> {
        let mut attempt = 0;
        loop {
            let Some((mut profile, guard)) = self.person(id).await? else {
                return Ok(None);
            };
            let before = profile.clone();
            change(&mut profile);
            if profile == before {
                return Ok(Some(profile));
            }
            let mut writes = vec![Write::put(keys::user(id), to_json(&UserDoc::of(&profile))?, guard)];
            if profile.time() != before.time() {
                writes.extend(self.replan_order(id).await?);
            }
            match self.dapr.transaction(&writes).await {
                Ok(()) => return Ok(Some(profile)),
                Err(StateError::Conflict) => self.back_off(&mut attempt).await?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The writes that leave the order. The feed is written as it was, so that a task changed at the same moment is planned by one
    /// profile or the other and not by a mixture.
    async fn replan_order(&self, user: Uuid) -> Result<Vec<Write>, StoreError> {
        let slot = keys::slot_of(user);
        let (mut outbox, guard) = self.outbox(slot).await?;
        outbox.entries.push(Pending::replan(self.new_id(), user, self.clock.now()));
        let mut writes = vec![Write::put(keys::outbox(slot), to_json(&outbox)?, guard)];
        if let Some((feed, etag)) = self.dapr.get(&keys::feed(user)).await? {
            let feed = String::from_utf8_lossy(&feed).into_owned();
            writes.push(Write::put(keys::feed(user), feed, Guard::Etag(etag)));
        }
        Ok(writes)
    }

    /// Starts a session; gives the refresh token, `{family}.{secret}`.
    pub async fn start_session(&self, user: Uuid) -> Result<String, StoreError> {
        let family = self.new_id();
        let (token, digest) = self.new_token(family);
        let doc = SessionDoc {
            user,
            token: digest,
            previous: String::new(),
            rotated_at: self.clock.now().timestamp(),
        };
        let write = Write::put(keys::session(family), to_json(&doc)?, Guard::Absent).expiring(SESSION_SECONDS);
        self.dapr.transaction(&[write]).await?;
        Ok(token)
    }

    /// Replaces a refresh token. One used again after [`REUSE_GRACE_SECONDS`] is taken for stolen: the session ends for both.
    pub async fn refresh_session(&self, token: &str) -> Result<Refreshed, StoreError> {
        let Some(family) = family_of(token) else {
            return Ok(Refreshed::Refused);
        };
        let mut attempt = 0;
        loop {
            let Some((doc, etag)) = self.session(family).await? else {
                return Ok(Refreshed::Refused);
            };
            let digest = digest(token);
            let now = self.clock.now().timestamp();
            if digest == doc.token {
                let (next, next_digest) = self.new_token(family);
                let next_doc = SessionDoc {
                    user: doc.user,
                    token: next_digest,
                    previous: digest,
                    rotated_at: now,
                };
                let write = Write::put(keys::session(family), to_json(&next_doc)?, Guard::Etag(etag)).expiring(SESSION_SECONDS);
                match self.dapr.transaction(&[write]).await {
                    Ok(()) => {
                        return Ok(Refreshed::Rotated {
                            user: doc.user,
                            token: next,
                        });
                    }
                    Err(StateError::Conflict) => self.back_off(&mut attempt).await?,
                    Err(error) => return Err(error.into()),
                }
                continue;
            }
            if digest == doc.previous && now - doc.rotated_at <= REUSE_GRACE_SECONDS {
                return Ok(Refreshed::Raced { user: doc.user });
            }
            self.dapr
                .transaction(&[Write::delete(keys::session(family), Guard::Any)])
                .await?;
            return Ok(Refreshed::Refused);
        }
    }

    /// Ends the session of this refresh token, if it is one of ours.
    pub async fn end_session(&self, token: &str) -> Result<(), StoreError> {
        let Some(family) = family_of(token) else { return Ok(()) };
        if let Some((doc, _)) = self.session(family).await?
            && [doc.token, doc.previous].contains(&digest(token))
        {
            self.dapr
                .transaction(&[Write::delete(keys::session(family), Guard::Any)])
                .await?;
        }
        Ok(())
    }

    async fn session(&self, family: Uuid) -> Result<Option<(SessionDoc, String)>, StoreError> {
        let key = keys::session(family);
        let Some((body, etag)) = self.dapr.get(&key).await? else {
            return Ok(None);
        };
        Ok(Some((
            serde_json::from_slice(&body).map_err(|source| StateError::Unreadable { what: key, source })?,
            etag,
        )))
    }

    fn new_token(&self, family: Uuid) -> (String, String) {
        let mut secret = [0; 32];
        self.random.fill(&mut secret);
        let token = format!("{}.{}", family.simple(), keys::hex(&secret));
        let digest = digest(&token);
        (token, digest)
    }

    /// Counts one attempt of `subject` in the current minute. `false` when it is over the limit.
    pub async fn within_limit(&self, kind: &str, subject: &str, per_minute: u32) -> Result<bool, StoreError> {
        let key = keys::rate(kind, subject, self.clock.now().timestamp() / 60);
        let mut attempt = 0;
        loop {
            let (count, guard) = match self.dapr.get(&key).await? {
                None => (0, Guard::Absent),
                Some((body, etag)) => {
                    let count: u32 = serde_json::from_slice(&body).map_err(|source| StateError::Unreadable {
                        what: key.clone(),
                        source,
                    })?;
                    (count, Guard::Etag(etag))
                }
            };
            if count >= per_minute {
                return Ok(false);
            }
            let write = Write::put(key.as_str(), (count + 1).to_string(), guard).expiring(120);
            match self.dapr.transaction(&[write]).await {
                Ok(()) => return Ok(true),
                Err(StateError::Conflict) => self.back_off(&mut attempt).await?,
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn family_of(token: &str) -> Option<Uuid> {
    let (family, secret) = token.split_once('.')?;
    if secret.len() == 64 {
        Uuid::try_parse(family).ok()
    } else {
        None
    }
}

fn digest(token: &str) -> String {
    keys::hex(&Sha256::digest(token.as_bytes()))
}

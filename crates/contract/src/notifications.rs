//! Notifications: reminders that have rung.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    body::{Body, FromBody},
    json,
    problem::Problem,
    query::Params,
    tasks::parse_instant,
};

/// The parameters of GET `/api/notifications`.
pub const NOTIFICATIONS_PARAMETERS: &[&str] = &["after"];
/// The longest snooze, in minutes: 30 days.
pub const SNOOZE_MINUTES_MAX: u32 = 30 * 24 * 60;
/// The longest snooze until a time, in days.
pub const SNOOZE_DAYS_MAX: i64 = 366;

/// A reminder that has rung.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Notification))]
pub struct NotificationBody {
    /// A function of the task and `fire_at`, so that one that rang twice is one.
    pub id: Uuid,
    /// Which task it reminds of.
    pub task_id: Uuid,
    /// The task's title when it rang.
    pub title: String,
    /// The task's due date when it rang, an instant in UTC.
    #[cfg_attr(feature = "schema", schema(required))]
    pub due_date: Option<String>,
    /// When it was to ring.
    pub fire_at: DateTime<Utc>,
    /// When it rang.
    pub fired_at: DateTime<Utc>,
    /// How much later that was, in whole seconds.
    #[cfg_attr(feature = "schema", schema(minimum = 0))]
    pub late_seconds: u64,
    /// When the person has seen to it.
    #[cfg_attr(feature = "schema", schema(required))]
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When it is to ring again.
    #[cfg_attr(feature = "schema", schema(required))]
    pub snoozed_until: Option<DateTime<Utc>>,
}

/// What came since a cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Notifications))]
pub struct NotificationsBody {
    /// The newest first.
    pub items: Vec<NotificationBody>,
    /// Give it as `after` the next time.
    pub cursor: u64,
}

/// Appends a [`NotificationBody`].
pub fn write_notification(out: &mut Vec<u8>, notification: &NotificationBody) {
    out.extend_from_slice(b"{\"id\":");
    json::uuid(out, notification.id);
    out.extend_from_slice(b",\"task_id\":");
    json::uuid(out, notification.task_id);
    out.extend_from_slice(b",\"title\":");
    json::string(out, &notification.title);
    out.extend_from_slice(b",\"due_date\":");
    json::optional_string(out, notification.due_date.as_deref());
    out.extend_from_slice(b",\"fire_at\":");
    json::millis(out, notification.fire_at);
    out.extend_from_slice(b",\"fired_at\":");
    json::millis(out, notification.fired_at);
    out.extend_from_slice(b",\"late_seconds\":");
    json::number(out, notification.late_seconds);
    out.extend_from_slice(b",\"acknowledged_at\":");
    json::optional_millis(out, notification.acknowledged_at);
    out.extend_from_slice(b",\"snoozed_until\":");
    json::optional_millis(out, notification.snoozed_until);
    out.push(b'}');
}

/// A [`NotificationsBody`] as JSON.
pub fn notifications_json(items: &[NotificationBody], cursor: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + items.len() * 384);
    out.extend_from_slice(b"{\"items\":");
    json::list(&mut out, items, write_notification);
    out.extend_from_slice(b",\"cursor\":");
    json::number(&mut out, cursor);
    out.push(b'}');
    out
}

/// Reads the query string of GET `/api/notifications`: the cursor of an earlier answer, if there is one.
///
/// # Errors
/// 400 when it is none.
pub fn parse_after(query: Option<&str>) -> Result<Option<u64>, Problem> {
    let mut params = Params::parse(query, NOTIFICATIONS_PARAMETERS)?;
    let after = params.cursor("after");
    params.finish(after)
}

/// When a snoozed notification is to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnoozeInput {
    /// So many minutes from now.
    Minutes(u32),
    /// At this moment.
    Until(DateTime<Utc>),
}

impl FromBody for SnoozeInput {
    fn from_body(body: &mut Body<'_>) -> Option<Self> {
        let minutes = body.number("minutes").value();
        let until = body.parsed("until", "not_a_time", parse_instant).value();
        match (minutes, until) {
            (Some(minutes), None) if (1..=SNOOZE_MINUTES_MAX).contains(&minutes) => Some(Self::Minutes(minutes)),
            (Some(_), None) => {
                body.refuse(
                    "minutes",
                    "out_of_range",
                    format!("must be 1 to {SNOOZE_MINUTES_MAX} minutes"),
                );
                None
            }
            (None, Some(until)) => Some(Self::Until(until)),
            (Some(_), Some(_)) => {
                body.refuse("until", "conflict", "must not come with minutes: leave one of them out");
                None
            }
            (None, None) => {
                body.refuse("minutes", "required", "is required, or else until");
                None
            }
        }
    }
}

impl SnoozeInput {
    /// The moment, which must be ahead.
    ///
    /// # Errors
    /// 422 when it is past or more than a year ahead.
    pub fn until(self, now: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
        match self {
            Self::Minutes(minutes) => Ok(now + Duration::minutes(minutes.into())),
            Self::Until(until) if until > now && until <= now + Duration::days(SNOOZE_DAYS_MAX) => Ok(until),
            Self::Until(_) => {
                let message = format!("must lie ahead, at most {SNOOZE_DAYS_MAX} days");
                Err(Problem::invalid_field("until", "out_of_range", message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_json;

    #[test]
    fn a_snooze_is_for_minutes_or_until_a_time() {
        let now: DateTime<Utc> = "2026-11-22T09:00:00Z".parse().unwrap();
        let read = |json: &str| parse_json::<SnoozeInput>(json.as_bytes()).and_then(|snooze| snooze.until(now));
        assert_eq!(read(r#"{"minutes": 10}"#).unwrap(), now + Duration::minutes(10));
        assert_eq!(
            read(r#"{"until": "2026-11-22T11:00:00+01:00"}"#).unwrap(),
            now + Duration::hours(1)
        );
        for (json, field) in [
            ("{}", "minutes"),
            (r#"{"minutes": 0}"#, "minutes"),
            (r#"{"minutes": 50000}"#, "minutes"),
            (r#"{"minutes": "ten"}"#, "minutes"),
            (r#"{"until": "2026-11-22T09:00:00Z"}"#, "until"),
            (r#"{"until": "2028-11-22T09:00:00Z"}"#, "until"),
            (r#"{"minutes": 10, "until": "2026-11-22T11:00:00Z"}"#, "until"),
        ] {
            let problem = read(json).unwrap_err();
            assert_eq!(
                (problem.status.as_u16(), problem.errors[0].field.as_str()),
                (422, field),
                "{json}"
            );
        }
    }

    #[test]
    fn the_answer_is_what_its_schema_says() {
        let now: DateTime<Utc> = "2026-11-22T09:00:00Z".parse().unwrap();
        let notification = NotificationBody {
            id: Uuid::from_u128(1),
            task_id: Uuid::from_u128(2),
            title: "Buy \"milk\"".into(),
            due_date: Some("2026-11-22".into()),
            fire_at: now,
            fired_at: now + Duration::seconds(3),
            late_seconds: 3,
            acknowledged_at: Some(now),
            snoozed_until: None,
        };
        let json = notifications_json(&[notification.clone(), notification.clone()], 7);
        let body: NotificationsBody = serde_json::from_slice(&json).unwrap();
        assert_eq!((body.items, body.cursor), (vec![notification.clone(), notification], 7));
    }
}

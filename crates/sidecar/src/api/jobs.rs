//! Jobs: schedule, read, delete.

use std::borrow::Cow;

use bytes::Bytes;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use super::{Call, Context, Plan, Refused, errors};
use crate::core::{
    NewJob, Timestamp, Write,
    schedule::{Schedule, ScheduleError, parse_protobuf_duration, parse_time},
};

const CODE: &str = "DAPR_SCHEDULER_SCHEDULE_JOB";
/// Dapr's policy when none is given: three retries a second apart, in milliseconds.
const DEFAULT_INTERVAL: i64 = 1000;
const DEFAULT_RETRIES: u32 = 3;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Given<'a> {
    #[serde(borrow, default)]
    due_time: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    schedule: Option<Cow<'a, str>>,
    #[serde(default)]
    repeats: Option<u32>,
    #[serde(borrow, default)]
    ttl: Option<Cow<'a, str>>,
    #[serde(default)]
    overwrite: bool,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(default)]
    failure_policy: Option<FailurePolicy>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FailurePolicy {
    constant: Option<Constant>,
    drop: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Constant {
    interval: Option<String>,
    max_retries: Option<u32>,
}

impl Context {
    #[expect(clippy::unused_self, reason = "a route like the others")]
    pub(super) fn job(&self, method: &Method, name: &str, body: &Bytes, now: Timestamp) -> Result<Plan, Refused> {
        if name.is_empty() || name.contains(['/', '\\', '#', '?']) {
            return Err(errors::refused(
                StatusCode::INTERNAL_SERVER_ERROR,
                CODE,
                "the job's name holds a character that is not allowed",
            ));
        }
        match *method {
            Method::GET => Ok(Plan::Job { name: name.to_owned() }),
            Method::DELETE => Ok(Plan::Write {
                write: Write::DeleteJob(name.to_owned()),
                call: Call::Job,
            }),
            Method::POST | Method::PUT => {
                let job = new_job(name, body, now)?;
                Ok(Plan::Write {
                    write: Write::PutJob(Box::new(job)),
                    call: Call::Job,
                })
            }
            _ => Err(errors::unknown_route()),
        }
    }
}

fn new_job(name: &str, body: &Bytes, now: Timestamp) -> Result<NewJob, Refused> {
    let refuse = |status, message: &str| errors::refused(status, CODE, message);
    let bad_time = |cause: ScheduleError| refuse(StatusCode::INTERNAL_SERVER_ERROR, &cause.to_string());
    let given: Given<'_> = serde_json::from_slice(body).map_err(|cause| errors::malformed(&cause))?;
    let schedule = given.schedule.as_deref().filter(|text| !text.is_empty());
    let due = given.due_time.as_deref().filter(|text| !text.is_empty());
    let parsed = schedule.map(Schedule::parse).transpose().map_err(bad_time)?;
    let due_at = due.map(|text| parse_time(text, now)).transpose().map_err(bad_time)?;
    let next = match (due_at, &parsed) {
        (Some(at), _) => at,
        (None, Some(schedule)) => schedule
            .next(now, now)
            .ok_or_else(|| refuse(StatusCode::BAD_REQUEST, "the schedule has no next time"))?,
        (None, None) => return Err(refuse(StatusCode::BAD_REQUEST, "Job schedule or dueTime must be provided")),
    };
    let expires = given
        .ttl
        .as_deref()
        .filter(|text| !text.is_empty())
        .map(|text| parse_time(text, now))
        .transpose()
        .map_err(bad_time)?;
    let (retry_interval, retry_max, policy) = failure_policy(given.failure_policy)?;

    let mut answer = serde_json::Map::new();
    answer.insert("name".into(), name.into());
    for (field, text) in [("dueTime", due), ("schedule", schedule), ("ttl", given.ttl.as_deref())] {
        if let Some(text) = text {
            answer.insert(field.into(), text.into());
        }
    }
    if let Some(repeats) = given.repeats {
        answer.insert("repeats".into(), repeats.into());
    }
    if let Some(data) = given.data {
        let value: Value = serde_json::from_str(data.get()).map_err(|cause| errors::malformed(&cause))?;
        answer.insert(
            "data".into(),
            json!({"@type": "type.googleapis.com/google.protobuf.Value", "value": value}),
        );
    }
    answer.insert("failurePolicy".into(), policy);
    Ok(NewJob {
        name: name.to_owned(),
        overwrite: given.overwrite,
        next,
        schedule: schedule.map(str::to_owned),
        repeats: given.repeats,
        expires,
        retry_interval,
        retry_max,
        // daprd 1.18.2 cannot encode what has no data.
        answer: given.data.map_or_else(String::new, |_| Value::Object(answer).to_string()),
        data: given.data.map(|data| body.slice_ref(data.get().as_bytes())),
    })
}

fn failure_policy(given: Option<FailurePolicy>) -> Result<(i64, Option<u32>, Value), Refused> {
    let Some(policy) = given else {
        return Ok((
            DEFAULT_INTERVAL,
            Some(DEFAULT_RETRIES),
            json!({"constant": {"interval": "1s", "maxRetries": DEFAULT_RETRIES}}),
        ));
    };
    if policy.drop.is_some() {
        return Ok((0, Some(0), json!({"drop": {}})));
    }
    let constant = policy.constant.unwrap_or(Constant {
        interval: None,
        max_retries: None,
    });
    let interval = match constant.interval.as_deref() {
        None => DEFAULT_INTERVAL,
        Some(text) => parse_protobuf_duration(text).map_err(|cause| errors::malformed(&cause))?,
    };
    let mut shown = serde_json::Map::new();
    shown.insert("interval".into(), constant.interval.unwrap_or_else(|| "1s".into()).into());
    if let Some(max) = constant.max_retries {
        shown.insert("maxRetries".into(), max.into());
    }
    Ok((interval, constant.max_retries, json!({"constant": shown})))
}

//! Carries events, jobs and cron ticks to the app.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header::CONTENT_TYPE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::{Inner, now};
use crate::{
    AppError,
    core::{
        Message, Topic, Write, cloudevent,
        dispatch::{JobRetry, Outcome, TopicPolicy, Work},
        retry::RetryPolicy,
    },
    resources::{Programmatic, Resources, Subscription},
};

/// Between two questions for the subscriptions while the app does not answer.
const ASK_AGAIN: Duration = Duration::from_millis(100);
const ASK_AGAIN_MAX: Duration = Duration::from_secs(2);
/// Longest sleep, so that a changed wall clock is noticed.
const SLEEP_MAX: i64 = 10_000;
/// How often expired documents are removed; costs nothing when there are none.
const CHORES: Duration = Duration::from_secs(1);
/// Timers of far jobs are loaded at each so many chores: well within the ten minutes that are loaded ahead.
const LOAD_JOBS_EACH: u32 = 60;
/// Expired documents removed at a time: a few milliseconds, and more in a day than can be written in one.
const SWEEP_LIMIT: u32 = 500;
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b':');

/// Learns the subscriptions, then keeps delivering until the stop.
pub(super) async fn run(inner: Arc<Inner>) {
    let Some(subscriptions) = learn(&inner).await else { return };
    let crons = inner
        .context
        .resources
        .crons
        .iter()
        .map(|cron| cron.schedule.clone())
        .collect();
    {
        let mut dispatch = inner.mailroom.dispatch();
        dispatch.set_topics(policies(&subscriptions, &inner.context.resources));
        dispatch.start_ticks(crons, now());
    }
    let topics: std::collections::HashSet<Topic> = subscriptions.iter().map(|subscription| subscription.topic.clone()).collect();
    // Ready only when what is published from now on is kept for the right topics.
    while let Err(error) = inner.writer.write(Write::Subscribe(topics.clone())).await {
        tracing::error!(%error, "the subscriptions could not be stored");
        if inner.mailroom.stopping.load(Ordering::SeqCst) {
            return;
        }
        tokio::time::sleep(ASK_AGAIN_MAX).await;
    }
    if inner.subscriptions.set(subscriptions).is_err() {
        return;
    }
    tokio::spawn(chores(Arc::clone(&inner)));
    pump(inner).await;
}

/// How the messages of each topic are delivered.
pub(super) fn policies(subscriptions: &[Subscription], resources: &Resources) -> Vec<(Topic, TopicPolicy)> {
    let policy = |subscription: &Subscription| {
        let retry = resources.retries.get(&subscription.topic.pubsub).cloned();
        let policy = TopicPolicy {
            retry: retry.unwrap_or(RetryPolicy::EVENTS),
            dead_letter: subscription.dead_letter.clone(),
        };
        (subscription.topic.clone(), policy)
    };
    subscriptions.iter().map(policy).collect()
}

/// Starts deliveries whenever something is due.
async fn pump(inner: Arc<Inner>) {
    loop {
        let woken = inner.mailroom.wake.notified();
        let (startable, next_at) = {
            let mut dispatch = inner.mailroom.dispatch();
            dispatch.promote(now());
            (dispatch.startable(), dispatch.next_at())
        };
        if inner.mailroom.stopping.load(Ordering::SeqCst) {
            return;
        }
        for _ in 0..startable {
            let Some(work) = inner.mailroom.dispatch().next(now()) else {
                break;
            };
            tokio::spawn(carry(Arc::clone(&inner), work));
        }
        let wait = next_at.map_or(SLEEP_MAX, |at| at.saturating_sub(now()).clamp(0, SLEEP_MAX));
        let wait = Duration::from_millis(u64::try_from(wait).unwrap_or(0));
        // Either way the loop looks again.
        drop(tokio::time::timeout(wait, woken).await);
    }
}

/// Delivers, and goes on with what is next, so that a busy sidecar does not start a task for each delivery.
async fn carry(inner: Arc<Inner>, work: Work) {
    let mut next = Some(work);
    while let Some(mut work) = next.take() {
        let (outcome, retry) = match &mut work {
            Work::Message(message) => (inner.deliver(&mut message.message).await, None),
            Work::Job { timer, .. } => inner.fire(&timer.name, timer.version).await,
            Work::Tick(index) => (inner.tick(*index).await, None),
        };
        {
            let mut dispatch = inner.mailroom.dispatch();
            // Sent before the lock is let go: a stop that sees nothing running finds every record in the writer's queue.
            if let Some(write) = dispatch.finished(work, outcome, retry, now()) {
                inner.writer.write_later(write);
            }
            if !inner.mailroom.stopping.load(Ordering::SeqCst) {
                next = dispatch.next(now());
            }
        }
        if inner.mailroom.stopping.load(Ordering::SeqCst) {
            inner.mailroom.idle.notify_waiters();
        }
    }
    // What was put off (a retry, the next tick) may be due before the pump's present sleep ends.
    inner.mailroom.wake.notify_one();
}

/// Now and then: expired documents, timers of jobs that have come near.
async fn chores(inner: Arc<Inner>) {
    for round in 0_u32.. {
        if round.is_multiple_of(LOAD_JOBS_EACH) {
            inner.writer.write_later(Write::LoadJobs(now()));
        }
        inner.writer.write_later(Write::Sweep(SWEEP_LIMIT));
        let stopped = inner.mailroom.stopped.notified();
        if inner.mailroom.stopping.load(Ordering::SeqCst) || tokio::time::timeout(CHORES, stopped).await.is_ok() {
            return;
        }
    }
}

/// Asks the app until it answers. `None` at the stop.
async fn learn(inner: &Inner) -> Option<Vec<Subscription>> {
    let mut wait = ASK_AGAIN;
    loop {
        if inner.mailroom.stopping.load(Ordering::SeqCst) {
            return None;
        }
        match ask(inner).await {
            Ok(subscriptions) => return Some(subscriptions),
            Err(reason) => tracing::debug!(reason, "the app has not told its subscriptions yet"),
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(ASK_AGAIN_MAX);
    }
}

async fn ask(inner: &Inner) -> Result<Vec<Subscription>, String> {
    let get = |path: &'static str| {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = http::Uri::from_static(path);
        if let Ok(id) = HeaderValue::from_str(&inner.context.app_id) {
            request.headers_mut().insert("dapr-app-id", id);
        }
        request
    };
    // Its answer (actors, and what else we have not) does not matter, but apps may count on being asked.
    inner.call(get("/dapr/config")).await.map_err(|error| error.to_string())?;
    let response = inner.call(get("/dapr/subscribe")).await.map_err(|error| error.to_string())?;
    let programmatic: Vec<Programmatic> = match response.status() {
        StatusCode::OK => serde_json::from_slice(response.body()).map_err(|error| error.to_string())?,
        // As in Dapr: an app without that route has no subscriptions of its own.
        StatusCode::NOT_FOUND => Vec::new(),
        other => return Err(format!("GET /dapr/subscribe answered {other}")),
    };
    let mut subscriptions = inner.context.resources.subscriptions.clone();
    for entry in programmatic {
        match entry.build() {
            Ok(subscription) => subscriptions.push(subscription),
            Err(reason) => tracing::error!(reason, "a subscription is ignored"),
        }
    }
    let mut seen = std::collections::HashSet::new();
    subscriptions.retain(|subscription| {
        let known = inner.context.resources.pubsubs.contains(&subscription.topic.pubsub);
        if !known {
            tracing::error!(
                pubsub = subscription.topic.pubsub,
                "a subscription to an unknown pub/sub component is ignored"
            );
        }
        known && seen.insert(subscription.topic.clone())
    });
    Ok(subscriptions)
}

impl Inner {
    async fn deliver(&self, message: &mut Message) -> Outcome {
        let event = match message.event.take() {
            Some(event) => event,
            None => match self.readers.with(|reader| reader.event(message.seq)) {
                Ok(Some(event)) => event,
                Ok(None) => return Outcome::Gone,
                Err(error) => {
                    tracing::error!(%error, "a message could not be read");
                    return Outcome::Retry;
                }
            },
        };
        let subscription = self
            .subscriptions
            .get()
            .and_then(|all| all.iter().find(|subscription| subscription.topic == message.topic));
        // No rule takes it: that is an acknowledgement in Dapr.
        let Some(route) = subscription.and_then(|subscription| subscription.route(&event)) else {
            return Outcome::Done;
        };
        let result = match event_request(route, message, event) {
            Ok(request) => self.call(request).await,
            Err(error) => Err(AppError(format!("the route {route:?}: {error}"))),
        };
        match event_outcome(&result) {
            Outcome::Done => Outcome::Done,
            outcome => {
                let answer = result.map_or_else(|error| error.to_string(), |response| response.status().to_string());
                tracing::warn!(
                    topic = message.topic.name,
                    seq = message.seq,
                    answer,
                    ?outcome,
                    "an event was not handled"
                );
                outcome
            }
        }
    }

    async fn fire(&self, name: &str, version: u64) -> (Outcome, Option<JobRetry>) {
        let job = match self.readers.with(|reader| reader.job(now(), name)) {
            Ok(Some(job)) if job.version == version => job,
            // Deleted, overwritten or expired since its timer was started.
            Ok(_) => return (Outcome::Gone, None),
            Err(error) => {
                tracing::error!(%error, "a job could not be read");
                return (Outcome::Retry, None);
            }
        };
        let retry = job.retry;
        let Some(data) = job.data else {
            tracing::warn!(job = name, "a job without data cannot be delivered, as in Dapr: give it some");
            return (Outcome::Retry, Some(retry));
        };
        let result = match job_request(name, data) {
            Ok(request) => self.call(request).await,
            Err(error) => Err(AppError(error.to_string())),
        };
        match result {
            // 404 counts as success, as in Dapr.
            Ok(response) if response.status().is_success() || response.status() == StatusCode::NOT_FOUND => {
                (Outcome::Done, Some(retry))
            }
            Ok(response) => {
                tracing::warn!(job = name, status = response.status().as_u16(), "a job's callback failed");
                (Outcome::Retry, Some(retry))
            }
            Err(error) => {
                tracing::warn!(job = name, %error, "a job's callback failed");
                (Outcome::Retry, Some(retry))
            }
        }
    }

    async fn tick(&self, index: usize) -> Outcome {
        let Some(cron) = self.context.resources.crons.get(index) else {
            return Outcome::Gone;
        };
        let time = DateTime::<Utc>::from_timestamp_millis(now()).unwrap_or_default();
        let request = Request::post(cron.route.as_str())
            .header("Readtimeutc", time.to_rfc3339_opts(SecondsFormat::Millis, true))
            .header("Timezone", "UTC")
            .body(Bytes::new());
        let result = match request {
            Ok(request) => self.call(request).await,
            Err(error) => Err(AppError(error.to_string())),
        };
        match result {
            Ok(response) if !response.status().is_success() => {
                tracing::warn!(
                    binding = cron.name,
                    status = response.status().as_u16(),
                    "a cron binding's call failed"
                );
            }
            Err(error) => tracing::warn!(binding = cron.name, %error, "a cron binding's call failed"),
            Ok(_) => {}
        }
        Outcome::Done
    }
}

pub(super) fn job_request(name: &str, data: Bytes) -> Result<Request<Bytes>, http::Error> {
    Request::post(format!("/job/{}", utf8_percent_encode(name, PATH)))
        .header(CONTENT_TYPE, "application/json")
        .body(data)
}

pub(super) fn event_request(route: &str, message: &Message, event: Bytes) -> Result<Request<Bytes>, http::Error> {
    let mut request = Request::builder().method(Method::POST).uri(route).body(event)?;
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(cloudevent::CONTENT_TYPE));
    insert(headers, HeaderName::from_static("pubsubname"), &message.topic.pubsub);
    insert(headers, HeaderName::from_static("__topic"), &message.topic.name);
    if let Some(key) = &message.key {
        insert(headers, HeaderName::from_static("__key"), key);
        insert(headers, HeaderName::from_static("partitionkey"), key);
    }
    if let Some(traceparent) = &message.traceparent {
        insert(headers, HeaderName::from_static("traceparent"), traceparent);
    }
    Ok(request)
}

/// Leaves out what cannot stand in a header: the event itself says it too.
fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Dapr docs, "Expected HTTP response" of pub/sub.
pub(super) fn event_outcome(result: &Result<Response<Bytes>, AppError>) -> Outcome {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(default)]
        status: String,
    }
    match result {
        Ok(response) if response.status().is_success() => match serde_json::from_slice::<Answer>(response.body()) {
            Ok(answer) => match answer.status.as_str() {
                "" | "SUCCESS" => Outcome::Done,
                "DROP" => Outcome::Drop,
                _ => Outcome::Retry,
            },
            Err(_) => Outcome::Done,
        },
        Ok(response) if response.status() == StatusCode::NOT_FOUND => Outcome::Drop,
        _ => Outcome::Retry,
    }
}

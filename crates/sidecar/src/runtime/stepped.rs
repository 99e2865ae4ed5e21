//! The sidecar one step at a time: the same core, API and deliveries, but no thread, clock or randomness of its own. For simulations,
//! which decide when each thing happens and what goes wrong.

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::deliver::{event_outcome, event_request, job_request, policies};
use crate::{
    AppError, OpenError, Options,
    api::{self, BulkAnswer, Context, Plan},
    core::{
        Core, Done, Timestamp, Write,
        dispatch::{Dispatch, JobRetry, Outcome, Work},
    },
    resources::{Programmatic, Resources, Subscription},
};

/// How far ahead of the timers in memory those of the table are loaded, in milliseconds.
const LOAD_JOBS_EVERY: Timestamp = 60_000;

/// A sidecar without a runtime.
pub struct Stepped {
    context: Context,
    core: Core,
    dispatch: Dispatch,
    limit: usize,
    subscriptions: Vec<Subscription>,
    ids: u64,
    jobs_loaded: Timestamp,
}

/// Something to be delivered to the app, and then to be handed back to [`Stepped::finished`].
#[derive(Debug)]
pub struct Delivery {
    /// What the app is asked.
    pub request: Request<Bytes>,
    work: Work,
    job: Option<JobRetry>,
}

/// What is recorded of work that the app is not asked about, and the policy of its job.
type Unasked = (Outcome, Option<JobRetry>);

impl Stepped {
    /// A sidecar in memory, whose app tells these subscriptions (the body of `GET /dapr/subscribe`).
    ///
    /// # Errors
    /// When the resources or the subscriptions cannot be read.
    pub fn new(options: Options, subscriptions: &[u8], now: Timestamp) -> Result<Self, OpenError> {
        let resources = Resources::load(&options.resources, &options.app_id, &options.secrets)?;
        let programmatic: Vec<Programmatic> = serde_json::from_slice(subscriptions).unwrap_or_default();
        let mut stepped = Self {
            context: Context {
                app_id: options.app_id,
                resources,
                api_token: options.api_token,
                app_token: options.app_token,
            },
            core: Core::in_memory()?,
            dispatch: Dispatch::new(options.app_max_concurrency),
            limit: options.app_max_concurrency,
            subscriptions: programmatic.into_iter().filter_map(|entry| entry.build().ok()).collect(),
            ids: 0,
            jobs_loaded: Timestamp::MIN,
        };
        stepped.start(now);
        Ok(stepped)
    }

    /// Stops and starts: what was on its way comes again, what was answered stays.
    pub fn restart(&mut self, now: Timestamp) {
        self.core.forget_memory();
        self.dispatch = Dispatch::new(self.limit);
        self.start(now);
    }

    fn start(&mut self, now: Timestamp) {
        self.dispatch
            .set_topics(policies(&self.subscriptions, &self.context.resources));
        let crons = self
            .context
            .resources
            .crons
            .iter()
            .map(|cron| cron.schedule.clone())
            .collect();
        self.dispatch.start_ticks(crons, now);
        let topics = self
            .subscriptions
            .iter()
            .map(|subscription| subscription.topic.clone())
            .collect();
        self.write(Write::Subscribe(topics), now);
        self.jobs_loaded = Timestamp::MIN;
        self.load_jobs(now);
    }

    fn load_jobs(&mut self, now: Timestamp) {
        if now.saturating_sub(self.jobs_loaded) >= LOAD_JOBS_EVERY {
            self.jobs_loaded = now;
            self.write(Write::LoadJobs(now), now);
        }
    }

    fn write(&mut self, write: Write, now: Timestamp) -> Response<Bytes> {
        self.answered(write, None, now)
    }

    fn answered(&mut self, write: Write, call: Option<&api::Call>, now: Timestamp) -> Response<Bytes> {
        let result = match self.core.begin() {
            Ok(()) => self.core.apply(now, write),
            Err(error) => Err(error.into()),
        };
        let result = match result {
            Ok(done) => match self.core.commit() {
                Ok(()) => Ok(done),
                Err(error) => Err(error.into()),
            },
            Err(error) => {
                self.core.rollback();
                Err(error)
            }
        };
        let answer = call.map_or_else(api::no_content, |call| api::written(call, result.as_ref().map(drop)));
        if let Ok(Done { messages, timers, .. }) = result {
            self.dispatch.add_messages(messages);
            self.dispatch.add_timers(timers);
        }
        answer
    }

    /// Answers one request of the HTTP API. The app itself cannot be invoked here.
    pub fn handle(&mut self, request: Request<Bytes>, now: Timestamp) -> Response<Bytes> {
        let ids = &mut self.ids;
        let mut id = || {
            *ids += 1;
            format!("{ids:032x}")
        };
        match self.context.plan(request, now, &mut id) {
            Plan::Answer(response) => response,
            Plan::Write { write, call } => self.answered(write, Some(&call), now),
            Plan::Get { key } => match self.core.reader().get(now, &key) {
                Ok(found) => api::document(found),
                Err(cause) => api::read_failed(&cause),
            },
            Plan::Bulk { prefix, keys } => self.bulk(&prefix, &keys, now),
            Plan::Job { name } => match self.core.reader().job_answer(now, &name) {
                Ok(found) => api::job(&name, found),
                Err(cause) => api::read_failed(&cause),
            },
            Plan::Health => api::health(true),
            Plan::Invoke(_) => api::error(StatusCode::INTERNAL_SERVER_ERROR, "ERR_DIRECT_INVOKE", "no app to invoke"),
        }
    }

    fn bulk(&self, prefix: &str, keys: &[String], now: Timestamp) -> Response<Bytes> {
        let mut answer = BulkAnswer::new(keys);
        let mut failed = None;
        let full = keys.iter().map(|key| format!("{prefix}{key}"));
        let read = self.core.reader().bulk(now, full, |index, found| {
            if let Err(error) = answer.add(index, found) {
                failed = Some(error.to_string());
            }
        });
        match (read, failed) {
            (Ok(()), None) => answer.finish(),
            (Err(cause), _) => api::read_failed(&cause),
            (_, Some(cause)) => api::error(StatusCode::INTERNAL_SERVER_ERROR, "ERR_MALFORMED_RESPONSE", &cause),
        }
    }

    /// The next delivery that is due, if there is one and not too many are on their way.
    pub fn next(&mut self, now: Timestamp) -> Option<Delivery> {
        self.load_jobs(now);
        loop {
            self.dispatch.promote(now);
            let mut work = self.dispatch.next(now)?;
            match self.request(&mut work, now) {
                Ok((request, job)) => return Some(Delivery { request, work, job }),
                Err((outcome, job)) => self.record(work, outcome, job, now),
            }
        }
    }

    /// When something will be due next, if nothing else happens.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.dispatch.next_at()
    }

    /// What to ask the app, or what to record without asking.
    fn request(&self, work: &mut Work, now: Timestamp) -> Result<(Request<Bytes>, Option<JobRetry>), Unasked> {
        match work {
            Work::Message(message) => {
                let message = &mut message.message;
                let event = match message.event.take() {
                    Some(event) => event,
                    None => match self.core.reader().event(message.seq) {
                        Ok(Some(event)) => event,
                        Ok(None) => return Err((Outcome::Gone, None)),
                        Err(_) => return Err((Outcome::Retry, None)),
                    },
                };
                let subscription = self
                    .subscriptions
                    .iter()
                    .find(|subscription| subscription.topic == message.topic);
                let route = subscription
                    .and_then(|subscription| subscription.route(&event))
                    .ok_or((Outcome::Done, None))?;
                event_request(route, message, event)
                    .map(|request| (request, None))
                    .map_err(|_| (Outcome::Retry, None))
            }
            Work::Job { timer, .. } => match self.core.reader().job(now, &timer.name) {
                Ok(Some(job)) if job.version == timer.version => {
                    let data = job.data.ok_or((Outcome::Retry, Some(job.retry)))?;
                    job_request(&timer.name, data)
                        .map(|request| (request, Some(job.retry)))
                        .map_err(|_| (Outcome::Retry, None))
                }
                Ok(_) => Err((Outcome::Gone, None)),
                Err(_) => Err((Outcome::Retry, None)),
            },
            Work::Tick(index) => {
                let cron = self.context.resources.crons.get(*index).ok_or((Outcome::Gone, None))?;
                let request = Request::post(cron.route.as_str()).body(Bytes::new());
                request.map(|request| (request, None)).map_err(|_| (Outcome::Done, None))
            }
        }
    }

    /// Records how a delivery ended.
    pub fn finished(&mut self, delivery: Delivery, answer: &Result<Response<Bytes>, AppError>, now: Timestamp) {
        let outcome = match &delivery.work {
            Work::Message(_) => event_outcome(answer),
            Work::Job { .. } => match answer {
                Ok(response) if response.status().is_success() || response.status() == StatusCode::NOT_FOUND => Outcome::Done,
                _ => Outcome::Retry,
            },
            Work::Tick(_) => Outcome::Done,
        };
        self.record(delivery.work, outcome, delivery.job, now);
    }

    fn record(&mut self, work: Work, outcome: Outcome, job: Option<JobRetry>, now: Timestamp) {
        if let Some(write) = self.dispatch.finished(work, outcome, job, now) {
            self.write(write, now);
        }
    }
}

//! The runtime around the core: threads, tasks, the clock and random ids.

mod checkpointer;
mod deliver;
mod options;
mod readers;
mod server;
mod stepped;
mod writer;

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use futures::FutureExt as _;
use http::{HeaderValue, Request, Response, StatusCode};
use tokio::sync::Notify;

pub use options::{OpenError, Options};
pub use stepped::{Delivery, Stepped};

use crate::{
    api::{self, BulkAnswer, Context, Plan},
    app::App,
    core::{Core, Timestamp, dispatch::Dispatch},
    resources::{Resources, Subscription},
};
use readers::Readers;
use writer::Writer;

/// How long a stop waits for deliveries in flight.
const STOP_PATIENCE: Duration = Duration::from_secs(10);

/// The embedded sidecar. Cheap to clone; all clones are the same sidecar.
#[derive(Clone)]
pub struct Sidecar(Arc<Inner>);

struct Inner {
    context: Context,
    writer: Writer,
    readers: Readers,
    mailroom: Arc<Mailroom>,
    app: OnceLock<Arc<dyn App>>,
    /// What is delivered where, known once the app has answered.
    subscriptions: OnceLock<Vec<Subscription>>,
    /// No second sidecar may open the same file while this is held, which is until the stop.
    lock: Mutex<Option<std::fs::File>>,
}

/// What the writer and the deliveries share.
struct Mailroom {
    dispatch: Mutex<Dispatch>,
    /// Something may be due.
    wake: Notify,
    /// A delivery has ended.
    idle: Notify,
    /// The stop has begun.
    stopped: Notify,
    stopping: AtomicBool,
}

impl Mailroom {
    fn dispatch(&self) -> MutexGuard<'_, Dispatch> {
        // A panic while it was held cannot leave it half changed in a way that matters more than stopping all deliveries.
        self.dispatch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sidecar {
    /// Opens the database and reads the resource files. Needs no tokio runtime yet. On failure nothing is changed on disk.
    ///
    /// # Errors
    /// See [`OpenError`]: each is one clear line.
    pub fn open(options: Options) -> Result<Self, OpenError> {
        let resources = Resources::load(&options.resources, &options.app_id, &options.secrets)?;
        for notice in &resources.notices {
            tracing::info!("{notice}");
        }
        let (core, lock) = match &options.data_file {
            Some(path) => {
                let lock = options::Lock::take(path)?;
                match Core::open(path) {
                    Ok(core) => (core, Some(lock.file)),
                    Err(error) => {
                        lock.undo();
                        return Err(error.into());
                    }
                }
            }
            None => (Core::in_memory()?, None),
        };
        let mailroom = Arc::new(Mailroom {
            dispatch: Mutex::new(Dispatch::new(options.app_max_concurrency)),
            wake: Notify::new(),
            idle: Notify::new(),
            stopped: Notify::new(),
            stopping: AtomicBool::new(false),
        });
        let core = Arc::new(Mutex::new(core));
        let readers = match &options.data_file {
            Some(path) => Readers::open(path)?,
            None => Readers::shared(Arc::clone(&core)),
        };
        let writer = Writer::start(core, Arc::clone(&mailroom), options.data_file.clone())?;
        let context = Context {
            app_id: options.app_id,
            resources,
            api_token: options.api_token,
            app_token: options.app_token,
        };
        Ok(Self(Arc::new(Inner {
            context,
            writer,
            readers,
            mailroom,
            app: OnceLock::new(),
            subscriptions: OnceLock::new(),
            lock: Mutex::new(lock),
        })))
    }

    /// What was taken from the resource files and what is built in, one line each, for the log of whoever starts the sidecar.
    pub fn notices(&self) -> &[String] {
        &self.0.context.resources.notices
    }

    /// Connects the app: asks for its subscriptions (again and again until it answers), then delivers events, jobs and cron ticks.
    /// Only the first call has an effect. Must be called within a tokio runtime.
    pub fn connect_app(&self, app: Arc<dyn App>) {
        if self.0.app.set(app).is_ok() {
            tokio::spawn(deliver::run(Arc::clone(&self.0)));
        }
    }

    /// Answers one request of the HTTP API. The body limit is checked here too.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let inner = &self.0;
        match inner.context.plan(request, now(), &mut || uuid::Uuid::new_v4().to_string()) {
            Plan::Answer(response) => response,
            Plan::Write { write, call } => api::written(&call, inner.writer.write(write).await.as_ref().map(drop)),
            Plan::Get { key } => match inner.readers.with(|reader| reader.get(now(), &key)) {
                Ok(found) => api::document(found),
                Err(cause) => api::read_failed(&cause),
            },
            Plan::Bulk { prefix, keys } => self.bulk(&prefix, &keys),
            Plan::Job { name } => match inner.readers.with(|reader| reader.job_answer(now(), &name)) {
                Ok(found) => api::job(&name, found),
                Err(cause) => api::read_failed(&cause),
            },
            Plan::Health => api::health(inner.app.get().is_none() || inner.subscriptions.get().is_some()),
            Plan::Invoke(request) => inner.invoke(request).await,
        }
    }

    /// Serves the HTTP API on this socket until [`Sidecar::shutdown`].
    pub async fn serve(&self, listener: tokio::net::TcpListener) {
        server::serve(self, listener).await;
    }

    /// Takes no more deliveries, waits for those in flight (at most ten seconds), writes everything down, and closes the log.
    pub async fn shutdown(&self) {
        let mailroom = &self.0.mailroom;
        mailroom.stopping.store(true, Ordering::SeqCst);
        mailroom.wake.notify_one();
        mailroom.stopped.notify_waiters();
        let drained = async {
            loop {
                let ended = mailroom.idle.notified();
                if mailroom.dispatch().running() == 0 {
                    break;
                }
                ended.await;
            }
        };
        if tokio::time::timeout(STOP_PATIENCE, drained).await.is_err() {
            tracing::warn!("deliveries were still running at the stop: they will be repeated");
        }
        self.0.writer.stop().await;
        drop(self.0.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    fn bulk(&self, prefix: &str, keys: &[String]) -> Response<Bytes> {
        let mut answer = BulkAnswer::new(keys);
        let mut failed = None;
        let full = keys.iter().map(|key| format!("{prefix}{key}"));
        let read = self.0.readers.with(|reader| {
            reader.bulk(now(), full, |index, found| {
                if let Err(error) = answer.add(index, found) {
                    failed = Some(error);
                }
            })
        });
        match (read, failed) {
            (Ok(()), None) => answer.finish(),
            (Err(cause), _) => api::read_failed(&cause),
            (_, Some(cause)) => api::error(
                StatusCode::INTERNAL_SERVER_ERROR,
                "ERR_MALFORMED_RESPONSE",
                &cause.to_string(),
            ),
        }
    }
}

impl Inner {
    /// Sends a request to the app, with the app's token.
    async fn call(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, crate::AppError> {
        let Some(app) = self.app.get() else {
            return Err(crate::AppError("no app is connected".into()));
        };
        if let Some(token) = &self.context.app_token {
            let mut value = HeaderValue::from_str(token).map_err(|error| crate::AppError(format!("the app token: {error}")))?;
            value.set_sensitive(true);
            request.headers_mut().insert("dapr-api-token", value);
        }
        // A panic must not leave its key blocked for ever.
        let call = AssertUnwindSafe(async { app.call(request).await });
        call.catch_unwind()
            .await
            .unwrap_or_else(|_| Err(crate::AppError("the app panicked".into())))
    }

    async fn invoke(&self, request: Request<Bytes>) -> Response<Bytes> {
        match self.call(request).await {
            Ok(response) => response,
            Err(error) => {
                let message = format!("failed to invoke, id: {}, err: {error}", self.context.app_id);
                api::error(StatusCode::INTERNAL_SERVER_ERROR, "ERR_DIRECT_INVOKE", &message)
            }
        }
    }
}

/// The one place that reads the clock. A clock before 1970 counts as 1970.
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::try_from(since.as_millis()).unwrap_or(Timestamp::MAX)
}

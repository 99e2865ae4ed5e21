//! The world of a simulation: the clock, the sidecar, the ports over them, and the executor that decides what goes on when.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future::{FutureExt as _, LocalBoxFuture};
use http::{Method, Request, Response};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use spindle_dapr::ports::{Clock, Random, SendError, Sidecar};
use spindle_sidecar::Stepped;

use crate::{mutants::Mutant, rng::Rng};

/// How often what goes wrong, in a thousand calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    /// The call has no effect and no answer.
    pub(crate) before: usize,
    /// It has its effect, and no answer.
    pub(crate) after: usize,
    /// The task stops before or after its effect, and is never heard of again.
    pub(crate) stop: usize,
    /// It takes seconds instead of milliseconds.
    pub(crate) slow: usize,
    /// A delivery comes again, later.
    pub(crate) again: usize,
    /// A job's call is lost.
    pub(crate) lost_job: usize,
    /// The jobs API does not answer.
    pub(crate) no_jobs: usize,
    /// A bulk get calls keys missing that are there, as Dapr does whose connection to PostgreSQL breaks between two rows.
    pub(crate) cut: usize,
}

/// What all in the world share.
pub struct World {
    inner: RefCell<Inner>,
}

struct Inner {
    now: i64,
    rng: Rng,
    sidecar: Stepped,
    faults: Faults,
    mutant: Option<Mutant>,
    /// Set by a future that waits: when to poll its task again.
    wake_at: Option<i64>,
    /// Set by a call that stops its task.
    stopped: bool,
    /// Paths of keys that seem missing to the next get, in the world without a second look.
    hidden: BTreeSet<String>,
    trace: Vec<String>,
}

impl World {
    pub(crate) fn new(seed: u64, now: i64, sidecar: Stepped, mutant: Option<Mutant>) -> Rc<Self> {
        Rc::new(Self {
            inner: RefCell::new(Inner {
                now,
                rng: Rng::new(seed),
                sidecar,
                faults: Faults::default(),
                mutant,
                wake_at: None,
                stopped: false,
                hidden: BTreeSet::new(),
                trace: Vec::new(),
            }),
        })
    }

    pub(crate) fn now(&self) -> i64 {
        self.inner.borrow().now
    }

    pub(crate) fn set_now(&self, now: i64) {
        let mut inner = self.inner.borrow_mut();
        inner.now = inner.now.max(now);
    }

    pub(crate) fn set_faults(&self, faults: Faults) {
        self.inner.borrow_mut().faults = faults;
    }

    pub(crate) fn faults(&self) -> Faults {
        self.inner.borrow().faults
    }

    pub(crate) fn chance<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        draw(&mut self.inner.borrow_mut().rng)
    }

    pub(crate) fn sidecar<T>(&self, step: impl FnOnce(&mut Stepped, i64) -> T) -> T {
        let mut inner = self.inner.borrow_mut();
        let now = inner.now;
        step(&mut inner.sidecar, now)
    }

    /// One line: the virtual time, and what happened.
    pub(crate) fn note(&self, what: &str) {
        let mut inner = self.inner.borrow_mut();
        let line = format!("{:>9.3} {what}", seconds(inner.now));
        inner.trace.push(line);
    }

    pub(crate) fn trace(&self) -> Vec<String> {
        self.inner.borrow().trace.clone()
    }

    fn wake_at(&self, at: i64) {
        self.inner.borrow_mut().wake_at = Some(at);
    }
}

/// Seconds since the simulations began, for the trace.
#[expect(clippy::cast_precision_loss, reason = "for people to read")]
fn seconds(now: i64) -> f64 {
    (now - crate::run::START_MS) as f64 / 1000.0
}

/// A handler's way to the sidecar, by name.
pub(crate) struct Port {
    pub(crate) world: Rc<World>,
    pub(crate) who: String,
}

enum Fate {
    Answer,
    FailBefore,
    FailAfter,
    StopBefore,
    StopAfter,
}

impl Sidecar for Port {
    fn send(&self, request: Request<Bytes>, timeout: Duration) -> LocalBoxFuture<'_, Result<Response<Bytes>, SendError>> {
        async move {
            let timeout_ms = i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX);
            let what = format!("{} {}", request.method(), request.uri().path());
            let jobs = what.contains("/v1.0/jobs/");
            let is_bulk = request.uri().path().ends_with("/bulk");
            let (fate, there, back, cut) = self.world.chance_with_faults(|rng, faults| {
                let fate = match rng.below(1000) {
                    draw if draw < faults.before => Fate::FailBefore,
                    draw if draw < faults.before + faults.after => Fate::FailAfter,
                    draw if draw < faults.before + faults.after + faults.stop => {
                        if rng.in_thousand(500) {
                            Fate::StopBefore
                        } else {
                            Fate::StopAfter
                        }
                    }
                    _ if jobs && rng.in_thousand(faults.no_jobs) => Fate::FailBefore,
                    _ => Fate::Answer,
                };
                let slow = rng.in_thousand(faults.slow);
                let mut leg = || if slow { rng.within(100, 2000) } else { rng.within(0, 4) };
                let (there, back) = (leg(), leg());
                let cut = (is_bulk && rng.in_thousand(faults.cut)).then(|| rng.below(4));
                (fate, there, back, cut)
            });
            sleep(&self.world, there).await;
            match fate {
                Fate::FailBefore => {
                    self.world.note(&format!("{} {what}: no answer, no effect", self.who));
                    sleep(&self.world, if jobs { timeout_ms } else { back }).await;
                    return Err(SendError::Unreachable("simulated".to_owned()));
                }
                Fate::StopBefore => self.world.stop_task(&self.who, &what, "before").await,
                Fate::Answer | Fate::FailAfter | Fate::StopAfter => {}
            }
            let request = self.world.mutated(request);
            let mut response = if self.world.hides(&request) {
                Response::builder().status(204).body(Bytes::new()).unwrap_or_default()
            } else {
                self.world.sidecar(|sidecar, now| sidecar.handle(request, now))
            };
            if let Some(rows) = cut {
                self.world.note(&format!("{} {what}: cut off after {rows} rows", self.who));
                response = response.map(|body| self.world.cut_off(&body, rows).unwrap_or(body));
            }
            let status = response.status().as_u16();
            match fate {
                Fate::FailAfter => {
                    self.world
                        .note(&format!("{} {what}: {status}, but the answer is lost", self.who));
                    sleep(&self.world, back).await;
                    return Err(SendError::Timeout(timeout));
                }
                Fate::StopAfter => self.world.stop_task(&self.who, &what, "after").await,
                _ => self.world.note(&format!("{} {what}: {status}", self.who)),
            }
            sleep(&self.world, back).await;
            Ok(response)
        }
        .boxed_local()
    }
}

#[derive(Deserialize, Serialize)]
struct Missing {
    key: String,
}

impl World {
    /// The answer of a bulk get of which only so many rows came: the other keys seem missing.
    fn cut_off(&self, body: &Bytes, rows: usize) -> Option<Bytes> {
        let items: Vec<&RawValue> = serde_json::from_slice(body).ok()?;
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            if index < rows {
                texts.push(item.get().to_owned());
                continue;
            }
            let missing: Missing = serde_json::from_str(item.get()).ok()?;
            texts.push(serde_json::to_string(&missing).ok()?);
            let mut inner = self.inner.borrow_mut();
            if inner.mutant == Some(Mutant::NoSecondLook) {
                inner.hidden.insert(format!("/v1.0/state/statestore/{}", missing.key));
            }
        }
        Some(Bytes::from(format!("[{}]", texts.join(","))))
    }

    fn hides(&self, request: &Request<Bytes>) -> bool {
        request.method() == Method::GET && self.inner.borrow_mut().hidden.remove(request.uri().path())
    }

    fn chance_with_faults<T>(&self, draw: impl FnOnce(&mut Rng, Faults) -> T) -> T {
        let inner = &mut *self.inner.borrow_mut();
        draw(&mut inner.rng, inner.faults)
    }

    fn mutated(&self, request: Request<Bytes>) -> Request<Bytes> {
        match self.inner.borrow().mutant {
            Some(mutant) => mutant.applied(request),
            None => request,
        }
    }

    /// Marks the running task as stopped; it is never polled again.
    async fn stop_task(&self, who: &str, what: &str, when: &str) {
        self.note(&format!("{who} {what}: STOPPED {when} the effect"));
        self.inner.borrow_mut().stopped = true;
        futures::future::pending::<()>().await;
    }
}

/// Waits on the virtual clock.
pub(crate) async fn sleep(world: &Rc<World>, ms: i64) {
    Sleep {
        world: Rc::clone(world),
        until: world.now() + ms.max(0),
        begun: false,
    }
    .await;
}

struct Sleep {
    world: Rc<World>,
    until: i64,
    begun: bool,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        // At least one turn goes to the others, also when no time passes.
        if self.begun && self.world.now() >= self.until {
            return Poll::Ready(());
        }
        self.begun = true;
        self.world.wake_at(self.until);
        Poll::Pending
    }
}

pub(crate) struct SimClock(pub(crate) Rc<World>);

impl Clock for SimClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.now()).unwrap_or_default()
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        let ms = i64::try_from(duration.as_millis()).unwrap_or(0);
        async move { sleep(&self.0, ms).await }.boxed_local()
    }
}

pub(crate) struct SimRandom(pub(crate) Rc<World>);

impl Random for SimRandom {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.chance(|rng| {
            for chunk in buffer.chunks_mut(8) {
                for (byte, random) in chunk.iter_mut().zip(rng.next().to_le_bytes()) {
                    *byte = random;
                }
            }
        });
    }
}

/// A task and when it goes on.
struct Task {
    future: LocalBoxFuture<'static, ()>,
    wake_at: i64,
}

/// Runs tasks in an order drawn from the seed.
#[derive(Default)]
pub(crate) struct Executor {
    tasks: Vec<Task>,
}

impl Executor {
    pub(crate) fn spawn(&mut self, world: &World, future: LocalBoxFuture<'static, ()>) {
        let wake_at = world.now();
        self.tasks.push(Task { future, wake_at });
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.tasks.is_empty()
    }

    /// When the next task goes on.
    pub(crate) fn next_at(&self) -> Option<i64> {
        self.tasks.iter().map(|task| task.wake_at).min()
    }

    /// Everything stops at once.
    pub(crate) fn stop_all(&mut self) {
        self.tasks.clear();
    }

    /// Lets one of the tasks that may go on now do so; `false` when there is none.
    pub(crate) fn step(&mut self, world: &World) -> bool {
        let now = world.now();
        let ready: Vec<usize> = (0..self.tasks.len())
            .filter(|index| self.tasks.get(*index).is_some_and(|task| task.wake_at <= now))
            .collect();
        let Some(index) = world.chance(|rng| rng.pick(&ready).copied()) else {
            return false;
        };
        let Some(task) = self.tasks.get_mut(index) else { return false };
        let polled = task.future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let mut inner = world.inner.borrow_mut();
        let stopped = std::mem::take(&mut inner.stopped);
        match inner.wake_at.take() {
            Some(at) if polled.is_pending() && !stopped => task.wake_at = at,
            _ => {
                drop(inner);
                drop(self.tasks.remove(index));
            }
        }
        true
    }
}

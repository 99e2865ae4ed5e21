//! One simulation: the workload under faults, healing, and the check.

use std::{cell::RefCell, rc::Rc};

use bytes::Bytes;
use futures::future::FutureExt as _;
use http::Response;
use serde_json::json;
use spindle_sidecar::{AppError, Options, Stepped};
use spindle_store::{Profile, Store};
use spindle_web_kit::Ctx;
use uuid::Uuid;

use crate::{
    app::{self, Asked},
    check,
    history::History,
    mutants::Mutant,
    person::Person,
    rng::Rng,
    workload::{OPS_MS, Op, What, workload},
    world::{Executor, Faults, World, sleep},
};

/// When simulations begin: 2026-11-22T09:00:00Z, in milliseconds since 1970.
pub(crate) const START_MS: i64 = 1_795_338_000_000;
/// When the faults end, in milliseconds after the start.
const HEALED_MS: i64 = OPS_MS + 20_000;
/// By when everything must have settled: the latest reminder and snooze, the longest retry, and two ticks of each kind.
const SETTLED_MS: i64 = 260_000;
const TOPICS: [&str; 3] = ["task-events", "reminders", "task-updates"];

/// A broken invariant, and how it came to it.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// What is wrong.
    pub wrong: String,
    /// Each step: virtual time, who, call, what happened.
    pub trace: Vec<String>,
    /// The operations.
    pub ops: Vec<Op>,
}

/// A run in which every invariant held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Good {
    /// Each step.
    pub trace: Vec<String>,
    /// How many reminders rang.
    pub rung: usize,
    /// How many tasks followed another.
    pub followed: usize,
}

/// The people of a simulation.
#[derive(Clone)]
pub(crate) struct People(pub(crate) Vec<Uuid>);

/// Runs one seed.
///
/// # Errors
/// When an invariant is broken.
pub fn simulate(seed: u64, mutant: Option<Mutant>) -> Result<Good, Box<Failure>> {
    let (people, ops) = workload(seed);
    run(seed, people, &ops, mutant)
}

/// Makes a failing run as short as it gets by leaving out operations, and gives that.
pub fn explain(failure: Failure, mutant: Option<Mutant>) -> Failure {
    let (people, _) = workload(failure.seed);
    let mut shortest = failure;
    let mut index = 0;
    while index < shortest.ops.len() {
        let mut fewer = shortest.ops.clone();
        fewer.remove(index);
        match run(shortest.seed, people, &fewer, mutant) {
            Err(still) => shortest = *still,
            Ok(_) => index += 1,
        }
    }
    shortest
}

fn run(seed: u64, people: usize, ops: &[Op], mutant: Option<Mutant>) -> Result<Good, Box<Failure>> {
    let failed = |wrong: String, trace: Vec<String>| {
        Box::new(Failure {
            seed,
            wrong,
            trace,
            ops: ops.to_vec(),
        })
    };
    let (world, history, result) = match Simulation::begin(seed, people, mutant) {
        Ok(mut simulation) => {
            let result = simulation.go(ops);
            (simulation.world, simulation.history, result)
        }
        Err(error) => return Err(failed(format!("{error:#}"), Vec::new())),
    };
    match result {
        Ok(wrong) if wrong.is_empty() => Ok(Good {
            trace: world.trace(),
            rung: history.borrow().rung,
            followed: history.borrow().followed,
        }),
        Ok(wrong) => Err(failed(wrong.join("\n"), world.trace())),
        Err(error) => Err(failed(format!("{error:#}"), world.trace())),
    }
}

struct Simulation {
    world: Rc<World>,
    executor: Executor,
    people: People,
    history: Rc<RefCell<History>>,
    spawned: Spawned,
    /// Rises with each restart: deliveries of before end unheard.
    epoch: Rc<RefCell<u64>>,
    deliveries: u64,
    mutant: Option<Mutant>,
}

impl Simulation {
    fn begin(seed: u64, people: usize, mutant: Option<Mutant>) -> anyhow::Result<Self> {
        let subscriptions = TOPICS.map(|topic| {
            json!({"pubsubname": "pubsub", "topic": topic, "route": format!("/api/events/{topic}"), "deadLetterTopic": "dead-letters"})
        });
        let options = Options {
            app_id: "spindle".to_owned(),
            resources: vec![concat!(env!("CARGO_MANIFEST_DIR"), "/../../dapr/local").into()],
            secrets: [("secretstore".to_owned(), json!({}))].into(),
            app_max_concurrency: 8,
            ..Options::default()
        };
        let sidecar = Stepped::new(options, json!(subscriptions).to_string().as_bytes(), START_MS)?;
        let world = World::new(seed, START_MS, sidecar, mutant);
        let mut ids = Rng::new(seed ^ 0x1d);
        let people = (0..people).map(|_| Uuid::from_u64_pair(ids.next(), ids.next())).collect();
        Ok(Self {
            world,
            executor: Executor::default(),
            people: People(people),
            history: Rc::default(),
            spawned: Rc::default(),
            epoch: Rc::default(),
            deliveries: 0,
            mutant,
        })
    }

    /// What is wrong in the end.
    fn go(&mut self, ops: &[Op]) -> anyhow::Result<Vec<String>> {
        self.register()?;
        let mut rng = Rng::new(self.world.chance(Rng::next));
        let calm = rng.in_thousand(100);
        self.world.set_faults(if calm {
            Faults::default()
        } else {
            Faults {
                before: rng.below(40),
                after: rng.below(40),
                stop: rng.below(25),
                slow: rng.below(60),
                again: rng.below(200),
                lost_job: rng.below(400),
                no_jobs: rng.below(300),
                cut: rng.below(100),
            }
        });
        let mut next_op = 0;
        loop {
            self.executor_catches_up();
            let now = self.world.now();
            let op_at = ops.get(next_op).map(|op| START_MS + op.at);
            if let Some(op) = ops.get(next_op).filter(|_| op_at.is_some_and(|at| at <= now)) {
                next_op += 1;
                self.start(next_op, op);
                continue;
            }
            if now >= START_MS + HEALED_MS && self.world.faults() != Faults::default() {
                self.world.note("the faults end");
                self.world.set_faults(Faults::default());
            }
            if now >= START_MS + SETTLED_MS && self.executor.is_idle() {
                break;
            }
            let heal_at = (now < START_MS + HEALED_MS).then_some(START_MS + HEALED_MS);
            let next = [
                self.executor.next_at(),
                op_at,
                heal_at,
                self.world.sidecar(|sidecar, _| sidecar.next_at()),
            ]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(now + 1_000);
            self.world.set_now(next.max(now + i64::from(next <= now)));
        }
        self.world.set_faults(Faults::default());
        let mut wrong = self.history.borrow().wrong.clone();
        wrong.extend(self.alone(check::check)?);
        Ok(wrong)
    }

    /// Runs deliveries and tasks until nothing more can happen now.
    fn executor_catches_up(&mut self) {
        loop {
            while let Some(delivery) = self.world.sidecar(Stepped::next) {
                self.deliver(delivery);
            }
            for future in self.spawned.take() {
                self.executor.spawn(&self.world, future);
            }
            if !self.executor.step(&self.world) {
                return;
            }
        }
    }

    fn deliver(&mut self, delivery: spindle_sidecar::Delivery) {
        self.deliveries += 1;
        let path = delivery.request.uri().path().to_owned();
        let who = format!("delivery {} {path}", self.deliveries);
        let faults = self.world.faults();
        let (again, lost) = self
            .world
            .chance(|rng| (rng.in_thousand(faults.again), rng.in_thousand(faults.lost_job)));
        let swallowed = self.mutant.is_some_and(|mutant| mutant.swallows(&path)) || (lost && path.starts_with("/job/"));
        if swallowed {
            self.world.note(&format!("{who}: lost"));
            let answer = Ok(Response::new(Bytes::new()));
            self.world.sidecar(|sidecar, now| sidecar.finished(delivery, &answer, now));
            return;
        }
        if again {
            let late = self.world.chance(|rng| rng.within(1, 20_000));
            let asked = Asked::by_sidecar(format!("{who} AGAIN"), copy(&delivery.request));
            let (world, spawned) = (Rc::clone(&self.world), Rc::clone(&self.spawned));
            let copy = async move {
                sleep(&world, late).await;
                let _ = serve(&world, &spawned, asked).await;
            };
            self.executor.spawn(&self.world, copy.boxed_local());
        }
        let asked = Asked::by_sidecar(who, copy(&delivery.request));
        let (world, spawned, epochs) = (Rc::clone(&self.world), Rc::clone(&self.spawned), Rc::clone(&self.epoch));
        let epoch = *epochs.borrow();
        let mut unheard = Unheard {
            world: Rc::clone(&self.world),
            epochs: Rc::clone(&self.epoch),
            epoch,
            delivery: Some(delivery),
        };
        let task = async move {
            let answer = serve(&world, &spawned, asked)
                .await
                .map_err(|error| AppError(format!("{error:#}")));
            if let Some(delivery) = unheard.delivery.take().filter(|_| *epochs.borrow() == epoch) {
                world.sidecar(|sidecar, now| sidecar.finished(delivery, &answer, now));
            }
        };
        self.executor.spawn(&self.world, task.boxed_local());
    }

    fn start(&mut self, number: usize, op: &Op) {
        self.world.note(&format!("person {} {:?}", op.person, op.what));
        if matches!(op.what, What::Kill) {
            self.executor.stop_all();
            *self.epoch.borrow_mut() += 1;
            self.world.sidecar(Stepped::restart);
            return;
        }
        let person = Person {
            world: Rc::clone(&self.world),
            spawned: Rc::clone(&self.spawned),
            history: Rc::clone(&self.history),
            number: op.person,
            id: self.people.0.get(op.person).copied().unwrap_or_default(),
            who: format!("op {number}"),
        };
        let what = op.what.clone();
        self.executor
            .spawn(&self.world, async move { person.act(what).await }.boxed_local());
    }

    fn register(&mut self) -> anyhow::Result<()> {
        self.alone(|ctx, people, _| {
            async move {
                let store = Store::new(ctx.dapr.clone(), ctx.clock.clone(), ctx.random.clone());
                let now = ctx.clock.now();
                for (index, id) in people.0.iter().enumerate() {
                    let email = format!("p{index}@example.org");
                    let profile = Profile::new(*id, email, String::new(), chrono_tz::UTC, String::new(), now);
                    store.register(&profile).await?;
                }
                Ok(())
            }
            .boxed_local()
        })
    }

    /// Runs something to its end while nothing else happens.
    fn alone<T: 'static>(
        &mut self,
        run: impl FnOnce(Rc<Ctx>, People, Rc<RefCell<History>>) -> futures::future::LocalBoxFuture<'static, anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        let slot = Rc::new(RefCell::new(None));
        let ctx = app::context(&self.world, "checker".to_owned())?;
        let future = run(ctx, self.people.clone(), Rc::clone(&self.history));
        let filled = Rc::clone(&slot);
        let mut alone = Executor::default();
        alone.spawn(
            &self.world,
            async move { drop(filled.replace(Some(future.await))) }.boxed_local(),
        );
        while !alone.is_idle() {
            if !alone.step(&self.world) {
                self.world.set_now(alone.next_at().unwrap_or_default());
            }
        }
        slot.take().unwrap_or_else(|| Err(anyhow::anyhow!("it stopped")))
    }
}

/// A delivery whose task was stopped: the sidecar sees a broken connection, unless it has been restarted itself.
struct Unheard {
    world: Rc<World>,
    epochs: Rc<RefCell<u64>>,
    epoch: u64,
    delivery: Option<spindle_sidecar::Delivery>,
}

impl Drop for Unheard {
    fn drop(&mut self) {
        if let Some(delivery) = self.delivery.take()
            && *self.epochs.borrow() == self.epoch
        {
            let answer = Err(AppError("the connection broke".to_owned()));
            self.world.sidecar(|sidecar, now| sidecar.finished(delivery, &answer, now));
        }
    }
}

fn copy(request: &http::Request<Bytes>) -> http::Request<Bytes> {
    let mut copied = http::Request::new(request.body().clone());
    *copied.method_mut() = request.method().clone();
    *copied.uri_mut() = request.uri().clone();
    *copied.headers_mut() = request.headers().clone();
    copied
}

/// Work that tasks hand to the executor.
pub(crate) type Spawned = Rc<RefCell<Vec<futures::future::LocalBoxFuture<'static, ()>>>>;

/// Serves a request; the work after the answer becomes a task of its own.
pub(crate) async fn serve(world: &Rc<World>, spawned: &Spawned, asked: Asked) -> anyhow::Result<Response<Bytes>> {
    let who = asked.who.clone();
    let (response, after) = app::serve(world, asked).await?;
    world.note(&format!("{who}: answered {}", response.status().as_u16()));
    if let Some(after) = after {
        // What it leaves undone is the ticks' to do.
        spawned.borrow_mut().push(after.map(drop).boxed_local());
    }
    Ok(response)
}

//! Alarms: set as Dapr jobs, rung by their callback or by the tick.

use std::collections::BTreeSet;

use futures::future::FutureExt as _;
use http::StatusCode;
use serde::Deserialize;
use spindle_contract::problem::Problem;
use spindle_store::{Alarm, Place, Rung, Store, StoreError, Which};
use spindle_web_kit::{Call, Ctx, Failure, Measures, Reply, Work};
use uuid::Uuid;

use crate::{failed, store};

/// What a job brings back.
#[derive(Debug, Deserialize)]
struct JobData {
    user_id: Uuid,
    task_id: Uuid,
    minute: i64,
}

/// The work after an answer: rings what is due, and sets one job for the earliest of the others, or takes it back. The tick is behind all
/// of it.
pub(crate) fn set(ctx: &Ctx, store: Store, user: Uuid, task: Uuid, mut alarms: Vec<Alarm>) -> Work {
    let (dapr, clock) = (ctx.dapr.clone(), ctx.clock.clone());
    async move {
        let now = clock.now();
        for alarm in alarms.extract_if(.., |alarm| alarm.at <= now) {
            ring(&store, alarm.place, Some(task)).await.map_err(failed)?;
        }
        let name = job_name(task);
        let called = match alarms.iter().min_by_key(|alarm| alarm.at) {
            Some(alarm) => {
                let minute = alarm.place.minute;
                let data = format!("{{\"user_id\":\"{user}\",\"task_id\":\"{task}\",\"minute\":{minute}}}");
                dapr.schedule_job(&name, alarm.at, &data).await
            }
            None => dapr.delete_job(&name).await,
        };
        called.map_err(|error| Failure::caused(Problem::unavailable("The tick rings what this job would have."), error))
    }
    .boxed_local()
}

fn job_name(task: Uuid) -> String {
    format!("reminder-{task}")
}

/// Rings what is due at a place, and relays the events.
async fn ring(store: &Store, place: Place, task: Option<Uuid>) -> Result<Rung, StoreError> {
    let rung = store.ring(place, task).await?;
    relay(store, place, &rung.tasks).await;
    Ok(rung)
}

/// Rings all else that is due in the minute of a place: of ten thousand at one instant the last must not wait for as many jobs. Worth it
/// only where one transaction was not enough, because all that the minute holds is read.
async fn ring_around(store: &Store, place: Place) -> Result<(), StoreError> {
    for place in store.places_around(place).await? {
        while ring(store, place, None).await?.more {}
    }
    Ok(())
}

async fn relay(store: &Store, place: Place, tasks: &BTreeSet<Uuid>) {
    if !tasks.is_empty() {
        // What is not published now is by the outbox's tick.
        let _ = store.relay(place.slot(), Which::OfAny(tasks)).await;
    }
}

/// `POST /job/reminder-{task}`: the alarm that a job was set for.
///
/// Idempotent and safe under redelivery and a crash at any await: ringing is, see [`Store::ring`]. The answer is 200 unless the store
/// fails, when Dapr calls again; never 404, which Dapr takes for a success of its own kind.
pub(crate) async fn on_job(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let done = || Reply::json(StatusCode::OK, b"{}".to_vec());
    let Ok(job) = serde_json::from_slice::<JobData>(&call.body) else {
        return Ok(done().noted(format!("the job {} is none of ours", call.param("name"))));
    };
    let store = store(ctx);
    let alarms = store.alarms(job.user_id, job.task_id).await.map_err(failed)?;
    let now = ctx.clock.now();
    if alarms.iter().any(|at| *at <= now) {
        let place = Place::of(job.user_id, job.minute);
        let rung = store.ring(place, Some(job.task_id)).await.map_err(failed)?;
        if rung.count > 0 {
            let work = async move {
                relay(&store, place, &rung.tasks).await;
                if rung.more {
                    ring_around(&store, place).await.map_err(failed)?;
                }
                Ok(())
            };
            return Ok(done().measured(late(rung.late_seconds)).then(work.boxed_local()));
        }
    }
    Ok(done())
}

fn late(seconds: u64) -> Measures {
    Measures {
        reminder_late_seconds: Some(seconds),
        ..Measures::default()
    }
}

/// `POST /ticks/reminders`: rings what no job has rung.
///
/// Idempotent, and safe in several replicas at once: see [`Store::tick_reminders`].
pub(crate) async fn tick(ctx: &Ctx) -> Result<Reply, Failure> {
    let store = store(ctx);
    let ticked = store.tick_reminders().await.map_err(failed)?;
    let mut reply = Reply::json(StatusCode::OK, format!("{{\"rung\":{}}}", ticked.rung).into_bytes());
    if ticked.rung > 0 {
        reply = reply.measured(late(ticked.late_seconds));
    }
    let work = async move {
        for (place, tasks) in ticked.tasks {
            relay(&store, place, &tasks).await;
        }
        Ok(())
    };
    Ok(reply.then(work.boxed_local()))
}

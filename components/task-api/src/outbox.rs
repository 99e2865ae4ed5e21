//! Relaying the outbox: after an answer, and at each tick of the cron binding.

use futures::future::{FutureExt as _, LocalBoxFuture};
use http::StatusCode;
use spindle_contract::problem::Problem;
use spindle_store::{RELAY_GRACE, Store, Waiting, Which, slot_of};
use spindle_web_kit::{Ctx, Failure, Measures, Reply};
use uuid::Uuid;

use crate::store::{failed, store};

/// The work after an answer: publishes what the change has put into the outbox. What cannot be published now waits for the tick.
pub(crate) fn relay(store: Store, task: Uuid) -> LocalBoxFuture<'static, Result<(), Failure>> {
    async move {
        let relayed = store.relay(slot_of(task), Which::Of(task)).await;
        relayed
            .map(drop)
            .map_err(|error| Failure::caused(Problem::unavailable("The event waits for the next tick."), error))
    }
    .boxed_local()
}

/// The work after an answer that leaves an order: carries it out. What cannot be done now waits for the tick.
pub(crate) fn carry_out(store: Store, user: Uuid) -> LocalBoxFuture<'static, Result<(), Failure>> {
    async move {
        let done = store.carry_out(slot_of(user), Which::Of(user)).await;
        done.map_err(|error| Failure::caused(Problem::unavailable("The rest waits for the next tick."), error))
    }
    .boxed_local()
}

/// `POST /ticks/outbox`: relays every slot whose oldest event is older than [`RELAY_GRACE`].
///
/// Idempotent, and safe in several replicas at once: relaying twice publishes twice, and consumers drop what they have seen.
pub(crate) async fn tick(ctx: &Ctx) -> Result<Reply, Failure> {
    let store = store(ctx);
    let moment = ctx.clock.now() - RELAY_GRACE;
    let mut relayed = 0;
    let mut first_failure = None;
    let waiting = store.waiting_slots(moment).await.map_err(failed)?;
    let oldest = waiting.iter().map(|slot| slot.age.num_seconds()).max().unwrap_or(0);
    let measures = Measures {
        outbox_oldest_seconds: Some(u64::try_from(oldest).unwrap_or(0)),
        ..Measures::default()
    };
    for Waiting { slot, .. } in waiting {
        match store.relay(slot, Which::Before(moment)).await {
            Ok(count) => relayed += count,
            Err(error) => drop(first_failure.get_or_insert(error)),
        }
        if let Err(error) = store.carry_out(slot, Which::Before(moment)).await {
            first_failure.get_or_insert(error);
        }
    }
    match first_failure {
        None => Ok(Reply::json(StatusCode::OK, format!("{{\"relayed\":{relayed}}}").into_bytes()).measured(measures)),
        // A failure has its age too: it is what the alert goes by.
        Some(error) => {
            Err(Failure::caused(Problem::unavailable("Not every event could be published."), error).measured(measures))
        }
    }
}

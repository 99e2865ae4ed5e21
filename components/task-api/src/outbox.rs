//! Relaying the outbox: after an answer, and at each tick of the cron binding.

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::{FutureExt as _, LocalBoxFuture, join_all};
use http::StatusCode;
use spindle_contract::problem::Problem;
use spindle_store::{RELAY_GRACE, RelayError, Store, Which, slot_of};
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

/// Slots that a tick relays side by side.
const SLOTS_AT_ONCE: usize = 8;
/// A tick takes on no more slots after this, so that it is over before the next comes: Dapr's cron does not wait, and ticks that overlap
/// publish the same events again and again.
const TICK_BUDGET: TimeDelta = TimeDelta::seconds(4);

/// `POST /ticks/outbox`: relays every slot whose oldest event is older than [`RELAY_GRACE`].
///
/// Idempotent, and safe in several replicas at once: relaying twice publishes twice, and consumers drop what they have seen. It begins at
/// a slot drawn by chance, so that one that cannot be relayed, such as for a topic that is not there, holds up no other.
pub(crate) async fn tick(ctx: &Ctx) -> Result<Reply, Failure> {
    let store = store(ctx);
    let started = ctx.clock.now();
    let moment = started - RELAY_GRACE;
    let mut relayed = 0;
    let mut first_failure = None;
    let mut waiting = store.waiting_slots(moment).await.map_err(failed)?;
    let oldest = waiting.iter().map(|slot| slot.age.num_seconds()).max().unwrap_or(0);
    let measures = Measures {
        outbox_oldest_seconds: Some(u64::try_from(oldest).unwrap_or(0)),
        ..Measures::default()
    };
    let mut chance = [0];
    ctx.random.fill(&mut chance);
    let first = usize::from(chance[0]) % waiting.len().max(1);
    waiting.rotate_left(first);
    for slots in waiting.chunks(SLOTS_AT_ONCE) {
        let relays = slots.iter().map(|waiting| relay_before(&store, waiting.slot, moment));
        for outcome in join_all(relays).await {
            match outcome {
                Ok(count) => relayed += count,
                Err(error) => drop(first_failure.get_or_insert(error)),
            }
        }
        if ctx.clock.now() - started > TICK_BUDGET {
            break;
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

/// Publishes what a slot held before this moment, and carries out its orders.
async fn relay_before(store: &Store, slot: u8, moment: DateTime<Utc>) -> Result<usize, RelayError> {
    let relayed = store.relay(slot, Which::Before(moment)).await;
    // Orders need no broker.
    store.carry_out(slot, Which::Before(moment)).await?;
    relayed
}

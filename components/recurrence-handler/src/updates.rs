//! `POST /api/events/task-updates`: Dapr delivers that an occurrence of a series was completed or reopened.

use futures::future::FutureExt as _;
use http::StatusCode;
use spindle_contract::{
    events::{Event, UpdateData},
    problem::Problem,
};
use spindle_store::{Author, Store, Which, slot_of};
use spindle_web_kit::{Call, Ctx, Failure, Reply};

/// Brings the occurrence's successor in line with the occurrence as it is now.
///
/// Idempotent and safe under redelivery, reordering and a crash at any await: the event only tells where to look. What is to be done
/// follows from the occurrence and its successor as they are stored, and is one transaction under the `ETag`s of what was read: the
/// successor, what the occurrence remembers of it, and the events of the change in the outbox. A second delivery finds nothing to do; an
/// old one finds the newer state; a crash before the transaction has done nothing, and one after it leaves the events to the tick. The
/// successor's id is a function of the occurrence, so that there is never a second one. An event that no version of this code will
/// understand is `DROP`, which sends it to the dead letters.
pub(crate) async fn on_task_update(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let event = match Event::<UpdateData>::parse(&call.body) {
        Ok(event) => event,
        Err(error) => return Ok(status("DROP").noted(format!("an event goes to the dead letters: {error}"))),
    };
    let author = Author {
        user: event.data.user_id,
        actor: crate::COMPONENT.to_owned(),
        request_id: event.data.request_id,
        component: crate::COMPONENT,
    };
    let store = Store::new(ctx.dapr.clone(), ctx.clock.clone(), ctx.random.clone());
    let settled = store.settle_successor(&author, event.data.task_id).await;
    let failed = |error| Failure::caused(Problem::unavailable("The series cannot be read or written now."), error);
    let Some(successor) = settled.map_err(failed)? else {
        return Ok(status("SUCCESS"));
    };
    let relay = async move {
        let relayed = store.relay(slot_of(successor), Which::Of(successor)).await;
        relayed
            .map(drop)
            .map_err(|error| Failure::caused(Problem::unavailable("The event waits for the next tick."), error))
    };
    Ok(status("SUCCESS").then(relay.boxed_local()))
}

/// The answer that Dapr's pub/sub understands (Dapr docs: "Pub/sub API reference", expected HTTP response).
fn status(status: &str) -> Reply {
    Reply::json(StatusCode::OK, format!("{{\"status\":\"{status}\"}}").into_bytes())
}

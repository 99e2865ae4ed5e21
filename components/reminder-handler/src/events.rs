//! `POST /api/events/reminders`: Dapr delivers when a task's reminder is to ring from now on.

use http::StatusCode;
use spindle_contract::events::{Event, ReminderData};
use spindle_store::Said;
use spindle_web_kit::{Call, Ctx, Failure, Reply};

use crate::{alarms, failed, store};

/// Plans, moves or cancels the reminder; one whose time has come rings at once.
///
/// Idempotent and safe under redelivery, reordering and a crash at any await: the event only tells where to look. If the task says
/// something else by now, another event is under way and this one is done. Else the plan follows from the task and the plan as they are
/// stored, in one transaction under the plan's `ETag`; doing so again changes nothing. The job is set after the answer, and nothing depends
/// on it: a crash before, or a jobs API that is away, leaves the ringing to the tick. An event that no version of this code will
/// understand is `DROP`, which sends it to the dead letters.
pub(crate) async fn on_reminder(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let event = match Event::<ReminderData>::parse(&call.body) {
        Ok(event) => event,
        Err(error) => return Ok(status("DROP").noted(format!("an event goes to the dead letters: {error}"))),
    };
    let (user, task) = (event.data.user_id, event.data.task_id);
    let said = Said {
        fire_at: event.data.fire_at,
        time: event.time,
        silent: event.data.silent,
    };
    let store = store(ctx);
    let Some(alarms) = store.plan_reminder(user, task, &said).await.map_err(failed)? else {
        return Ok(status("SUCCESS"));
    };
    Ok(status("SUCCESS").then(alarms::set(ctx, store, user, task, alarms)))
}

/// The answer that Dapr's pub/sub understands (Dapr docs: "Pub/sub API reference", expected HTTP response).
fn status(status: &str) -> Reply {
    Reply::json(StatusCode::OK, format!("{{\"status\":\"{status}\"}}").into_bytes())
}

//! `POST /api/events/task-events`: Dapr delivers what happened to a task.

use http::StatusCode;
use spindle_contract::{
    events::{Event, EventData},
    problem::Problem,
};
use spindle_store::{Appended, AuditRecord};
use spindle_web_kit::{Call, Ctx, Failure, Reply};

use crate::store::{failed, store};

/// Appends one entry for the event.
///
/// Idempotent and safe under redelivery, reordering and a crash at any await: the append is one transaction on the ETag of the
/// chain's head, and takes a task's version only right after the one before it. A version that was taken is `SUCCESS` again; one
/// that comes too early is `RETRY` until the missing one has come; a crash before the transaction has done nothing, one after it
/// makes the redelivery a version that was taken. An event that no version of this code will understand is `DROP`, which sends it
/// to the dead letters.
///
/// With the variable `after_restore` a change that the restored store does not know is left out: its version is going to be another
/// change's.
pub(crate) async fn on_task_event(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let event = match Event::<EventData>::parse(&call.body) {
        Ok(event) => event,
        Err(error) => return Ok(status("DROP").noted(format!("an event goes to the dead letters: {error}"))),
    };
    let record = AuditRecord {
        event_id: event.id,
        event_type: event.event_type,
        user_id: event.data.user_id,
        task_id: event.data.task_id,
        version: event.data.version,
        timestamp: event.time,
        actor: event.data.actor,
        request_id: event.data.request_id,
        changes: parse(event.data.changes.get())?,
        snapshot: parse(event.data.task.as_deref().map_or("null", |task| task.get()))?,
    };
    let (store, task, version) = (store(ctx), record.task_id, record.version);
    if ctx.config.after_restore && store.is_undone(&record).await.map_err(failed)? {
        return Ok(status("SUCCESS").noted(format!(
            "version {version} of task {task} was undone by a restore and is left out"
        )));
    }
    match store.append_audit(&record).await.map_err(failed)? {
        Appended::Added | Appended::Seen | Appended::Erased => Ok(status("SUCCESS")),
        Appended::TooEarly { last } => {
            Ok(status("RETRY").noted(format!("version {version} of task {task} came before version {}", last + 1)))
        }
    }
}

fn parse(json: &str) -> Result<serde_json::Value, Failure> {
    serde_json::from_str(json).map_err(|error| Failure::caused(Problem::internal(), error))
}

/// The answer that Dapr's pub/sub understands (Dapr docs: "Pub/sub API reference", expected HTTP response).
fn status(status: &str) -> Reply {
    Reply::json(StatusCode::OK, format!("{{\"status\":\"{status}\"}}").into_bytes())
}

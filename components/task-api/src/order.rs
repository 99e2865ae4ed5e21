//! Moving a task in the manual order.

use http::StatusCode;
use spindle_contract::{body::parse_json, events::EventType, problem::Problem, tasks::MoveInput};
use spindle_domain::{TaskEdit, Violation, position::between};
use spindle_store::{Decision, Store};
use spindle_web_kit::{Call, Ctx, Failure, Reply};
use uuid::Uuid;

use crate::{
    store::{failed, store},
    tasks::{change, in_use, task_id},
};

/// Puts a task between two others, or just beside one. The neighbours are read before: should one move meanwhile, the task stands
/// where it was meant to be when the person looked.
pub(crate) async fn move_task(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let MoveInput { after, before } = parse_json(&call.body)?;
    let (user, id) = (call.user()?, task_id(call)?);
    let store = store(ctx);
    let mut places = [None, None];
    for (place, (field, neighbour)) in places.iter_mut().zip([("after", after), ("before", before)]) {
        if let Some(neighbour) = neighbour {
            *place = Some(place_of(&store, user, id, field, neighbour).await?);
        }
    }
    let [after, before] = places;
    let now = ctx.clock.now();
    change(ctx, call, StatusCode::OK, |_, task| {
        in_use(task)?;
        let place = task.place();
        let lies_there =
            after.as_ref().is_none_or(|after| *after < place) && before.as_ref().is_none_or(|before| place < *before);
        if lies_there && after.is_some() && before.is_some() {
            return Ok(Decision::Keep);
        }
        let place = between(after.as_deref(), before.as_deref())
            .map_err(|error| Problem::invalid(vec![Violation::new("after", error.code(), error.to_string())]))?;
        let edit = TaskEdit {
            position: Some(Some(place)),
            ..TaskEdit::default()
        };
        let after = task.edited(edit, now).map_err(Problem::invalid)?;
        Ok(after.map_or(Decision::Keep, |after| Decision::Put(after, EventType::Updated)))
    })
    .await
}

async fn place_of(store: &Store, user: Uuid, id: Uuid, field: &'static str, neighbour: Uuid) -> Result<String, Failure> {
    if neighbour == id {
        let rule = "must be another task than the one to be moved";
        return Err(Problem::invalid_field(field, "conflict", rule).into());
    }
    let Some((_, task)) = store.task(user, neighbour).await.map_err(failed)? else {
        let problem = Problem::not_found(format!("There is no such task as {field} names."));
        return Err(problem.error(field, "unknown", "names no task").into());
    };
    Ok(task.place())
}

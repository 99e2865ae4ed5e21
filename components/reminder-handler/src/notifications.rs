//! What has rung: listed, acknowledged, snoozed.

use http::StatusCode;
use spindle_contract::{
    body::parse_json,
    notifications::{NotificationBody, SnoozeInput, notifications_json, parse_after, write_notification},
    problem::Problem,
};
use spindle_web_kit::{Call, Ctx, Failure, Reply};
use uuid::Uuid;

use crate::{alarms, failed, store};

pub(crate) async fn list(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let after = parse_after(call.query())?;
    let (items, cursor) = store(ctx).notifications(call.user()?, after).await.map_err(failed)?;
    Ok(Reply::json(StatusCode::OK, notifications_json(&items, cursor)))
}

pub(crate) async fn acknowledge(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let found = store(ctx).acknowledge(call.user()?, id(call)?).await.map_err(failed)?;
    Ok(shown(&found.ok_or_else(none)?))
}

pub(crate) async fn snooze(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let until = parse_json::<SnoozeInput>(&call.body)?.until(ctx.clock.now())?;
    let user = call.user()?;
    let store = store(ctx);
    let snoozed = store.snooze(user, id(call)?, until).await.map_err(failed)?;
    let (notification, alarms) = snoozed.ok_or_else(none)?;
    let work = alarms::set(ctx, store, user, notification.task_id, alarms);
    Ok(shown(&notification).then(work))
}

fn shown(notification: &NotificationBody) -> Reply {
    let mut body = Vec::with_capacity(512);
    write_notification(&mut body, notification);
    Reply::json(StatusCode::OK, body)
}

fn none() -> Failure {
    Problem::not_found("There is no such notification.").into()
}

fn id(call: &Call) -> Result<Uuid, Failure> {
    let text = call.param("id");
    Uuid::try_parse(text)
        .map_err(|_| Problem::bad_field("id", "not_a_uuid", "must be a UUID, such as a notification's id").into())
}

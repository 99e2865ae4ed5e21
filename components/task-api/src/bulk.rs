//! The same change of several tasks, each a command of its own.

use futures::future::FutureExt as _;
use http::StatusCode;
use spindle_contract::{
    body::parse_json,
    bulk::{BulkAction, BulkInput, done_item, failed_item, write_bulk},
    tasks::Viewer,
};
use spindle_domain::Task;
use spindle_store::{Idempotency, Outcome, Profile, SavedAnswer};
use spindle_web_kit::{Call, Ctx, Failure, Reply};
use uuid::Uuid;

use crate::{
    outbox,
    store::{author, store},
    tasks::{deleted, edited, fingerprint, idempotency_key, no_such_task, refused, restored},
};

pub(crate) async fn change(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let BulkInput { ids, action } = parse_json(&call.body)?;
    let key = idempotency_key(&call.headers)?;
    let user = call.user()?;
    let mut items = Vec::with_capacity(ids.len());
    let mut changed = Vec::new();
    let mut notes = Vec::new();
    for id in ids {
        match change_one(ctx, call, user, id, &action, key).await {
            Ok((item, has_changed)) => {
                items.push(item);
                changed.extend(has_changed.then_some(id));
            }
            Err(failure) => {
                let (problem, cause) = failure.into_parts();
                items.push(failed_item(id, &problem, &call.request_id));
                notes.extend(cause.map(|cause| format!("{id}: {cause}")));
            }
        }
    }
    let mut reply = Reply::json(StatusCode::OK, write_bulk(&items));
    if !notes.is_empty() {
        reply = reply.noted(notes.join("; "));
    }
    if changed.is_empty() {
        return Ok(reply);
    }
    let store = store(ctx);
    let relay = async move {
        let mut relayed = Ok(());
        for id in changed {
            // One that cannot be relayed now waits for the tick, and is no reason to let the others wait.
            let one = outbox::relay(store.clone(), id).await;
            relayed = relayed.and(one);
        }
        relayed
    };
    Ok(reply.then(relay.boxed_local()))
}

/// The item of one task, and whether it was changed.
async fn change_one(
    ctx: &Ctx,
    call: &Call,
    user: Uuid,
    id: Uuid,
    action: &BulkAction,
    key: Option<&str>,
) -> Result<(Vec<u8>, bool), Failure> {
    let now = ctx.clock.now();
    let item = |profile: &Profile, task: Option<&Task>| {
        let viewer = Viewer {
            user_id: user,
            person: profile.time(),
            now,
        };
        let (status, task) = match action {
            BulkAction::Delete => (StatusCode::NO_CONTENT, None),
            BulkAction::Update(_) | BulkAction::Restore => (StatusCode::OK, task),
        };
        done_item(id, status.as_u16(), task, &viewer)
    };
    let render = |profile: &Profile, task: Option<&Task>| SavedAnswer {
        fingerprint: fingerprint(call),
        status: StatusCode::OK.as_u16(),
        headers: Vec::new(),
        body: String::from_utf8_lossy(&item(profile, task)).into_owned(),
    };
    let key = key.map(|key| format!("{key} {id}"));
    let idempotency = key.as_deref().map(|key| Idempotency {
        key,
        fingerprint: fingerprint(call),
        render: &render,
    });
    let store = store(ctx);
    let outcome = store
        .change(&author(call, user), id, idempotency.as_ref(), |profile, task| {
            let task = task.ok_or_else(no_such_task)?;
            match action {
                BulkAction::Update(edit) => edited(profile, task, edit, now),
                BulkAction::Delete => Ok(deleted(task, now)),
                BulkAction::Restore => Ok(restored(task, now)),
            }
        })
        .await;
    match outcome.map_err(refused)? {
        Outcome::Task { profile, task, changed } => Ok((item(&profile, Some(&task)), changed)),
        // Whoever was not told that it is gone is told again.
        Outcome::Purged(profile) => Ok((item(&profile, None), true)),
        Outcome::Replayed(answer) => Ok((answer.body.into_bytes(), false)),
    }
}

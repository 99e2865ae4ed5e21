//! One task: create, read, replace, change, delete, restore.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use sha2::{Digest, Sha256};
use spindle_contract::{
    body::parse_json,
    events::EventType,
    limits::IDEMPOTENCY_KEY_CHARS_MAX,
    problem::Problem,
    tasks::{TaskInput, Viewer, task_json},
};
use spindle_domain::{Task, TaskEdit};
use spindle_store::{ChangeError, Decision, Idempotency, Outcome, Profile, SavedAnswer};
use spindle_web_kit::{Call, Ctx, Failure, IfMatch, Reply, etag};
use uuid::Uuid;

use crate::{
    outbox,
    store::{author, failed, store},
};

pub(crate) async fn create(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let edit = parse_json::<TaskInput>(&call.body)?.create().map_err(Problem::invalid)?;
    create_as(ctx, call, |_| Ok(edit.clone())).await
}

/// Makes the task that `edit` says, for the person; the answer is kept for the request's idempotency key.
pub(crate) async fn create_as(
    ctx: &Ctx,
    call: &Call,
    edit: impl Fn(&Profile) -> Result<TaskEdit, Problem>,
) -> Result<Reply, Failure> {
    let key = idempotency_key(&call.headers)?;
    let now = ctx.clock.now();
    let store = store(ctx);
    let id = store.new_id();
    let user = call.user()?;
    let viewer = |profile: &Profile| Viewer {
        user_id: user,
        person: profile.time(),
        now,
    };
    let render = |profile: &Profile, task: Option<&Task>| SavedAnswer {
        fingerprint: fingerprint(call),
        status: StatusCode::CREATED.as_u16(),
        headers: vec![
            ("location".to_owned(), format!("/api/tasks/{id}")),
            ("etag".to_owned(), etag::strong(task.map_or(1, |task| task.version))),
        ],
        body: task.map_or_else(String::new, |task| {
            String::from_utf8_lossy(&task_json(task, &viewer(profile))).into_owned()
        }),
    };
    let idempotency = key.map(|key| Idempotency {
        key,
        fingerprint: fingerprint(call),
        render: &render,
    });
    let outcome = store
        .change(&author(call, user), id, idempotency.as_ref(), |profile, _| {
            let task = Task::create(id, edit(profile)?, now).map_err(Problem::invalid)?;
            Ok(Decision::Put(task, EventType::Created))
        })
        .await;
    match outcome.map_err(refused)? {
        Outcome::Task { profile, task, .. } => {
            let answer = render(&profile, Some(&task));
            Ok(saved(answer)?.then(outbox::relay(store, id)))
        }
        Outcome::Replayed(answer) => saved(answer),
        Outcome::Purged(_) => Err(Problem::internal().into()),
    }
}

pub(crate) async fn get(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let user = call.user()?;
    let (profile, task) = store(ctx)
        .task(user, task_id(call)?)
        .await
        .map_err(failed)?
        .ok_or_else(no_task)?;
    if etag::if_none_match(&call.headers, &etag::strong(task.version)) {
        return Ok(Reply::not_modified(&etag::strong(task.version)));
    }
    Ok(shown(
        StatusCode::OK,
        &task,
        &Viewer {
            user_id: user,
            person: profile.time(),
            now: ctx.clock.now(),
        },
    ))
}

pub(crate) async fn put(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let edit = parse_json::<TaskInput>(&call.body)?.replace().map_err(Problem::invalid)?;
    edit_task(ctx, call, edit).await
}

pub(crate) async fn patch(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let edit = parse_json::<TaskInput>(&call.body)?.patch().map_err(Problem::invalid)?;
    edit_task(ctx, call, edit).await
}

async fn edit_task(ctx: &Ctx, call: &Call, edit: TaskEdit) -> Result<Reply, Failure> {
    let now = ctx.clock.now();
    change(ctx, call, StatusCode::OK, |profile, task| edited(profile, task, &edit, now)).await
}

/// What an edit makes of a task.
pub(crate) fn edited(profile: &Profile, task: &Task, edit: &TaskEdit, now: DateTime<Utc>) -> Result<Decision, Problem> {
    in_use(task)?;
    let edit = edit.clone().without_shown_reminder(task, &profile.time());
    Ok(match task.edited(edit, now).map_err(Problem::invalid)? {
        None => Decision::Keep,
        Some(after) => {
            let event_type = EventType::of_edit(task, &after);
            Decision::Put(after, event_type)
        }
    })
}

/// Into the trash, or from there for good.
pub(crate) fn deleted(task: &Task, now: DateTime<Utc>) -> Decision {
    task.trashed(now)
        .map_or(Decision::Purge, |task| Decision::Put(task, EventType::Deleted))
}

/// Out of the trash.
pub(crate) fn restored(task: &Task, now: DateTime<Utc>) -> Decision {
    task.restored(now)
        .map_or(Decision::Keep, |task| Decision::Put(task, EventType::Restored))
}

pub(crate) async fn delete(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let now = ctx.clock.now();
    change(ctx, call, StatusCode::NO_CONTENT, |_, task| Ok(deleted(task, now))).await
}

pub(crate) async fn restore(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let now = ctx.clock.now();
    change(ctx, call, StatusCode::OK, |_, task| Ok(restored(task, now))).await
}

/// A task in the trash is not changed.
pub(crate) fn in_use(task: &Task) -> Result<(), Problem> {
    if task.is_trashed() {
        return Err(Problem::conflict("trashed", "The task is in the trash. Restore it first."));
    }
    Ok(())
}

/// Changes an existing task of the caller under its `If-Match`.
pub(crate) async fn change(
    ctx: &Ctx,
    call: &Call,
    status: StatusCode,
    decide: impl Fn(&Profile, &Task) -> Result<Decision, Problem>,
) -> Result<Reply, Failure> {
    let (user, id) = (call.user()?, task_id(call)?);
    let condition = IfMatch::parse(&call.headers)?;
    let store = store(ctx);
    let outcome = store
        .change(&author(call, user), id, None, |profile, task| {
            let task = task.ok_or_else(no_such_task)?;
            if !condition.matches(&etag::strong(task.version)) {
                return Err(Problem::precondition_failed(format!(
                    "The task has changed: its version is {} now.",
                    task.version
                )));
            }
            decide(profile, task)
        })
        .await;
    match outcome.map_err(refused)? {
        Outcome::Task { profile, task, changed } => {
            let reply = if status == StatusCode::NO_CONTENT {
                Reply::empty(status)
            } else {
                shown(
                    status,
                    &task,
                    &Viewer {
                        user_id: user,
                        person: profile.time(),
                        now: ctx.clock.now(),
                    },
                )
            };
            Ok(if changed {
                reply.then(outbox::relay(store, id))
            } else {
                reply
            })
        }
        Outcome::Purged(_) => Ok(Reply::empty(status).then(outbox::relay(store, id))),
        Outcome::Replayed(answer) => saved(answer),
    }
}

pub(crate) fn no_such_task() -> Problem {
    Problem::not_found("There is no such task.")
}

pub(crate) fn no_task() -> Failure {
    no_such_task().into()
}

pub(crate) fn task_id(call: &Call) -> Result<Uuid, Failure> {
    let text = call.param("id");
    Uuid::try_parse(text).map_err(|_| Problem::bad_field("id", "not_a_uuid", "must be a UUID, such as a task's id").into())
}

pub(crate) fn refused(error: ChangeError<Problem>) -> Failure {
    match error {
        ChangeError::Refused(problem) => problem.into(),
        ChangeError::KeyReused => {
            let message = "was used with another request: send a new key with a new request";
            Problem::invalid_field("Idempotency-Key", "key_reused", message).into()
        }
        ChangeError::NoPerson => Problem::unauthorized("This account no longer exists.").into(),
        ChangeError::Store(error) => failed(error),
    }
}

fn shown(status: StatusCode, task: &Task, viewer: &Viewer) -> Reply {
    Reply::json(status, task_json(task, viewer)).etag(&etag::strong(task.version))
}

fn saved(answer: SavedAnswer) -> Result<Reply, Failure> {
    let mut response = Response::builder()
        .status(answer.status)
        .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    let response = response
        .body(Bytes::from(answer.body))
        .map_err(|error| Failure::caused(Problem::internal(), error))?;
    Ok(response.into())
}

/// The `Idempotency-Key`, if there is one (draft-ietf-httpapi-idempotency-key-header §2.1; quotes are part of the key).
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let usable = value
        .to_str()
        .ok()
        .filter(|key| !key.trim().is_empty() && key.len() <= IDEMPOTENCY_KEY_CHARS_MAX);
    usable.map(Some).ok_or_else(|| {
        let message = format!("must be 1 to {IDEMPOTENCY_KEY_CHARS_MAX} visible ASCII characters");
        Problem::bad_field("Idempotency-Key", "malformed", message)
    })
}

pub(crate) fn fingerprint(call: &Call) -> String {
    let mut hash = Sha256::new();
    hash.update(call.operation);
    hash.update([0]);
    hash.update(&call.body);
    spindle_store::hex(&hash.finalize())
}

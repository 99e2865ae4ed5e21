//! Reminders and recurrence of a task: setting the one, ending, skipping and looking ahead with the other.

use http::StatusCode;
use spindle_contract::{
    body::parse_json,
    events::EventType,
    problem::Problem,
    recurrence::{parse_count, write_occurrences},
    tasks::{NO_REMINDER, ReminderInput, TaskInput, Viewer},
};
use spindle_domain::{
    Due, Task, TaskEdit,
    recurrence::RecurrenceEdit,
    reminder::{PersonTime, ReminderEdit},
};
use spindle_store::Decision;
use spindle_web_kit::{Call, Ctx, Failure, Reply};
use uuid::Uuid;

use crate::{
    me::no_person,
    store::{failed, store},
    tasks::{change, in_use, no_task, task_id},
};

pub(crate) async fn set_reminder(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let ReminderInput(reminder) = parse_json(&call.body)?;
    remind(ctx, call, reminder).await
}

pub(crate) async fn delete_reminder(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    remind(ctx, call, NO_REMINDER).await
}

async fn remind(ctx: &Ctx, call: &Call, reminder: ReminderEdit) -> Result<Reply, Failure> {
    let edit = TaskEdit {
        reminder,
        ..TaskEdit::default()
    };
    apply(ctx, call, edit).await
}

/// Ends the series: the task stays and is followed by none.
pub(crate) async fn delete_recurrence(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let edit = TaskEdit {
        recurrence: RecurrenceEdit {
            pattern: Some(None),
            ..RecurrenceEdit::default()
        },
        ..TaskEdit::default()
    };
    apply(ctx, call, edit).await
}

async fn apply(ctx: &Ctx, call: &Call, edit: TaskEdit) -> Result<Reply, Failure> {
    let now = ctx.clock.now();
    change(ctx, call, StatusCode::OK, |_, task| {
        in_use(task)?;
        let after = task.edited(edit.clone(), now).map_err(Problem::invalid)?;
        Ok(after.map_or(Decision::Keep, |after| Decision::Put(after, EventType::Updated)))
    })
    .await
}

/// Moves the open task of a series to its next date.
pub(crate) async fn skip(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let now = ctx.clock.now();
    change(ctx, call, StatusCode::OK, |profile, task| {
        in_use(task)?;
        if task.is_completed() {
            return Err(Problem::conflict(
                "completed",
                "The task is completed. Skip the one that follows it.",
            ));
        }
        let Some(recurrence) = &task.recurrence else {
            return Err(Problem::conflict(
                "not_recurring",
                "The task does not repeat, so there is no next date.",
            ));
        };
        let next = match task.due {
            Some(due) => recurrence
                .series(task.time_zone)
                .ok()
                .and_then(|series| series.next_after(due, profile.zone)),
            None => task.next_due(now, profile.zone),
        };
        let next =
            next.ok_or_else(|| Problem::conflict("series_ended", "This is the last date. Complete the task or delete it."))?;
        Ok(Decision::Put(task.skipped(next, now), EventType::Skipped))
    })
    .await
}

/// The dates after a task's own, and the rule in words.
pub(crate) async fn occurrences(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let count = parse_count(call.query())?;
    let found = store(ctx).task(call.user()?, task_id(call)?).await.map_err(failed)?;
    let (profile, task) = found.ok_or_else(no_task)?;
    told(ctx, call, &task, profile.time(), count)
}

/// The same of a task that is not saved.
pub(crate) async fn preview(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let count = parse_count(call.query())?;
    let edit = TaskEdit {
        // It needs none to be looked at.
        title: Some("preview".to_owned()),
        ..parse_json::<TaskInput>(&call.body)?.untitled()
    };
    let task = Task::create(Uuid::nil(), edit, ctx.clock.now()).map_err(Problem::invalid)?;
    let (profile, _) = store(ctx).person(call.user()?).await.map_err(failed)?.ok_or_else(no_person)?;
    told(ctx, call, &task, profile.time(), count)
}

fn told(ctx: &Ctx, call: &Call, task: &Task, person: PersonTime, count: usize) -> Result<Reply, Failure> {
    let viewer = Viewer {
        user_id: call.user()?,
        person,
        now: ctx.clock.now(),
    };
    let series = match &task.recurrence {
        None => None,
        Some(recurrence) => {
            let series = recurrence.series(task.time_zone);
            Some(series.map_err(|error| Failure::caused(Problem::internal(), error))?)
        }
    };
    let mut dates: Vec<Due> = Vec::new();
    let first = if task.due.is_none() {
        task.next_due(viewer.now, person.zone)
    } else {
        None
    };
    if let (Some(series), Some(from)) = (&series, task.due.or(first)) {
        // One more than asked for tells whether there are more.
        dates.extend(
            first
                .into_iter()
                .chain(series.occurrences_after(from, person.zone))
                .take(count + 1),
        );
    }
    let ends = dates.len() <= count;
    dates.truncate(count);
    let text = series.map(|series| series.words(person.zone));
    let body = write_occurrences(text.as_deref(), &dates, ends, task.time_zone, &viewer);
    Ok(Reply::json(StatusCode::OK, body))
}

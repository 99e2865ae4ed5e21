//! `GET /api/occurrences`: what a calendar shows of series beside the open tasks.

use http::StatusCode;
use spindle_contract::{
    calendar::{parse_days, write_calendar},
    limits::CALENDAR_ITEMS_MAX,
    problem::Problem,
    tasks::Viewer,
};
use spindle_domain::{Task, recurrence::DaySpan};
use spindle_store::Row;
use spindle_web_kit::{Call, Ctx, Failure, Reply};

use crate::{
    me::no_person,
    store::{failed, store},
};

pub(crate) async fn list(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let days = parse_days(call.query())?;
    let user = call.user()?;
    let store = store(ctx);
    let (profile, _) = store.person(user).await.map_err(failed)?.ok_or_else(no_person)?;
    let viewer = Viewer {
        user_id: user,
        person: profile.time(),
        now: ctx.clock.now(),
    };
    let span = DaySpan::new(days.from, days.to, viewer.person.zone);
    let body = |rows: &[Row<'_>]| {
        let tasks = series(rows)?;
        let mut found: Vec<_> = tasks
            .iter()
            .flat_map(|task| {
                let dates = task.occurrences_in(&span, viewer.person.zone, CALENDAR_ITEMS_MAX);
                dates.into_iter().map(move |(start, due)| (start, task, due))
            })
            .collect();
        found.sort_by_key(|(start, task, _)| (*start, task.id));
        found.truncate(CALENDAR_ITEMS_MAX);
        let items: Vec<_> = found.into_iter().map(|(_, task, due)| (task, due)).collect();
        Some(write_calendar(&items, &viewer))
    };
    let body = store.with_tasks(&profile, body).await.map_err(failed)?;
    let body = body.ok_or_else(|| Failure::caused(Problem::internal(), format!("a task of {user} is damaged")))?;
    Ok(Reply::json(StatusCode::OK, body))
}

/// The open tasks that repeat; `None` when one is damaged.
fn series(rows: &[Row<'_>]) -> Option<Vec<Task>> {
    let mut tasks = Vec::new();
    for row in rows {
        let facts = row.facts()?;
        if facts.trashed || facts.completed || facts.due.is_none() {
            continue;
        }
        let task = row.task()?;
        if task.recurs() {
            tasks.push(task);
        }
    }
    Some(tasks)
}

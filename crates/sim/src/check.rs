//! The invariants of the design, section 10, on what is stored in the end.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::{FutureExt as _, LocalBoxFuture};
use serde_json::Value;
use spindle_domain::{Task, recurrence::Settled};
use spindle_store::{AuditFilter, Profile, Row, Store};
use spindle_web_kit::Ctx;
use uuid::Uuid;

use crate::{history::History, run::People};

/// How much later than it says a change may have been committed: the longest that a request goes on.
const COMMIT_LAG: TimeDelta = TimeDelta::seconds(60);

/// What is wrong.
pub(crate) fn check(
    ctx: Rc<Ctx>,
    people: People,
    history: Rc<RefCell<History>>,
) -> LocalBoxFuture<'static, anyhow::Result<Vec<String>>> {
    async move {
        let store = Store::new(ctx.dapr.clone(), ctx.clock.clone(), ctx.random.clone());
        let mut wrong = Vec::new();
        for (number, id) in people.0.iter().enumerate() {
            let Some((profile, _)) = store.person(*id).await? else {
                wrong.push(format!("person {number} is gone"));
                continue;
            };
            let tasks: BTreeMap<Uuid, Task> = store
                .with_tasks(&profile, |rows| {
                    rows.iter().filter_map(Row::task).map(|task| (task.id, task)).collect()
                })
                .await?;
            let verified = store.verify_audit(*id).await?;
            if let Some(position) = verified.broken_at {
                wrong.push(format!("6: the chain of person {number} breaks at {position}"));
            }
            let listed = store.audit(*id, &AuditFilter::default(), 0, usize::MAX).await?;
            let mut entries: Vec<Value> = Vec::new();
            for item in listed.items.iter().rev() {
                entries.push(serde_json::from_str(item)?);
            }
            let log = Log::of(&entries);
            wrong.extend(log.wrong.iter().cloned());
            told_is_kept(number, &history.borrow(), &log, &mut wrong);
            log_folds_to_tasks(&log, &tasks, &mut wrong);
            keys_make_one(&log, &mut wrong);
            series_are_settled(&profile, &tasks, ctx.clock.now(), &mut wrong);
            let (notifications, _) = store.notifications(*id, None).await?;
            let rung: Vec<(Uuid, DateTime<Utc>, DateTime<Utc>)> = notifications
                .iter()
                .map(|found| (found.task_id, found.fire_at, found.fired_at))
                .collect();
            {
                let mut history = history.borrow_mut();
                history.rung += rung.len();
                history.followed += tasks.values().filter(|task| task.parent.is_some()).count();
            }
            reminders_are_right(&rung, &log, &tasks, ctx.clock.now(), &mut wrong);
        }
        Ok(wrong)
    }
    .boxed_local()
}

/// When a version was made, and the task then; `None` when it went for good.
type Version = (DateTime<Utc>, Option<Value>);

/// The log of a person, by task.
struct Log {
    /// The snapshots after each version, in order; `None` for one that went for good.
    tasks: BTreeMap<String, Vec<Version>>,
    /// How many rings each task's log tells.
    rings: BTreeMap<String, u64>,
    wrong: Vec<String>,
}

impl Log {
    fn of(entries: &[Value]) -> Self {
        let mut log = Self {
            tasks: BTreeMap::new(),
            rings: BTreeMap::new(),
            wrong: Vec::new(),
        };
        for entry in entries {
            let task = entry["task_id"].as_str().unwrap_or_default().to_owned();
            let version = entry["version"].as_u64().unwrap_or_default();
            let time = entry["timestamp"]
                .as_str()
                .and_then(|time| time.parse().ok())
                .unwrap_or_default();
            let last = if entry["event_type"] == "reminder.fired" {
                let rings = log.rings.entry(task.clone()).or_default();
                *rings += 1;
                *rings
            } else {
                let versions = log.tasks.entry(task.clone()).or_default();
                versions.push((
                    time,
                    Some(entry["payload_snapshot"].clone()).filter(|snapshot| !snapshot.is_null()),
                ));
                versions.len() as u64
            };
            if last != version {
                log.wrong.push(format!(
                    "1: task {task}: {} {version} stands where {last} should",
                    entry["event_type"]
                ));
            }
        }
        log
    }
}

/// 1 and 2: what was answered is in the log, as it was answered.
fn told_is_kept(person: usize, history: &History, log: &Log, wrong: &mut Vec<String>) {
    for answered in history.answered.iter().filter(|answered| answered.person == person) {
        let Some(body) = &answered.body else { continue };
        let version = body["version"].as_u64().unwrap_or_default();
        let logged = log
            .tasks
            .get(&answered.task.to_string())
            .and_then(|versions| versions.get(usize::try_from(version.checked_sub(1)?).ok()?));
        match logged {
            Some((_, Some(snapshot))) => {
                for field in ["title", "completed", "deleted_at"] {
                    if snapshot[field] != body[field] {
                        let (logged, told) = (&snapshot[field], &body[field]);
                        wrong.push(format!(
                            "1: task {} version {version}: {field} was told {told}, is logged {logged}",
                            answered.task
                        ));
                    }
                }
            }
            _ => wrong.push(format!(
                "1: task {} version {version} was answered and is not in the log",
                answered.task
            )),
        }
    }
}

/// 6: the last state in the log is the state.
fn log_folds_to_tasks(log: &Log, tasks: &BTreeMap<Uuid, Task>, wrong: &mut Vec<String>) {
    for (id, versions) in &log.tasks {
        let task = Uuid::try_parse(id).ok().and_then(|id| tasks.get(&id));
        match (versions.last().and_then(|(_, snapshot)| snapshot.as_ref()), task) {
            (None, None) => {}
            (Some(snapshot), Some(task)) => {
                let same = snapshot["title"] == *task.title
                    && snapshot["completed"] == task.is_completed()
                    && snapshot["version"] == task.version
                    && snapshot["position"] == task.place()
                    && snapshot["deleted_at"].is_null() != task.is_trashed();
                if !same {
                    wrong.push(format!("6: task {id} is {task:?}, the log ends with {snapshot}"));
                }
            }
            (snapshot, task) => wrong.push(format!("6: task {id} is {task:?}, the log ends with {snapshot:?}")),
        }
    }
    for id in tasks.keys().filter(|id| !log.tasks.contains_key(&id.to_string())) {
        wrong.push(format!("1: task {id} is not in the log"));
    }
}

/// 2: one command, however often it was sent, made one task.
fn keys_make_one(log: &Log, wrong: &mut Vec<String>) {
    let mut made: BTreeMap<String, usize> = BTreeMap::new();
    for versions in log.tasks.values() {
        if let Some((_, Some(first))) = versions.first()
            && first["parent_task_id"].is_null()
        {
            *made.entry(first["title"].to_string()).or_default() += 1;
        }
    }
    for (title, count) in made.into_iter().filter(|(_, count)| *count > 1) {
        wrong.push(format!("2: {title} was made {count} times"));
    }
}

/// 3: nothing is left to do for any occurrence, and nothing follows two.
fn series_are_settled(profile: &Profile, tasks: &BTreeMap<Uuid, Task>, now: DateTime<Utc>, wrong: &mut Vec<String>) {
    for task in tasks.values() {
        let settled = task.settle(tasks.get(&task.successor_id()), profile.zone, now);
        if settled != Settled::Already {
            wrong.push(format!("3: task {} ({}) is not settled: {settled:?}", task.id, task.title));
        }
    }
}

/// 4: each moment rang once, not early, for a task that was open; and none that had come was missed.
fn reminders_are_right(
    rung: &[(Uuid, DateTime<Utc>, DateTime<Utc>)],
    log: &Log,
    tasks: &BTreeMap<Uuid, Task>,
    now: DateTime<Utc>,
    wrong: &mut Vec<String>,
) {
    for (index, (task, fire_at, fired_at)) in rung.iter().enumerate() {
        if fired_at < fire_at {
            wrong.push(format!("4: task {task} rang at {fired_at}, early for {fire_at}"));
        }
        if rung.iter().take(index).any(|(other, at, _)| other == task && at == fire_at) {
            wrong.push(format!("4: task {task} rang twice for {fire_at}"));
        }
        // The state that surely stood when it rang: of the versions that may have been committed by then, was one open?
        let versions = log.tasks.get(&task.to_string()).map_or(&[][..], Vec::as_slice);
        let possible = versions.iter().enumerate().filter(|(index, (time, _))| {
            let overtaken = versions
                .get(index + 1)
                .is_some_and(|(next, _)| *next + COMMIT_LAG < *fired_at);
            time <= fired_at && !overtaken
        });
        let open = |snapshot: &Option<Value>| {
            snapshot
                .as_ref()
                .is_some_and(|task| task["completed"] == false && task["deleted_at"].is_null())
        };
        if !possible.into_iter().any(|(_, (_, snapshot))| open(snapshot)) {
            wrong.push(format!("4: task {task} rang at {fired_at} and was not open"));
        }
    }
    for task in tasks.values() {
        let Some(at) = task.rings_at.filter(|at| *at < now - TimeDelta::seconds(45)) else {
            continue;
        };
        // Said before its time, and not changed since: it must have rung.
        let versions = log.tasks.get(&task.id.to_string()).map_or(&[][..], Vec::as_slice);
        let said_ahead = versions.last().is_some_and(|(time, _)| *time + TimeDelta::seconds(1) < at);
        if said_ahead && !rung.iter().any(|(rung, fire_at, _)| *rung == task.id && *fire_at >= at) {
            wrong.push(format!(
                "4: task {} ({}) was to ring at {at} and did not",
                task.id, task.title
            ));
        }
    }
    for (task, rings) in &log.rings {
        let shown = rung.iter().filter(|(rung, _, _)| rung.to_string() == *task).count() as u64;
        if shown != *rings {
            wrong.push(format!(
                "4: task {task} is shown to have rung {shown} times, the log has {rings}"
            ));
        }
    }
}

//! The invariants, from outside, after the load has stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use spindle_e2e::app::App;
use spindle_e2e::audit::check_chain;
use spindle_e2e::person::{Person, id};
use spindle_e2e::sidecar::Sidecar;
use spindle_e2e::stats;

use crate::load::{Told, WRITERS};
use crate::plan;

/// How long what is on its way may take to arrive.
const SETTLE: Duration = Duration::from_mins(2);

/// When a reminder was due, and how many milliseconds late it was shown.
pub(crate) type Lateness = (DateTime<Utc>, f64);

/// Waits until everything has arrived, then checks it. What was counted, in words, and how late each reminder was.
pub(crate) fn invariants(app: &mut App, people: &[Person], told: &[Told]) -> anyhow::Result<(String, Vec<Lateness>)> {
    let mut counts = Counts::default();
    for (person, told) in people.iter().zip(told) {
        let end = Instant::now() + SETTLE;
        let counted = loop {
            match of_person(person, told) {
                Ok(counted) => break counted,
                Err(error) if Instant::now() > end => {
                    let missed = told
                        .reminders
                        .iter()
                        .find(|(task, _)| error.to_string().contains(task.as_str()));
                    return match missed {
                        Some((task, _)) => Err(error.context(trail(app, person, task)?)),
                        None => Err(error),
                    };
                }
                Err(_) => std::thread::sleep(Duration::from_millis(500)),
            }
        };
        counts.add(counted);
    }
    let records = partitions(app)?;
    let ready: Value = people
        .first()
        .context("there is nobody")?
        .client()
        .call("GET", "/health/ready")
        .send()
        .ok(200);
    ensure!(ready["dead_letters"] == 0, "there are dead letters: {ready}");
    let mut late: Vec<f64> = counts.lateness.iter().map(|(_, late)| late / 1000.0).collect();
    let summary = format!(
        "{WRITERS} people at once: {} tasks answered with 2xx, all there; {} audit entries, each version once and in order, every chain verified; \
         {} completed occurrences, one successor each; {} reminders, each shown once, none early, p50 {:.1} s, p99 {:.1} s, at most {:.1} s late; \
         {records} records in Kafka, each keyed by its task and all of a task in one partition; no dead letters.",
        counts.tasks,
        counts.entries,
        counts.completed,
        counts.reminders,
        stats::percentile(&mut late, 0.5),
        stats::percentile(&mut late, 0.99),
        stats::percentile(&mut late, 1.0),
    );
    Ok((summary, counts.lateness))
}

/// What is known of a reminder that was not shown as it should: its plan, and the records that told of it.
fn trail(app: &mut App, person: &Person, task: &str) -> anyhow::Result<String> {
    let simple = |id: &str| id.replace('-', "");
    let key = format!("reminder:{}:{}", simple(&person.id), simple(task));
    let plan = Sidecar::of(app)?.state(&key)?;
    let row = person.get(format!("/api/tasks/{task}")).json();
    let ticks = app.log().into_iter().filter(|line| line.contains("/ticks/reminders"));
    let ticks: Vec<String> = ticks.map(|line| line.chars().take(400).collect()).collect();
    let kafka = &app.stack().context("there is no Kafka")?.kafka;
    let told: Vec<_> = kafka
        .records("reminders")?
        .into_iter()
        .filter(|record| record.key.as_deref() == Some(task))
        .collect();
    let ticks = ticks.join("\n");
    Ok(format!("plan: {plan:?}\ntask: {row}\nrecords: {told:#?}\nticks:\n{ticks}\n"))
}

#[derive(Debug, Default)]
struct Counts {
    tasks: usize,
    entries: usize,
    completed: usize,
    reminders: usize,
    lateness: Vec<Lateness>,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.tasks += other.tasks;
        self.entries += other.entries;
        self.completed += other.completed;
        self.reminders += other.reminders;
        self.lateness.extend(other.lateness);
    }
}

fn of_person(person: &Person, told: &Told) -> anyhow::Result<Counts> {
    let tasks = person.all_pages("/api/tasks", "");
    // Invariants 1 and 2: what was answered is there, once, although it may have been sent again.
    for (title, task) in &told.created {
        let of_title: Vec<&Value> = tasks.iter().filter(|task| task["title"] == *title.as_str()).collect();
        let originals = of_title.iter().filter(|task| task["parent_task_id"].is_null()).count();
        ensure!(originals == 1, "{originals} tasks were made for one {title}");
        ensure!(
            of_title.iter().any(|found| id(found) == *task),
            "{title} has another id than was answered"
        );
    }
    successors(&tasks, told)?;
    let entries = audit(person, &tasks)?;
    let lateness = reminders(person, told, &tasks)?;
    Ok(Counts {
        tasks: told.created.len(),
        entries,
        completed: told.completed.len(),
        reminders: told.reminders.len(),
        lateness,
    })
}

/// Invariant 3.
fn successors(tasks: &[Value], told: &Told) -> anyhow::Result<()> {
    let mut followers: BTreeMap<&str, usize> = BTreeMap::new();
    for parent in tasks.iter().filter_map(|task| task["parent_task_id"].as_str()) {
        *followers.entry(parent).or_default() += 1;
    }
    for task in &told.completed {
        let count = followers.get(task.as_str()).copied().unwrap_or(0);
        ensure!(count == 1, "{task} has {count} successors");
    }
    ensure!(
        followers.len() == told.completed.len(),
        "a task that was not completed has a successor"
    );
    Ok(())
}

/// Invariants 1 and 6: each version once, in order, and the last of each task is the task's own.
fn audit(person: &Person, tasks: &[Value]) -> anyhow::Result<usize> {
    let mut entries = person.all_pages("/api/events/audit", "");
    entries.reverse();
    check_chain(&entries).map_err(|error| anyhow::anyhow!(error))?;
    let mut versions: BTreeMap<&str, u64> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for entry in &entries {
        ensure!(
            seen.insert(entry["event_id"].as_str()),
            "event {} is there twice",
            entry["event_id"]
        );
        if entry["event_type"] == "reminder.fired" {
            continue;
        }
        let (task, version) = (entry["task_id"].as_str().unwrap_or_default(), entry["version"].as_u64());
        let last = versions.entry(task).or_default();
        ensure!(version == Some(*last + 1), "version {version:?} of {task} comes after {last}");
        *last += 1;
    }
    for task in tasks {
        let logged = versions.get(id(task).as_str()).copied().unwrap_or(0);
        ensure!(task["version"] == logged, "the log has version {logged} of {task}");
    }
    let verdict = person.get("/api/events/audit/verify").ok(200);
    ensure!(verdict["ok"] == true, "the chain does not verify: {verdict}");
    Ok(entries.len())
}

/// Invariant 4; how late each was.
fn reminders(person: &Person, told: &Told, tasks: &[Value]) -> anyhow::Result<Vec<Lateness>> {
    let body = person.get("/api/notifications").ok(200);
    let shown = body["items"].as_array().context("no items")?;
    let mut lateness = Vec::new();
    for (task, due) in &told.reminders {
        let own: Vec<&Value> = shown.iter().filter(|shown| shown["task_id"] == *task.as_str()).collect();
        let [one] = own.as_slice() else {
            bail!("the reminder of {task} was shown {} times", own.len());
        };
        let fired: DateTime<Utc> = one["fired_at"].as_str().unwrap_or_default().parse()?;
        let late = fired - due;
        ensure!(
            late >= TimeDelta::milliseconds(-1),
            "the reminder of {task} came early: {one}"
        );
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes")]
        lateness.push((*due, late.num_milliseconds() as f64));
    }
    let mut seen = BTreeSet::new();
    for task in shown.iter().filter_map(|shown| shown["task_id"].as_str()) {
        let is_probe = || tasks.iter().any(|found| id(found) == task && found["title"] == plan::PROBE);
        let known = told.reminders.iter().any(|(own, _)| own == task) || told.past.iter().any(|own| own == task) || is_probe();
        ensure!(known, "a reminder of {task} was shown, which has none");
        ensure!(seen.insert(task), "the reminder of {task} was shown twice");
    }
    Ok(lateness)
}

/// Every record is keyed by its task, and all records of a task lie in one partition of its topic.
fn partitions(app: &mut App) -> anyhow::Result<usize> {
    let kafka = &app.stack().context("there is no Kafka")?.kafka;
    let mut count = 0;
    for topic in ["task-events", "reminders", "task-updates"] {
        let records = kafka.records(topic)?;
        ensure!(!records.is_empty(), "nothing lies in {topic}");
        let mut partition_of: BTreeMap<String, u32> = BTreeMap::new();
        for record in &records {
            let event: Value = serde_json::from_str(&record.value).context("a record is no JSON")?;
            let task = event["data"]["task_id"].as_str().context("a record without task")?;
            ensure!(
                record.key.as_deref() == Some(task),
                "{topic}: key {:?} of an event of {task}",
                record.key
            );
            let partition = *partition_of.entry(task.to_owned()).or_insert(record.partition);
            ensure!(
                partition == record.partition,
                "{topic}: {task} lies in partitions {partition} and {}",
                record.partition
            );
        }
        let used: BTreeSet<u32> = partition_of.into_values().collect();
        ensure!(used.len() > 1, "{topic}: everything lies in one partition");
        count += records.len();
    }
    Ok(count)
}

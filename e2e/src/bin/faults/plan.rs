//! What is killed, how it comes back, and what must hold meanwhile.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::json;
use spindle_e2e::app::App;
use spindle_e2e::person::{Person, id};
use spindle_e2e::stack::{Stack, daprd};
use spindle_e2e::stats;

use crate::load::{Answered, Load};

/// Longest answer while the database is away: the client's own time-out is five seconds.
const QUICK: Duration = Duration::from_secs(6);
/// How long it may take until all is as before; a killed scheduler alone needs half a minute for its old lease to end.
const RECOVERY: Duration = Duration::from_secs(90);
/// What the tasks are called that ask whether all is as before.
pub(crate) const PROBE: &str = "Is it back?";
/// When the reminder of such a task is due after it was made, at the earliest: due times are whole seconds.
const REMIND_IN: TimeDelta = TimeDelta::seconds(1);
/// A reminder that is not later than this is in time.
const IN_TIME: TimeDelta = TimeDelta::seconds(1);

/// Something to kill.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    Kafka,
    Postgres,
    Scheduler,
    Sidecar(&'static str),
    Host(&'static str),
}

/// What must hold of the answers while it is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meanwhile {
    /// Every change is answered with 2xx.
    Works,
    /// Changes are refused with 503 and `Retry-After`, quickly.
    Refuses,
    /// Nothing can be said of single answers.
    Anything,
}

/// One or two kills at once.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    targets: &'static [Target],
    meanwhile: Meanwhile,
}

/// What happened while something was away, and until all was as before.
#[derive(Debug)]
pub(crate) struct Row {
    name: &'static str,
    answers: Vec<Answered>,
    /// From the kill until it listens again.
    away: Duration,
    recovery: Recovery,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

/// How long it took until all was as before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recovery {
    /// Until a new change of each person was in their log.
    log: Duration,
    /// Until a new reminder was shown in time.
    reminder: Duration,
}

/// The rows as a table. `reminders` are those that were shown: when each was due, and how many milliseconds late it was.
pub(crate) fn table(rows: &[Row], away: u64, reminders: &[(DateTime<Utc>, f64)]) -> String {
    let mut table = format!(
        "| killed (SIGKILL), started again after {away} s | answers meanwhile | slowest answer | listens again after | \
         from then until a new change is in the log | until a new reminder is in time | reminders due from the kill until then: late by |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let slowest = row.answers.iter().map(|answer| answer.took).max().unwrap_or_default();
        let mut late: Vec<f64> = reminders
            .iter()
            .filter(|(due, _)| (row.from..row.to).contains(due))
            .map(|(_, late)| late / 1000.0)
            .collect();
        let late = if late.is_empty() {
            "none was due".to_owned()
        } else {
            let (p50, most) = (stats::percentile(&mut late, 0.5), stats::percentile(&mut late, 1.0));
            format!("p50 {p50:.1} s, at most {most:.1} s (of {})", late.len())
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| {} | {} | {:.2} s | {:.1} s | {:.1} s | {:.1} s | {late} |",
            row.name,
            in_words(&row.answers),
            slowest.as_secs_f64(),
            row.away.as_secs_f64(),
            row.recovery.log.as_secs_f64(),
            row.recovery.reminder.as_secs_f64(),
        );
    }
    table
}

/// In this order; the first is what the others are compared with.
pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "nothing",
        targets: &[],
        meanwhile: Meanwhile::Works,
    },
    Fault {
        name: "Kafka",
        targets: &[Target::Kafka],
        meanwhile: Meanwhile::Works,
    },
    Fault {
        name: "PostgreSQL",
        targets: &[Target::Postgres],
        meanwhile: Meanwhile::Refuses,
    },
    Fault {
        name: "the scheduler",
        targets: &[Target::Scheduler],
        meanwhile: Meanwhile::Works,
    },
    Fault {
        name: "audit-handler's sidecar",
        targets: &[Target::Sidecar("audit-handler")],
        meanwhile: Meanwhile::Works,
    },
    Fault {
        name: "reminder-handler's host",
        targets: &[Target::Host("reminder-handler")],
        meanwhile: Meanwhile::Works,
    },
    Fault {
        name: "Kafka and PostgreSQL",
        targets: &[Target::Kafka, Target::Postgres],
        meanwhile: Meanwhile::Refuses,
    },
    Fault {
        // Neither jobs nor ticks ring then.
        name: "PostgreSQL and the scheduler",
        targets: &[Target::Postgres, Target::Scheduler],
        meanwhile: Meanwhile::Refuses,
    },
    Fault {
        name: "recurrence-handler's host and its sidecar",
        targets: &[Target::Host("recurrence-handler"), Target::Sidecar("recurrence-handler")],
        meanwhile: Meanwhile::Works,
    },
    Fault {
        name: "task-api's sidecar and the scheduler",
        // In this order they come back: a sidecar that starts is not ready before it has the scheduler.
        targets: &[Target::Scheduler, Target::Sidecar("task-api")],
        meanwhile: Meanwhile::Anything,
    },
];

impl Fault {
    /// Kills, waits, brings back, waits until all is as before.
    pub(crate) fn run(&self, app: &mut App, people: &[Person], load: &Arc<Load>, away: Duration) -> anyhow::Result<Row> {
        let from = Utc::now();
        for target in self.targets {
            target.kill(app)?;
        }
        let gone = Instant::now();
        std::thread::sleep(away);
        let back = Instant::now();
        let answers = load.answers(gone, back);
        for target in self.targets {
            target.bring_back(app)?;
        }
        let away = gone.elapsed();
        let recovery = recovered(app, people)?;
        self.check(&answers)?;
        Ok(Row {
            name: self.name,
            answers,
            away,
            recovery,
            from,
            to: Utc::now(),
        })
    }

    fn check(&self, answers: &[Answered]) -> anyhow::Result<()> {
        if answers.is_empty() {
            bail!("there was no load meanwhile");
        }
        let wrong = |answer: &&Answered| match (self.meanwhile, answer.status) {
            (Meanwhile::Works, status) => status.is_none_or(|status| status >= 300),
            // Some are under way when it is killed.
            (Meanwhile::Refuses, Some(status)) => answer.is_bare || answer.took > QUICK || (status >= 300 && status != 503),
            (Meanwhile::Refuses, None) => true,
            (Meanwhile::Anything, _) => answer.is_bare,
        };
        match answers.iter().find(wrong) {
            Some(answer) => bail!("{:?} is what must not be answered meanwhile: {answer:?}", self.meanwhile),
            None => Ok(()),
        }
    }
}

impl Target {
    fn kill(self, app: &mut App) -> anyhow::Result<()> {
        match self {
            Self::Kafka => stack(app)?.kafka.daemon.kill(),
            Self::Postgres => stack(app)?.postgres.daemon.kill(),
            Self::Scheduler => stack(app)?.scheduler.kill(),
            Self::Sidecar(id) => stack(app)?.sidecar(id)?.kill(),
            Self::Host(id) => app.kill_app(id),
        }
    }

    fn bring_back(self, app: &mut App) -> anyhow::Result<()> {
        match self {
            Self::Kafka => stack(app)?.kafka.daemon.start(),
            Self::Postgres => stack(app)?.postgres.start(),
            Self::Scheduler => stack(app)?.scheduler.start(),
            Self::Sidecar(id) => daprd::supervise(stack(app)?.sidecar(id)?, daprd::is_ready),
            Self::Host(id) => app.restart_app(id),
        }
    }
}

/// Waits until a change of each person that is made now is in their log, and a reminder that is set now rings in time, and how long that
/// took. Sidecars that have ended are started again meanwhile, as their supervisor would.
pub(crate) fn recovered(app: &mut App, people: &[Person]) -> anyhow::Result<Recovery> {
    let started = Instant::now();
    let rings = people.first().context("there is nobody")?;
    let mut unlogged: Vec<(&Person, Option<String>)> = people.iter().map(|person| (person, None)).collect();
    let mut ringing: Option<(String, DateTime<Utc>)> = None;
    let (mut log, mut reminder) = (None, None);
    loop {
        if let (Some(log), Some(reminder)) = (log, reminder) {
            return Ok(Recovery { log, reminder });
        }
        if started.elapsed() > RECOVERY {
            bail!("after {RECOVERY:?} a change is in the log after {log:?}, and a reminder in time after {reminder:?}");
        }
        for sidecar in &mut stack(app)?.sidecars {
            if let Some(daemon) = &mut sidecar.daemon
                && daemon.has_ended()?
            {
                daemon.spawn()?;
            }
        }
        for (person, task) in &mut unlogged {
            if task.is_none() {
                *task = probe(person, None);
            }
        }
        unlogged.retain(|(person, task)| !task.as_ref().is_some_and(|task| is_logged(person, task)));
        if unlogged.is_empty() {
            log = log.or_else(|| Some(started.elapsed()));
        }
        if reminder.is_none() {
            match &ringing {
                None => {
                    let due = (Utc::now() + REMIND_IN).timestamp() + 1;
                    let due = DateTime::from_timestamp(due, 0).context("the clock is off")?;
                    // What is past when it is said does not ring.
                    ringing = probe(rings, Some(due)).filter(|_| Utc::now() < due).map(|task| (task, due));
                }
                Some((task, due)) => match shown_at(rings, task) {
                    Some(shown) if shown - *due <= IN_TIME => reminder = Some(started.elapsed()),
                    // It was late: another one will tell.
                    Some(_) => ringing = None,
                    None => {}
                },
            }
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Makes a task; `None` while that is not possible.
fn probe(person: &Person, reminder_at: Option<DateTime<Utc>>) -> Option<String> {
    let at = reminder_at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
    let made = person
        .call("POST", "/api/tasks")
        .json(&json!({"title": PROBE, "reminder_at": at}))
        .try_send();
    made.ok()
        .filter(|answer| answer.status() == 201)
        .map(|answer| id(&answer.json()))
}

fn is_logged(person: &Person, task: &str) -> bool {
    let target = format!("/api/events/audit?task_id={task}&page_size=1");
    // Anything but an entry means that it is not there yet.
    let answer = person.call("GET", target).try_send();
    answer.is_ok_and(|answer| answer.status() == 200 && answer.json()["total"] == 1)
}

fn shown_at(person: &Person, task: &str) -> Option<DateTime<Utc>> {
    let answer = person.call("GET", "/api/notifications").try_send();
    let body = answer.ok().filter(|answer| answer.status() == 200)?.json();
    let shown = body["items"].as_array()?.iter().find(|shown| shown["task_id"] == task)?;
    shown["fired_at"].as_str()?.parse().ok()
}

fn stack(app: &mut App) -> anyhow::Result<&mut Stack> {
    app.stack().context("there is nothing beside it")
}

fn in_words(answers: &[Answered]) -> String {
    let count = |chosen: &dyn Fn(&Answered) -> bool| answers.iter().filter(|answer| chosen(answer)).count();
    let taken = count(&|answer| answer.status.is_some_and(|status| status < 300));
    let refused = count(&|answer| answer.status == Some(503));
    let broken = count(&|answer| answer.status.is_none());
    let mut words = format!("{taken} of {} taken", answers.len());
    for (number, what) in [(refused, "refused with 503"), (broken, "connections broken")] {
        if number > 0 {
            // Writing to a String cannot fail.
            let _ = write!(words, ", {number} {what}");
        }
    }
    words
}

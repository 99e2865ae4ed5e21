//! A steady load of creates, completions of recurring tasks and reminders coming due, and what was answered to it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use spindle_e2e::person::{Person, id};

/// People who write at the same time, each from a thread of their own.
pub(crate) const WRITERS: usize = 4;
/// Pause between two changes of one writer. Six people an hour could not do more; it leaves the machine time for what is tested.
const PAUSE: Duration = Duration::from_millis(120);
/// When a reminder is due after its task was made.
const REMIND_IN: TimeDelta = TimeDelta::seconds(6);
/// Reminders of one writer: Spindle keeps the latest 500 of a person.
const REMINDERS_MAX: usize = 450;
/// How long one change is tried for: longer than anything is away.
const PATIENCE: Duration = Duration::from_mins(3);

/// What was answered with 2xx to one writer.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Title and id of each task made.
    pub(crate) created: Vec<(String, String)>,
    /// Ids of the recurring tasks that were completed.
    pub(crate) completed: Vec<String>,
    /// Id of each task with a reminder, and when that is due.
    pub(crate) reminders: Vec<(String, DateTime<Utc>)>,
}

/// One answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answered {
    pub(crate) begun: Instant,
    pub(crate) took: Duration,
    /// None when the connection broke.
    pub(crate) status: Option<u16>,
    /// A 503 without `Retry-After`.
    pub(crate) is_bare: bool,
}

/// The writers at work.
#[derive(Debug)]
pub(crate) struct Load {
    stopping: AtomicBool,
    answers: Mutex<Vec<Answered>>,
    writers: Mutex<Vec<JoinHandle<anyhow::Result<Told>>>>,
}

impl Load {
    pub(crate) fn start(people: &[Person]) -> Arc<Self> {
        let load = Arc::new(Self {
            stopping: AtomicBool::new(false),
            answers: Mutex::default(),
            writers: Mutex::default(),
        });
        let writers = people
            .iter()
            .enumerate()
            .map(|(number, person)| {
                let (load, person) = (Arc::clone(&load), person.clone());
                std::thread::spawn(move || load.write(&person, number))
            })
            .collect();
        *load.writers.lock().unwrap_or_else(PoisonError::into_inner) = writers;
        load
    }

    /// Lets each writer finish its change, and gives what each was told.
    pub(crate) fn stop(&self) -> anyhow::Result<Vec<Told>> {
        self.stopping.store(true, Ordering::Relaxed);
        let writers = std::mem::take(&mut *self.writers.lock().unwrap_or_else(PoisonError::into_inner));
        writers
            .into_iter()
            .map(|writer| writer.join().map_err(|_| anyhow::anyhow!("a writer panicked"))?)
            .collect()
    }

    /// The answers to what was sent in this span.
    pub(crate) fn answers(&self, from: Instant, to: Instant) -> Vec<Answered> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers
            .iter()
            .filter(|answer| (from..to).contains(&answer.begun))
            .copied()
            .collect()
    }

    fn write(&self, person: &Person, writer: usize) -> anyhow::Result<Told> {
        let mut told = Told::default();
        for number in 0.. {
            if self.stopping.load(Ordering::Relaxed) {
                break;
            }
            let title = format!("{writer}-{number}");
            match number % 8 {
                0 => {
                    let task = self.create(
                        person,
                        &title,
                        &json!({"title": title, "due_date": "2031-01-31", "recurrence_pattern": "monthly"}),
                    )?;
                    let path = format!("/api/tasks/{}", id(&task));
                    let _ = self.change(person, "PATCH", &path, None, &json!({"completed": true}))?;
                    told.completed.push(id(&task));
                    told.created.push((title, id(&task)));
                }
                1 if told.reminders.len() < REMINDERS_MAX => {
                    let due = Utc::now() + REMIND_IN;
                    let due = due - TimeDelta::nanoseconds(due.timestamp_subsec_nanos().into());
                    let at = due.to_rfc3339_opts(SecondsFormat::Secs, true);
                    let task = self.create(person, &title, &json!({"title": title, "reminder_at": at}))?;
                    told.reminders.push((id(&task), due));
                    told.created.push((title, id(&task)));
                }
                _ => {
                    let task = self.create(person, &title, &json!({"title": title, "due_date": "2031-05-06"}))?;
                    told.created.push((title, id(&task)));
                }
            }
            std::thread::sleep(PAUSE);
        }
        Ok(told)
    }

    fn create(&self, person: &Person, key: &str, body: &Value) -> anyhow::Result<Value> {
        self.change(person, "POST", "/api/tasks", Some(key), body)
    }

    /// One change, tried until it is answered with 2xx, under one idempotency key.
    fn change(&self, person: &Person, method: &str, path: &str, key: Option<&str>, body: &Value) -> anyhow::Result<Value> {
        let end = Instant::now() + PATIENCE;
        loop {
            let mut call = person.call(method, path).json(body);
            if let Some(key) = key {
                call = call.header("Idempotency-Key", key);
            }
            let begun = Instant::now();
            let answer = call.try_send();
            let took = begun.elapsed();
            let (status, is_bare) = match &answer {
                Ok(answer) => {
                    let status = answer.status();
                    (Some(status), status == 503 && answer.find_header("retry-after").is_none())
                }
                Err(_) => (None, false),
            };
            let answered = Answered {
                begun,
                took,
                status,
                is_bare,
            };
            self.answers.lock().unwrap_or_else(PoisonError::into_inner).push(answered);
            match answer {
                Ok(answer) if answer.status() < 300 => return Ok(answer.json()),
                Ok(answer) if answer.status() != 503 => {
                    anyhow::bail!(
                        "{method} {path} was answered {}: {}",
                        answer.status(),
                        String::from_utf8_lossy(answer.bytes())
                    );
                }
                Ok(_) | Err(_) if Instant::now() > end => anyhow::bail!("{method} {path} was not taken for {PATIENCE:?}"),
                Ok(_) | Err(_) => std::thread::sleep(Duration::from_millis(250)),
            }
        }
    }
}

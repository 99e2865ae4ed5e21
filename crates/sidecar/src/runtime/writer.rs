//! The one writer thread: many requests in one SQLite transaction, so that they share its fsync.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread::JoinHandle,
};

use tokio::sync::oneshot;

use super::{Mailroom, OpenError, checkpointer::Checkpointer, now};
use crate::core::{Core, Done, Write, WriteError};

/// Requests in one transaction at most: bounds how long the first of them waits.
const GROUP_MAX: usize = 256;

type Answer = oneshot::Sender<Result<(), WriteError>>;

enum Command {
    Write(Write, Option<Answer>),
    Stop(oneshot::Sender<()>),
}

pub(super) struct Writer {
    commands: Sender<Command>,
    /// Joined by nobody: it ends when the last sender is gone or on a stop.
    _thread: JoinHandle<()>,
}

impl Writer {
    pub(super) fn start(core: Arc<Mutex<Core>>, mailroom: Arc<Mailroom>, path: Option<PathBuf>) -> Result<Self, OpenError> {
        let (commands, inbox) = channel();
        let checkpointer = path.map(|path| Checkpointer::start(&path)).transpose()?;
        let thread = std::thread::Builder::new()
            .name("sidecar-writer".into())
            .spawn(move || {
                let mut writer = Loop {
                    core,
                    mailroom,
                    checkpointer,
                };
                writer.run(&inbox);
            })
            .map_err(OpenError::Thread)?;
        Ok(Self {
            commands,
            _thread: thread,
        })
    }

    /// Returns when the write is durable.
    pub(super) async fn write(&self, write: Write) -> Result<(), WriteError> {
        let (answer, answered) = oneshot::channel();
        self.commands
            .send(Command::Write(write, Some(answer)))
            .map_err(|_| WriteError::Stopping)?;
        answered.await.unwrap_or(Err(WriteError::Stopping))
    }

    /// For writes whose loss only means that something is done twice.
    pub(super) fn write_later(&self, write: Write) {
        if self.commands.send(Command::Write(write, None)).is_err() {
            tracing::debug!("a write came after the stop");
        }
    }

    /// Writes what is waiting, closes the log, and ends the thread.
    pub(super) async fn stop(&self) {
        let (answer, answered) = oneshot::channel();
        if self.commands.send(Command::Stop(answer)).is_ok() && answered.await.is_err() {
            tracing::error!("the writer thread has ended before the stop");
        }
    }
}

struct Loop {
    core: Arc<Mutex<Core>>,
    mailroom: Arc<Mailroom>,
    checkpointer: Option<Checkpointer>,
}

impl Loop {
    fn run(&mut self, inbox: &Receiver<Command>) {
        while let Ok(first) = inbox.recv() {
            let mut group = Vec::new();
            let mut stop = None;
            let mut next = Some(first);
            while let Some(command) = next.take() {
                match command {
                    Command::Write(write, answer) => group.push((write, answer)),
                    Command::Stop(answer) => stop = Some(answer),
                }
                if stop.is_none() && group.len() < GROUP_MAX {
                    next = inbox.try_recv().ok();
                }
            }
            let written = group.iter().map(|(write, _)| write.log_bytes()).sum();
            if !group.is_empty() {
                self.commit(group);
            }
            if let Some(answer) = stop {
                let mut core = self.core.lock().unwrap_or_else(PoisonError::into_inner);
                if let Err(error) = core.checkpoint_truncate() {
                    tracing::warn!(%error, "the log was not closed: the next start will do it");
                }
                // Nobody waits any more if the stop was given up.
                answer.send(()).ok();
                return;
            }
            if let Some(checkpointer) = &mut self.checkpointer {
                checkpointer.wrote(written, &self.core);
            }
        }
    }

    fn commit(&self, group: Vec<(Write, Option<Answer>)>) {
        let mut results = Vec::with_capacity(group.len());
        let mut core = self.core.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now();
        let mut lost = core.begin().err().map(|error| error.to_string());
        for (write, answer) in group {
            let result = match &lost {
                Some(reason) => Err(WriteError::Commit(reason.clone())),
                None => core.apply(now, write),
            };
            if lost.is_none() && core.group_lost() {
                lost = Some(
                    result
                        .as_ref()
                        .err()
                        .map_or_else(|| "the transaction was ended".to_owned(), ToString::to_string),
                );
            }
            results.push((result, answer));
        }
        if lost.is_none() {
            lost = core.commit().err().map(|error| error.to_string());
        }
        if let Some(reason) = &lost {
            tracing::error!(reason, "a group of writes was lost");
            core.rollback();
        }
        drop(core);
        self.tell(results, lost.as_deref());
    }

    /// First the deliveries, in the order of the writes, then the answers.
    fn tell(&self, mut results: Vec<(Result<Done, WriteError>, Option<Answer>)>, lost: Option<&str>) {
        let mut wake = false;
        if lost.is_none() {
            let mut dispatch = None;
            for (result, _) in &mut results {
                if let Ok(done) = result
                    && !(done.messages.is_empty() && done.timers.is_empty())
                {
                    wake = true;
                    let dispatch = dispatch.get_or_insert_with(|| self.mailroom.dispatch());
                    dispatch.add_messages(std::mem::take(&mut done.messages));
                    dispatch.add_timers(std::mem::take(&mut done.timers));
                }
            }
        }
        if wake {
            self.mailroom.wake.notify_one();
        }
        for (result, answer) in results {
            let result = match lost {
                Some(reason) => Err(WriteError::Commit(reason.to_owned())),
                None => result.map(drop),
            };
            match answer {
                // The caller may have gone away; what it asked for has happened all the same.
                Some(answer) => {
                    answer.send(result).ok();
                }
                None => {
                    if let Err(error) = result {
                        tracing::error!(%error, "a delivery could not be recorded: it will be repeated after a restart");
                    }
                }
            }
        }
    }
}

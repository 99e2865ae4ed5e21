//! What is to be delivered next: order per key, retries, a bound on how many run at once. In memory only; the tables hold the truth.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{DefaultHasher, Hash, Hasher as _},
};

use bytes::Bytes;

use super::{JobTimer, Message, Timestamp, Topic, Write, retry::RetryPolicy, schedule::Schedule};

/// Bodies of waiting messages are kept in memory up to this many bytes; beyond, they are read from the table at delivery.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How messages of a topic are delivered.
#[derive(Debug, Clone)]
pub struct TopicPolicy {
    /// When a failed delivery is tried again.
    pub retry: RetryPolicy,
    /// Where a message goes when its retries are used up; without one it is retried without end.
    pub dead_letter: Option<String>,
}

/// Something to deliver, and later to be handed back to [`Dispatch::finished`].
#[derive(Debug)]
pub enum Work {
    /// A message.
    Message(MessageWork),
    /// A job that may be due.
    Job {
        /// When, which, and of which version.
        timer: JobTimer,
        /// Failed tries so far.
        tries: u32,
    },
    /// A cron binding, by its place in the list given to [`Dispatch::start_ticks`].
    Tick(usize),
}

/// A message on its way.
#[derive(Debug)]
pub struct MessageWork {
    /// The message; its event is `None` if it has to be read from the table.
    pub message: Message,
    lane: Option<Lane>,
    tries: u32,
}

/// How a delivery ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Handled.
    Done,
    /// To be tried again.
    Retry,
    /// Refused for good: dead-lettered if there is a dead-letter topic.
    Drop,
    /// There was nothing to do (a job that was deleted meanwhile); nothing is recorded.
    Gone,
}

/// How a job is retried.
#[derive(Debug, Clone, Copy)]
pub struct JobRetry {
    /// Wait, in milliseconds.
    pub interval: i64,
    /// Retries after the first try; `None` is without limit.
    pub max: Option<u32>,
}

/// Messages of one topic with one key, by hash: a collision only makes two keys wait for each other.
type Lane = (usize, u64);

/// The state machine.
#[derive(Debug)]
pub struct Dispatch {
    limit: usize,
    running: usize,
    topics: HashMap<Topic, usize>,
    policies: Vec<TopicPolicy>,
    /// A lane exists while a message of it is ready, running or waits for its retry; the queue holds those behind it.
    lanes: HashMap<Lane, VecDeque<Message>>,
    ready: VecDeque<MessageWork>,
    ready_jobs: VecDeque<Work>,
    /// Retries and timers by time; the second number keeps those of the same time apart and in order.
    later: BTreeMap<(Timestamp, u64), Work>,
    later_count: u64,
    ticks: Vec<Schedule>,
    body_bytes: usize,
    jobs_turn: bool,
}

impl Dispatch {
    /// Delivers at most `limit` things at once.
    pub fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            running: 0,
            topics: HashMap::new(),
            policies: Vec::new(),
            lanes: HashMap::new(),
            ready: VecDeque::new(),
            ready_jobs: VecDeque::new(),
            later: BTreeMap::new(),
            later_count: 0,
            ticks: Vec::new(),
            body_bytes: 0,
            jobs_turn: false,
        }
    }

    /// Says which topics are delivered and how. Call it before any message comes.
    pub fn set_topics(&mut self, topics: impl IntoIterator<Item = (Topic, TopicPolicy)>) {
        (self.topics, self.policies) = topics
            .into_iter()
            .enumerate()
            .map(|(n, (topic, policy))| ((topic, n), policy))
            .unzip();
    }

    /// Starts cron bindings.
    pub fn start_ticks(&mut self, ticks: Vec<Schedule>, now: Timestamp) {
        self.ticks = ticks;
        for index in 0..self.ticks.len() {
            self.schedule_tick(index, now, now);
        }
    }

    /// Takes over messages that were stored, in order of their numbers.
    pub fn add_messages(&mut self, messages: impl IntoIterator<Item = Message>) {
        for mut message in messages {
            let Some(&topic) = self.topics.get(&message.topic) else {
                continue;
            };
            let size = message.event.as_ref().map_or(0, Bytes::len);
            if self.body_bytes.saturating_add(size) > BODY_BYTES_MAX {
                message.event = None;
            } else {
                self.body_bytes += size;
            }
            let lane = message.key.as_ref().map(|key| {
                let mut hasher = DefaultHasher::new();
                key.hash(&mut hasher);
                (topic, hasher.finish())
            });
            match lane.map(|lane| (lane, self.lanes.get_mut(&lane))) {
                Some((_, Some(waiting))) => waiting.push_back(message),
                Some((lane, None)) => {
                    self.lanes.insert(lane, VecDeque::new());
                    self.ready.push_back(MessageWork {
                        message,
                        lane: Some(lane),
                        tries: 0,
                    });
                }
                None => self.ready.push_back(MessageWork {
                    message,
                    lane: None,
                    tries: 0,
                }),
            }
        }
    }

    /// Takes over timers of jobs.
    pub fn add_timers(&mut self, timers: impl IntoIterator<Item = JobTimer>) {
        for timer in timers {
            self.put_later(timer.at, Work::Job { timer, tries: 0 });
        }
    }

    /// Makes ready what has become due.
    pub fn promote(&mut self, now: Timestamp) {
        while let Some(entry) = self.later.first_entry() {
            if entry.key().0 > now {
                break;
            }
            match entry.remove() {
                Work::Message(work) => self.ready.push_front(work),
                other => self.ready_jobs.push_back(other),
            }
        }
    }

    /// The next thing to deliver, if something is due and not too many run.
    pub fn next(&mut self, now: Timestamp) -> Option<Work> {
        self.promote(now);
        if self.running >= self.limit {
            return None;
        }
        // Ten thousand reminders due at once must not hold up events, nor the other way round.
        self.jobs_turn = !self.jobs_turn;
        let work = if self.jobs_turn {
            self.ready_jobs
                .pop_front()
                .or_else(|| self.ready.pop_front().map(Work::Message))
        } else {
            self.ready
                .pop_front()
                .map(Work::Message)
                .or_else(|| self.ready_jobs.pop_front())
        }?;
        self.running += 1;
        if let Work::Message(MessageWork {
            message: Message { event: Some(event), .. },
            ..
        }) = &work
        {
            self.body_bytes = self.body_bytes.saturating_sub(event.len());
        }
        Some(work)
    }

    /// How many more could start now.
    pub fn startable(&self) -> usize {
        (self.ready.len() + self.ready_jobs.len()).min(self.limit.saturating_sub(self.running))
    }

    /// When something becomes due next; `None` if nothing is planned.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.later.first_key_value().map(|((at, _), _)| *at)
    }

    /// How many deliveries run.
    pub fn running(&self) -> usize {
        self.running
    }

    /// Takes work back after its delivery. What it returns is to be written; nobody needs to wait for that.
    pub fn finished(&mut self, work: Work, outcome: Outcome, job: Option<JobRetry>, now: Timestamp) -> Option<Write> {
        self.running = self.running.saturating_sub(1);
        match work {
            Work::Message(work) => self.message_finished(work, outcome, now),
            Work::Job { timer, tries } => self.job_finished(timer, tries, outcome, job, now),
            Work::Tick(index) => {
                self.schedule_tick(index, now, now);
                None
            }
        }
    }

    fn message_finished(&mut self, mut work: MessageWork, outcome: Outcome, now: Timestamp) -> Option<Write> {
        let policy = self
            .topics
            .get(&work.message.topic)
            .and_then(|topic| self.policies.get(*topic));
        let dead_letter = policy.and_then(|policy| policy.dead_letter.clone());
        let seq = work.message.seq;
        if outcome == Outcome::Retry {
            let tries = work.tries.saturating_add(1);
            let retry = policy.map_or(&RetryPolicy::EVENTS, |policy| &policy.retry);
            if dead_letter.is_none() || !retry.exhausted(tries) {
                let at = now.saturating_add(retry.delay(work.tries));
                work.tries = tries;
                // The body waits in the table, not in memory.
                work.message.event = None;
                self.put_later(at, Work::Message(work));
                return None;
            }
        }
        if let Some(lane) = work.lane {
            match self.lanes.get_mut(&lane).and_then(VecDeque::pop_front) {
                Some(message) => self.ready.push_back(MessageWork {
                    message,
                    lane: Some(lane),
                    tries: 0,
                }),
                None => drop(self.lanes.remove(&lane)),
            }
        }
        match (outcome, dead_letter) {
            (Outcome::Done | Outcome::Gone, _) | (_, None) => Some(Write::Settle(seq)),
            (_, Some(topic)) => Some(Write::DeadLetter { seq, topic }),
        }
    }

    fn job_finished(
        &mut self,
        timer: JobTimer,
        tries: u32,
        outcome: Outcome,
        retry: Option<JobRetry>,
        now: Timestamp,
    ) -> Option<Write> {
        let tries = tries.saturating_add(1);
        let gave_up = match (outcome, retry) {
            (Outcome::Gone, _) => return None,
            (Outcome::Retry, Some(retry)) if retry.max.is_none_or(|max| tries <= max) => {
                self.put_later(now.saturating_add(retry.interval), Work::Job { timer, tries });
                return None;
            }
            (Outcome::Retry, Some(_)) => true,
            (Outcome::Retry, None) => {
                // Its policy could not be read: the database is in trouble, the job is not.
                self.put_later(now.saturating_add(1000), Work::Job { timer, tries });
                return None;
            }
            (Outcome::Done | Outcome::Drop, _) => false,
        };
        Some(Write::JobFired {
            name: timer.name,
            version: timer.version,
            gave_up,
        })
    }

    fn schedule_tick(&mut self, index: usize, last: Timestamp, now: Timestamp) {
        if let Some(at) = self.ticks.get(index).and_then(|schedule| schedule.next(last, now)) {
            self.put_later(at, Work::Tick(index));
        }
    }

    fn put_later(&mut self, at: Timestamp, work: Work) {
        self.later_count += 1;
        self.later.insert((at, self.later_count), work);
    }
}

#[cfg(test)]
mod tests;

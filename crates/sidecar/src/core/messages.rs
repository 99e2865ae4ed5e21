//! Published messages that are not yet handled.

use std::collections::HashSet;

use bytes::Bytes;
use rusqlite::{OptionalExtension as _, Row, params};

use super::{Core, Done, Reader, Topic, Write, WriteError, from_sql, to_sql};

/// A message as it is published.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Where to.
    pub topic: Topic,
    /// Messages with the same key are delivered in order.
    pub key: Option<String>,
    /// W3C trace context of the publisher.
    pub traceparent: Option<String>,
    /// The CloudEvent, as JSON.
    pub event: Bytes,
}

/// A stored message.
#[derive(Debug, Clone)]
pub struct Message {
    /// Rises with each message.
    pub seq: u64,
    /// Where to.
    pub topic: Topic,
    /// The partition key.
    pub key: Option<String>,
    /// W3C trace context of the publisher.
    pub traceparent: Option<String>,
    /// The CloudEvent; `None` when it is left in the database until it is delivered.
    pub event: Option<Bytes>,
}

impl Core {
    pub(super) fn publish(&mut self, messages: Vec<NewMessage>) -> Result<Done, WriteError> {
        let mut done = Done::default();
        for message in messages {
            // A topic that nobody subscribes to keeps nothing; before subscriptions are known, everything is kept.
            if self
                .subscribed
                .as_ref()
                .is_some_and(|topics| !topics.contains(&message.topic))
            {
                continue;
            }
            let seq = self.next_number();
            self.conn
                .prepare_cached(
                    "INSERT INTO message (seq, pubsub, topic, key, traceparent, event) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    to_sql(seq),
                    message.topic.pubsub,
                    message.topic.name,
                    message.key,
                    message.traceparent,
                    message.event.as_ref()
                ])?;
            if self.subscribed.is_some() {
                let NewMessage {
                    topic,
                    key,
                    traceparent,
                    event,
                } = message;
                done.messages.push(Message {
                    seq,
                    topic,
                    key,
                    traceparent,
                    event: Some(event),
                });
            }
        }
        Ok(done)
    }

    pub(super) fn settle(&mut self, seq: u64) -> Result<(), WriteError> {
        self.conn
            .prepare_cached("DELETE FROM message WHERE seq = ?1")?
            .execute([to_sql(seq)])?;
        Ok(())
    }

    /// Kept even without a subscription to the dead-letter topic: somebody will want to look at it.
    pub(super) fn dead_letter(&mut self, seq: u64, topic: &str) -> Result<Done, WriteError> {
        let message = self
            .conn
            .prepare_cached(
                "UPDATE message SET topic = ?2, dead = 1 WHERE seq = ?1 RETURNING seq, pubsub, topic, key, traceparent",
            )?
            .query_row(params![to_sql(seq), topic], without_event)
            .optional()?;
        let messages = message
            .into_iter()
            .filter(|message| self.subscribed.as_ref().is_some_and(|all| all.contains(&message.topic)));
        Ok(Done {
            messages: messages.collect(),
            ..Done::default()
        })
    }

    /// Topics that were never subscribed to lose what was kept while that was unknown. A topic whose subscription has gone away keeps
    /// what it holds, and goes on when the subscription is back.
    pub(super) fn subscribe(&mut self, topics: HashSet<Topic>) -> Result<Done, WriteError> {
        for topic in &topics {
            self.conn
                .prepare_cached("INSERT INTO subscription (pubsub, topic) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
                .execute(params![topic.pubsub, topic.name])?;
        }
        self.conn.execute(
            "DELETE FROM message WHERE dead = 0 AND NOT EXISTS
                (SELECT 1 FROM subscription s WHERE s.pubsub = message.pubsub AND s.topic = message.topic)",
            [],
        )?;
        let mut statement = self
            .conn
            .prepare("SELECT seq, pubsub, topic, key, traceparent FROM message ORDER BY seq")?;
        let waiting = statement.query_map([], without_event)?.collect::<Result<Vec<_>, _>>()?;
        let messages = waiting
            .into_iter()
            .filter(|message| topics.contains(&message.topic))
            .collect();
        drop(statement);
        self.subscribed = Some(topics);
        Ok(Done {
            messages,
            ..Done::default()
        })
    }
}

impl Reader<'_> {
    /// The CloudEvent of a message; `None` if it was settled.
    pub fn event(&self, seq: u64) -> Result<Option<Bytes>, rusqlite::Error> {
        self.conn
            .prepare_cached("SELECT event FROM message WHERE seq = ?1")?
            .query_row([to_sql(seq)], |row| row.get::<_, Vec<u8>>(0).map(Bytes::from))
            .optional()
    }
}

fn without_event(row: &Row<'_>) -> Result<Message, rusqlite::Error> {
    Ok(Message {
        seq: from_sql(row.get(0)?),
        topic: Topic {
            pubsub: row.get(1)?,
            name: row.get(2)?,
        },
        key: row.get(3)?,
        traceparent: row.get(4)?,
        event: None,
    })
}

impl From<NewMessage> for Write {
    fn from(message: NewMessage) -> Self {
        Self::Publish(vec![message])
    }
}

//! Dead letters: the events that a handler has refused for good, kept until somebody replays them.
//!
//! `dead-letters` counts them; `dead-letter:{number}` holds one each. They come through pub/sub like any event, so that no broker's own
//! tools are needed to see them.

use std::collections::VecDeque;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use spindle_contract::events::DEAD_LETTERS;
use spindle_dapr::{CallError, Guard, StateError, Write};

use crate::{Store, StoreError, keys, to_json};

/// How many ids are remembered to drop what comes again: a redelivery follows closely.
const REMEMBERED_MAX: usize = 128;
/// How many are read at once.
const PAGE: u64 = 100;

/// `dead-letters`.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Head {
    /// No lower number is kept.
    #[serde(rename = "f", default)]
    first: u64,
    /// The number of the next one.
    #[serde(rename = "n", default)]
    next: u64,
    /// Topic and id of the latest.
    #[serde(rename = "r", default)]
    recent: VecDeque<String>,
}

/// One dead letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Counts up; names it.
    #[serde(default)]
    pub number: u64,
    /// When it came.
    pub at: DateTime<Utc>,
    /// The topic that it was refused on; empty when it does not say.
    pub topic: String,
    /// The CloudEvent's `id`; empty when it has none.
    pub id: String,
    /// The CloudEvent's `type`; empty when it has none.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The CloudEvent's `subject`, which is the partition key; empty when it has none.
    pub subject: String,
    /// The event as it came.
    pub event: String,
}

/// Why a dead letter was not published again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// It does not say which topic it came from.
    #[error("dead letter {0} names no topic to publish it on")]
    NoTopic(u64),
    /// The broker did not take it.
    #[error("it could not be published")]
    Publish(#[from] CallError),
    /// The state store failed.
    #[error("the dead letters could not be read or written")]
    Store(#[from] StoreError),
}

impl DeadLetter {
    /// Reads what a delivery tells of itself, be it an event or not.
    fn of(at: DateTime<Utc>, body: &[u8]) -> Self {
        #[derive(Default, Deserialize)]
        struct Envelope {
            #[serde(default)]
            id: String,
            #[serde(default, rename = "type")]
            event_type: String,
            #[serde(default)]
            subject: String,
            #[serde(default)]
            topic: String,
        }
        // What cannot be read is kept all the same: it is for people to look at.
        let envelope: Envelope = serde_json::from_slice(body).unwrap_or_default();
        // Replaying onto the dead letters would only go round in circles.
        let topic = Some(envelope.topic).filter(|topic| topic != DEAD_LETTERS).unwrap_or_default();
        Self {
            number: 0,
            at,
            topic,
            id: envelope.id,
            event_type: envelope.event_type,
            subject: envelope.subject,
            event: String::from_utf8_lossy(body).into_owned(),
        }
    }
}

impl Store {
    /// Keeps a dead letter.
    ///
    /// Idempotent and safe under redelivery and a crash at any await: the letter and the count are one transaction on the count's ETag,
    /// and one whose topic and id are among the latest is not kept again. Order does not matter.
    pub async fn keep_dead_letter(&self, body: &[u8]) -> Result<(), StoreError> {
        let mut letter = DeadLetter::of(self.clock.now(), body);
        let mark = format!("{} {}", letter.topic, letter.id);
        let mut attempt = 0;
        loop {
            let (mut head, guard) = self.dead_letters_head().await?;
            if !letter.id.is_empty() && head.recent.contains(&mark) {
                return Ok(());
            }
            letter.number = head.next;
            head.next += 1;
            head.recent.push_back(mark.clone());
            while head.recent.len() > REMEMBERED_MAX {
                head.recent.pop_front();
            }
            let writes = [
                Write::put(keys::DEAD_LETTERS, to_json(&head)?, guard),
                Write::put(keys::dead_letter(letter.number), to_json(&letter)?, Guard::Any),
            ];
            match self.dapr.transaction(&writes).await {
                Ok(()) => return Ok(()),
                Err(StateError::Conflict) => self.back_off(&mut attempt).await?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// All that are kept, oldest first.
    pub async fn dead_letters(&self) -> Result<Vec<DeadLetter>, StoreError> {
        let (head, _) = self.dead_letters_head().await?;
        self.letters(&head).await
    }

    async fn letters(&self, head: &Head) -> Result<Vec<DeadLetter>, StoreError> {
        let mut letters = Vec::new();
        let mut from = head.first;
        while from < head.next {
            let to = head.next.min(from + PAGE);
            let keys: Vec<String> = (from..to).map(keys::dead_letter).collect();
            let answer = self.dapr.bulk_get(&keys).await?;
            letters.extend(answer.items::<DeadLetter>()?.into_iter().filter_map(|item| item.data));
            from = to;
        }
        letters.sort_by_key(|letter| letter.number);
        Ok(letters)
    }

    /// Publishes dead letters again on the topics they came from, and forgets each that was taken. A crash between the two lets one be
    /// published again, which its handler drops as it drops every redelivery.
    pub async fn replay_dead_letters(&self, letters: &[DeadLetter]) -> Result<(), ReplayError> {
        if let Some(letter) = letters.iter().find(|letter| letter.topic.is_empty()) {
            return Err(ReplayError::NoTopic(letter.number));
        }
        for letter in letters {
            let event = Bytes::from(letter.event.clone());
            self.dapr.publish(&letter.topic, &letter.subject, event).await?;
            let forget = Write::delete(keys::dead_letter(letter.number), Guard::Any);
            self.dapr.transaction(&[forget]).await.map_err(StoreError::from)?;
        }
        self.raise_first_dead_letter().await?;
        Ok(())
    }

    /// How many numbers there are between the first that may be kept and the next.
    pub async fn count_dead_letters(&self) -> Result<u64, StoreError> {
        let (head, _) = self.dead_letters_head().await?;
        Ok(head.next - head.first)
    }

    /// Lets the count begin at the first that is still kept. A lost race leaves that to the next replay.
    async fn raise_first_dead_letter(&self) -> Result<(), StoreError> {
        // The count is read before the letters, so that one that comes meanwhile makes this a lost race.
        let (mut head, guard) = self.dead_letters_head().await?;
        let first = self.letters(&head).await?.first().map(|letter| letter.number);
        head.first = first.unwrap_or(head.next);
        match self
            .dapr
            .transaction(&[Write::put(keys::DEAD_LETTERS, to_json(&head)?, guard)])
            .await
        {
            Ok(()) | Err(StateError::Conflict) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn dead_letters_head(&self) -> Result<(Head, Guard), StoreError> {
        let Some((body, etag)) = self.dapr.get(keys::DEAD_LETTERS).await? else {
            return Ok((Head::default(), Guard::Absent));
        };
        let head = serde_json::from_slice(&body).map_err(|source| StateError::Unreadable {
            what: keys::DEAD_LETTERS.to_owned(),
            source,
        })?;
        Ok((head, Guard::Etag(etag)))
    }
}

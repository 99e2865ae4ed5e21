//! `due:{minute}:{cell}`: the alarms of a minute.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct DueEntry {
    #[serde(rename = "u", with = "uuid::serde::simple")]
    pub(crate) user: Uuid,
    #[serde(rename = "t", with = "uuid::serde::simple")]
    pub(crate) task: Uuid,
    /// When it rings, in milliseconds since 1970.
    #[serde(rename = "a")]
    pub(crate) at: i64,
}

/// The document; entries are sorted, by person first: those that ring together share their person's documents.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct DueDoc {
    #[serde(rename = "e", default)]
    pub(crate) entries: Vec<DueEntry>,
}

impl DueDoc {
    /// Adds an entry; `false` when it is there already.
    pub(crate) fn add(&mut self, entry: DueEntry) -> bool {
        match self.entries.binary_search(&entry) {
            Ok(_) => false,
            Err(at) => {
                self.entries.insert(at, entry);
                true
            }
        }
    }
}

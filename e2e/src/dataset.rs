//! The sample data: 1,980 real task titles with tags, priorities and dates, one JSON object a line.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// One task to create; the form of a line and of a request body alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// What is to be done.
    pub title: String,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// high, medium, low or none.
    #[serde(default = "no_priority")]
    pub priority: String,
    /// An instant with the offset of where it was planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<String>,
    /// Whether it is done.
    #[serde(default)]
    pub completed: bool,
}

fn no_priority() -> String {
    "none".to_owned()
}

/// The data kept with the sources.
pub fn default_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/tasks-2000.jsonl")
}

/// Reads a file of one JSON object a line; empty lines are skipped. An error names file and line.
pub fn read(path: &Path) -> anyhow::Result<Vec<Sample>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| serde_json::from_str(line).with_context(|| format!("{}:{}: not a task", path.display(), index + 1)))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_kept_data_is_whole() {
        let samples = super::read(&super::default_path()).unwrap();
        assert_eq!(samples.len(), 1980);
        assert!(
            samples
                .iter()
                .all(|sample| !sample.title.is_empty() && sample.due_date.is_some())
        );
    }

    #[test]
    fn a_bad_line_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "{\"title\":\"a\"}\n\n{\"title\":1}\n").unwrap();
        let error = super::read(file.path()).unwrap_err().to_string();
        assert!(error.ends_with(":3: not a task"), "{error}");
    }
}

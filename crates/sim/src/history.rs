//! What people were told.

use serde_json::Value;
use uuid::Uuid;

/// A change that was answered with success.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) person: usize,
    pub(crate) task: Uuid,
    /// The task as it was answered; `None` when it went.
    pub(crate) body: Option<Value>,
}

#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) answered: Vec<Answered>,
    /// What must never be answered.
    pub(crate) wrong: Vec<String>,
    /// How many reminders had rung in the end.
    pub(crate) rung: usize,
    /// How many tasks had come to follow another.
    pub(crate) followed: usize,
}

impl History {
    /// The tasks that a person has been told of, each once.
    pub(crate) fn tasks_of(&self, person: usize) -> Vec<Uuid> {
        let mut tasks: Vec<Uuid> = Vec::new();
        for answered in self.answered.iter().filter(|answered| answered.person == person) {
            if !tasks.contains(&answered.task) {
                tasks.push(answered.task);
            }
        }
        tasks
    }
}

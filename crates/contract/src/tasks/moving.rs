//! A task's place in the manual order, as a person gives it: between two others.

use uuid::Uuid;

use crate::body::{Body, FromBody, Patch};

/// POST `/api/tasks/{id}/move`: at least one of the two is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoveInput {
    /// The task that is to stand before it.
    pub after: Option<Uuid>,
    /// The task that is to stand behind it.
    pub before: Option<Uuid>,
}

impl FromBody for MoveInput {
    fn from_body(body: &mut Body<'_>) -> Option<Self> {
        let mut id = |name| {
            let rule = "must be a UUID, such as a task's id, or null";
            body.parsed(name, "not_a_uuid", |text| Uuid::try_parse(text).map_err(|_| rule))
        };
        let (after, before) = (id("after"), id("before"));
        match (after.value(), before.value()) {
            (None, None) if after != Patch::Absent || before != Patch::Absent || body.is_right() => {
                body.refuse(
                    "after",
                    "required",
                    "is required, or else before: name at least one of the task's neighbours",
                );
                None
            }
            (None, None) => None,
            (after, before) if after == before => {
                body.refuse("before", "conflict", "must be another task than the one in after");
                None
            }
            (after, before) => Some(Self { after, before }),
        }
    }
}

//! The store of a request, and its errors as answers.

use spindle_contract::problem::Problem;
use spindle_dapr::{CallError, StateError};
use spindle_store::{Author, Store, StoreError};
use spindle_web_kit::{Call, Ctx, Failure};
use uuid::Uuid;

pub(crate) fn store(ctx: &Ctx) -> Store {
    Store::new(ctx.dapr.clone(), ctx.clock.clone(), ctx.random.clone())
}

pub(crate) fn author(call: &Call, user: Uuid) -> Author {
    Author {
        user,
        actor: format!("user:{user}"),
        request_id: call.request_id.clone(),
        component: crate::COMPONENT,
    }
}

/// A failing store is 503: the client may come again. A damaged document is 500: it may not help.
pub(crate) fn failed(error: StoreError) -> Failure {
    let problem = match &error {
        StoreError::State(StateError::Unreadable { .. }) | StoreError::Damaged(_) => Problem::internal(),
        StoreError::State(_) => Problem::unavailable("The state store does not answer. Try again."),
        StoreError::Contended => Problem::unavailable("Too many changes of the same data at once. Try again."),
    };
    Failure::caused(problem, error)
}

pub(crate) fn call_failed(error: CallError) -> Failure {
    Failure::caused(
        Problem::unavailable("Something this request needs does not answer. Try again."),
        error,
    )
}

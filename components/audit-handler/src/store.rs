//! The store of a request, and its errors as answers.

use spindle_contract::problem::Problem;
use spindle_store::{Store, StoreError};
use spindle_web_kit::{Ctx, Failure};

pub(crate) fn store(ctx: &Ctx) -> Store {
    Store::new(ctx.dapr.clone(), ctx.clock.clone(), ctx.random.clone())
}

pub(crate) fn failed(error: StoreError) -> Failure {
    Failure::caused(
        Problem::unavailable("The audit log cannot be read or written now. Try again."),
        error,
    )
}

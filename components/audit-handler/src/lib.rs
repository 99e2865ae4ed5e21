//! The audit chain: takes the events of tasks, lists and verifies what it has taken.
#![forbid(unsafe_code)]

mod events;
mod listing;
mod store;

use std::rc::Rc;

use futures::future::{FutureExt as _, LocalBoxFuture};
use spindle_contract::problem::Problem;
use spindle_web_kit::{Call, Ctx, Failure, Reply};

/// The component's name, as `spin.toml` and the route table have it.
pub const COMPONENT: &str = "audit-handler";

#[cfg(target_family = "wasm")]
#[spin_sdk::http_component]
async fn entry(request: spin_sdk::http::IncomingRequest, out: spin_sdk::http::ResponseOutparam) {
    spindle_entry::run(COMPONENT, handle, request, out).await;
}

/// Answers one operation of the route table.
pub fn handle(ctx: Rc<Ctx>, call: Call) -> LocalBoxFuture<'static, Result<Reply, Failure>> {
    async move {
        match call.operation {
            "on_task_event" => events::on_task_event(&ctx, &call).await,
            "list_audit" => listing::list(&ctx, &call).await,
            "verify_audit" => listing::verify(&ctx, &call).await,
            _ => Err(Problem::not_found("There is no such operation.").into()),
        }
    }
    .boxed_local()
}

//! People and tasks: accounts, the tasks themselves, what changed, health, and what Dapr asks of the app as a whole.
//!
//! Every handler is a plain async function over [`Ctx`]; the Wasm entry is the one function below.
#![forbid(unsafe_code)]

mod accounts;
mod activity;
mod changes;
mod health;
mod lists;
mod me;
mod outbox;
mod password;
mod store;
mod tasks;

use std::rc::Rc;

use futures::future::{FutureExt as _, LocalBoxFuture};
use spindle_contract::problem::Problem;
use spindle_web_kit::{Call, Ctx, Failure, Reply};

/// The component's name, as `spin.toml` and the route table have it.
pub const COMPONENT: &str = "task-api";

#[cfg(target_family = "wasm")]
#[spin_sdk::http_component]
async fn entry(request: spin_sdk::http::IncomingRequest, out: spin_sdk::http::ResponseOutparam) {
    spindle_entry::run(COMPONENT, handle, request, out).await;
}

/// Answers one operation of the route table.
pub fn handle(ctx: Rc<Ctx>, call: Call) -> LocalBoxFuture<'static, Result<Reply, Failure>> {
    async move {
        match call.operation {
            "register" => accounts::register(&ctx, &call).await,
            "login" => accounts::login(&ctx, &call).await,
            "refresh" => accounts::refresh(&ctx, &call).await,
            "logout" => accounts::logout(&ctx, &call).await,
            "get_me" => me::get(&ctx, &call).await,
            "patch_me" => me::patch(&ctx, &call).await,
            "delete_me" => me::erase(&ctx, &call).await,
            "list_tasks" => lists::list(&ctx, &call).await,
            "search_tasks" => lists::search(&ctx, &call).await,
            "create_task" => tasks::create(&ctx, &call).await,
            "get_task" => tasks::get(&ctx, &call).await,
            "put_task" => tasks::put(&ctx, &call).await,
            "patch_task" => tasks::patch(&ctx, &call).await,
            "delete_task" => tasks::delete(&ctx, &call).await,
            "restore_task" => tasks::restore(&ctx, &call).await,
            "task_activity" => activity::list(&ctx, &call).await,
            "changes" => changes::list(&ctx, &call).await,
            "openapi" => health::openapi(&call),
            "health" => health::live(),
            "ready" => health::ready(&ctx).await,
            "subscriptions" => health::subscriptions(&ctx),
            "tick_outbox" => outbox::tick(&ctx).await,
            // The route table and this list are kept equal by a test.
            _ => Err(Problem::not_found("There is no such operation.").into()),
        }
    }
    .boxed_local()
}

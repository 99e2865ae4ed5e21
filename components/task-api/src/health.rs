//! Health, and what this app subscribes to.

use http::StatusCode;
use serde_json::json;
use spindle_contract::{
    events,
    problem::{FieldError, Problem},
};
use spindle_dapr::CallError;
use spindle_domain::zone_data_version;
use spindle_store::RELAY_GRACE;
use spindle_web_kit::{Ctx, Failure, Reply};

use crate::store::store;

/// Where events go that a handler refuses for good.
const DEAD_LETTERS: &str = "dead-letters";

pub(crate) fn live() -> Reply {
    Reply::json(StatusCode::OK, b"{\"status\":\"live\"}".to_vec())
}

/// Ready when the state store answers and the sidecar has the pub/sub component. The oldest waiting event tells whether the broker
/// takes what it is given.
pub(crate) async fn ready(ctx: &Ctx) -> Result<Reply, Failure> {
    let store = store(ctx);
    let now = ctx.clock.now();
    let names = ctx.dapr.names();
    let mut missing = Vec::new();
    let waiting = match store.waiting_slots(now).await {
        Ok(slots) => slots.into_iter().map(|(_, age)| age).max(),
        Err(error) => {
            missing.push((names.state.clone(), "does not answer", error.to_string()));
            None
        }
    };
    match ctx.dapr.loaded_components().await {
        Ok(loaded) if loaded.contains(&names.pubsub) => {}
        Ok(_) => missing.push((names.pubsub.clone(), "is not loaded by the sidecar", String::new())),
        Err(error @ CallError::Send(_)) => missing.push((names.pubsub.clone(), "cannot be reached", error.to_string())),
        Err(error) => missing.push((names.pubsub.clone(), "cannot be checked", error.to_string())),
    }
    if missing.is_empty() {
        let body = json!({
            "status": "ready",
            "time_zone_data": zone_data_version(),
            "outbox": {
                "oldest_seconds": waiting.map_or(0, |age| age.num_seconds()),
                "delayed": waiting.is_some_and(|age| age > RELAY_GRACE * 5),
            },
        });
        return Ok(Reply::json(StatusCode::OK, body.to_string().into_bytes()));
    }
    let mut problem = Problem::unavailable("Not ready; the errors say what is missing.");
    let mut causes = Vec::new();
    for (component, what, why) in missing {
        causes.push(format!("{component} {what}: {why}"));
        problem.errors.push(FieldError {
            field: component,
            code: "not_ready",
            message: what.to_owned(),
        });
    }
    Err(Failure::caused(problem, causes.join("; ")))
}

/// `GET /dapr/subscribe`: nothing where subscriptions are declarative, else this app's sidecar would subscribe for the others.
pub(crate) fn subscriptions(ctx: &Ctx) -> Reply {
    let pubsub = &ctx.dapr.names().pubsub;
    let subscriptions = if ctx.config.subscribes {
        [events::TASK_EVENTS, events::REMINDERS, events::TASK_UPDATES]
            .map(|topic| {
                let route = format!("/api/events/{topic}");
                json!({"pubsubname": pubsub, "topic": topic, "route": route, "deadLetterTopic": DEAD_LETTERS})
            })
            .into()
    } else {
        json!([])
    };
    Reply::json(StatusCode::OK, subscriptions.to_string().into_bytes())
}

//! Health, and what this app subscribes to.

use http::StatusCode;
use serde_json::json;
use spindle_contract::events;
use spindle_domain::zone_data_version;
use spindle_store::RELAY_GRACE;
use spindle_web_kit::{Ctx, Failure, Missing, Reply};

use crate::store::store;

/// Where events go that a handler refuses for good.
const DEAD_LETTERS: &str = "dead-letters";

pub(crate) fn live() -> Reply {
    Reply::json(StatusCode::OK, b"{\"status\":\"live\"}".to_vec())
}

/// Ready when the state store answers, the sidecar has the pub/sub component, and refuses who shows no token. The oldest waiting event tells whether the broker
/// takes what it is given.
pub(crate) async fn ready(ctx: &Ctx) -> Result<Reply, Failure> {
    let store = store(ctx);
    let now = ctx.clock.now();
    let names = ctx.dapr.names();
    let mut missing = Vec::new();
    let waiting = match store.waiting_slots(now).await {
        Ok(slots) => slots.into_iter().map(|(_, age)| age).max(),
        Err(error) => {
            missing.push(Missing {
                field: names.state.clone(),
                what: "does not answer",
                why: error.to_string(),
            });
            None
        }
    };
    missing.extend(spindle_web_kit::missing(ctx).await);
    let body = json!({
        "status": "ready",
        "time_zone_data": zone_data_version(),
        "outbox": {
            "oldest_seconds": waiting.map_or(0, |age| age.num_seconds()),
            "delayed": waiting.is_some_and(|age| age > RELAY_GRACE * 5),
        },
    });
    spindle_web_kit::ready(missing, &body)
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

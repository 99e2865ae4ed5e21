//! Health, and what this app subscribes to.

use chrono::TimeDelta;
use http::StatusCode;
use serde_json::json;
use spindle_contract::{
    events,
    health::{Role, parse_ready},
};
use spindle_dapr::{CallError, StateError};
use spindle_domain::zone_data_version;
use spindle_store::{Store, StoreError, Waiting};
use spindle_web_kit::{Call, Ctx, Failure, Missing, Reply, missing_pubsub, missing_sidecar};

use crate::store::store;

/// An event that is older has been passed over by two ticks.
const DELAYED: TimeDelta = TimeDelta::seconds(10);
/// An event that is older is not waiting behind others, but for a broker that does not take it.
const STUCK: TimeDelta = TimeDelta::seconds(30);

pub(crate) fn live() -> Reply {
    Reply::json(StatusCode::OK, b"{\"status\":\"live\"}".to_vec())
}

/// Ready when what is asked for is: the state store answers, pub/sub is loaded and takes events, the secret store has the key that signs
/// access tokens (which is read and forgotten: Dapr has no other way to ask whether it is there); and the sidecar refuses strangers.
pub(crate) async fn ready(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let roles = parse_ready(call.query())?;
    let store = store(ctx);
    let mut missing = Vec::new();
    let (mut oldest, mut dead_letters) = (None, 0);
    match stored(ctx, &store).await {
        Ok((waiting, letters)) => (oldest, dead_letters) = (waiting, letters),
        Err(error) if roles.contains(&Role::StateStore) => missing.push(match error {
            StoreError::State(StateError::Send(error)) => Missing::unasked("statestore", &error),
            error => Missing::new("statestore", "does not answer", &error),
        }),
        // Named by nobody who asks for other roles alone.
        Err(_) => {}
    }
    if roles.contains(&Role::PubSub) {
        missing.extend(missing_pubsub(ctx).await.or_else(|| stuck(oldest.as_ref())));
    }
    if roles.contains(&Role::SecretStore) {
        missing.extend(missing_secret(ctx).await);
    }
    missing.extend(missing_sidecar(ctx, &missing).await);
    let age = oldest.map_or(TimeDelta::zero(), |waiting| waiting.age);
    let body = json!({
        "status": "ready",
        "time_zone_data": zone_data_version(),
        "outbox": {"oldest_seconds": age.num_seconds(), "delayed": age > DELAYED},
        "dead_letters": dead_letters,
    });
    spindle_web_kit::ready(missing, &body)
}

/// What the state store tells: the event that has waited longest, and how many dead letters there are.
async fn stored(ctx: &Ctx, store: &Store) -> Result<(Option<Waiting>, u64), StoreError> {
    let waiting = store.waiting_slots(ctx.clock.now()).await?;
    let oldest = waiting.into_iter().max_by_key(|slot| slot.age);
    Ok((oldest, store.count_dead_letters().await?))
}

/// That a broker, or a topic, is not there shows in events that keep waiting.
fn stuck(oldest: Option<&Waiting>) -> Option<Missing> {
    let oldest = oldest.filter(|oldest| oldest.age > STUCK)?;
    let topic = oldest.topic.as_ref()?;
    let what = format!("has taken no events of topic {topic} for {} s", oldest.age.num_seconds());
    Some(Missing::new("pubsub", what, &"the warnings of the outbox say more"))
}

async fn missing_secret(ctx: &Ctx) -> Option<Missing> {
    let name = &ctx.config.jwt_secret;
    match ctx.dapr.secret(name).await {
        Ok(_) => None,
        Err(error @ CallError::Send(_)) => Some(Missing::unasked("secretstore", &error)),
        Err(error) => Some(Missing::new(
            "secretstore",
            format!("does not give the secret {name}"),
            &error,
        )),
    }
}

/// `GET /dapr/subscribe`: nothing where subscriptions are declarative, else this app's sidecar would subscribe for the others.
pub(crate) fn subscriptions(ctx: &Ctx) -> Reply {
    let pubsub = &ctx.dapr.names().pubsub;
    let subscriptions = if ctx.config.subscribes {
        let events = [events::TASK_EVENTS, events::REMINDERS, events::TASK_UPDATES].map(|topic| {
            let route = format!("/api/events/{topic}");
            json!({"pubsubname": pubsub, "topic": topic, "route": route, "deadLetterTopic": events::DEAD_LETTERS})
        });
        let dead_letters = json!({"pubsubname": pubsub, "topic": events::DEAD_LETTERS, "route": "/dead-letters"});
        events.into_iter().chain([dead_letters]).collect()
    } else {
        json!([])
    };
    Reply::json(StatusCode::OK, subscriptions.to_string().into_bytes())
}

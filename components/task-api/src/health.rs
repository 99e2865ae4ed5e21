//! Health, and what this app subscribes to.

use chrono::TimeDelta;
use http::StatusCode;
use serde_json::json;
use spindle_contract::{
    events,
    health::{Role, parse_ready},
    problem::{FieldError, Problem},
};
use spindle_dapr::CallError;
use spindle_domain::zone_data_version;
use spindle_store::Waiting;
use spindle_web_kit::{Call, Ctx, Failure, Reply};

use crate::store::store;

/// An event that is older has been passed over by two ticks.
const DELAYED: TimeDelta = TimeDelta::seconds(10);
/// An event that is older is not waiting behind others, but for a broker that does not take it.
const STUCK: TimeDelta = TimeDelta::seconds(30);

pub(crate) fn live() -> Reply {
    Reply::json(StatusCode::OK, b"{\"status\":\"live\"}".to_vec())
}

/// Ready when what is asked for is: the state store answers, pub/sub is loaded and takes events, the secret store has the key that signs
/// access tokens (which is read and forgotten: Dapr has no other way to ask whether it is there).
pub(crate) async fn ready(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let roles = parse_ready(call.query())?;
    let mut missing = Missing::default();
    let (mut oldest, mut dead_letters) = (None, 0);
    let store = store(ctx);
    let stored = if roles.contains(&Role::StateStore) || roles.contains(&Role::PubSub) {
        match store.waiting_slots(ctx.clock.now()).await {
            Ok(slots) => {
                oldest = slots.into_iter().max_by_key(|slot| slot.age);
                store.count_dead_letters().await.map(|count| dead_letters = count)
            }
            Err(error) => Err(error),
        }
    } else {
        Ok(())
    };
    for role in roles {
        match role {
            Role::StateStore => {
                if let Err(error) = &stored {
                    missing.note("statestore", "does not answer".to_owned(), error.to_string());
                }
            }
            Role::PubSub => pubsub(ctx, oldest.as_ref(), &mut missing).await,
            Role::SecretStore => secretstore(ctx, &mut missing).await,
        }
    }
    if missing.errors.is_empty() {
        let age = oldest.map_or(TimeDelta::zero(), |waiting| waiting.age);
        let body = json!({
            "status": "ready",
            "time_zone_data": zone_data_version(),
            "outbox": {"oldest_seconds": age.num_seconds(), "delayed": age > DELAYED},
            "dead_letters": dead_letters,
        });
        return Ok(Reply::json(StatusCode::OK, body.to_string().into_bytes()));
    }
    let mut problem = Problem::unavailable("Not ready; the errors say what is missing.");
    problem.errors = missing.errors;
    Err(Failure::caused(problem, missing.causes.join("; ")))
}

/// What is missing, and why as far as it is known; the why may tell of hosts and is for the log only.
#[derive(Default)]
struct Missing {
    errors: Vec<FieldError>,
    causes: Vec<String>,
}

impl Missing {
    fn note(&mut self, role: &str, what: String, why: String) {
        // The role first: the host's log tells by it whether something has changed.
        self.causes.push(format!("{role} {what}: {why}"));
        self.errors.push(FieldError {
            field: role.to_owned(),
            code: "not_ready",
            message: what,
        });
    }
}

/// Dapr tells only whether the component is loaded. That its broker, or a topic, is not there shows in events that keep waiting.
async fn pubsub(ctx: &Ctx, oldest: Option<&Waiting>, missing: &mut Missing) {
    let name = &ctx.dapr.names().pubsub;
    match ctx.dapr.loaded_components().await {
        Ok(loaded) if loaded.contains(name) => {}
        Ok(_) => {
            return missing.note(
                "pubsub",
                "is not loaded by the sidecar".to_owned(),
                format!("no component {name}"),
            );
        }
        Err(error) => {
            return missing.note(
                "pubsub",
                "cannot be asked for: the sidecar does not answer".to_owned(),
                error.to_string(),
            );
        }
    }
    if let Some(Waiting {
        age, topic: Some(topic), ..
    }) = oldest
        && *age > STUCK
    {
        let what = format!("has taken no events of topic {topic} for {} s", age.num_seconds());
        missing.note("pubsub", what, "the warnings of the outbox say more".to_owned());
    }
}

async fn secretstore(ctx: &Ctx, missing: &mut Missing) {
    let name = &ctx.config.jwt_secret;
    match ctx.dapr.secret(name).await {
        Ok(_) => {}
        Err(error @ CallError::Send(_)) => {
            missing.note(
                "secretstore",
                "cannot be asked for: the sidecar does not answer".to_owned(),
                error.to_string(),
            );
        }
        Err(error) => missing.note("secretstore", format!("does not give the secret {name}"), error.to_string()),
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
        let dead_letters = json!({"pubsubname": pubsub, "topic": events::DEAD_LETTERS, "route": "/api/events/dead-letters"});
        events.into_iter().chain([dead_letters]).collect()
    } else {
        json!([])
    };
    Reply::json(StatusCode::OK, subscriptions.to_string().into_bytes())
}

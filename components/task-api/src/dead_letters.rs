//! Dead letters: kept as they come, listed and replayed for the operator (`spindle dead-letters`).

use http::StatusCode;
use serde::{Deserialize, Serialize};
use spindle_contract::problem::Problem;
use spindle_store::{DeadLetter, ReplayError};
use spindle_web_kit::{Call, Ctx, Failure, Reply};

use crate::store::{call_failed, failed, store};

/// Which dead letters to publish again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Replay {
    /// Numbers as the list has them; left out: all.
    #[serde(default)]
    numbers: Option<Vec<u64>>,
}

/// `POST /dead-letters`: Dapr delivers what a handler has refused.
///
/// Idempotent: see [`spindle_store::Store::keep_dead_letter`]. A store that fails is answered 503, and Dapr comes again.
pub(crate) async fn keep(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    store(ctx).keep_dead_letter(&call.body).await.map_err(failed)?;
    let reply = Reply::json(StatusCode::OK, b"{\"status\":\"SUCCESS\"}".to_vec());
    Ok(reply.noted("a dead letter was kept; see `spindle dead-letters list`".to_owned()))
}

/// `GET /dead-letters`: all that are kept, oldest first.
pub(crate) async fn list(ctx: &Ctx) -> Result<Reply, Failure> {
    #[derive(Serialize)]
    struct Body {
        items: Vec<DeadLetter>,
    }
    let items = store(ctx).dead_letters().await.map_err(failed)?;
    json(&Body { items })
}

/// `POST /dead-letters/replay`: publishes those of the given numbers, or all, and forgets them.
pub(crate) async fn replay(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    #[derive(Serialize)]
    struct Body {
        replayed: usize,
    }
    let wanted: Replay = if call.body.is_empty() {
        Replay { numbers: None }
    } else {
        serde_json::from_slice(&call.body)
            .map_err(|error| Problem::bad_request(format!("The body is not {{\"numbers\": […]}}: {error}.")))?
    };
    let store = store(ctx);
    let mut letters = store.dead_letters().await.map_err(failed)?;
    if let Some(numbers) = wanted.numbers {
        let missing = numbers
            .iter()
            .find(|number| !letters.iter().any(|letter| letter.number == **number));
        if let Some(number) = missing {
            return Err(Problem::not_found(format!("There is no dead letter {number}.")).into());
        }
        letters.retain(|letter| numbers.contains(&letter.number));
    }
    match store.replay_dead_letters(&letters).await {
        Ok(()) => json(&Body { replayed: letters.len() }),
        Err(error @ ReplayError::NoTopic(_)) => Err(Problem::conflict("no_topic", format!("{error}.")).into()),
        Err(ReplayError::Publish(error)) => Err(call_failed(error)),
        Err(ReplayError::Store(error)) => Err(failed(error)),
    }
}

fn json(body: &impl Serialize) -> Result<Reply, Failure> {
    let body = serde_json::to_vec(body).map_err(|error| Failure::caused(Problem::internal(), error))?;
    Ok(Reply::json(StatusCode::OK, body))
}

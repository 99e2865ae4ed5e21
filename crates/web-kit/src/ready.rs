//! Readiness: what every component that has a sidecar needs of it.

use http::StatusCode;
use spindle_contract::problem::{FieldError, Problem};
use spindle_dapr::CallError;

use crate::{Ctx, Failure, Reply};

/// One reason for not being ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The Dapr component, or `sidecar`.
    pub field: String,
    /// What is wrong with it, for anybody.
    pub what: &'static str,
    /// The cause, for the log.
    pub why: String,
}

/// What is missing: the pub/sub component is loaded, and the sidecar refuses who shows no token, if there is one to show.
///
/// A sidecar that has lost its environment would answer anybody who reaches it, so such a pod must get no traffic.
pub async fn missing(ctx: &Ctx) -> Vec<Missing> {
    let pubsub = &ctx.dapr.names().pubsub;
    let found = |field: &str, what, why: String| Missing {
        field: field.to_owned(),
        what,
        why,
    };
    let mut missing = Vec::new();
    match ctx.dapr.loaded_components().await {
        Ok(loaded) if loaded.contains(pubsub) => {}
        Ok(_) => missing.push(found(pubsub, "is not loaded by the sidecar", String::new())),
        Err(error @ CallError::Send(_)) => missing.push(found(pubsub, "cannot be reached", error.to_string())),
        Err(error) => missing.push(found(pubsub, "cannot be checked", error.to_string())),
    }
    match ctx.dapr.refuses_strangers().await {
        Ok(true) => {}
        Ok(false) => missing.push(found("sidecar", "answers who shows no token", String::new())),
        // Said above already.
        Err(_) => {}
    }
    missing
}

/// The answer to a probe: 200 with `body`, or 503 with what is missing.
pub fn ready(missing: Vec<Missing>, body: &serde_json::Value) -> Result<Reply, Failure> {
    if missing.is_empty() {
        return Ok(Reply::json(StatusCode::OK, body.to_string().into_bytes()));
    }
    let mut problem = Problem::unavailable("Not ready; the errors say what is missing.");
    let mut causes = Vec::new();
    for Missing { field, what, why } in missing {
        causes.push(format!("{field} {what}: {why}"));
        problem.errors.push(FieldError {
            field,
            code: "not_ready",
            message: what.to_owned(),
        });
    }
    Err(Failure::caused(problem, causes.join("; ")))
}

/// `GET /health/ready/{component}`: for a probe, where the component is an app of its own.
pub async fn component_ready(ctx: &Ctx) -> Result<Reply, Failure> {
    ready(missing(ctx).await, &serde_json::json!({"status": "ready"}))
}

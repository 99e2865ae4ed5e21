//! Readiness: what every component that has a sidecar needs of it.

use http::StatusCode;
use spindle_contract::problem::{FieldError, Problem};
use spindle_dapr::CallError;

use crate::{Ctx, Failure, Reply};

/// One reason for not being ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// What is missing, by its role: `statestore`, `pubsub`, `secretstore`, `sidecar`.
    pub role: &'static str,
    /// What is wrong with it, for anybody.
    pub what: String,
    /// The cause, for the log.
    pub why: String,
}

impl Missing {
    /// A reason.
    pub fn new(role: &'static str, what: impl Into<String>, why: impl ToString) -> Self {
        Self {
            role,
            what: what.into(),
            why: why.to_string(),
        }
    }

    /// For a role that cannot be asked for.
    pub fn unasked(role: &'static str, why: impl ToString) -> Self {
        Self::new(role, "cannot be asked for: the sidecar does not answer", why)
    }
}

/// What is missing of pub/sub: Dapr tells only whether the component is loaded.
pub async fn missing_pubsub(ctx: &Ctx) -> Option<Missing> {
    let name = &ctx.dapr.names().pubsub;
    match ctx.dapr.loaded_components().await {
        Ok(loaded) if loaded.contains(name) => None,
        Ok(_) => Some(Missing::new(
            "pubsub",
            "is not loaded by the sidecar",
            format!("there is no component {name}"),
        )),
        Err(error @ CallError::Send(_)) => Some(Missing::unasked("pubsub", error)),
        Err(error) => Some(Missing::new("pubsub", "cannot be checked", error)),
    }
}

/// What is wrong with the sidecar itself: it must refuse who shows no token, if there is one to show. One that has lost its environment
/// would answer anybody who reaches it, so such a pod must get no traffic. `others` is what is missing besides: a sidecar that does not
/// answer at all is named there already.
pub async fn missing_sidecar(ctx: &Ctx, others: &[Missing]) -> Option<Missing> {
    match ctx.dapr.refuses_strangers().await {
        Ok(true) => None,
        Ok(false) => Some(Missing::new("sidecar", "answers who shows no token", "")),
        // Not proved is not ready.
        Err(error) => others.is_empty().then(|| Missing::new("sidecar", "cannot be checked", error)),
    }
}

/// The answer to a probe: 200 with `body`, or 503 with what is missing.
pub fn ready(missing: Vec<Missing>, body: &serde_json::Value) -> Result<Reply, Failure> {
    if missing.is_empty() {
        return Ok(Reply::json(StatusCode::OK, body.to_string().into_bytes()));
    }
    let mut problem = Problem::unavailable("Not ready; the errors say what is missing.");
    let mut causes = Vec::new();
    for Missing { role, what, why } in missing {
        // The role first: the host's log tells by it whether something has changed.
        causes.push(format!("{role} {what}: {why}"));
        problem.errors.push(FieldError {
            field: role.to_owned(),
            code: "not_ready",
            message: what,
        });
    }
    Err(Failure::caused(problem, causes.join("; ")))
}

/// `GET /health/ready/{component}`: for a probe, where the component is an app of its own.
pub async fn component_ready(ctx: &Ctx) -> Result<Reply, Failure> {
    ready(missing(ctx).await, &serde_json::json!({"status": "ready"}))
}

async fn missing(ctx: &Ctx) -> Vec<Missing> {
    let mut missing: Vec<Missing> = missing_pubsub(ctx).await.into_iter().collect();
    missing.extend(missing_sidecar(ctx, &missing).await);
    missing
}

#[cfg(test)]
mod tests {
    use std::{rc::Rc, time::Duration};

    use bytes::Bytes;
    use chrono::{DateTime, Utc};
    use futures::{FutureExt as _, executor::block_on, future::LocalBoxFuture};
    use http::{Request, Response};
    use spindle_dapr::ports::{Clock, Random, SendError, Sidecar};

    use super::*;

    const METADATA: &str = r#"{"id":"a","components":[{"name":"pubsub","type":"pubsub.kafka","version":"v1"}]}"#;

    /// A sidecar that has loaded `pubsub`.
    struct Daprd {
        /// What it demands; `None` when it has lost its environment.
        token: Option<&'static str>,
    }

    impl Sidecar for Daprd {
        fn send(&self, request: Request<Bytes>, _: Duration) -> LocalBoxFuture<'_, Result<Response<Bytes>, SendError>> {
            let shown = request.headers().get("dapr-api-token").and_then(|value| value.to_str().ok());
            let status = if self.token.is_none() || self.token == shown {
                200
            } else {
                401
            };
            let body = if status == 200 { METADATA } else { "invalid api token" };
            let answer = Response::builder()
                .status(status)
                .body(Bytes::from_static(body.as_bytes()))
                .unwrap();
            async move { Ok(answer) }.boxed_local()
        }
    }

    struct Nothing;

    impl Clock for Nothing {
        fn now(&self) -> DateTime<Utc> {
            DateTime::UNIX_EPOCH
        }

        fn sleep(&self, _: Duration) -> LocalBoxFuture<'_, ()> {
            async {}.boxed_local()
        }
    }

    impl Random for Nothing {
        fn fill(&self, _: &mut [u8]) {}
    }

    fn asked(daprd: Daprd, variables: &'static [(&'static str, &'static str)]) -> Vec<(&'static str, String)> {
        let get = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let ctx = Ctx::new(Rc::new(daprd), Rc::new(Nothing), Rc::new(Nothing), get).unwrap();
        let found = block_on(missing(&ctx)).into_iter();
        found.map(|missing| (missing.role, missing.what)).collect()
    }

    #[test]
    fn a_sidecar_that_answers_strangers_is_not_ready() {
        let shown = &[("dapr_api_token", "good")];
        assert_eq!(asked(Daprd { token: Some("good") }, shown), []);
        let open = asked(Daprd { token: None }, shown);
        assert_eq!(open, [("sidecar", "answers who shows no token".to_owned())]);
        // Without a token to show there is none to demand: `dapr run` on one's own machine.
        assert_eq!(asked(Daprd { token: None }, &[]), []);
    }

    #[test]
    fn a_sidecar_of_another_token_or_without_the_component_is_not_ready() {
        let other = asked(Daprd { token: Some("good") }, &[("dapr_api_token", "old")]);
        assert_eq!(other, [("pubsub", "cannot be checked".to_owned())]);
        let renamed = asked(
            Daprd { token: Some("good") },
            &[("dapr_api_token", "good"), ("pubsub", "kafka")],
        );
        assert_eq!(renamed, [("pubsub", "is not loaded by the sidecar".to_owned())]);
    }
}

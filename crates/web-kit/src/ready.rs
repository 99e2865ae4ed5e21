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
        Ok(false) => missing.push(found("sidecar", "answers who shows no token", String::new())),
        // Not proved is not ready. A sidecar that does not answer at all is named above already.
        Err(error) if missing.is_empty() => missing.push(found("sidecar", "cannot be checked", error.to_string())),
        Ok(true) | Err(_) => {}
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

    fn asked(daprd: Daprd, variables: &'static [(&'static str, &'static str)]) -> Vec<(String, &'static str)> {
        let get = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let ctx = Ctx::new(Rc::new(daprd), Rc::new(Nothing), Rc::new(Nothing), get).unwrap();
        let found = block_on(missing(&ctx)).into_iter();
        found.map(|missing| (missing.field, missing.what)).collect()
    }

    #[test]
    fn a_sidecar_that_answers_strangers_is_not_ready() {
        let shown = &[("dapr_api_token", "good")];
        assert_eq!(asked(Daprd { token: Some("good") }, shown), []);
        let open = asked(Daprd { token: None }, shown);
        assert_eq!(open, [("sidecar".to_owned(), "answers who shows no token")]);
        // Without a token to show there is none to demand: `dapr run` on one's own machine.
        assert_eq!(asked(Daprd { token: None }, &[]), []);
    }

    #[test]
    fn a_sidecar_of_another_token_or_without_the_component_is_not_ready() {
        let other = asked(Daprd { token: Some("good") }, &[("dapr_api_token", "old")]);
        assert_eq!(other, [("pubsub".to_owned(), "cannot be checked")]);
        let renamed = asked(
            Daprd { token: Some("good") },
            &[("dapr_api_token", "good"), ("pubsub", "kafka")],
        );
        assert_eq!(renamed, [("kafka".to_owned(), "is not loaded by the sidecar")]);
    }
}

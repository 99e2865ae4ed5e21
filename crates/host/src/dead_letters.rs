//! `spindle dead-letters`: asks task-api, through its sidecar, for the events that handlers have refused for good.

use std::io::Write as _;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::cli::{DeadLetters, DeadLettersArgs};
use crate::secrets::{Origin, Secrets};
use crate::{log, up};

/// Lists or replays.
pub(crate) async fn dead_letters(command: DeadLetters) -> anyhow::Result<()> {
    match command {
        DeadLetters::List(args) => {
            let answer = call(&args, Method::GET, "dead-letters", None).await?;
            let mut out = std::io::stdout().lock();
            for letter in answer["items"].as_array().into_iter().flatten() {
                let text = |member: &str| letter[member].as_str().filter(|text| !text.is_empty()).unwrap_or("-");
                writeln!(
                    out,
                    "{}\t{}\t{}\t{}\t{}\t{}",
                    letter["number"],
                    text("at"),
                    text("topic"),
                    text("type"),
                    text("subject"),
                    text("id")
                )?;
            }
        }
        DeadLetters::Replay(args) => {
            let body = (!args.all).then(|| json!({"numbers": args.numbers}));
            let answer = call(&args.from, Method::POST, "dead-letters/replay", body).await?;
            log::info(&format!("replayed {}", answer["replayed"]));
        }
    }
    Ok(())
}

/// Calls a method of the app by Dapr service invocation: the sidecar adds the token that the app asks for.
async fn call(args: &DeadLettersArgs, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
    let sidecar = up::check_url(&args.sidecar)?;
    let url = format!("{sidecar}/v1.0/invoke/{}/method/{path}", args.app_id);
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let request = Request::builder()
        .method(method)
        .uri(&url)
        .header("dapr-api-token", token(args)?)
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(body)))
        .with_context(|| format!("{url} is no address; correct --sidecar or --app-id"))?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(request).await.map_err(|error| {
        anyhow::anyhow!("the sidecar at {sidecar} does not answer ({error}); give its address with --sidecar")
    })?;
    let status = response.status();
    let bytes = response.into_body().collect().await?.to_bytes();
    let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if status.is_success() {
        return Ok(answer);
    }
    match status {
        StatusCode::UNAUTHORIZED => bail!("the sidecar refuses the token; give the one in its DAPR_API_TOKEN with --token"),
        _ => bail!(
            "{} answered {status}: {}",
            args.app_id,
            answer["detail"]
                .as_str()
                .or(answer["message"].as_str())
                .unwrap_or("without saying why")
        ),
    }
}

fn token(args: &DeadLettersArgs) -> anyhow::Result<String> {
    if let Some(token) = &args.token {
        return Ok(token.clone());
    }
    match Secrets::load_or_make(&args.data)? {
        (secrets, Origin::File) => Ok(secrets.dapr_api_token),
        (_, Origin::New) => bail!(
            "there are no keys in {}; give the sidecar's token with --token or DAPR_API_TOKEN, or the folder with --data",
            args.data.display()
        ),
    }
}

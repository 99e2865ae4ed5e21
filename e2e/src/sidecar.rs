//! The sidecar's Dapr API, for looking at what is stored, and the tokens that application and sidecar show each other.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::{api::Client, app::App};

/// A look into the state store of a running instance.
#[derive(Debug)]
pub struct Sidecar {
    client: Client,
    api_token: String,
}

impl Sidecar {
    /// Of this instance; where there are several apps, the first one's.
    pub fn of(app: &App) -> anyhow::Result<Self> {
        Self::at(app, app.sidecar_address())
    }

    /// Of the app that has this component: jobs are known to the sidecar that was asked for them.
    pub fn of_component(app: &App, component: &str) -> anyhow::Result<Self> {
        Self::at(app, app.sidecar_address_of(component))
    }

    fn at(app: &App, address: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self {
            client: Client::new(address),
            api_token: dapr_api_token(app.data())?,
        })
    }

    /// The value under a key; none when there is none.
    pub fn state(&self, key: &str) -> anyhow::Result<Option<String>> {
        let path = percent_encoding::utf8_percent_encode(key, percent_encoding::NON_ALPHANUMERIC);
        let call = self
            .client
            .call("GET", format!("/v1.0/state/statestore/{path}"))
            .header("dapr-api-token", &self.api_token);
        let answer = call.try_send()?;
        match answer.status() {
            200 => Ok(Some(String::from_utf8_lossy(answer.bytes()).into_owned())),
            204 => Ok(None),
            other => bail!("{key}: the sidecar answered {other}"),
        }
    }

    /// Publishes a CloudEvent.
    pub fn publish(&self, topic: &str, event: &Value) -> anyhow::Result<()> {
        let call = self
            .client
            .call("POST", format!("/v1.0/publish/pubsub/{topic}"))
            .header("dapr-api-token", &self.api_token)
            .body("application/cloudevents+json", event.to_string());
        match call.try_send()?.status() {
            204 => Ok(()),
            other => bail!("{topic}: the sidecar answered {other}"),
        }
    }

    /// The status of the answer to a call without a body.
    pub fn status(&self, method: &str, path: &str) -> anyhow::Result<u16> {
        let call = self.client.call(method, path).header("dapr-api-token", &self.api_token);
        Ok(call.try_send()?.status())
    }

    /// The status of the answer to a GET with this API token.
    pub fn status_with(&self, path: &str, token: Option<&str>) -> anyhow::Result<u16> {
        let call = self.client.call("GET", path);
        let call = match token {
            Some(token) => call.header("dapr-api-token", token),
            None => call,
        };
        Ok(call.try_send()?.status())
    }
}

/// The token that the sidecar shows to the application on this data.
pub fn app_api_token(data: &Path) -> anyhow::Result<String> {
    secret(data, "app-api-token")
}

/// The token that the application shows to the sidecar on this data.
pub fn dapr_api_token(data: &Path) -> anyhow::Result<String> {
    secret(data, "dapr-api-token")
}

fn secret(data: &Path, name: &str) -> anyhow::Result<String> {
    let path = data.join("secrets.json");
    let secrets: Value = serde_json::from_slice(&std::fs::read(&path)?).with_context(|| format!("{}", path.display()))?;
    Ok(secrets[name]
        .as_str()
        .with_context(|| format!("no {name} in {}", path.display()))?
        .to_owned())
}

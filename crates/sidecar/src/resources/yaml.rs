//! Dapr's resource files (docs: "Component schema", "Subscription schema", "Resiliency schema").

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Component, CronBinding, ResourceError, Resources, Secrets, Subscription, subscription::Routes};
use crate::core::{
    Topic,
    retry::RetryPolicy,
    schedule::{Schedule, parse_duration},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(default)]
    api_version: String,
    kind: String,
    metadata: Named,
    #[serde(default)]
    spec: Value,
    #[serde(default)]
    scopes: Vec<String>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct ComponentSpec {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    metadata: Vec<MetadataItem>,
}

#[derive(Deserialize)]
struct MetadataItem {
    name: String,
    #[serde(default)]
    value: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubscriptionSpec {
    pubsubname: String,
    topic: String,
    #[serde(default)]
    routes: Option<Routes>,
    #[serde(default)]
    route: Option<String>,
    #[serde(default)]
    dead_letter_topic: Option<String>,
}

#[derive(Deserialize)]
struct ResiliencySpec {
    #[serde(default)]
    policies: Policies,
    #[serde(default)]
    targets: Targets,
}

#[derive(Default, Deserialize)]
struct Policies {
    #[serde(default)]
    retries: BTreeMap<String, Retry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Retry {
    #[serde(default)]
    policy: String,
    duration: Option<String>,
    initial_interval: Option<String>,
    max_interval: Option<String>,
    max_retries: Option<i64>,
}

#[derive(Default, Deserialize)]
struct Targets {
    #[serde(default)]
    components: BTreeMap<String, Target>,
}

#[derive(Deserialize)]
struct Target {
    inbound: Option<Direction>,
}

#[derive(Deserialize)]
struct Direction {
    retry: Option<String>,
}

/// The YAML files of a folder, by name.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, ResourceError> {
    let unreadable = |error: std::io::Error| ResourceError::Unreadable {
        path: folder.into(),
        reason: error.to_string(),
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_file()
            && path
                .extension()
                .is_some_and(|extension| extension == "yaml" || extension == "yml")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

pub(super) fn load(
    resources: &mut Resources,
    path: &Path,
    app_id: &str,
    given_secrets: &BTreeMap<String, Value>,
) -> Result<(), ResourceError> {
    let text = std::fs::read_to_string(path).map_err(|error| ResourceError::Unreadable {
        path: path.into(),
        reason: error.to_string(),
    })?;
    let documents: Vec<Value> = serde_saphyr::from_multiple(&text).map_err(|error| ResourceError::Syntax {
        path: path.into(),
        line: error.location().map_or(0, |location| location.line()),
        // The first line says what; the rest is an excerpt.
        reason: error
            .without_snippet()
            .to_string()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned(),
    })?;
    for document in documents.into_iter().filter(|document| !document.is_null()) {
        let resource: Resource = serde_json::from_value(document).map_err(|error| ResourceError::Syntax {
            path: path.into(),
            line: 1,
            reason: error.to_string(),
        })?;
        let name = &resource.metadata.name;
        if !resource.api_version.starts_with("dapr.io/") {
            return Err(Resources::invalid(
                path,
                &resource.kind,
                name,
                &"apiVersion is not of dapr.io",
            ));
        }
        if !resource.scopes.is_empty() && !resource.scopes.iter().any(|scope| scope == app_id) {
            resources
                .notices
                .push(format!("{} {name:?} is not for this app", resource.kind));
            continue;
        }
        match resource.kind.as_str() {
            "Component" => component(resources, path, name, &spec(path, &resource)?, given_secrets)?,
            "Subscription" => subscription(resources, path, name, spec(path, &resource)?)?,
            "Resiliency" => resiliency(resources, path, name, spec(path, &resource)?)?,
            other => resources.notices.push(format!("{other} {name:?} is ignored")),
        }
    }
    Ok(())
}

fn spec<T: DeserializeOwned>(path: &Path, resource: &Resource) -> Result<T, ResourceError> {
    T::deserialize(&resource.spec).map_err(|error| Resources::invalid(path, &resource.kind, &resource.metadata.name, &error))
}

fn component(
    resources: &mut Resources,
    path: &Path,
    name: &str,
    spec: &ComponentSpec,
    given_secrets: &BTreeMap<String, Value>,
) -> Result<(), ResourceError> {
    let invalid = |reason: String| Resources::invalid(path, "Component", name, &reason);
    let metadata: BTreeMap<&str, String> = (spec.metadata.iter())
        .map(|item| {
            (
                item.name.as_str(),
                item.value.as_str().map_or_else(|| item.value.to_string(), str::to_owned),
            )
        })
        .collect();
    let component = Component {
        name: name.to_owned(),
        kind: spec.kind.clone(),
        version: spec.version.clone(),
    };
    if spec.kind == "bindings.cron" {
        let schedule = metadata
            .get("schedule")
            .ok_or_else(|| invalid("schedule is missing".into()))?;
        let schedule = Schedule::parse(schedule).map_err(|error| invalid(error.to_string()))?;
        let route = metadata.get("route").map_or(name, String::as_str);
        let route = if route.starts_with('/') {
            route.to_owned()
        } else {
            format!("/{route}")
        };
        resources.notices.push(format!("bindings.cron {name:?} calls {route}"));
        resources.crons.push(CronBinding {
            name: name.to_owned(),
            route,
            schedule,
        });
        resources.components.push(component);
        return Ok(());
    }
    let mut secrets = Secrets::default();
    if spec.kind == "secretstores.local.file" {
        let file = metadata
            .get("secretsFile")
            .ok_or_else(|| invalid("secretsFile is missing".into()))?;
        match std::fs::read_to_string(file) {
            Ok(text) => {
                let contents = serde_json::from_str(&text).map_err(|error| invalid(format!("{file}: {error}")))?;
                secrets.add(&contents);
            }
            // The host passes what it holds; the file is what a real sidecar would read.
            Err(error) if given_secrets.is_empty() => return Err(invalid(format!("{file} cannot be read: {error}"))),
            Err(_) => {}
        }
    }
    secrets.add(given_secrets);
    if !resources.take(component, secrets, "by its file") {
        resources.notices.push(format!(
            "component {name:?} of type {} is ignored: the embedded sidecar has nothing like it",
            spec.kind
        ));
    }
    Ok(())
}

fn subscription(resources: &mut Resources, path: &Path, name: &str, spec: SubscriptionSpec) -> Result<(), ResourceError> {
    let topic = Topic {
        pubsub: spec.pubsubname,
        name: spec.topic,
    };
    let subscription = Subscription::new(topic, spec.routes.unwrap_or_default(), spec.route, spec.dead_letter_topic)
        .map_err(|reason| Resources::invalid(path, "Subscription", name, &reason))?;
    resources.subscriptions.push(subscription);
    Ok(())
}

fn resiliency(resources: &mut Resources, path: &Path, name: &str, spec: ResiliencySpec) -> Result<(), ResourceError> {
    let invalid = |reason: String| Resources::invalid(path, "Resiliency", name, &reason);
    for (component, target) in spec.targets.components {
        let Some(policy) = target.inbound.and_then(|inbound| inbound.retry) else {
            continue;
        };
        let retry = spec
            .policies
            .retries
            .get(&policy)
            .ok_or_else(|| invalid(format!("there is no retry policy {policy:?}")))?;
        let millis = |text: &Option<String>, default: i64| match text {
            None => Ok(default),
            Some(text) => parse_duration(text).map_err(|error| invalid(error.to_string())),
        };
        let max_retries = retry.max_retries.and_then(|max| u32::try_from(max).ok());
        // Defaults of Dapr's retry library (dapr/kit retry): constant 5 s; exponential from 500 ms by 1.5 up to 60 s.
        let policy = match retry.policy.as_str() {
            "" | "constant" => {
                let wait = millis(&retry.duration, 5_000)?;
                RetryPolicy {
                    first: wait,
                    growth_percent: 100,
                    longest: wait,
                    max_retries,
                }
            }
            "exponential" => RetryPolicy {
                first: millis(&retry.initial_interval, 500)?,
                growth_percent: 150,
                longest: millis(&retry.max_interval, 60_000)?,
                max_retries,
            },
            other => {
                return Err(invalid(format!(
                    "the retry policy {other:?} is neither constant nor exponential"
                )));
            }
        };
        resources.retries.insert(component, policy);
    }
    Ok(())
}

//! A component ready to be instantiated: compiled code, and what its guests may see and call.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use wasmtime::Engine;
use wasmtime_wasi_http::p2::bindings::ProxyPre;

use crate::cache::Cache;
use crate::instance::State;
use crate::manifest::{ComponentSpec, Mount};
use crate::outbound::Outbound;
use crate::outbound::hosts::{HostError, HostPattern};
use crate::variables::Values;

/// One `[component]` of the manifest.
pub(crate) struct Component {
    pub(crate) id: Arc<str>,
    pub(crate) pre: ProxyPre<State>,
    /// The component's own variables, with their values.
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) allowed_hosts: Vec<HostPattern>,
    pub(crate) outbound: Arc<Outbound>,
}

/// A component cannot be made ready.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ComponentError {
    #[error("component `{id}`: {path} is missing; run `make build` or `spindle build`", path = path.display())]
    Missing { id: String, path: PathBuf },
    #[error("component `{id}`: {path} cannot be read ({source}); correct its permissions", path = path.display())]
    Read {
        id: String,
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("component `{id}`: {path} is no component for wasm32-wasip2 ({reason}); run `make build`", path = path.display())]
    Invalid { id: String, path: PathBuf, reason: String },
    #[error("component `{id}`: {source}; correct the variables in it")]
    Host { id: String, source: HostError },
    #[error("component `{id}`: {path} is no folder to mount; run `make build` or correct `files`", path = path.display())]
    Mount { id: String, path: PathBuf },
    #[error("component `{id}`: variable `{name}` has no value")]
    Variable { id: String, name: String },
}

/// Whether the files that a component needs are there; nothing is compiled yet.
///
/// # Errors
/// The first that is not.
pub(crate) fn check_files(id: &str, spec: &ComponentSpec) -> Result<(), ComponentError> {
    if !spec.source.is_file() {
        return Err(ComponentError::Missing {
            id: id.to_owned(),
            path: spec.source.clone(),
        });
    }
    match spec.mounts.iter().find(|mount| !mount.source.is_dir()) {
        Some(mount) => Err(ComponentError::Mount {
            id: id.to_owned(),
            path: mount.source.clone(),
        }),
        None => Ok(()),
    }
}

impl Component {
    /// Compiles, or loads from the cache, and links.
    pub(crate) fn load(
        id: &str,
        spec: &ComponentSpec,
        values: &Values,
        outbound: Arc<Outbound>,
        engine: &Engine,
        cache: &Cache,
    ) -> Result<Self, ComponentError> {
        let wasm = std::fs::read(&spec.source).map_err(|source| ComponentError::Read {
            id: id.to_owned(),
            path: spec.source.clone(),
            source,
        })?;
        let invalid = |error: wasmtime::Error| ComponentError::Invalid {
            id: id.to_owned(),
            path: spec.source.clone(),
            reason: error.root_cause().to_string().replace('\n', ", "),
        };
        let compiled = cache.component(engine, &wasm).map_err(invalid)?;
        let linker = crate::engine::linker(engine).map_err(invalid)?;
        let pre = linker.instantiate_pre(&compiled).and_then(ProxyPre::new).map_err(invalid)?;
        let missing = |name: String| ComponentError::Variable { id: id.to_owned(), name };
        let variables = spec
            .variables
            .iter()
            .map(|(name, template)| Ok((name.clone(), template.expand(|name| values.get(name)).map_err(missing)?)))
            .collect::<Result<_, _>>()?;
        let allowed_hosts = spec
            .allowed_outbound_hosts
            .iter()
            .map(|template| {
                let text = template.expand(|name| values.get(name)).map_err(missing)?;
                HostPattern::parse(&text).map_err(|source| ComponentError::Host {
                    id: id.to_owned(),
                    source,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            id: id.into(),
            pre,
            variables,
            environment: spec.environment.clone(),
            mounts: spec.mounts.clone(),
            allowed_hosts,
            outbound,
        })
    }
}

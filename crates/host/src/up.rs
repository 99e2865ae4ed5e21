//! `spindle up`: sidecar and application in one process.
//!
//! Everything that can be wrong from outside (manifest, files, ports, data folder) is found before anything is written.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;
use http::Uri;
use tokio::net::TcpListener;

use crate::app::{App, Concurrency};
use crate::cache::Cache;
use crate::cli;
use crate::component::{self, Component};
use crate::embedded::Embedded;
use crate::instance::Limits;
use crate::manifest::{ComponentSpec, Manifest};
use crate::outbound::Outbound;
use crate::ready::{self, Ready};
use crate::secrets::{Origin, Secrets};
use crate::variables::{Given, Values};
use crate::{building, data, engine, log, secrets, serve};

/// How long requests may go on after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);
/// Deliveries of the embedded sidecar at once.
const DELIVERIES_MAX: u16 = 16;
/// Instances for what the embedded sidecar sends: its deliveries, and invocations from one component to another.
const DELIVERY_INSTANCES: u16 = DELIVERIES_MAX + 16;

/// Where the sidecar is.
enum Sidecar {
    /// In this process, also served on this listener.
    Embedded(TcpListener),
    /// At this URL.
    Elsewhere(String),
}

/// Runs until a signal to stop.
pub(crate) async fn up(args: cli::Up) -> anyhow::Result<()> {
    let started = Instant::now();
    let manifest = select(Manifest::load(&args.app.from)?, &args.app.components)?;
    let mut given = Given::collect(&manifest, &args.variables, |key| std::env::var(key).ok())?;
    if args.build {
        building::build(&manifest)?;
    }
    for (id, spec) in &manifest.components {
        component::check_files(id, spec)?;
    }
    let listener = listen(args.listen, "--listen").await?;
    let address = listener.local_addr()?;
    let sidecar = match &args.sidecar {
        None => Sidecar::Embedded(listen(args.sidecar_listen, "--sidecar-listen").await?),
        Some(url) => Sidecar::Elsewhere(check_url(url)?),
    };
    let (sidecar_url, dapr_url) = match &sidecar {
        Sidecar::Embedded(listener) => {
            let address = listener.local_addr()?;
            (format!("http://{address}"), local_url(address))
        }
        Sidecar::Elsewhere(url) => (url.clone(), url.clone()),
    };

    let (secrets, origin) = Secrets::load_or_make(&args.data)?;
    given.provide("dapr_url", || dapr_url.clone());
    given.provide("jwt_public_keys", || secrets.public_keys());
    given.provide("app_api_token", || secrets.app_api_token.clone());
    given.provide("dapr_api_token", || secrets.dapr_api_token.clone());
    let values = given.resolve(&manifest)?;

    data::open(&args.data)?;
    let opened = match sidecar {
        Sidecar::Embedded(listener) => {
            let embedded = open_sidecar(&manifest, &args, &secrets, &values)?;
            Some((listener, embedded))
        }
        // It may be `spindle sidecar` on this very folder.
        Sidecar::Elsewhere(_) => None,
    };
    if matches!(origin, Origin::New) {
        secrets.save(&args.data)?;
    }

    let authority = dapr_url.parse::<Uri>()?.into_parts().authority;
    let outbound = Outbound::new(authority.zip(opened.as_ref().map(|(_, embedded)| embedded.clone())));
    let app = Arc::new(load(&manifest, &args, &values, outbound)?);

    let running = opened.map(|(listener, embedded)| {
        let served = embedded.clone();
        tokio::spawn(async move { served.serve(listener).await });
        embedded.connect(Arc::clone(&app));
        embedded
    });
    let stop = ready::stop_signal()?;
    ready::announce(&Ready {
        url: Some(format!("http://{address}")),
        sidecar: sidecar_url,
        dapr_url,
        data: args.data.display().to_string(),
        millis: started.elapsed().as_millis(),
    })?;
    serve::serve(app, listener, stop, GRACE).await;
    if let Some(embedded) = running {
        embedded.shutdown().await;
    }
    log::info("stopped");
    Ok(())
}

/// Keeps the components called for, and their routes.
pub(crate) fn select(mut manifest: Manifest, ids: &[String]) -> anyhow::Result<Manifest> {
    if let Some(unknown) = ids.iter().find(|id| !manifest.components.contains_key(*id)) {
        let known: Vec<_> = manifest.components.keys().map(String::as_str).collect();
        bail!("--component {unknown} is not in the manifest; it has {}", known.join(", "));
    }
    if !ids.is_empty() {
        manifest.components.retain(|id, _| ids.contains(id));
        manifest.routes.retain(|route| ids.contains(&route.component));
    }
    Ok(manifest)
}

/// Binds `address`, which the command line calls `flag`.
pub(crate) async fn listen(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!("{address} is in use; stop what listens there or give another address with {flag}")
        }
        _ => anyhow::anyhow!("cannot listen on {address} ({error}); give another address with {flag}"),
    })
}

/// The URL for an address of this machine. Spin compares names as written and its examples say localhost, so that is used.
pub(crate) fn local_url(address: SocketAddr) -> String {
    if address.ip().is_loopback() || address.ip().is_unspecified() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

/// `--resources`, or `dapr/local` beside the manifest when it is there.
pub(crate) fn resources(given: &[PathBuf], root: &Path) -> Vec<PathBuf> {
    if !given.is_empty() {
        return given.to_vec();
    }
    let usual = root.join("dapr/local");
    if usual.is_dir() { vec![usual] } else { Vec::new() }
}

/// Checks the URL of a sidecar; takes off a slash at its end.
pub(crate) fn check_url(url: &str) -> anyhow::Result<String> {
    let parsed = url
        .parse::<Uri>()
        .ok()
        .filter(|uri| uri.scheme_str() == Some("http") && uri.authority().is_some());
    match parsed {
        Some(_) => Ok(url.trim_end_matches('/').to_owned()),
        None => bail!("--sidecar {url} is no http URL; write it as http://localhost:3500"),
    }
}

fn open_sidecar(manifest: &Manifest, args: &cli::Up, secrets: &Secrets, values: &Values) -> anyhow::Result<Embedded> {
    // What the environment says goes before our own tokens, so ask the variables, not the secrets.
    let token = |name: &str| values.get(name).filter(|token| !token.is_empty()).map(str::to_owned);
    Ok(Embedded::open(spindle_sidecar::Options {
        app_id: manifest.name.clone(),
        data_file: Some(args.data.join(DATABASE)),
        resources: resources(&args.resources, &manifest.root),
        secrets: BTreeMap::from([(secrets::SIGNING_KEY.to_owned(), secrets.signing_secret())]),
        api_token: token("dapr_api_token"),
        app_token: token("app_api_token"),
        app_max_concurrency: DELIVERIES_MAX.into(),
    })?)
}

/// Name of the embedded sidecar's database in the data folder.
pub(crate) const DATABASE: &str = "spindle.db";

fn load(manifest: &Manifest, args: &cli::Up, values: &Values, outbound: Outbound) -> anyhow::Result<App> {
    let limits = Limits {
        time: Duration::from_secs(args.limits.request_seconds),
        memory_bytes: usize::try_from(args.limits.request_memory)? * 1024 * 1024,
    };
    let concurrency = Concurrency {
        requests: args.limits.max_requests,
        deliveries: DELIVERY_INSTANCES,
    };
    let slots = u32::from(concurrency.requests) + u32::from(concurrency.deliveries);
    let engine = engine::engine(slots, limits.memory_bytes)
        .map_err(|error| anyhow::anyhow!("no room for {slots} instances ({}); lower --max-requests", error.root_cause()))?;
    let outbound = Arc::new(outbound);
    let cache = Cache::new(args.data.join("cache"));
    let load = |(id, spec): (&String, &ComponentSpec)| Component::load(id, spec, values, Arc::clone(&outbound), &engine, &cache);
    // Side by side, because the first start compiles all of them.
    let loaded: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = manifest
            .components
            .iter()
            .map(|component| scope.spawn(move || load(component)))
            .collect();
        threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    let mut components = BTreeMap::new();
    for component in loaded {
        let component = component.map_err(|_panic| anyhow::anyhow!("the compiler panicked; its own message is above"))??;
        components.insert(component.id.to_string(), Arc::new(component));
    }
    if args.app.components.is_empty() {
        cache.remove_unused();
    }
    let routes = manifest.routes.iter().filter_map(|route| {
        components
            .get(&route.component)
            .map(|component| (route.pattern.clone(), Arc::clone(component)))
    });
    Ok(App::new(
        (manifest.name.clone(), manifest.version.clone()),
        routes,
        limits,
        concurrency,
    ))
}

//! `spindle sidecar`: the embedded sidecar alone, for an application that runs elsewhere.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use crate::embedded::Embedded;
use crate::ready::{self, Ready};
use crate::secrets::{Origin, Secrets};
use crate::{cli, data, log, secrets, secrets_cmd, up};

/// The app id that the components know each other by when they run as one application.
const APP_ID: &str = "spindle";

/// Runs until a signal to stop.
pub(crate) async fn sidecar(args: cli::SidecarArgs) -> anyhow::Result<()> {
    let started = Instant::now();
    let listener = up::listen(args.listen, "--listen").await?;
    let address = listener.local_addr()?;
    let url = up::local_url(address);
    let (secrets, origin) = Secrets::load_or_make(&args.data)?;
    data::open(&args.data)?;
    let embedded = Embedded::open(spindle_sidecar::Options {
        app_id: APP_ID.to_owned(),
        data_file: Some(args.data.join(up::DATABASE)),
        resources: up::resources(&args.resources, Path::new(".")),
        secrets: BTreeMap::from([(secrets::SIGNING_KEY.to_owned(), secrets.signing_secret())]),
        api_token: Some(secrets.dapr_api_token.clone()),
        app_token: Some(secrets.app_api_token.clone()),
        app_max_concurrency: 16,
    })?;
    if matches!(origin, Origin::New) {
        secrets.save(&args.data)?;
    }
    let environment = args
        .data
        .join(secrets_cmd::write_spin_environment(&args.data, &url, &secrets)?);

    embedded.connect_url(&args.app);
    let served = embedded.clone();
    let serving = tokio::spawn(async move { served.serve(listener).await });
    let stop = ready::stop_signal()?;
    ready::announce(&Ready {
        url: None,
        sidecar: format!("http://{address}"),
        dapr_url: url,
        data: args.data.display().to_string(),
        millis: started.elapsed().as_millis(),
    })?;
    log::info(&format!(
        "variables for the application are in {}; start it with: set -a; . {}; spin up",
        environment.display(),
        environment.display()
    ));
    stop.await;
    embedded.shutdown().await;
    serving.abort();
    log::info("stopped");
    Ok(())
}

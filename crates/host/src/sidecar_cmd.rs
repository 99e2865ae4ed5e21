//! `spindle sidecar`: the embedded sidecar alone, for an application that runs elsewhere.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;

use crate::embedded::Embedded;
use crate::ready::{self, Ready};
use crate::secrets::{Origin, Secrets};
use crate::{cli, data, log, secrets, up};

/// The app id that the components know each other by when they run as one application.
const APP_ID: &str = "spindle";
/// The variables for the application, as a shell and a dotenv file read them.
const ENVIRONMENT: &str = "spin.env";

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
    let environment = args.data.join(ENVIRONMENT);
    data::write_private(&environment, spin_environment(&url, &secrets).as_bytes())
        .with_context(|| format!("{} cannot be written", environment.display()))?;

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

fn spin_environment(dapr_url: &str, secrets: &Secrets) -> String {
    let mut text = "# Written by `spindle sidecar` at every start. Holds secrets.\n".to_owned();
    for (name, value) in [
        ("DAPR_URL", dapr_url),
        ("DAPR_API_TOKEN", &secrets.dapr_api_token),
        ("APP_API_TOKEN", &secrets.app_api_token),
        ("JWT_PUBLIC_KEYS", &secrets.public_keys()),
    ] {
        // Single quotes keep JSON as it is; none of the values can hold one. Writing to a String cannot fail.
        let _ok = writeln!(text, "SPIN_VARIABLE_{name}='{value}'");
    }
    text
}

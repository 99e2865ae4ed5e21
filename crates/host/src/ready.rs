//! What both serving commands do once they serve: say so, and wait for the signal to stop.

use std::io::Write as _;

use crate::log::{self, Format};

/// What is being served.
#[derive(Debug)]
pub(crate) struct Ready {
    /// The application's URL, when it is served here.
    pub(crate) url: Option<String>,
    /// Where the sidecar listens.
    pub(crate) sidecar: String,
    /// The same under the name that components call it by.
    pub(crate) dapr_url: String,
    pub(crate) data: String,
    /// From start to now.
    pub(crate) millis: u128,
}

/// Prints one line on standard output.
pub(crate) fn announce(ready: &Ready) -> std::io::Result<()> {
    let Ready {
        url,
        sidecar,
        dapr_url,
        data,
        millis,
    } = ready;
    let line = match (log::format(), url) {
        (Format::Json, _) => {
            let ready = serde_json::json!({
                "event": "ready", "url": url, "sidecar": sidecar, "dapr_url": dapr_url, "data": data, "millis": millis,
            });
            ready.to_string()
        }
        (Format::Text, Some(url)) => format!("Spindle is ready: {url} (sidecar {sidecar}, data in {data}, {millis} ms)"),
        (Format::Text, None) => format!("The sidecar is ready: {sidecar} (data in {data}, {millis} ms)"),
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Done at the first SIGTERM or SIGINT; from then on a second one ends the process at once.
pub(crate) fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    #[cfg(unix)]
    let mut interrupt = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        #[cfg(not(unix))]
        let _stop_all_the_same = tokio::signal::ctrl_c().await;
        log::info("stopping");
        #[cfg(unix)]
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            crate::quit();
        });
    })
}

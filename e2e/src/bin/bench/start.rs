//! From the start of the process to the first answer, components compiled before.

use std::time::Instant;

use spindle_e2e::{
    api::Client,
    app::{App, Settings},
    stats,
};

use crate::{Options, report::Report};

pub(crate) fn measure(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let mut app = App::start(Settings::roomy())?;
    let cold = app.start_took().as_secs_f64();
    let mut seconds = Vec::new();
    for _ in 0..options.runs {
        app.stop()?;
        let begun = Instant::now();
        app.restart()?;
        Client::new(app.address()).call("GET", "/health").try_send()?;
        seconds.push(begun.elapsed().as_secs_f64());
    }
    let median = stats::median(&seconds);
    let reached = format!("{median:.2} s ({cold:.1} s when nothing is compiled yet)");
    report.line(
        "from start to first answer, components compiled before",
        "≤ 0.5 s",
        reached,
        Some(median <= 0.5),
    );
    Ok(())
}

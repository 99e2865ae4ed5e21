//! Beside real Dapr, Kafka and PostgreSQL, compared with the embedded sidecar in a process of its own.

use spindle_e2e::{
    app::{App, Settings},
    load::{Run, Script},
    lone::LoneSidecar,
    process::{set_apart, set_free},
    stack::{Topology, daemon::free_port},
};

use crate::{
    Options, audit,
    report::{Report, words},
    requests::{LIST, creating, getting},
    scene::{READERS, Scene, WRITERS},
};

/// How far the app's own processor time may be from that beside the embedded sidecar.
const TOLERANCE: f64 = 0.2;

pub(crate) fn measure(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let embedded = {
        let port = free_port()?;
        let sidecar = LoneSidecar::start(port)?;
        let settings = Settings::roomy().port(port).argument("--sidecar").argument(sidecar.url());
        let scene = Scene::set_on(options, App::start_on(settings, sidecar.data())?)?;
        set_apart(scene.app.pid())?;
        let embedded = runs(&scene)?;
        set_free()?;
        embedded
    };
    let scene = Scene::set_on(options, App::start_beside_dapr(Settings::roomy(), Topology::OneApp)?)?;
    let dapr = runs(&scene)?;
    let (p50, p99) = audit::latencies(&scene)?;
    let reached = format!("p50 {p50:.1} ms, p99 {p99:.1} ms");
    report.line(
        "from answer to audit entry over Kafka",
        "p50 ≤ 60 ms",
        reached,
        Some(p50 <= 60.0),
    );
    for (index, (name, run)) in dapr.iter().enumerate() {
        let (reach, met) = if index == dapr.len() - 1 {
            ("≥ 150/s", Some(run.rate >= 150.0))
        } else {
            ("", None)
        };
        report.line(name, reach, words(run), met);
    }
    set_apart(scene.app.pid())?;
    for ((name, before), (_, now)) in embedded.iter().zip(&runs(&scene)?) {
        let ratio = now.server_cpu_ms / before.server_cpu_ms;
        report.line(
            &format!("the app's own time, on a processor of its own: {name}"),
            "within 20 % of that beside the embedded sidecar",
            format!(
                "{:.2} ms CPU; {:.2} ms beside `spindle sidecar` ({:+.0} %)",
                now.server_cpu_ms,
                before.server_cpu_ms,
                (ratio - 1.0) * 100.0
            ),
            Some((ratio - 1.0).abs() <= TOLERANCE),
        );
    }
    Ok(())
}

/// What is compared; creating last.
fn runs(scene: &Scene<'_>) -> anyhow::Result<Vec<(&'static str, Run)>> {
    let list = scene.reading(READERS, &[LIST.to_owned()]);
    let create: Vec<Script> = (0..WRITERS).map(|writer| creating(scene, writer)).collect();
    Ok(vec![
        ("GET one task, 8 clients", scene.runs(&getting(scene), 200)?),
        ("list of 50, 8 clients", scene.runs(&list, 200)?),
        ("create, 16 clients, a person each", scene.runs(&create, 201)?),
    ])
}

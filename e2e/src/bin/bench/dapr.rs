//! Beside real Dapr, Kafka and PostgreSQL, compared with the embedded sidecar in a process of its own.

use spindle_e2e::{
    app::{App, Settings},
    load::{Run, Script},
    lone::LoneSidecar,
    process::{set_apart, set_free},
    stack::{Topology, daemon::free_port, tools},
};

use crate::{
    Options, audit,
    report::{Report, words},
    requests::{LIST, creating, getting},
    scene::{READERS, Scene, WRITERS},
};

/// How far the app's own processor time may be from that beside the embedded sidecar.
const TOLERANCE: f64 = 0.2;

/// What is compared; creating last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Load {
    Get,
    List,
    Create,
}

const LOADS: [Load; 3] = [Load::Get, Load::List, Load::Create];

impl Load {
    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET one task, 8 clients",
            Self::List => "list of 50, 8 clients",
            Self::Create => "create, 16 clients, a person each",
        }
    }

    /// Requests a second at which the app's own time is compared, well within what both hold: a process that is always busy is woken less
    /// often for each request than one that waits for its neighbours.
    fn rate(self) -> u32 {
        match self {
            Self::Get => 400,
            Self::List => 80,
            Self::Create => 60,
        }
    }

    fn run(self, scene: &Scene<'_>, rate: Option<u32>) -> anyhow::Result<Run> {
        match self {
            Self::Get => scene.runs_at(rate, &getting(scene), 200),
            Self::List => scene.runs_at(rate, &scene.reading(READERS, &[LIST.to_owned()]), 200),
            Self::Create => {
                let scripts: Vec<Script> = (0..WRITERS).map(|writer| creating(scene, writer)).collect();
                scene.runs_at(rate, &scripts, 201)
            }
        }
    }
}

pub(crate) fn measure(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    // Before anything is measured: whether there is what is needed later.
    tools()?;
    let embedded = {
        let port = free_port()?;
        let sidecar = LoneSidecar::start(port)?;
        let settings = Settings::roomy().port(port).argument("--sidecar").argument(sidecar.url());
        let scene = Scene::set_on(options, App::start_on(settings, sidecar.data())?)?;
        let embedded = own_times(&scene)?;
        set_free()?;
        embedded
    };
    let scene = Scene::set_on(options, App::start_beside_dapr(Settings::roomy(), Topology::OneApp)?)?;
    let dapr = LOADS.map(|load| load.run(&scene, None));
    let (p50, p99) = audit::latencies(&scene)?;
    let reached = format!("p50 {p50:.1} ms, p99 {p99:.1} ms");
    report.line(
        "from answer to audit entry over Kafka",
        "p50 ≤ 60 ms",
        reached,
        Some(p50 <= 60.0),
    );
    for (load, run) in LOADS.into_iter().zip(dapr) {
        let run = run?;
        let (reach, met) = match load {
            Load::Create => ("≥ 150/s", Some(run.rate >= 150.0)),
            Load::Get | Load::List => ("", None),
        };
        report.line(load.name(), reach, words(&run), met);
    }
    for ((load, before), (_, now)) in embedded.into_iter().zip(own_times(&scene)?) {
        let ratio = now / before;
        report.line(
            &format!(
                "the app's own time, on a processor of its own: {}, {}/s",
                load.name(),
                load.rate()
            ),
            "within 20 % of that beside the embedded sidecar",
            format!(
                "{now:.2} ms CPU; {before:.2} ms beside `spindle sidecar` ({:+.0} %)",
                (ratio - 1.0) * 100.0
            ),
            Some((ratio - 1.0).abs() <= TOLERANCE),
        );
    }
    Ok(())
}

/// The app's processor time a request in milliseconds, on a processor of its own.
fn own_times(scene: &Scene<'_>) -> anyhow::Result<Vec<(Load, f64)>> {
    set_apart(scene.app.pid())?;
    let own_time = |load: Load| anyhow::Ok((load, load.run(scene, Some(load.rate()))?.server_cpu_ms));
    LOADS.into_iter().map(own_time).collect()
}

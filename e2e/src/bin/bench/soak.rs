//! Memory under mixed load.

use std::time::{Duration, Instant};

use spindle_e2e::{
    load::{self, Pace},
    process, stats,
};

use crate::{
    report::Report,
    requests::{LIST, SEARCHES},
    scene::Scene,
};

/// How often memory is read, in seconds.
const STEP: u64 = 5;

pub(crate) fn measure(scene: &Scene<'_>, report: &mut Report) -> anyhow::Result<()> {
    let mut targets: Vec<String> = scene
        .reader_tasks
        .iter()
        .step_by(50)
        .map(|task| format!("/api/tasks/{task}"))
        .collect();
    targets.push(LIST.to_owned());
    targets.extend(SEARCHES.map(str::to_owned));
    let mut scripts = scene.reading(8, &targets);
    for (person, tasks) in scene.writers.iter().zip(&scene.writer_tasks).take(8) {
        scripts.push(scene.completing(person, tasks));
    }
    let (begun, length) = (Instant::now(), Duration::from_secs(scene.options.soak));
    let mut memory = Vec::new();
    while begun.elapsed() < length {
        load::run(
            scene.app.pid(),
            scene.app.address(),
            &scripts,
            Pace::full(Duration::from_secs(STEP)),
            200,
        )?;
        memory.push(process::resident_mib(scene.app.pid())?);
    }
    // Growth: the middle of the last third against that of the second.
    let third = memory.len() / 3;
    let middle = |from: usize, to: usize| stats::median(memory.get(from..to).unwrap_or_default());
    let growth = middle(2 * third, memory.len()) - middle(third, 2 * third);
    let most = memory.iter().copied().fold(0.0, f64::max);
    let reached = format!(
        "at most {most:.0} MiB, {growth:+.1} MiB from the second third to the last, over {} s of mixed load",
        scene.options.soak
    );
    report.line(
        "memory of the process under load",
        "≤ 200 MB, not growing",
        reached,
        Some(most * 1.048_576 <= 200.0 && growth <= 5.0),
    );
    Ok(())
}

//! Reading and writing.

use serde_json::json;
use spindle_e2e::load::{Run, Script};

use crate::{
    report::{Report, words},
    scene::{READERS, Scene, WRITERS},
};

/// A page of 50 of the tasks, two filters, sorted by due date.
pub(crate) const LIST: &str = "/api/tasks?status=pending&priority=high,medium&sort_by=due_date&sort_order=asc&page_size=50";
/// Words that few, some and many tasks hold.
pub(crate) const SEARCHES: [&str; 4] = [
    "/api/tasks/search?q=label",
    "/api/tasks/search?q=fix",
    "/api/tasks/search?q=kanban%20view",
    "/api/tasks/search?q=migration",
];

/// GETs of single tasks by the readers.
pub(crate) fn getting(scene: &Scene<'_>) -> Vec<Script> {
    let tasks = scene.reader_tasks.iter().step_by(7);
    let targets: Vec<String> = tasks.map(|task| format!("/api/tasks/{task}")).collect();
    scene.reading(READERS, &targets)
}

/// Creates by the writer of this number.
pub(crate) fn creating(scene: &Scene<'_>, writer: usize) -> Script {
    let body = json!({
        "title": "Write down what was measured, and on which machine", "tags": ["bench", "docs"], "priority": "medium",
        "due_date": "2031-05-06T09:30:00+02:00",
    });
    let person = scene.writers.get(writer);
    person
        .map(|person| scene.request(person, "POST", "/api/tasks", &body))
        .into_iter()
        .collect()
}

pub(crate) fn measure(scene: &Scene<'_>, report: &mut Report) -> anyhow::Result<()> {
    let wants = |name: &str| scene.options.wants(name);
    if wants("get") {
        let run = scene.runs(&getting(scene), 200)?;
        let met = run.rate >= 3_000.0 && run.server_cpu_ms <= 0.6;
        report.line("GET one task, 8 clients", "≥ 3,000/s, ≤ 0.6 ms CPU", words(&run), Some(met));
    }
    if wants("list") {
        let targets = [LIST.to_owned()];
        let run = scene.runs(&scene.reading(READERS, &targets), 200)?;
        let met = run.rate >= 800.0 && run.server_cpu_ms <= 2.0;
        report.line(
            "list: 50 of 1,980, two filters, by due date, 8 clients",
            "≥ 800/s, ≤ 2 ms CPU",
            words(&run),
            Some(met),
        );
        let run = scene.runs(&scene.reading(1, &targets), 200)?;
        report.line("the same, one client", "p50 ≤ 3 ms", words(&run), Some(run.p50_ms <= 3.0));
    }
    if wants("search") {
        let targets = SEARCHES.map(str::to_owned);
        let run = scene.runs(&scene.reading(READERS, &targets), 200)?;
        report.line("search in 1,980, 8 clients", "≥ 600/s", words(&run), Some(run.rate >= 600.0));
        let run = scene.runs(&scene.reading(1, &targets), 200)?;
        report.line("the same, one client", "p50 ≤ 4 ms", words(&run), Some(run.p50_ms <= 4.0));
    }
    if wants("create") {
        let scripts: Vec<Script> = (0..WRITERS).map(|writer| creating(scene, writer)).collect();
        let run = scene.runs(&scripts, 201)?;
        report.line(
            "create, 16 clients, a person each",
            "≥ 600/s, p99 ≤ 80 ms",
            words(&run),
            Some(fast_enough(&run) && run.p99_ms <= 80.0),
        );
        let run = scene.runs(&vec![creating(scene, 0); WRITERS], 201)?;
        report.line("create, 16 clients, all one person", "", words(&run), None);
    }
    if wants("complete") {
        let people = scene.writers.iter().zip(&scene.writer_tasks);
        let scripts: Vec<Script> = people.map(|(person, tasks)| scene.completing(person, tasks)).collect();
        let run = scene.runs(&scripts, 200)?;
        report.line(
            "complete (and reopen), 16 clients, a person each",
            "≥ 600/s",
            words(&run),
            Some(fast_enough(&run)),
        );
    }
    Ok(())
}

fn fast_enough(run: &Run) -> bool {
    run.rate >= 600.0
}

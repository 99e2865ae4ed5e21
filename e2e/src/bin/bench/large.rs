//! One person with very many tasks.

use std::time::{Duration, Instant};

use spindle_e2e::{
    app::{App, Settings},
    dataset::{self, Sample},
    load::{self, Pace, Script},
    person::Person,
    process,
};

use crate::{
    Options,
    report::{Report, medians, words},
    requests::{LIST, SEARCHES},
};

const CLIENTS: usize = 8;
/// Changes of one person wait for each other: more clients than these do not create faster.
const CREATING_CLIENTS: usize = 4;

pub(crate) fn measure(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let app = App::start(Settings::roomy())?;
    let client = app.client();
    let person = Person::register(&client);
    let samples = dataset::read(&dataset::default_path())?;
    let many: Vec<Sample> = samples.iter().cycle().take(options.large).cloned().collect();
    let begun = Instant::now();
    // In parts, because an access token is good for 15 minutes.
    for (number, part) in many.chunks(20_000).enumerate() {
        let person = Person::log_in(&client, &person.email);
        load::create_all(
            app.address(),
            &person.token,
            part,
            CREATING_CLIENTS,
            &format!("part-{number}"),
        )?;
    }
    let rate = f64::from(u32::try_from(options.large)?) / begun.elapsed().as_secs_f64();
    report.line(
        &format!("create until one person has {}", options.large),
        "",
        format!("{rate:.0}/s on average, one client"),
        None,
    );
    let person = Person::log_in(&client, &person.email);
    for (what, targets) in [("list", vec![LIST]), ("search", SEARCHES.to_vec())] {
        let script: Script = targets
            .iter()
            .map(|target| load::request(app.address(), &person.token, "GET", target, None))
            .collect();
        for clients in [1, CLIENTS] {
            let scripts = vec![script.clone(); clients];
            let length = Duration::from_secs(options.seconds);
            let runs = (0..options.runs).map(|_| load::run(app.pid(), app.address(), &scripts, Pace::full(length), 200));
            let run = medians(&runs.collect::<anyhow::Result<Vec<_>>>()?);
            let name = format!("{what} in {} tasks of one person, {clients} client(s)", options.large);
            report.line(&name, "measured; plan for p99 ≤ 50 ms", words(&run), None);
        }
    }
    let memory = process::resident_mib(app.pid())?;
    report.line("memory of the process then", "", format!("{memory:.0} MiB"), None);
    Ok(())
}

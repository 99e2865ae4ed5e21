//! A running Spindle with somebody who has the 1,980 sample tasks, and sixteen people who write.

use std::time::Duration;

use serde_json::{Value, json};
use spindle_e2e::{
    app::{App, Settings},
    dataset,
    load::{self, Pace, Run, Script},
    person::Person,
};

use crate::{Options, report};

/// People, and clients, who write at the same time.
pub(crate) const WRITERS: usize = 16;
/// Clients who read at the same time.
pub(crate) const READERS: usize = 8;
/// Tasks that each writer has to complete.
const TASKS_A_WRITER: usize = 50;

/// What is measured on.
pub(crate) struct Scene<'a> {
    pub(crate) options: &'a Options,
    pub(crate) app: App,
    /// Has the sample tasks; nobody changes them.
    pub(crate) reader: Person,
    pub(crate) reader_tasks: Vec<String>,
    pub(crate) writers: Vec<Person>,
    pub(crate) writer_tasks: Vec<Vec<String>>,
}

impl<'a> Scene<'a> {
    /// On the embedded sidecar.
    pub(crate) fn set(options: &'a Options) -> anyhow::Result<Self> {
        Self::set_on(options, App::start_embedded(Settings::roomy())?)
    }

    /// On an instance that runs.
    pub(crate) fn set_on(options: &'a Options, app: App) -> anyhow::Result<Self> {
        let client = app.client();
        let samples = dataset::read(&dataset::default_path())?;
        let reader = Person::register(&client);
        let reader_tasks = load::create_all(app.address(), &reader.token, &samples, 2, "sample")?;
        let writers: Vec<Person> = (0..WRITERS).map(|_| Person::register(&client)).collect();
        let few = samples.get(..TASKS_A_WRITER).unwrap_or(&samples);
        let open: Vec<_> = few
            .iter()
            .cloned()
            .map(|sample| dataset::Sample {
                completed: false,
                ..sample
            })
            .collect();
        let writer_tasks = writers
            .iter()
            .map(|writer| load::create_all(app.address(), &writer.token, &open, 2, "sample"))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self {
            options,
            app,
            reader,
            reader_tasks,
            writers,
            writer_tasks,
        })
    }

    /// A script of GETs by the reader that begins somewhere else for each client.
    pub(crate) fn reading(&self, clients: usize, targets: &[String]) -> Vec<Script> {
        let all: Script = targets
            .iter()
            .map(|target| load::request(self.app.address(), &self.reader.token, "GET", target, None))
            .collect();
        (0..clients)
            .map(|client| {
                let mut script = all.clone();
                script.rotate_left(client * targets.len() / clients);
                script
            })
            .collect()
    }

    /// One request of a writer.
    pub(crate) fn request(&self, person: &Person, method: &str, target: &str, body: &Value) -> Vec<u8> {
        load::request(self.app.address(), &person.token, method, target, Some(body))
    }

    /// Completes and reopens its tasks in turn.
    pub(crate) fn completing(&self, person: &Person, tasks: &[String]) -> Script {
        let change = |completed: bool| {
            let body = json!({"completed": completed});
            tasks
                .iter()
                .map(move |task| self.request(person, "PATCH", &format!("/api/tasks/{task}"), &body))
                .collect::<Vec<_>>()
        };
        [change(true), change(false)].concat()
    }

    /// A short run to warm up, then as many as asked for; their medians.
    pub(crate) fn runs(&self, scripts: &[Script], expected: u16) -> anyhow::Result<Run> {
        self.runs_at(None, scripts, expected)
    }

    /// The same with so many requests a second.
    pub(crate) fn runs_at(&self, rate: Option<u32>, scripts: &[Script], expected: u16) -> anyhow::Result<Run> {
        let once = |length| {
            let pace = Pace { length, rate };
            load::run(self.app.pid(), self.app.address(), scripts, pace, expected)
        };
        once(Duration::from_millis(500))?;
        let runs = (0..self.options.runs)
            .map(|_| once(Duration::from_secs(self.options.seconds)))
            .collect::<anyhow::Result<Vec<_>>>()?;
        Ok(report::medians(&runs))
    }
}

//! The files of `dapr/local` on real daprd: SQLite and the in-memory broker. The embedded sidecar, which reads the same files, runs all
//! the other tests; here it is shown that Dapr takes them as they are.

use chrono::TimeDelta;
use serde_json::json;
use spindle_e2e::{
    app::{App, Settings, run_to_end, workspace},
    person::Person,
    sidecar::{app_api_token, dapr_api_token},
    stack::{
        daprd::{self, Options, Ports},
        scheduler::scheduler,
        tools,
    },
};
use tempfile::TempDir;

use crate::{
    recurrence::complete,
    reminders::{at, rung},
};

crate::tests![a_day_on_real_dapr_with_the_local_files];

fn a_day_on_real_dapr_with_the_local_files() {
    let (tools, folder) = (tools().unwrap(), TempDir::with_prefix("spindle-local-").unwrap());
    let data = folder.path().join(".spindle");
    let (code, _, errors) = run_to_end(&["secrets", "--data", &data.to_string_lossy()]).unwrap();
    assert_eq!(code, Some(0), "{errors}");
    let ports = Ports::free().unwrap();
    let settings = Settings::roomy()
        .port(ports.app)
        .argument("--sidecar")
        .argument(&format!("http://127.0.0.1:{}", ports.http));
    let app = App::start_on(settings, &data).unwrap();
    let mut scheduler = scheduler(&tools.join("scheduler"), folder.path()).unwrap();
    scheduler.start().unwrap();
    let options = Options {
        app_id: "spindle",
        ports,
        resources: vec![workspace().join("dapr/local")],
        config: workspace().join("dapr/config.yaml"),
        scheduler: Some(scheduler.address()),
        tokens: (dapr_api_token(&data).unwrap(), app_api_token(&data).unwrap()),
    };
    let mut daprd = daprd::daprd(&tools.join("daprd"), folder.path(), &options).unwrap();
    daprd::supervise(&mut daprd, daprd::is_ready).unwrap();
    assert!(data.join("dapr-state.db").exists(), "the state store is the SQLite file");

    let person = Person::register(&app.client());
    let rent = person.create(&json!({"title": "Rent", "due_date": "2031-01-31", "recurrence_pattern": "monthly"}));
    let next = complete(&person, &rent);
    assert_eq!(next["due_date"], "2031-02-28");
    let call = person.create(&json!({"title": "Call", "reminder_at": at(TimeDelta::seconds(3))}));
    assert_eq!(rung(&person, 1)[0]["task_id"], call["id"]);
    // Two of the first, one of its successor, one of the other and its ringing.
    assert_eq!(person.audit(5).len(), 5);
    let ready = app.client().call("GET", "/health/ready").send().ok(200);
    assert_eq!(ready["dead_letters"], 0);
}

//! Starting and stopping.

use std::fs;
use std::process::Command;

use serde_json::json;
use spindle_e2e::{
    app::{App, Settings, run_to_end},
    audit::check_chain,
    person::Person,
};

use crate::shared;

crate::tests![
    what_was_done_survives_a_stop,
    a_copy_of_the_data_folder_is_a_backup,
    keys_survive_and_are_private,
    a_port_in_use_is_one_line,
    a_missing_component_is_one_line
];

fn what_was_done_survives_a_stop() {
    let (mut app, client) = shared::start(Settings::roomy());
    let person = Person::register(&client);
    let task = person.create_titled("Still here");
    assert_eq!(app.stop().unwrap(), Some(0), "SIGTERM ends with exit code 0");
    app.restart().unwrap();
    let client = app.client();
    // The token is still good: the keys are kept with the data.
    let person = person.at(&client);
    assert_eq!(person.get(format!("/api/tasks/{task}")).ok(200)["title"], "Still here");
    assert_eq!(person.audit(1).len(), 1);
    let _ = person
        .patch(format!("/api/tasks/{task}"), &json!({"title": "And on"}))
        .expect(200);
    assert_eq!(Person::log_in(&client, &person.email).id, person.id);
}

fn a_copy_of_the_data_folder_is_a_backup() {
    let mut app = App::start_embedded(Settings::roomy()).unwrap();
    let person = Person::register(&app.client());
    let task = person.create_titled("In the backup");
    assert_eq!(person.audit(1).len(), 1);
    app.stop().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copied = Command::new("cp")
        .arg("-a")
        .arg(app.data())
        .arg(folder.path().join("copy"))
        .status();
    assert!(copied.unwrap().success());
    app.restart().unwrap();
    person
        .at(&app.client())
        .delete(format!("/api/tasks/{task}"))
        .expect(204)
        .bytes();

    let restored = App::start_on(Settings::roomy(), &folder.path().join("copy")).unwrap();
    // Nobody is signed out: the keys are in the copy too.
    let person = person.at(&restored.client());
    assert_eq!(person.get(format!("/api/tasks/{task}")).ok(200)["title"], "In the backup");
    let _ = person
        .patch(format!("/api/tasks/{task}"), &json!({"title": "Goes on"}))
        .expect(200);
    let entries = person.audit(2);
    assert_eq!(entries[1]["version"], 2);
    check_chain(&entries).unwrap();
}

fn keys_survive_and_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: std::path::PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let (folder, secrets) = shared::with_app(|app| (mode(app.data().to_owned()), mode(app.data().join("secrets.json"))));
    assert_eq!((folder & 0o077, secrets), (0, 0o600));
}

fn a_port_in_use_is_one_line() {
    let address = shared::client().address().to_string();
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("new");
    let (code, _, errors) = run_to_end(&[
        "up",
        "--listen",
        &address,
        "--sidecar-listen",
        "127.0.0.1:0",
        "--data",
        &folder.to_string_lossy(),
    ])
    .unwrap();
    assert_eq!(code, Some(1), "{errors}");
    assert!(errors.contains(&address) && errors.lines().count() == 1, "{errors}");
    assert!(!folder.exists(), "nothing is changed on disk");
}

fn a_missing_component_is_one_line() {
    let data = tempfile::tempdir().unwrap();
    let (manifest, folder) = (data.path().join("spin.toml"), data.path().join("new"));
    fs::write(
        &manifest,
        "spin_manifest_version = 2\n[application]\nname = \"x\"\nversion = \"0.1.0\"\n\
         [[trigger.http]]\nroute = \"/...\"\ncomponent = \"x\"\n[component.x]\nsource = \"missing.wasm\"\n",
    )
    .unwrap();
    let arguments = [
        "up",
        "-f",
        &manifest.to_string_lossy(),
        "--data",
        &folder.to_string_lossy(),
        "--listen",
        "127.0.0.1:0",
        "--sidecar-listen",
        "127.0.0.1:0",
    ];
    let (code, _, errors) = run_to_end(&arguments).unwrap();
    assert_eq!(code, Some(1), "{errors}");
    assert!(errors.contains("missing.wasm") && errors.lines().count() == 1, "{errors}");
    assert!(!folder.exists(), "nothing is changed on disk");
}

//! kill -9: this binary starts itself as a writer, kills it in the middle, and looks for everything that it was told.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};

use serde_json::json;
use spindle_sidecar::Sidecar;

use crate::support::{Folder, get, notebook, options, post};

const FILE: &str = "SPINDLE_DURABILITY_FILE";

/// The child: writes for ever, and tells each number once it was answered. Does nothing in a normal run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writer_for_the_kill() {
    let Ok(file) = std::env::var(FILE) else { return };
    let sidecar = Sidecar::open(options(file.as_ref())).unwrap();
    for n in 0_u64.. {
        let document = json!({"operations": [{"operation": "upsert", "request": {"key": format!("k{n}"), "value": n}}]});
        assert_eq!(
            post(&sidecar, "/v1.0/state/statestore/transaction", &document).await.status(),
            204
        );
        assert_eq!(
            post(&sidecar, "/v1.0/publish/pubsub/t?metadata.partitionKey=a", &json!({"n": n}))
                .await
                .status(),
            204
        );
        let mut out = std::io::stderr();
        writeln!(out, "answered {n}").unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_before_a_kill_is_there() {
    let folder = Folder::new();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child::writer_for_the_kill", "--nocapture"])
        .env(FILE, folder.data_file())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answered = 0;
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    for line in lines.by_ref() {
        if let Some(n) = line.unwrap().strip_prefix("answered ") {
            answered = n.parse().unwrap();
            if answered >= 50 {
                break;
            }
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for line in lines.map_while(Result::ok) {
        if let Some(n) = line.strip_prefix("answered ").and_then(|n| n.parse().ok()) {
            answered = n;
        }
    }
    assert!(answered >= 50, "the child ended early");

    let app = notebook();
    let sidecar = Sidecar::open(options(&folder.data_file())).unwrap();
    for n in 0..=answered {
        assert_eq!(
            get(&sidecar, &format!("/v1.0/state/statestore/k{n}")).await.body().as_ref(),
            n.to_string().as_bytes()
        );
    }
    sidecar.connect_app(std::sync::Arc::<crate::support::Notebook>::clone(&app));
    let expected: Vec<_> = (0..=answered).collect();
    app.wait(|app| app.numbers().len() >= expected.len()).await;
    assert_eq!(&app.numbers()[..expected.len()], expected);
}

//! A running `spindle up` with components that misbehave (`fixtures/`): what the client gets, what the log says, and that it stops.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic, in its helpers too"
)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A running application, and its folder, which goes with it.
struct Running {
    folder: PathBuf,
    child: Child,
    ready: Value,
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn problem(&self) -> Value {
        assert!(self.head.contains("content-type: application/problem+json"), "{}", self.head);
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Running {
    fn start(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("spindle-limits-{name}-{}", std::process::id()));
        let _absent = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let mut manifest = vec![
            "spin_manifest_version = 2\n[application]\nname = \"limits\"\n[variables]\ndapr_api_token = { default = \"\" }"
                .to_owned(),
        ];
        for component in ["loop", "trap", "grow", "silent"] {
            let wasm = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{component}.wasm"));
            fs::copy(wasm, folder.join(format!("{component}.wasm"))).unwrap();
            manifest.push(format!(
                "[[trigger.http]]\nroute = \"/{component}/...\"\ncomponent = \"{component}\""
            ));
            manifest.push(format!("[component.{component}]\nsource = \"{component}.wasm\""));
        }
        fs::write(folder.join("spin.toml"), manifest.join("\n")).unwrap();
        let (child, ready) = launch(&folder);
        Self { folder, child, ready }
    }

    fn send(&self, member: &str, request: &str) -> Answer {
        let address = self.ready[member].as_str().unwrap().strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer {
            status,
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    fn get(&self, path: &str) -> Answer {
        self.send(
            "url",
            &format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nx-request-id: r-1\r\nconnection: close\r\n\r\n"),
        )
    }

    /// SIGTERM; then everything that the process logged.
    fn stop(&mut self) -> String {
        let sent = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {log}");
        log
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
        let _gone = fs::remove_dir_all(&self.folder);
    }
}

fn launch(folder: &Path) -> (Child, Value) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_spindle"))
        .args([
            "up",
            "--listen",
            "127.0.0.1:0",
            "--sidecar-listen",
            "127.0.0.1:0",
            "--log-format",
            "json",
        ])
        .args(["--request-seconds", "1", "--request-memory", "4"])
        .current_dir(folder)
        .env_remove("SPINDLE_DATA")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready = serde_json::from_str(&line).unwrap();
    (child, ready)
}

#[test]
fn a_component_that_fails_is_a_problem_for_one_request_alone() {
    let mut app = Running::start("problems");
    for (path, status, code) in [
        ("/trap", 500, "component_failed"),
        ("/grow", 500, "memory_limit"),
        ("/silent", 500, "component_failed"),
        ("/loop", 504, "time_limit"),
        ("/nowhere", 404, "not_found"),
        ("/.well-known/spin/other", 404, "not_found"),
    ] {
        let answer = app.get(path);
        let problem = answer.problem();
        assert_eq!((answer.status, problem["code"].as_str()), (status, Some(code)), "{path}");
        assert_eq!(problem["request_id"], "r-1", "{path}");
        assert_eq!(problem["errors"], serde_json::json!([]), "{path}");
    }
    assert_eq!(app.get("/.well-known/spin/health").body, "OK");
    let log = app.stop();
    for component in ["trap", "grow", "silent", "loop"] {
        let lines: Vec<Value> = log
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .filter(|line| line["component"] == component)
            .collect();
        assert_eq!(lines.len(), 1, "one line for {component}: {log}");
        assert_eq!(
            (&lines[0]["level"], &lines[0]["request_id"]),
            (&"error".into(), &"r-1".into())
        );
    }
}

#[test]
fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let app = Running::start("body");
    let request = "POST /trap HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4194305\r\n\r\n";
    let answer = app.send("url", request);
    assert_eq!(
        (answer.status, answer.problem()["code"].as_str()),
        (413, Some("body_too_large"))
    );
}

#[test]
fn the_embedded_sidecar_serves_too_and_demands_its_token() {
    let app = Running::start("sidecar");
    let get = |path: &str| {
        app.send(
            "sidecar",
            &format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"),
        )
    };
    // Without /outbound it waits until the application has been asked for its subscriptions.
    assert_eq!(get("/v1.0/healthz/outbound").status, 204);
    assert_eq!(get("/v1.0/state/statestore/x").status, 401);
}

#[test]
fn a_second_start_keeps_keys_and_compiled_code() {
    let mut app = Running::start("restart");
    let kept = |app: &Running| {
        let data = app.folder.join(".spindle");
        let mut cache: Vec<_> = fs::read_dir(data.join("cache"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        cache.sort();
        let made: Vec<_> = cache
            .iter()
            .map(|path| fs::metadata(path).unwrap().modified().unwrap())
            .collect();
        (fs::read(data.join("secrets.json")).unwrap(), cache, made)
    };
    let before = kept(&app);
    assert_eq!(before.1.len(), 8, "four components, each with its checksum");
    app.stop();
    (app.child, app.ready) = launch(&app.folder);
    assert_eq!(kept(&app), before);
    assert_eq!(app.get("/trap").status, 500);
}

//! What `spindle` says when it cannot start: one line on standard error that names the remedy, exit code 1, nothing changed on disk.
#![expect(clippy::unwrap_used, reason = "a test may panic, in its helpers too")]

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The smallest component there is. It answers nothing, but it is a component.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

const MANIFEST: &str = r#"
spin_manifest_version = 2
[application]
name = "scratch"
[[trigger.http]]
route = "/..."
component = "web"
[component.web]
source = "web.wasm"
[component.web.build]
command = "exit 3"
"#;

/// A folder with an application, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("spindle-errors-{name}-{}", std::process::id()));
        let _absent = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("spin.toml"), MANIFEST).unwrap();
        fs::write(path.join("web.wasm"), COMPONENT).unwrap();
        Self(path)
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_spindle"))
            .args(args)
            .current_dir(&self.0)
            .env_remove("SPINDLE_DATA")
            .output()
            .unwrap()
    }

    /// Runs `spindle up` on free ports, which must fail with one line that holds all of `parts`.
    fn fails(&self, args: &[&str], parts: &[&str]) {
        let free = ["up", "--listen", "127.0.0.1:0", "--sidecar-listen", "127.0.0.1:0"];
        let free = if args.contains(&"--listen") || args.contains(&"--sidecar-listen") {
            &free[..1]
        } else {
            &free[..]
        };
        self.fails_exactly(&[free, args].concat(), parts);
    }

    fn fails_exactly(&self, args: &[&str], parts: &[&str]) {
        let files = self.files();
        let output = self.run(args);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{text}");
        // The sidecar may have told what it serves before it fails.
        let (line, before_it) = text
            .lines()
            .collect::<Vec<_>>()
            .split_last()
            .map(|(last, rest)| (*last, rest.join("\n")))
            .unwrap();
        assert!(line.starts_with("error: "), "{text}");
        assert!(!before_it.contains("error"), "one line: {text}");
        for part in parts {
            assert!(line.contains(part), "`{part}` is not in: {line}");
        }
        assert!(output.stdout.is_empty());
        assert_eq!(self.files(), files, "nothing is changed on disk");
    }

    /// Every file with its content.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        fn walk(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    files.push((path.clone(), Vec::new()));
                    walk(&path, files);
                } else {
                    files.push((path.clone(), fs::read(&path).unwrap()));
                }
            }
        }
        let mut files = Vec::new();
        walk(&self.0, &mut files);
        files.sort();
        files
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_malformed_manifest_is_named_with_its_line() {
    let scratch = Scratch::new("manifest");
    fs::write(scratch.0.join("spin.toml"), MANIFEST.replace("source", "sorce")).unwrap();
    scratch.fails(&[], &["spin.toml:9:1", "unknown field `sorce`"]);
    fs::write(scratch.0.join("spin.toml"), MANIFEST.replace("\"scratch\"", "\"scratch")).unwrap();
    scratch.fails(&[], &["spin.toml:4:"]);
}

#[test]
fn a_missing_manifest_is_named() {
    let scratch = Scratch::new("no-manifest");
    scratch.fails(&["-f", "other.toml"], &["other.toml", "--from"]);
}

#[test]
fn a_missing_wasm_file_says_how_to_build_it() {
    let scratch = Scratch::new("wasm");
    fs::remove_file(scratch.0.join("web.wasm")).unwrap();
    scratch.fails(&[], &["component `web`", "web.wasm is missing", "make build"]);
}

#[test]
fn a_port_in_use_is_named_with_its_option() {
    let scratch = Scratch::new("port");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    scratch.fails(
        &["--listen", &address, "--sidecar-listen", "127.0.0.1:0"],
        &[&address, "in use", "--listen"],
    );
    scratch.fails(
        &["--listen", "127.0.0.1:0", "--sidecar-listen", &address],
        &[&address, "in use", "--sidecar-listen"],
    );
    scratch.fails_exactly(&["sidecar", "--listen", &address], &[&address, "in use", "--listen"]);
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let scratch = Scratch::new("data");
    // A file in its place, because a test may run as root, whom no permission stops.
    fs::write(scratch.0.join("taken"), "").unwrap();
    scratch.fails(
        &["--data", "taken/data"],
        &["data folder taken/data is not writable", "--data"],
    );
    scratch.fails_exactly(
        &["sidecar", "--listen", "127.0.0.1:0", "--data", "taken/data"],
        &["data folder taken/data is not writable", "--data"],
    );
}

#[test]
fn a_damaged_database_is_named_and_kept() {
    let scratch = Scratch::new("database");
    let data = scratch.0.join(".spindle");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("spindle.db.lock"), "").unwrap();
    fs::write(data.join("spindle.db"), "this is no database at all ".repeat(1000)).unwrap();
    scratch.fails(&[], &["spindle.db"]);
    scratch.fails_exactly(&["sidecar", "--listen", "127.0.0.1:0"], &["spindle.db"]);
}

#[test]
fn damaged_secrets_are_named_and_kept() {
    let scratch = Scratch::new("secrets");
    fs::create_dir(scratch.0.join(".spindle")).unwrap();
    fs::write(scratch.0.join(".spindle/secrets.json"), "{}").unwrap();
    scratch.fails(&[], &["secrets.json is damaged"]);
}

#[test]
fn variables_and_components_are_checked() {
    let scratch = Scratch::new("variables");
    scratch.fails(&["--variable", "nope=1"], &["nope", "does not declare"]);
    scratch.fails(&["--component", "api"], &["--component api is not in the manifest", "web"]);
    let required = format!("{MANIFEST}\n[variables]\ntoken = {{ required = true }}\n");
    fs::write(scratch.0.join("spin.toml"), required).unwrap();
    scratch.fails(&[], &["variable `token` is required", "SPIN_VARIABLE_TOKEN"]);
}

#[test]
fn a_build_that_fails_is_named() {
    let scratch = Scratch::new("build");
    scratch.fails_exactly(&["build"], &["component `web`", "`exit 3` failed"]);
    scratch.fails(&["--build"], &["component `web`", "`exit 3` failed"]);
}

#[test]
fn help_names_every_command_and_option() {
    let scratch = Scratch::new("help");
    let help = |args: &[&str]| String::from_utf8(scratch.run(args).stdout).unwrap();
    for command in ["up", "sidecar", "build"] {
        assert!(help(&["--help"]).contains(command));
    }
    for option in [
        "--from",
        "--listen",
        "--data",
        "--sidecar",
        "--component",
        "--variable",
        "--log-format",
        "--resources",
    ] {
        assert!(help(&["up", "--help"]).contains(option), "{option}");
    }
}

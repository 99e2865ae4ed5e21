//! Runs the program in front of a fake daprd and looks at what that is given.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const GOOD: [(&str, &str); 9] = [
    ("DAPR_API_TOKEN", "api-token-1"),
    ("APP_API_TOKEN", "app-token-2"),
    (
        "DAPR_TRUST_ANCHORS",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    ),
    ("DAPR_CONTROLPLANE_NAMESPACE", "dapr-system"),
    ("DAPR_CONTROLPLANE_TRUST_DOMAIN", "cluster.local"),
    ("NAMESPACE", "todo-app"),
    ("POD_NAME", "task-api-0"),
    ("KUBERNETES_SERVICE_HOST", "kubernetes.default.svc.cluster.local"),
    ("EMPTY_IS_FINE_WHERE_NOTHING_NEEDS_IT", ""),
];

/// Laid out as the kubelet lays out a projected volume: links through `..data` into a folder with the date.
fn projected(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let dated = folder.path().join("..2026_11_26_14_00_00.1");
    fs::create_dir(&dated).unwrap();
    symlink("..2026_11_26_14_00_00.1", folder.path().join("..data")).unwrap();
    for (name, value) in files {
        fs::write(dated.join(name), value).unwrap();
        symlink(format!("..data/{name}"), folder.path().join(name)).unwrap();
    }
    folder
}

fn good() -> Vec<(&'static str, &'static [u8])> {
    GOOD.iter().map(|(name, value)| (*name, value.as_bytes())).collect()
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dapr-env"))
        .arg(folder)
        .arg(program)
        .args(arguments)
        .env("AWS_SECRET_ACCESS_KEY", "of the host")
        .env("DAPR_API_TOKEN", "of the host")
        .output()
        .unwrap()
}

/// What `files` leads to when it must not start daprd: the line it ends with.
fn refused(files: &[(&str, &[u8])]) -> String {
    let folder = projected(files);
    let output = run(folder.path(), "/usr/bin/env", &[]);
    assert_eq!(output.status.code(), Some(78), "{output:?}");
    assert!(output.stdout.is_empty(), "daprd was started: {output:?}");
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(line.lines().count(), 1, "{line}");
    for (_, value) in GOOD {
        assert!(value.is_empty() || !line.contains(value), "a value is printed: {line}");
    }
    line.replace(folder.path().to_str().unwrap(), "FOLDER")
}

fn changed(name: &str, value: Option<&'static [u8]>) -> String {
    let mut files = good();
    files.retain(|(known, _)| *known != name);
    let owned = name.to_owned();
    if let Some(value) = value {
        files.push((&owned, value));
    }
    refused(&files)
}

#[test]
fn daprd_sees_exactly_what_is_mounted() {
    let folder = projected(&good());
    let output = run(folder.path(), "/usr/bin/env", &["-0"]);
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let seen: BTreeMap<&str, &str> = text
        .split_terminator('\0')
        .map(|variable| variable.split_once('=').unwrap())
        .collect();
    assert_eq!(seen, BTreeMap::from(GOOD));
}

#[test]
fn daprd_is_given_its_arguments_and_takes_the_place_of_the_entry() {
    let folder = projected(&good());
    let daprd = folder.path().join("..daprd");
    fs::write(&daprd, "#!/bin/sh\nprintf '%s\\n' \"$$\" \"$@\"\nexit 7\n").unwrap();
    fs::set_permissions(&daprd, fs::Permissions::from_mode(0o755)).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_dapr-env"))
        .arg(folder.path())
        .arg(&daprd)
        .args(["--app-id", "task-api", "--app-port=80", "a b"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let pid = child.id();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(7));
    let expected = format!("{pid}\n--app-id\ntask-api\n--app-port=80\na b\n");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        expected,
        "same process, so signals reach daprd"
    );
}

#[test]
fn a_missing_mount_ends_it() {
    let output = run(Path::new("/nowhere/dapr-env"), "/usr/bin/env", &[]);
    assert_eq!(output.status.code(), Some(78));
    assert!(output.stdout.is_empty());
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        line,
        "dapr-env: /nowhere/dapr-env is not there; mount the projected volume there (annotation dapr.io/volume-mounts)\n"
    );
    assert!(refused(&[]).contains("FOLDER/DAPR_API_TOKEN is missing"));
}

#[test]
fn each_required_variable_is_missed_when_absent_and_when_empty() {
    for (name, _) in &GOOD[..7] {
        assert!(changed(name, None).contains(&format!("FOLDER/{name} is missing")));
        assert!(changed(name, Some(b"")).contains(&format!("FOLDER/{name} is empty")));
    }
}

#[test]
fn a_token_that_no_header_carries_ends_it() {
    for name in ["DAPR_API_TOKEN", "APP_API_TOKEN"] {
        for token in [&b"token\n"[..], b" ", b"to ken", b"t\xc3\xb6ken"] {
            assert!(changed(name, Some(token)).contains(&format!("FOLDER/{name} holds white space")));
        }
    }
}

#[test]
fn what_is_no_variable_ends_it() {
    let line = changed("1ST", Some(b"x"));
    assert!(line.contains("FOLDER/1ST is no name of a variable"), "{line}");
    assert!(changed("A-B", Some(b"x")).contains("is no name of a variable"));
    assert!(changed("BINARY", Some(b"\xff\xfe")).contains("FOLDER/BINARY is no text"));
    assert!(changed("NUL", Some(b"a\0b")).contains("FOLDER/NUL is no text"));
    assert!(changed("LONG", Some(Box::leak(vec![b'x'; 96 * 1024 + 1].into_boxed_slice()))).contains("FOLDER/LONG is longer"));
}

#[test]
fn wrong_calls_are_told() {
    let output = Command::new(env!("CARGO_BIN_EXE_dapr-env")).arg("/etc").output().unwrap();
    assert_eq!(output.status.code(), Some(64));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("usage: dapr-env FOLDER PROGRAM")
    );
    let folder = projected(&good());
    let output = run(folder.path(), "/nowhere/daprd", &[]);
    assert_eq!(output.status.code(), Some(126));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("/nowhere/daprd cannot be started")
    );
}

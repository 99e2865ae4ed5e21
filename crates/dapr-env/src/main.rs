//! `dapr-env FOLDER PROGRAM [ARGUMENT…]`: becomes PROGRAM with an environment that is read from FOLDER and from nowhere else.
//!
//! It is the entry of the sidecar image. In a pod of the class `wasmtime-spin-v2` a Linux container gets the environment of the
//! shim instead of the one its pod names, so daprd would run without its tokens, open to anyone who reaches it. Here each file of a
//! mounted folder is one variable: its name, and its contents as the value.
//!
//! * Fails closed: a missing folder, a missing or empty variable of [`environment::REQUIRED`], or a token that no header can carry
//!   ends it with a line that says what to mount. daprd is then not started at all.
//! * Nothing of the environment it was started with is passed on.
//! * Values are never printed.
#![forbid(unsafe_code)]

mod environment;

use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};

/// `EX_USAGE` of sysexits.h: called without a folder and a program.
const USAGE: u8 = 64;
/// `EX_CONFIG` of sysexits.h: what is mounted cannot be used.
const CONFIG: u8 = 78;
/// As a shell says it: the program cannot be started.
const NOT_STARTED: u8 = 126;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), Some(program)) = (arguments.next(), arguments.next()) else {
        return end(USAGE, "usage: dapr-env FOLDER PROGRAM [ARGUMENT...]");
    };
    let variables = match environment::read(Path::new(&folder)) {
        Ok(variables) => variables,
        Err(error) => return end(CONFIG, &error.to_string()),
    };
    let arguments: Vec<OsString> = arguments.collect();
    // Returns only when it fails.
    let error = Command::new(&program).args(arguments).env_clear().envs(variables).exec();
    end(NOT_STARTED, &format!("{} cannot be started: {error}", program.display()))
}

fn end(code: u8, message: &str) -> ExitCode {
    // There is nobody left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "dapr-env: {message}");
    ExitCode::from(code)
}

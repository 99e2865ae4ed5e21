//! Fills a running Spindle with sample tasks: registers a person and creates the tasks through the REST API.
#![forbid(unsafe_code)]
#![expect(
    clippy::indexing_slicing,
    reason = "what is indexed is a serde_json::Value: null for what is not there"
)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]

use std::fmt::Write as _;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::Parser;
use serde_json::{Value, json};
use spindle_e2e::{
    dataset,
    http::{self, Connection},
    load,
};

/// Fills a running Spindle with sample tasks.
#[derive(Debug, Parser)]
struct Demo {
    /// Where Spindle runs.
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    url: String,
    /// A file with one JSON object a line: title, tags, priority and due date [default: 1,980 tasks kept with the sources].
    #[arg(long)]
    data: Option<PathBuf>,
    /// Connections at the same time.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=64))]
    connections: u8,
}

fn main() -> ExitCode {
    match fill(&Demo::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn fill(demo: &Demo) -> anyhow::Result<()> {
    let samples = dataset::read(&demo.data.clone().unwrap_or_else(dataset::default_path))?;
    let address = resolve(&demo.url)?;
    let (email, password) = (format!("demo-{}@example.org", random_hex(4)?), random_hex(8)?);
    let token = register(address, &demo.url, &email, &password)?;
    println!("Registered {email} with the password {password}");
    let begun = Instant::now();
    load::create_all(
        address,
        &token,
        &samples,
        usize::from(demo.connections),
        &format!("demo-{}", random_hex(4)?),
    )?;
    println!("Created {} tasks in {:.1} s", samples.len(), begun.elapsed().as_secs_f64());
    println!(
        "Now try: curl -H 'Authorization: Bearer {token}' '{}/api/tasks/search?q=label'",
        demo.url.trim_end_matches('/')
    );
    Ok(())
}

fn resolve(url: &str) -> anyhow::Result<SocketAddr> {
    let Some(authority) = url.strip_prefix("http://").map(|rest| rest.trim_end_matches('/')) else {
        bail!("--url {url}: give it as http://host:port");
    };
    let with_port = if authority.rsplit(']').next().is_some_and(|end| end.contains(':')) {
        authority.to_owned()
    } else {
        format!("{authority}:80")
    };
    let mut addresses = with_port.to_socket_addrs().with_context(|| format!("--url {url}"))?;
    addresses.next().with_context(|| format!("--url {url}: no such host"))
}

fn register(address: SocketAddr, url: &str, email: &str, password: &str) -> anyhow::Result<String> {
    let mut connection =
        Connection::open(address).with_context(|| format!("nothing answers at {url}; start it with `make up`"))?;
    let body = json!({"email": email, "password": password, "name": "Demo"}).to_string();
    let headers = [("Content-Type".to_owned(), "application/json".to_owned())];
    let request = http::render(
        "POST",
        "/api/auth/register",
        &address.to_string(),
        &headers,
        Some(body.as_bytes()),
    );
    let answer = load::send_patiently(&mut connection, address, &request)?;
    if answer.status != 201 {
        bail!("registering was refused: {} {}", answer.status, answer.text());
    }
    let session: Value = serde_json::from_slice(&answer.body)?;
    Ok(session["access_token"]
        .as_str()
        .context("no access token in the answer")?
        .to_owned())
}

fn random_hex(bytes: usize) -> anyhow::Result<String> {
    let mut random = vec![0_u8; bytes];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    Ok(random.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::log::Format;

/// Runs a Spin application and a Dapr-compatible sidecar in one process, with nothing else to install.
///
/// Reads the same spin.toml that `spin up` reads. Everything is kept in one folder (--data): state, events, keys, compiled code.
#[derive(Debug, Parser)]
#[command(name = "spindle", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the application, with the embedded sidecar or another one.
    ///
    /// Prints one line with the URL on standard output once requests are answered; everything else goes to standard error.
    /// SIGTERM or Ctrl-C stops it: requests being served, and the work after them, get ten seconds to finish.
    Up(Up),
    /// Serve the embedded sidecar alone, for an application that runs elsewhere, such as under `spin up`.
    ///
    /// Writes <data>/spin.env with the variables that the application needs: `set -a; . .spindle/spin.env; spin up`.
    Sidecar(SidecarArgs),
    /// Make the keys and tokens for an application and a real Dapr sidecar, both run elsewhere.
    ///
    /// Writes <data>/spin.env (variables of the application), <data>/dapr.env (tokens of the sidecar) and <data>/dapr-secrets.json (what
    /// the component `secretstore` reads; entries that are in it already stay). What exists is kept. Nothing secret is printed.
    Secrets(SecretsArgs),
    /// List and replay the events that a handler has refused for good.
    #[command(subcommand)]
    DeadLetters(DeadLetters),
    /// Run the build commands of the components.
    Build(Build),
}

#[derive(Debug, Args)]
pub(crate) struct App {
    /// The application's manifest.
    #[arg(short = 'f', long = "from", value_name = "FILE", default_value = "spin.toml")]
    pub(crate) from: PathBuf,
    /// Only this component; may be given several times [default: all].
    #[arg(short = 'c', long = "component", value_name = "ID")]
    pub(crate) components: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Up {
    #[command(flatten)]
    pub(crate) app: App,
    /// Address to serve the application on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    pub(crate) listen: SocketAddr,
    /// Folder for everything that is kept; made when it is not there.
    #[arg(long, value_name = "FOLDER", default_value = ".spindle", env = "SPINDLE_DATA")]
    pub(crate) data: PathBuf,
    /// URL of a sidecar that runs elsewhere; the embedded one is not started.
    #[arg(long, value_name = "URL", conflicts_with_all = ["sidecar_listen", "resources"])]
    pub(crate) sidecar: Option<String>,
    /// Address that the embedded sidecar also serves on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3500")]
    pub(crate) sidecar_listen: SocketAddr,
    /// Folder with Dapr resources for the embedded sidecar; may be given several times [default: dapr/local, if it exists].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) resources: Vec<PathBuf>,
    /// Value of an application variable; goes before `SPIN_VARIABLE_<NAME>` and `.env`.
    #[arg(long = "variable", value_name = "NAME=VALUE")]
    pub(crate) variables: Vec<String>,
    /// Build the components first.
    #[arg(long)]
    pub(crate) build: bool,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    /// How log lines on standard error are written.
    #[arg(long, value_name = "FORMAT", default_value = "text", env = "SPINDLE_LOG_FORMAT")]
    pub(crate) log_format: Format,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    /// Seconds that one request may take, with its work after the answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) request_seconds: u64,
    /// MiB of memory that one request may use.
    #[arg(long, value_name = "MIB", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..=4095))]
    pub(crate) request_memory: u32,
    /// Requests that run at once; more wait their turn.
    #[arg(long, value_name = "COUNT", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) max_requests: u16,
}

#[derive(Debug, Args)]
pub(crate) struct SidecarArgs {
    /// Address to serve the Dapr API on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3500")]
    pub(crate) listen: SocketAddr,
    /// URL of the application.
    #[arg(long = "app", value_name = "URL", default_value = "http://127.0.0.1:3000")]
    pub(crate) app: String,
    /// Folder for everything that is kept; made when it is not there.
    #[arg(long, value_name = "FOLDER", default_value = ".spindle", env = "SPINDLE_DATA")]
    pub(crate) data: PathBuf,
    /// Folder with Dapr resources; may be given several times [default: dapr/local, if it exists].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) resources: Vec<PathBuf>,
    /// How log lines on standard error are written.
    #[arg(long, value_name = "FORMAT", default_value = "text", env = "SPINDLE_LOG_FORMAT")]
    pub(crate) log_format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct SecretsArgs {
    /// Folder for the files; made when it is not there.
    #[arg(long, value_name = "FOLDER", default_value = ".spindle", env = "SPINDLE_DATA")]
    pub(crate) data: PathBuf,
    /// URL of the sidecar, as the components will call it.
    #[arg(long, value_name = "URL", default_value = "http://localhost:3500")]
    pub(crate) sidecar: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DeadLetters {
    /// Print one line for each: number, when it was refused, topic, type, subject, id.
    List(DeadLettersArgs),
    /// Publish them again on the topic they came from, then forget them. Handlers drop what they have taken meanwhile.
    Replay(Replay),
}

#[derive(Debug, Args)]
pub(crate) struct DeadLettersArgs {
    /// URL of the sidecar.
    #[arg(long, value_name = "URL", default_value = "http://localhost:3500")]
    pub(crate) sidecar: String,
    /// The sidecar's token [default: the one in <data>/secrets.json].
    #[arg(long, value_name = "TOKEN", env = "DAPR_API_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// Dapr app id of task-api [`spindle` where all components are one app].
    #[arg(long, value_name = "ID", default_value = "spindle")]
    pub(crate) app_id: String,
    /// Folder with the keys.
    #[arg(long, value_name = "FOLDER", default_value = ".spindle", env = "SPINDLE_DATA")]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Numbers, as `list` prints them.
    #[arg(value_name = "NUMBER", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) numbers: Vec<u64>,
    /// All there are.
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) from: DeadLettersArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    #[command(flatten)]
    pub(crate) app: App,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}

//! The manifest as written, field by field what Spin 3.6 knows (`crates/manifest/src/schema/v2.rs` there).

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) spin_manifest_version: Spanned<i64>,
    pub(super) application: Application,
    #[serde(default)]
    pub(super) variables: BTreeMap<Spanned<String>, Variable>,
    #[serde(default)]
    pub(super) trigger: Triggers,
    #[serde(default)]
    pub(super) component: BTreeMap<Spanned<String>, Component>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "read only so that a wrong type is found; the host has no use for the values"
)]
pub(super) struct Application {
    pub(super) name: String,
    #[serde(default)]
    pub(super) version: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    authors: Vec<String>,
    #[serde(default)]
    targets: Vec<toml::Value>,
    #[serde(default)]
    trigger: BTreeMap<String, toml::Table>,
    #[serde(default)]
    tool: BTreeMap<String, toml::Table>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "`secret` and `description` are for readers of the file: this host logs no variable at all"
)]
pub(super) struct Variable {
    pub(super) default: Option<String>,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    secret: bool,
    description: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Triggers {
    #[serde(default)]
    pub(super) http: Vec<HttpTrigger>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "`id` and `executor` change nothing here: the HTTP executor is the only one"
)]
pub(super) struct HttpTrigger {
    #[serde(default)]
    id: String,
    pub(super) component: Spanned<String>,
    pub(super) route: Spanned<Route>,
    executor: Option<Executor>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields, expecting = "expected a path or { private = true }")]
pub(super) enum Route {
    Path(String),
    Private { private: bool },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read only so that the unsupported wagi executor is refused")]
pub(super) struct Executor {
    r#type: ExecutorType,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ExecutorType {
    Http,
    Spin,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "`description` and `tool` are for readers and tools")]
pub(super) struct Component {
    pub(super) source: Spanned<Source>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    pub(super) variables: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    pub(super) environment: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) files: Vec<Spanned<Files>>,
    #[serde(default)]
    exclude_files: Vec<String>,
    #[serde(default)]
    allowed_http_hosts: Vec<String>,
    #[serde(default)]
    pub(super) allowed_outbound_hosts: Vec<Spanned<String>>,
    #[serde(default)]
    key_value_stores: Vec<String>,
    #[serde(default)]
    sqlite_databases: Vec<String>,
    #[serde(default)]
    ai_models: Vec<String>,
    pub(super) build: Option<Build>,
    #[serde(default)]
    tool: BTreeMap<String, toml::Table>,
    #[serde(default)]
    dependencies_inherit_configuration: bool,
    #[serde(default)]
    dependencies: BTreeMap<String, toml::Value>,
}

impl Component {
    /// The first key in use that Spin honours and this host does not.
    pub(super) fn beyond_this_host(&self) -> Option<&'static str> {
        [
            ("exclude_files", self.exclude_files.is_empty()),
            ("allowed_http_hosts", self.allowed_http_hosts.is_empty()),
            ("key_value_stores", self.key_value_stores.is_empty()),
            ("sqlite_databases", self.sqlite_databases.is_empty()),
            ("ai_models", self.ai_models.is_empty()),
            ("dependencies", self.dependencies.is_empty()),
            ("dependencies_inherit_configuration", !self.dependencies_inherit_configuration),
        ]
        .into_iter()
        .find_map(|(key, unused)| (!unused).then_some(key))
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected the path of a .wasm file")]
pub(super) enum Source {
    Local(String),
    Remote(#[expect(dead_code, reason = "refused")] toml::Table),
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "expected { source = \"...\", destination = \"...\" }"
)]
pub(super) enum Files {
    Glob(String),
    Mount { source: String, destination: String },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "`watch` is for `spin watch`")]
pub(super) struct Build {
    pub(super) command: Commands,
    pub(super) workdir: Option<String>,
    #[serde(default)]
    watch: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a command or a list of commands")]
pub(super) enum Commands {
    One(String),
    Many(Vec<String>),
}

use std::path::Path;

use super::{Manifest, ManifestError};

const GOOD: &str = r#"
#:schema https://schemas.spinframework.dev/spin/manifest-v2/latest.json
spin_manifest_version = 2

[application]
name = "app"
version = "1.0.0"

[application.tool.anything]
x = 1

[variables]
dapr_url = { default = "http://localhost:3500" }
token = { required = true, secret = true }

[[trigger.http]]
route = "/api/..."
component = "task-api"

[[trigger.http]]
route = { private = true }
component = "web"

[component.task-api]
source = "target/task_api.wasm"
allowed_outbound_hosts = ["{{ dapr_url }}", "https://example.com"]
environment = { A = "b" }
files = [{ source = "assets", destination = "/" }]

[component.task-api.variables]
url = "{{ dapr_url }}/v1.0"

[component.task-api.build]
command = "cargo build"
workdir = "sub"
watch = ["src/**/*.rs"]

[component.web]
source = "web.wasm"
[component.web.build]
command = ["a", "b"]
"#;

fn parse(text: &str) -> Result<Manifest, ManifestError> {
    Manifest::parse(text, "spin.toml", Path::new("/app"))
}

/// The error's line when `from` is replaced by `to` in the good manifest.
fn broken(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    let error = parse(&GOOD.replacen(from, to, 1)).expect_err(to);
    let line = error.to_string();
    assert!(!line.contains('\n'), "{line}");
    line
}

#[test]
fn a_manifest_of_spin_is_read_whole() {
    let manifest = parse(GOOD).unwrap();
    assert_eq!((manifest.name.as_str(), manifest.version.as_str()), ("app", "1.0.0"));
    let api = &manifest.components["task-api"];
    assert_eq!(api.source, Path::new("/app/target/task_api.wasm"));
    assert_eq!(api.mounts[0].source, Path::new("/app/assets"));
    assert_eq!(api.environment, [("A".to_owned(), "b".to_owned())]);
    assert_eq!(api.variables["url"].names().collect::<Vec<_>>(), ["dapr_url"]);
    assert_eq!(api.allowed_outbound_hosts.len(), 2);
    assert_eq!(api.build.as_ref().unwrap().workdir, Path::new("/app/sub"));
    assert_eq!(manifest.components["web"].build.as_ref().unwrap().commands, ["a", "b"]);
    assert_eq!(manifest.routes.len(), 1, "a private route answers nothing");
    assert_eq!(manifest.variables["token"].default, None);
}

#[test]
fn unknown_keys_are_refused_with_line_and_remedy() {
    let line = broken("version = \"1.0.0\"", "verson = \"1.0.0\"");
    assert!(line.starts_with("spin.toml:7:1: unknown field `verson`"), "{line}");
    assert!(line.contains("Spin refuses it too"), "{line}");
    for (from, to) in [
        ("source = \"web.wasm\"", "source = \"web.wasm\"\nsorce = 1"),
        (
            "[component.web.build]",
            "[component.web.profile.x]\nsource = \"y\"\n[component.web.build]",
        ),
        ("route = \"/api/...\"", "route = \"/api/...\"\nmethods = [\"GET\"]"),
        ("secret = true }", "secret = true, x = 1 }"),
        ("[[trigger.http]]", "[[trigger.redis]]\nchannel = \"x\"\n[[trigger.http]]"),
        ("private = true", "private = true, more = 1"),
    ] {
        broken(from, to);
    }
}

#[test]
fn names_follow_spins_rules() {
    let line = broken("token = {", "Token = {");
    assert!(line.starts_with("spin.toml:14:1: variable name `Token`"), "{line}");
    broken("token = {", "my-token = {");
    broken("[component.web]", "[component.web_ui]");
    broken("[component.web]", "[component.web-2x]");
    broken("url = \"{{", "Url = \"{{");
}

#[test]
fn a_variable_is_required_or_has_a_default() {
    assert!(broken("required = true, secret", "secret").contains("neither"));
    assert!(broken("required = true,", "required = true, default = \"x\",").contains("keep one"));
}

#[test]
fn a_route_given_twice_is_refused() {
    let line = broken("route = { private = true }", "route = \"/api/...\"");
    assert!(
        line.starts_with("spin.toml:21:9: `/api/...` is already routed to component `task-api`"),
        "{line}"
    );
}

#[test]
fn routes_must_be_possible() {
    assert!(broken("\"/api/...\"", "\"api\"").contains("does not begin with /"));
    assert!(broken("\"/api/...\"", "\"/.well-known/spin/health\"").contains("reserved"));
    assert!(broken("private = true", "private = false").contains("private = false"));
    assert!(broken("component = \"web\"", "component = \"wep\"").contains("`wep`, which is not declared"));
}

#[test]
fn templates_name_declared_variables() {
    assert!(broken("url = \"{{ dapr_url }}", "url = \"{{ dapr_uri }}").contains("`dapr_uri`"));
    assert!(broken("[\"{{ dapr_url }}\"", "[\"{{ dapr_uri }}\"").contains("`dapr_uri`"));
    assert!(broken("url = \"{{ dapr_url }}", "url = \"{{ dapr_url").contains("without `}}`"));
}

#[test]
fn allowed_hosts_have_a_scheme_and_no_path() {
    assert!(broken("https://example.com", "example.com").contains("no scheme"));
    assert!(broken("https://example.com", "https://example.com/x").contains("a path"));
}

#[test]
fn what_this_host_cannot_do_is_refused_not_ignored() {
    let line = broken(
        "source = \"web.wasm\"",
        "source = \"web.wasm\"\nkey_value_stores = [\"default\"]",
    );
    assert!(line.contains("`key_value_stores`"), "{line}");
    assert!(broken("source = \"web.wasm\"", "source = { url = \"https://x\", digest = \"y\" }").contains("local file"));
    assert!(broken("{ source = \"assets\", destination = \"/\" }", "\"assets/*\"").contains("pattern"));
    broken("component = \"web\"", "component = \"web\"\nexecutor = { type = \"wagi\" }");
}

#[test]
fn broken_toml_is_one_line_with_its_place() {
    let line = broken("name = \"app\"", "name = \"app");
    assert!(line.starts_with("spin.toml:6:"), "{line}");
    assert!(broken("spin_manifest_version = 2", "spin_manifest_version = 1").contains("version 2"));
    assert!(parse("").expect_err("empty").to_string().contains("missing field"));
}

#[test]
fn the_manifest_of_this_repository_is_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let manifest = Manifest::load(&root.join("spin.toml")).unwrap();
    assert_eq!(manifest.name, "spindle");
    assert!(manifest.components["web"].variables.is_empty());
    assert!(manifest.components["web"].allowed_outbound_hosts.is_empty());
}

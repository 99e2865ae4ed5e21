//! Keeps the direction of dependencies (docs/architecture.md, "Code map").

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Each package of the workspace and what of the workspace it may use.
const ALLOWED: &[(&str, &[&str])] = &[
    ("spindle-domain", &[]),
    ("spindle-contract", &["spindle-domain"]),
    ("spindle-dapr", &["spindle-contract"]),
    ("spindle-store", &["spindle-dapr", "spindle-contract", "spindle-domain"]),
    ("spindle-web-kit", &["spindle-dapr", "spindle-contract", "spindle-domain"]),
    ("spindle-entry", &["spindle-web-kit", "spindle-dapr", "spindle-contract"]),
    (
        "task-api",
        &[
            "spindle-entry",
            "spindle-store",
            "spindle-web-kit",
            "spindle-dapr",
            "spindle-contract",
            "spindle-domain",
        ],
    ),
    (
        "audit-handler",
        &[
            "spindle-entry",
            "spindle-store",
            "spindle-web-kit",
            "spindle-dapr",
            "spindle-contract",
            "spindle-domain",
        ],
    ),
    (
        "reminder-handler",
        &[
            "spindle-entry",
            "spindle-store",
            "spindle-web-kit",
            "spindle-dapr",
            "spindle-contract",
        ],
    ),
    (
        "recurrence-handler",
        &["spindle-entry", "spindle-store", "spindle-web-kit", "spindle-contract"],
    ),
    ("web", &["spindle-entry", "spindle-contract"]),
    (
        "spindle-sim",
        &[
            "task-api",
            "audit-handler",
            "reminder-handler",
            "recurrence-handler",
            "spindle-store",
            "spindle-web-kit",
            "spindle-dapr",
            "spindle-contract",
            "spindle-domain",
            "spindle-sidecar",
        ],
    ),
    ("quick-wasm", &["spindle-contract", "spindle-domain"]),
    ("quick-bindgen", &[]),
    ("spindle-sidecar", &[]),
    ("spindle-dapr-env", &[]),
    ("spindle", &["spindle-sidecar"]),
    ("spindle-e2e", &["spindle-contract", "quick-wasm"]),
];

/// Crates of others that only some packages may name.
const RESTRICTED: &[(&str, &[&str])] = &[
    (
        "spin-sdk",
        &[
            "spindle-entry",
            "task-api",
            "audit-handler",
            "reminder-handler",
            "recurrence-handler",
            "web",
        ],
    ),
    ("wasm-bindgen", &["quick-wasm"]),
    ("wasm-bindgen-cli-support", &["quick-bindgen"]),
    ("wasmtime", &["spindle"]),
    ("wasmtime-wasi", &["spindle"]),
    ("wasmtime-wasi-http", &["spindle"]),
    ("rusqlite", &["spindle-sidecar"]),
];

#[test]
fn dependencies_point_one_way() {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let members: BTreeSet<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let Some(allowed) = allowed.get(name) else {
            wrong.push(format!("{name} is new: say in this test what it may use"));
            continue;
        };
        for dependency in package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
        {
            if members.contains(dependency.name.as_str()) && !allowed.contains(&dependency.name.as_str()) {
                wrong.push(format!("{name} may not use {}", dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_their_owners_name_the_sdk_the_engine_and_the_database() {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    for package in &metadata.packages {
        for dependency in &package.dependencies {
            let Some((_, owners)) = RESTRICTED.iter().find(|(name, _)| *name == dependency.name) else {
                continue;
            };
            assert!(
                owners.contains(&package.name.as_str()),
                "{} may not name {}",
                package.name,
                dependency.name
            );
            if dependency.name == "spin-sdk" {
                let target = dependency.target.as_ref().map(ToString::to_string).unwrap_or_default();
                assert!(
                    target.contains("wasm"),
                    "{} names spin-sdk for the native target",
                    package.name
                );
            }
        }
    }
}

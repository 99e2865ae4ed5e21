//! Every route of the table reaches its component through spin.toml.

use std::{fs, path::Path};

use spindle_contract::routes::ROUTES;
use toml::{Table, Value};

/// Spin's rule: an exact route goes before a wildcard, and of wildcards the longest.
fn component_of<'a>(triggers: &'a [(String, String)], path: &str) -> Option<&'a str> {
    let fits = |route: &str| match route.strip_suffix("/...") {
        Some(prefix) => path == prefix || path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/')),
        None => route == path,
    };
    let best = triggers
        .iter()
        .filter(|(route, _)| fits(route))
        .max_by_key(|(route, _)| (!route.ends_with("/..."), route.len()));
    best.map(|(_, component)| component.as_str())
}

#[test]
fn every_route_is_led_to_its_component() {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../spin.toml"));
    let manifest: Table = fs::read_to_string(path).unwrap().parse().unwrap();
    let text = |trigger: &Value, key: &str| trigger[key].as_str().unwrap().to_owned();
    let triggers: Vec<(String, String)> = manifest["trigger"]["http"]
        .as_array()
        .unwrap()
        .iter()
        .map(|trigger| (text(trigger, "route"), text(trigger, "component")))
        .collect();
    for route in ROUTES {
        let path = route.path.replace("{id}", "0198f3a0-0000-7000-8000-000000000000");
        assert_eq!(
            component_of(&triggers, &path),
            Some(route.component),
            "{} {}",
            route.method,
            route.path
        );
    }
}

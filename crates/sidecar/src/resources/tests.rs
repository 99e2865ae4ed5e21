use super::*;

/// A folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("spindle-resources-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&path).unwrap();
        for (name, text) in files {
            std::fs::write(path.join(name), text).unwrap();
        }
        Self(path)
    }

    fn load(&self) -> Result<Resources, ResourceError> {
        Resources::load(
            std::slice::from_ref(&self.0),
            "spindle",
            &BTreeMap::from([("a".into(), Value::from("b"))]),
        )
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

#[test]
fn the_files_for_local_runs_are_understood() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dapr/local");
    let secrets = BTreeMap::from([("db".into(), serde_json::json!({"user": "u", "deep": {"x": "y"}}))]);
    let resources = Resources::load(&[folder], "spindle", &secrets).unwrap();
    assert!(resources.state_stores.contains("statestore") && resources.pubsubs.contains("pubsub"));
    assert_eq!(resources.crons.first().map(|cron| cron.route.as_str()), Some("/ticks/outbox"));
    let retry = RetryPolicy {
        first: 500,
        growth_percent: 150,
        longest: 5_000,
        max_retries: None,
    };
    assert_eq!(resources.retries.get("pubsub"), Some(&retry));
    let store = &resources.secret_stores["secretstore"];
    assert_eq!(
        store.get("db:deep:x").unwrap().get("db:deep:x").map(String::as_str),
        Some("y")
    );
    assert_eq!(store.get("db").unwrap().get("deep:x").map(String::as_str), Some("y"));
}

#[test]
fn without_files_the_defaults_are_there() {
    let resources = Resources::load(&[], "spindle", &BTreeMap::new()).unwrap();
    assert_eq!(resources.components.len(), 3);
}

#[test]
fn errors_name_file_and_line() {
    let folder = Folder::new(&[(
        "bad.yaml",
        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: [\n",
    )]);
    let error = folder.load().unwrap_err().to_string();
    assert!(error.contains("bad.yaml:") && !error.contains('\n'), "{error}");
    let folder = Folder::new(&[(
        "cron.yaml",
        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: c}\nspec: {type: bindings.cron, metadata: [{name: schedule, value: often}]}\n",
    )]);
    let error = folder.load().unwrap_err().to_string();
    assert!(error.contains("cron.yaml") && error.contains("often"), "{error}");
}

#[test]
fn subscriptions_honour_scopes() {
    let document = |name: &str, scope: &str| {
        format!(
            "apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: {{name: {name}}}\nspec:\n  pubsubname: pubsub\n  topic: {name}\n  \
             deadLetterTopic: dead\n  routes:\n    default: /in\n    rules:\n      - match: event.type == \"a\"\n        path: /a\nscopes: [{scope}]\n"
        )
    };
    let folder = Folder::new(&[(
        "subs.yaml",
        &format!("{}---\n{}", document("mine", "spindle"), document("other", "someone")),
    )]);
    let resources = folder.load().unwrap();
    assert_eq!(resources.subscriptions.len(), 1);
    let subscription = resources.subscriptions.first().unwrap();
    assert_eq!(subscription.topic.name, "mine");
    assert_eq!(subscription.route(&bytes::Bytes::from_static(br#"{"type":"a"}"#)), Some("/a"));
}

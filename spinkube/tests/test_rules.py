"""The rules hold for every overlay, and each is seen to catch what it is there for."""

import copy
import json
import re

import pytest
import yaml

import rules
from cluster import ROOT
from conftest import OVERLAYS

# The node that minikube.sh makes.
CPUS, BYTES = 4, 6 * 10**9


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_rules_hold(documents, facts, overlay):
    assert rules.violations(documents[overlay], facts) == []


def get(documents, kind, name):
    return next(document for document in documents if document["kind"] == kind and document["metadata"]["name"].startswith(name))


def app(documents, name="audit-handler"):
    return get(documents, "SpinApp", name)["spec"]


def value(documents, component, key, to):
    next(item for item in get(documents, "Component", component)["spec"]["metadata"] if item["name"] == key)["value"] = to


def variable(documents, name, to, of="audit-handler"):
    bound = next(item for item in app(documents, of)["variables"] if item["name"] == name)
    bound.clear()
    bound.update({"name": name, **to})


def path(documents, old):
    return next(entry for entry in get(documents, "Ingress", "spindle")["spec"]["rules"][0]["http"]["paths"] if entry["path"] == old)


def drop(documents, kind, name):
    documents.remove(get(documents, kind, name))


def add_path(documents, path_, service):
    get(documents, "Ingress", "spindle")["spec"]["rules"][0]["http"]["paths"].append(
        {"path": path_, "pathType": "Prefix", "backend": {"service": {"name": service, "port": {"number": 80}}}})


# What is broken, and what must be said of it.
MUTATIONS = {
    "another app id": (lambda d: app(d)["podAnnotations"].update({"dapr.io/app-id": "audit"}), "the pod annotation dapr.io/app-id is 'audit'"),
    "another port": (lambda d: app(d)["podAnnotations"].update({"dapr.io/app-port": "8080"}), "dapr.io/app-port is '8080', not '80'"),
    "no sidecar": (lambda d: app(d)["podAnnotations"].pop("dapr.io/enabled"), "dapr.io/enabled is None"),
    "no concurrency": (lambda d: app(d)["podAnnotations"].pop("dapr.io/app-max-concurrency"), "dapr.io/app-max-concurrency is missing"),
    "annotation on the SpinApp": (lambda d: get(d, "SpinApp", "task-api")["metadata"].setdefault("annotations", {}).update({"dapr.io/enabled": "true"}), "is seen by nobody"),
    "unknown configuration": (lambda d: app(d)["podAnnotations"].update({"dapr.io/config": "other"}), "no Configuration other"),
    "no app token for daprd": (lambda d: app(d)["podAnnotations"].pop("dapr.io/app-token-secret"), "dapr.io/app-token-secret is missing"),
    "no API token for daprd": (lambda d: app(d)["podAnnotations"].pop("dapr.io/api-token-secret"), "dapr.io/api-token-secret is missing"),
    "no app token for the app": (lambda d: variable(d, "app_api_token", {"value": "x"}), "the variable app_api_token is not bound to the key token"),
    "another API token for the app": (lambda d: variable(d, "dapr_api_token", {"valueFrom": {"secretKeyRef": {"name": "app-api-token", "key": "token"}}}), "the variable dapr_api_token is not bound"),
    "an unbound required variable": (lambda d: app(d, "web")["variables"].pop(), "the variable jwt_public_keys is not bound"),
    "an unbound variable": (lambda d: app(d)["variables"].remove(next(v for v in app(d)["variables"] if v["name"] == "pubsub")), "the variable pubsub is not bound"),
    "a variable that nobody reads": (lambda d: app(d)["variables"].append({"name": "jwt_secret", "value": "x"}), "audit-handler does not read jwt_secret"),
    "an unknown component": (lambda d: app(d).update(components=["audit"]), "spin.toml has no component audit"),
    "a component that nobody runs": (lambda d: drop(d, "SpinApp", "web"), "do not run every component"),
    "a missing Secret": (lambda d: drop(d, "Secret", "app-api-token"), "there is no Secret app-api-token"),
    "a missing key of a Secret": (lambda d: get(d, "Secret", "spindle-state")["data"].clear(), "the Secret spindle-state has no key connectionString"),
    "a missing ConfigMap": (lambda d: drop(d, "ConfigMap", "jwt-public-keys"), "there is no ConfigMap jwt-public-keys"),
    "a missing key of a ConfigMap": (lambda d: get(d, "ConfigMap", "jwt-public-keys")["data"].clear(), "the ConfigMap jwt-public-keys has no key jwks"),
    "a missing runtime configuration": (lambda d: drop(d, "Secret", "runtime-config"), "there is no Secret runtime-config"),
    "a missing key for KEDA": (lambda d: get(d, "Secret", "spindle-kafka")["data"].pop("keda-tls"), "has no key keda-tls"),
    "an unknown topic": (lambda d: get(d, "Subscription", "reminders")["spec"].update(topic="reminder"), "the code publishes no topic reminder"),
    "a topic that is not made": (lambda d: drop(d, "KafkaTopic", "dead-letters"), "are not the topics"),
    "a topic that is not allowed": (lambda d: value(d, "pubsub", "allowedTopics", "task-events"), "allowedTopics and protectedTopics"),
    "no right to read a topic": (lambda d: value(d, "pubsub", "subscriptionScopes", "audit-handler=reminders"), "do not let audit-handler read task-events"),
    "no right to write dead letters": (lambda d: value(d, "pubsub", "publishingScopes", "audit-handler=task-events"), "write dead-letters"),
    "no dead letters": (lambda d: get(d, "Subscription", "task-events")["spec"].pop("deadLetterTopic"), "deadLetterTopic is not dead-letters"),
    "dead letters that nobody keeps": (lambda d: drop(d, "Subscription", "dead-letters"), "nobody subscribes to ['dead-letters']"),
    "an unknown pub/sub": (lambda d: get(d, "Subscription", "task-events")["spec"].update(pubsubname="kafka"), "there is no Component kafka"),
    "a route that nobody serves": (lambda d: get(d, "Subscription", "task-events")["spec"]["routes"].update(default="/api/events/tasks"), "does not serve /api/events/tasks"),
    "a route of another app": (lambda d: get(d, "Subscription", "task-events")["spec"]["routes"].update(default="/api/events/reminders"), "audit-handler does not serve /api/events/reminders"),
    "retries in two layers": (lambda d: value(d, "pubsub", "consumeRetryEnabled", "true"), "consumeRetryEnabled is 'true'"),
    "starting at the end": (lambda d: value(d, "pubsub", "initialOffset", "newest"), "initialOffset is 'newest'"),
    "a tick that nobody serves": (lambda d: value(d, "ticks-outbox", "route", "/ticks/reminders"), "task-api does not serve /ticks/reminders"),
    "a tick left out": (lambda d: drop(d, "Component", "ticks-reminders"), "the two ticks are not both there"),
    "a store of another name": (lambda d: get(d, "Component", "statestore")["metadata"].update(name="postgres"), "names the Component statestore, which is not there"),
    "a store of version 1": (lambda d: get(d, "Component", "statestore")["spec"].update(version="v1"), "must be version v2"),
    "keys of one app alone": (lambda d: value(d, "statestore", "keyPrefix", "appid"), "with keyPrefix name"),
    "an app left out of a scope": (lambda d: get(d, "Component", "statestore")["scopes"].remove("recurrence-handler"), "recurrence-handler uses it and is not in its scopes"),
    "no scopes": (lambda d: get(d, "Component", "ticks-outbox").pop("scopes"), "it has no scopes"),
    "a scope that is no app id": (lambda d: get(d, "Subscription", "task-events").update(scopes=["audit"]), "no app has the id audit"),
    "no retries": (lambda d: drop(d, "Resiliency", "spindle"), "no Resiliency retries deliveries"),
    "open secrets": (lambda d: get(d, "Configuration", "spindle")["spec"]["secrets"]["scopes"][0].update(defaultAccess="allow"), "secrets are open by default"),
    "an audit app that is none": (lambda d: get(d, "ConfigMap", "spindle-")["data"].update(audit_app_id="spindle"), "audit_app_id names no app"),
    "subscribing twice": (lambda d: get(d, "ConfigMap", "spindle-")["data"].update(subscriptions="programmatic"), "subscriptions is not declarative"),
    "another liveness": (lambda d: app(d)["checks"]["liveness"]["httpGet"].update(path="/health"), "liveness is not"),
    "readiness of another app": (lambda d: app(d)["checks"]["readiness"]["httpGet"].update(path="/health/ready"), "does not serve its readiness path"),
    "the latest image": (lambda d: app(d).update(image="localhost:5000/spindle:latest"), "has no version of its own"),
    "an image without tag": (lambda d: get(d, "StatefulSet", "postgres")["spec"]["template"]["spec"]["containers"][0].update(image="postgres"), "has no version of its own"),
    "the latest sidecar": (lambda d: app(d)["podAnnotations"].update({"dapr.io/sidecar-image": "x/daprd:latest"}), "x/daprd:latest has no version"),
    "a release by tag": (lambda d: app(d).update(image="ghcr.io/spindle-tasks/spindle:1.0.0"), "is not pinned by digest"),
    "a Dapr route in the Ingress": (lambda d: add_path(d, "/job", "web"), "it exposes /job/{name}, which is Dapr's"),
    "deliveries in the Ingress": (lambda d: path(d, "/api/events/audit").update(path="/api/events"), "it exposes /api/events/task-events"),
    "a Dapr route that reaches its app": (lambda d: path(d, "/").update(backend={"service": {"name": "task-api", "port": {"number": 80}}}), "/dapr/subscribe, which is Dapr's, leads to task-api"),
    "a person's route that reaches another app": (lambda d: path(d, "/api/notifications").update(backend={"service": {"name": "task-api", "port": {"number": 80}}}), "/api/notifications of reminder-handler leads to task-api"),
    "an Ingress to nobody": (lambda d: path(d, "/api").update(backend={"service": {"name": "api", "port": {"number": 80}}}), "leads to no SpinApp: api"),
    "no mount for the sidecar": (lambda d: app(d)["podAnnotations"].pop("dapr.io/volume-mounts"), "is not mounted at /etc/dapr-env"),
    "a mount without a token": (lambda d: app(d)["volumes"][0]["projected"]["sources"].pop(), "lacks APP_API_TOKEN"),
    "a mount without the namespace": (lambda d: app(d)["volumes"][0]["projected"]["sources"][0]["downwardAPI"]["items"].pop(0), "lacks NAMESPACE"),
    "a trust bundle that nobody copies": (lambda d: drop(d, "CronJob", "trust-bundle"), "nobody copies Dapr's trust bundle"),
    "replicas and autoscaling": (lambda d: app(d).update(enableAutoscaling=True), "either replicas or enableAutoscaling"),
    "a scaler of another topic": (lambda d: get(d, "ScaledObject", "audit-handler")["spec"]["triggers"][0]["metadata"].update(topic="reminders"), "audit-handler does not read reminders"),
    "a scaler of other brokers": (lambda d: get(d, "ScaledObject", "audit-handler")["spec"]["triggers"][0]["metadata"].update(bootstrapServers="x:9092"), "its brokers are not those"),
    "a scaler of nobody": (lambda d: get(d, "ScaledObject", "audit-handler")["spec"]["scaleTargetRef"].update(name="audit"), "there is no SpinApp audit"),
    "no service account": (lambda d: drop(d, "ServiceAccount", "web"), "there is no ServiceAccount web"),
    "no disruption budget": (lambda d: drop(d, "PodDisruptionBudget", "web"), "no PodDisruptionBudget selects its pods"),
    "a pod that the policies miss": (lambda d: app(d)["podLabels"].pop("spindle/sidecar"), "the NetworkPolicies go by it"),
    "no limits": (lambda d: app(d)["resources"].pop("limits"), "it has no limits"),
    "no default policy": (lambda d: drop(d, "NetworkPolicy", "spindle-default-deny"), "no NetworkPolicy denies"),
    "no way to Minikube's API server": (lambda d: get(d, "NetworkPolicy", "spindle-api-server")["spec"]["egress"][0]["ports"].pop(), "listens on 443, 6443 or 8443"),
    "an unknown executor": (lambda d: app(d).update(executor="spin"), "there is no SpinAppExecutor spin"),
    "an executor that comes too late": (lambda d: d.append(d.pop(d.index(get(d, "SpinAppExecutor", "containerd-shim-spin")))), "its executor comes after it"),
    "settings left out": (lambda d: get(d, "Ingress", "spindle")["spec"]["rules"][0].update(host="set-by-settings.env.invalid"), "was not replaced by settings.env"),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_broken_rule_is_caught(documents, facts, mutation):
    break_it, said = MUTATIONS[mutation]
    for overlay in OVERLAYS:
        broken = copy.deepcopy(documents[overlay])
        try:
            break_it(broken)
        except (StopIteration, KeyError):
            continue  # that overlay has no such thing; another has
        found = rules.violations(broken, facts)
        assert any(said in violation for violation in found), found
        return
    pytest.fail("no overlay has what this would break")


def test_every_rule_is_broken_by_a_mutation(documents, facts):
    caught = set()
    for break_it, _ in MUTATIONS.values():
        for overlay in OVERLAYS:
            broken = copy.deepcopy(documents[overlay])
            try:
                break_it(broken)
            except (StopIteration, KeyError):
                continue
            view = rules.Overlay(broken)
            caught |= {rule.__name__ for rule in rules.RULES if any(True for _ in rule(view, facts))}
            break
    assert caught == {rule.__name__ for rule in rules.RULES}


def platform():
    """What minikube.sh installs, by the values it gives to Helm."""
    folder = ROOT / "spinkube/cluster"
    return {path.name: yaml.safe_load(path.read_text()) for path in sorted([*folder.glob("*.values.yaml"), *folder.glob("*.requests.yaml")])}


def test_everything_fits_into_minikube(documents, capsys):
    rows = rules.requests(documents["minikube"], platform())
    cpu, memory = sum(row[1] for row in rows), sum(row[2] for row in rows)
    with capsys.disabled():
        print()
        for what, cpus, size in [*rows, ("sum", cpu, memory)]:
            print(f"{what:40}{cpus * 1000:7.0f} m{size / 2**20:7.0f} MiB")
        print(f"{'of':40}{CPUS * 1000:7.0f} m{BYTES / 2**20:7.0f} MiB")
    assert all(row[1] > 0 and row[2] > 0 for row in rows), "something asks for nothing"
    assert cpu <= CPUS and memory <= BYTES
    spoilt = copy.deepcopy(documents["minikube"])
    get(spoilt, "KafkaNodePool", "broker")["spec"]["resources"]["requests"]["memory"] = "4Gi"
    assert sum(row[2] for row in rules.requests(spoilt, platform())) > BYTES


def test_the_runtime_configuration_is_written_in_full():
    paths = sorted(ROOT.glob("runtime-config/*/runtime-config.toml"))
    assert {path.parent.name for path in paths} == {"local", *OVERLAYS}
    for path in paths:
        table = rules.tomllib.loads(path.read_text())["outbound_http"]
        assert table["connection_pooling"] is True and table["max_concurrent_requests"] > 0, path


def test_a_resiliency_is_alone_in_its_file():
    for path in ROOT.glob("dapr/**/*.yaml"):
        kinds = [document["kind"] for document in yaml.safe_load_all(path.read_text()) if document]
        assert "Resiliency" not in kinds or kinds == ["Resiliency"], path


def test_alerts_and_dashboard_use_metrics_that_somebody_emits():
    folder = ROOT / "spinkube/components/telemetry"
    collector = yaml.safe_load((folder / "collector.config.yaml").read_text())
    ours = set()
    for metric in collector["connectors"]["signal_to_metrics"]["logs"]:
        base = metric["name"].replace(".", "_") + rules.UNITS.get(metric.get("unit"), "")
        assert "sum" not in metric, "a sum of this connector is not monotonic, which the Prometheus exporter drops"
        ours |= {f"{base}_bucket", f"{base}_count"}
    assert "delta_to_cumulative" in collector["service"]["pipelines"]["metrics"]["processors"]
    alerts = (folder / "spindle.rules.yaml").read_text()
    dashboard = (folder / "spindle.dashboard.json").read_text()
    for text in (alerts, dashboard):
        used = set(re.findall(r"\bspindle_[a-z_]+", text))
        assert used and used <= ours, used - ours
    log = (ROOT / "crates/web-kit/src/log.rs").read_text() + (ROOT / "crates/web-kit/src/measure.rs").read_text()
    for field in re.findall(r'attributes\["(\w+)"\]', yaml.dump(collector)):
        assert field in log, f"no log line has the field {field}"
    names = {alert["alert"] for group in yaml.safe_load(alerts)["groups"] for alert in group["rules"]}
    assert {"SpindleOutboxOld", "SpindleDeadLetters", "SpindleRemindersLate", "SpindleConsumerLag", "SpindleErrors"} <= names
    assert all("description" in panel for panel in json.loads(dashboard)["panels"])

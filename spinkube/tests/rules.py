"""What must hold between the manifests of an overlay, and between them and the code. Kubernetes itself checks none of it.

Each rule is a generator of violations over an `Overlay`; `violations` runs them all.
"""

import re
import tomllib

SIDECAR = "spindle/sidecar"
TOKENS = {"dapr_api_token": "dapr.io/api-token-secret", "app_api_token": "dapr.io/app-token-secret"}
# What others make in the namespace: the copy of Dapr's root certificates, cert-manager's certificate and account.
ELSEWHERE = {("ConfigMap", "dapr-trust-bundle"): {"ca.crt"}}
LIVENESS = "/.well-known/spin/health"
UNITS = {"s": "_seconds", "ms": "_milliseconds"}


class Facts:
    """What the code says."""

    @classmethod
    def read(cls, root):
        """Reads it where it stands."""
        facts = cls()
        manifest = tomllib.loads((root / "spin.toml").read_text())
        facts.variables = set(manifest["variables"])
        facts.required = {name for name, variable in manifest["variables"].items() if variable.get("required")}
        facts.read_by = {name: set(component.get("variables", {})) for name, component in manifest["component"].items()}
        facts.triggers = [(trigger["route"], trigger["component"]) for trigger in manifest["trigger"]["http"]]
        table = (root / "crates/contract/src/routes/table.rs").read_text()
        names = dict(re.findall(r'const (\w+): &str = "([\w-]+)";', table))
        pattern = r'\broute\(\s*Method::(\w+),\s*"([^"]+)",\s*(\w+),\s*"\w+",\s*Access::(\w+)'
        facts.routes = [(method, path, names[component], access) for method, path, component, access in re.findall(pattern, table)]
        events = (root / "crates/contract/src/events.rs").read_text()
        facts.topics = set(re.findall(r'pub const [A-Z_]+: &str = "((?:task-events|reminders|task-updates))"', events))
        entry = (root / "crates/dapr-env/src/environment.rs").read_text()
        constants = dict(re.findall(r'const (\w+): &str = "(\w+)";', entry))
        listed = re.search(r"REQUIRED: \[&str; \d+\] = \[(.*?)\]", entry, re.S).group(1)
        facts.environment = {constants.get(name, name) for name in re.findall(r"\w+", listed)}
        assert len(facts.routes) > 30 and len(facts.topics) == 3 and len(facts.environment) == 7, "the code is written otherwise than this reads it"
        return facts

    def dapr_routes(self):
        """(path, component) of what Dapr alone may call."""
        return [(path, component) for _, path, component, access in self.routes if access == "Dapr"]

    def serves(self, component, path):
        """Whether spin.toml leads `path` to `component`, when that alone runs."""
        def fits(route):
            return path == route or (route.endswith("/...") and (path + "/").startswith(route[:-3]))
        return any(fits(route) for route, owner in self.triggers if owner == component)


class Overlay:
    """The documents of one overlay with its secrets."""

    def __init__(self, documents):
        self.documents = documents
        self.apps = self.of("SpinApp")
        self.sidecars = [app for app in self.apps if app["metadata"]["labels"].get(SIDECAR) == "dapr"]
        self.ids = {app["spec"].get("podAnnotations", {}).get("dapr.io/app-id") for app in self.sidecars}
        self.components = {name(component): component for component in self.of("Component")}

    def of(self, *kinds):
        """The documents of some kinds."""
        return [document for document in self.documents if document["kind"] in kinds]

    def keys(self, kind, wanted):
        """The keys of a Secret or ConfigMap; None when there is none."""
        for document in self.of(kind):
            if name(document) == wanted:
                return set(document.get("data") or {}) | set(document.get("stringData") or {})
        return ELSEWHERE.get((kind, wanted))

    def setting(self, key):
        """A value of the components' ConfigMap."""
        return next((document["data"].get(key) for document in self.of("ConfigMap") if name(document).startswith("spindle-") and "subscriptions" in document["data"]), None)


def name(document):
    """Its name."""
    return document["metadata"]["name"]


def shown(document):
    """For a message."""
    return f"{document['kind']} {name(document)}"


def metadata(component):
    """The metadata of a Dapr Component, by name."""
    return {item["name"]: item.get("value", item.get("secretKeyRef")) for item in component["spec"]["metadata"]}


def find(node, key):
    """Every value of `key` at any depth."""
    if isinstance(node, dict):
        for known, value in node.items():
            if known == key:
                yield value
            yield from find(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from find(value, key)


def sidecar_annotations(overlay, _facts):
    for app in overlay.sidecars:
        annotations = app["spec"].get("podAnnotations", {})
        wanted = {"dapr.io/enabled": "true", "dapr.io/app-id": name(app), "dapr.io/app-port": "80", "dapr.io/app-protocol": "http",
                  "dapr.io/log-as-json": "true", "dapr.io/enable-api-logging": "true"}
        for key, value in wanted.items():
            if annotations.get(key) != value:
                yield f"{shown(app)}: the pod annotation {key} is {annotations.get(key)!r}, not {value!r}"
        for key in ("dapr.io/app-max-concurrency", "dapr.io/sidecar-cpu-request", "dapr.io/sidecar-memory-request", "dapr.io/sidecar-memory-limit"):
            if key not in annotations:
                yield f"{shown(app)}: the pod annotation {key} is missing"
        if any(key.startswith("dapr.io/") for key in app["metadata"].get("annotations", {})):
            yield f"{shown(app)}: a Dapr annotation on the SpinApp itself is seen by nobody; it belongs into podAnnotations"
        if annotations.get("dapr.io/config") not in {name(configuration) for configuration in overlay.of("Configuration")}:
            yield f"{shown(app)}: there is no Configuration {annotations.get('dapr.io/config')}"


def tokens(overlay, _facts):
    for app in overlay.sidecars:
        bound = {variable["name"]: variable.get("valueFrom", {}).get("secretKeyRef") for variable in app["spec"]["variables"]}
        for variable, annotation in TOKENS.items():
            secret = app["spec"].get("podAnnotations", {}).get(annotation)
            if not secret:
                yield f"{shown(app)}: the pod annotation {annotation} is missing"
            # The injector takes the key `token`.
            if bound.get(variable) != {"name": secret, "key": "token"}:
                yield f"{shown(app)}: the variable {variable} is not bound to the key token of the Secret {secret}"
    if len({app["spec"].get("podAnnotations", {}).get(annotation) for app in overlay.sidecars for annotation in TOKENS.values()}) != 2:
        yield "the two tokens must be two Secrets, the same for every app"


def variables(overlay, facts):
    if {component for app in overlay.apps for component in app["spec"]["components"]} != set(facts.read_by):
        yield "the SpinApps together do not run every component of spin.toml"
    for app in overlay.apps:
        bound = [variable["name"] for variable in app["spec"]["variables"]]
        for component in app["spec"]["components"]:
            if component not in facts.read_by:
                yield f"{shown(app)}: spin.toml has no component {component}"
                continue
            read = facts.read_by[component]
            unused = set(bound) - read - facts.required
            if unused:
                yield f"{shown(app)}: {component} does not read {', '.join(sorted(unused))}"
            # dapr_url keeps its default: the sidecar is in the pod.
            for missing in sorted((read - {"dapr_url"} | facts.required) - set(bound)):
                yield f"{shown(app)}: the variable {missing} is not bound"


def references(overlay, _facts):
    """(what names it, kind, name, key or None)"""
    for document in overlay.documents:
        for kind, field in (("Secret", "secretKeyRef"), ("ConfigMap", "configMapKeyRef")):
            for reference in find(document, field):
                yield document, kind, reference["name"], reference["key"]
        for secret in find(document, "loadFromSecret"):
            yield document, "Secret", secret, "runtime-config.toml"
        for volumes in find(document, "volumes"):
            for volume in volumes:
                for source in volume.get("projected", {}).get("sources", [volume]):
                    for kind, field, label in (("Secret", "secret", "name"), ("ConfigMap", "configMap", "name")):
                        if field in source:
                            keys = [item["key"] for item in source[field].get("items", [])] or [None]
                            for key in keys:
                                yield document, kind, source[field].get(label) or source[field]["secretName"], key
        if document["kind"] == "TriggerAuthentication":
            for reference in document["spec"].get("secretTargetRef", []):
                yield document, "Secret", reference["name"], reference["key"]


def references_exist(overlay, facts):
    for document, kind, wanted, key in references(overlay, facts):
        keys = overlay.keys(kind, wanted)
        if keys is None:
            yield f"{shown(document)}: there is no {kind} {wanted}"
        elif key is not None and key not in keys:
            yield f"{shown(document)}: the {kind} {wanted} has no key {key}"


def pubsub(overlay, facts):
    known = metadata(overlay.components["pubsub"]) if "pubsub" in overlay.components else {}
    wanted = {"initialOffset": "oldest", "consumeRetryEnabled": "false"}
    for key, value in wanted.items():
        if known.get(key) != value:
            yield f"Component pubsub: {key} is {known.get(key)!r}, not {value!r}"
    topics = set(known.get("allowedTopics", "").split(","))
    if topics != facts.topics | {"dead-letters"} or topics != set(known.get("protectedTopics", "").split(",")):
        yield "Component pubsub: allowedTopics and protectedTopics must be the topics of the code and dead-letters"
    made = {name(topic) for topic in overlay.of("KafkaTopic")}
    if overlay.of("Kafka") and made != topics:
        yield f"the KafkaTopics {sorted(made)} are not the topics {sorted(topics)}"

    def scopes(key):
        return {app: set(listed.split(",")) for app, listed in (scope.split("=") for scope in known.get(key, "").split(";") if scope)}
    may_read, may_write = scopes("subscriptionScopes"), scopes("publishingScopes")
    subscribed = set()
    for subscription in overlay.of("Subscription"):
        spec, topic = subscription["spec"], subscription["spec"]["topic"]
        subscribed.add(topic)
        if spec["pubsubname"] not in overlay.components:
            yield f"{shown(subscription)}: there is no Component {spec['pubsubname']}"
        if topic not in facts.topics | {"dead-letters"}:
            yield f"{shown(subscription)}: the code publishes no topic {topic}"
        # Dead letters have none of their own: they would go round in circles.
        if (spec.get("deadLetterTopic") == "dead-letters") == (topic == "dead-letters"):
            yield f"{shown(subscription)}: deadLetterTopic is not dead-letters"
        for app in subscription.get("scopes", []):
            if topic not in may_read.get(app, set()):
                yield f"{shown(subscription)}: subscriptionScopes do not let {app} read {topic}"
            if topic != "dead-letters" and "dead-letters" not in may_write.get(app, set()):
                yield f"{shown(subscription)}: publishingScopes do not let the sidecar of {app} write dead-letters"
            if not facts.serves(app, spec["routes"]["default"]) or (spec["routes"]["default"], app) not in facts.dapr_routes():
                yield f"{shown(subscription)}: {app} does not serve {spec['routes']['default']}"
    wanted = facts.topics | {"dead-letters"}
    if subscribed != wanted:
        yield f"nobody subscribes to {sorted(wanted - subscribed)}"


def ticks(overlay, facts):
    for component in overlay.components.values():
        if component["spec"]["type"] == "bindings.cron":
            route = metadata(component).get("route", "")
            for app in component.get("scopes", []):
                if (route, app) not in facts.dapr_routes() or not facts.serves(app, route):
                    yield f"{shown(component)}: {app} does not serve {route}"
    if len([component for component in overlay.components.values() if component["spec"]["type"] == "bindings.cron"]) != 2:
        yield "the two ticks are not both there"


def stores(overlay, _facts):
    for variable, kind in (("state_store", "state.postgresql"), ("pubsub", "pubsub.kafka"), ("secret_store", "secretstores.kubernetes")):
        role = overlay.setting(variable)
        component = overlay.components.get(role)
        if component is None:
            yield f"the variable {variable} names the Component {role}, which is not there"
            continue
        if component["spec"]["type"] != kind:
            yield f"{shown(component)}: its type is {component['spec']['type']}, not {kind}"
        for app in overlay.sidecars:
            reads = any(bound["name"] == variable for bound in app["spec"]["variables"])
            if reads and name(app) not in component.get("scopes", []):
                yield f"{shown(component)}: {name(app)} uses it and is not in its scopes"
    store = overlay.components.get("statestore")
    if store and (store["spec"]["version"] != "v2" or metadata(store).get("keyPrefix") != "name"):
        yield "Component statestore: it must be version v2 with keyPrefix name"
    if overlay.setting("audit_app_id") not in overlay.ids:
        yield f"the variable audit_app_id names no app: {overlay.setting('audit_app_id')}"
    if overlay.setting("subscriptions") != "declarative":
        yield "the variable subscriptions is not declarative"


def scopes(overlay, _facts):
    for document in overlay.of("Component", "Subscription", "Resiliency"):
        listed = document.get("scopes") or []
        if not listed:
            yield f"{shown(document)}: it has no scopes, so every app of the namespace may use it"
        for app in listed:
            if app not in overlay.ids:
                yield f"{shown(document)}: no app has the id {app} of its scopes"
    retries = [document["spec"]["targets"]["components"].get("pubsub", {}).get("inbound", {}).get("retry") for document in overlay.of("Resiliency")]
    if not any(retries):
        yield "no Resiliency retries deliveries: the first failure goes to the dead letters"
    for configuration in overlay.of("Configuration"):
        if any(scope["defaultAccess"] != "deny" for scope in configuration["spec"]["secrets"]["scopes"]):
            yield f"{shown(configuration)}: secrets are open by default"


def probes(overlay, facts):
    for app in overlay.apps:
        checks = app["spec"].get("checks", {})
        if checks.get("liveness", {}).get("httpGet", {}).get("path") != LIVENESS:
            yield f"{shown(app)}: liveness is not {LIVENESS}"
        path = checks.get("readiness", {}).get("httpGet", {}).get("path", "").partition("?")[0]
        for component in app["spec"]["components"]:
            ours = any(known == path and owner == component for _, known, owner, access in facts.routes if access == "Public")
            if not facts.serves(component, path) or not (ours or component == "web"):
                yield f"{shown(app)}: {component} does not serve its readiness path {path}"


def images(overlay, _facts):
    for document in overlay.documents:
        found = [image for image in find(document, "image") if isinstance(image, str)]
        found += [annotations["dapr.io/sidecar-image"] for annotations in find(document, "podAnnotations") if "dapr.io/sidecar-image" in annotations]
        for image in found:
            tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
            if tag == "latest" or not (tag or "@sha256:" in image):
                yield f"{shown(document)}: the image {image} has no version of its own"
            ours = "spindle-tasks/" in image
            if ours and not re.search(r"@sha256:[0-9a-f]{64}$", image):
                yield f"{shown(document)}: the image {image} is not pinned by digest"


def ingress(overlay, facts):
    owners = {name(app): set(app["spec"]["components"]) for app in overlay.apps}
    for document in overlay.of("Ingress"):
        for rule in document["spec"]["rules"]:
            paths = rule["http"]["paths"]

            def target(wanted):
                fitting = [entry for entry in paths if wanted == entry["path"] or (
                    entry["pathType"] == "Prefix" and (wanted + "/").startswith(entry["path"].rstrip("/") + "/"))]
                fitting.sort(key=lambda entry: (len(entry["path"]), entry["pathType"] == "Exact"))
                return fitting[-1]["backend"]["service"]["name"] if fitting else None

            for entry in paths:
                if entry["backend"]["service"]["name"] not in owners:
                    yield f"{shown(document)}: {entry['path']} leads to no SpinApp: {entry['backend']['service']['name']}"
            for path, component in facts.dapr_routes():
                concrete = re.sub(r"\{\w+\}", "x", path)
                if any(concrete.startswith(entry["path"]) and entry["path"] not in ("/", "/api") for entry in paths):
                    yield f"{shown(document)}: it exposes {path}, which is Dapr's"
                if component in owners.get(target(concrete), set()):
                    yield f"{shown(document)}: {path}, which is Dapr's, leads to {component}"
            for _, path, component, access in facts.routes:
                concrete = re.sub(r"\{\w+\}", "x", path)
                if access == "Dapr" or concrete.startswith("/health"):
                    continue
                if component not in owners.get(target(concrete), set()):
                    yield f"{shown(document)}: {path} of {component} leads to {target(concrete)}"
    if not overlay.of("Ingress"):
        yield "there is no Ingress"


def sidecar_volume(overlay, facts):
    for app in overlay.sidecars:
        annotations = app["spec"].get("podAnnotations", {})
        if "dapr.io/sidecar-image" not in annotations:
            continue
        mount = annotations.get("dapr.io/volume-mounts", "")
        if mount != "dapr-env:/etc/dapr-env":
            yield f"{shown(app)}: the volume dapr-env is not mounted at /etc/dapr-env, where the image reads it"
        files = set()
        for volume in app["spec"].get("volumes", []):
            for source in volume.get("projected", {}).get("sources", []) if volume["name"] == "dapr-env" else []:
                for kind, field in (("Secret", "secret"), ("ConfigMap", "configMap")):
                    if field in source:
                        items = source[field].get("items")
                        files |= {item["path"] for item in items} if items else overlay.keys(kind, source[field]["name"]) or set()
                files |= {item["path"] for item in source.get("downwardAPI", {}).get("items", [])}
        for missing in sorted(facts.environment - files):
            yield f"{shown(app)}: the volume dapr-env lacks {missing}, so daprd is never started"
        if not any(document["spec"]["jobTemplate"]["spec"]["template"]["spec"]["serviceAccountName"] == "trust-bundle" for document in overlay.of("CronJob")):
            yield "nobody copies Dapr's trust bundle"


def scaling(overlay, facts):
    targets = {}
    for scaler in overlay.of("HorizontalPodAutoscaler", "ScaledObject"):
        targets[scaler["spec"]["scaleTargetRef"]["name"]] = scaler
        for trigger in scaler["spec"].get("triggers", []):
            group, topic = trigger["metadata"]["consumerGroup"], trigger["metadata"]["topic"]
            if not any(group in subscription["scopes"] and topic == subscription["spec"]["topic"] for subscription in overlay.of("Subscription")):
                yield f"{shown(scaler)}: {group} does not read {topic}"
            brokers = metadata(overlay.components["pubsub"])["brokers"] if "pubsub" in overlay.components else None
            if trigger["metadata"]["bootstrapServers"] != brokers:
                yield f"{shown(scaler)}: its brokers are not those of the Component pubsub"
    for app in overlay.apps:
        automatic = app["spec"].get("enableAutoscaling", False)
        if automatic == ("replicas" in app["spec"]):
            yield f"{shown(app)}: the operator takes either replicas or enableAutoscaling"
        if automatic != (name(app) in targets):
            yield f"{shown(app)}: enableAutoscaling and a scaler go together"
    for target in set(targets) - {name(app) for app in overlay.apps}:
        yield f"{shown(targets[target])}: there is no SpinApp {target}"



def pods(overlay, _facts):
    accounts = {name(account) for account in overlay.of("ServiceAccount")}
    budgets = [budget["spec"]["selector"]["matchLabels"] for budget in overlay.of("PodDisruptionBudget")]
    for app in overlay.apps:
        labels = app["spec"]["podLabels"]
        if app["spec"].get("serviceAccountName") not in accounts:
            yield f"{shown(app)}: there is no ServiceAccount {app['spec'].get('serviceAccountName')}"
        if not any(budget.items() <= labels.items() for budget in budgets):
            yield f"{shown(app)}: no PodDisruptionBudget selects its pods"
        if (labels.get(SIDECAR) == "dapr") != (app in overlay.sidecars):
            yield f"{shown(app)}: the pods and the SpinApp must both have the label {SIDECAR}, or none: the NetworkPolicies go by it"
        for part in ("requests", "limits"):
            if not {"cpu", "memory"} <= set(app["spec"].get("resources", {}).get(part, {})):
                yield f"{shown(app)}: it has no {part} of CPU and memory"
    for policy in overlay.of("NetworkPolicy"):
        ports = {port["port"] for rule in policy["spec"].get("egress", []) if "to" not in rule for port in rule.get("ports", [])}
        if ports and not {443, 6443, 8443} <= ports:
            yield f"{shown(policy)}: the API server listens on 443, 6443 or 8443, as the cluster has it"
    denying = [policy for policy in overlay.of("NetworkPolicy") if policy["spec"]["policyTypes"] == ["Ingress", "Egress"] and "ingress" not in policy["spec"] and "egress" not in policy["spec"]]
    if not any(policy["spec"]["podSelector"].get("matchLabels") == {"app.kubernetes.io/part-of": "spindle"} for policy in denying):
        yield "no NetworkPolicy denies what is not allowed"
    executors = {name(executor) for executor in overlay.of("SpinAppExecutor")}
    for app in overlay.apps:
        executor = next((document for document in overlay.of("SpinAppExecutor") if name(document) == app["spec"]["executor"]), None)
        if executor and overlay.documents.index(executor) > overlay.documents.index(app):
            yield f"{shown(app)}: its executor comes after it, and the operator refuses it until then"
        if app["spec"]["executor"] not in executors:
            yield f"{shown(app)}: there is no SpinAppExecutor {app['spec']['executor']}"


def addresses(overlay, _facts):
    for document in overlay.documents:
        for text in strings(document):
            if text.endswith(".invalid") or ".invalid:" in text:
                yield f"{shown(document)}: {text} was not replaced by settings.env"


def strings(node):
    """Every short string at any depth."""
    if isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)
    elif isinstance(node, str) and "\n" not in node:
        yield node


RULES = [sidecar_annotations, tokens, variables, references_exist, pubsub, ticks, stores, scopes, probes, images, ingress, sidecar_volume, scaling, pods, addresses]


def violations(documents, facts):
    """Every violation of every rule."""
    overlay = Overlay(documents)
    return [violation for rule in RULES for violation in rule(overlay, facts)]


def quantity(text):
    """A quantity of Kubernetes: CPUs, or bytes."""
    factors = {"m": 1e-3, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "k": 1e3, "M": 1e6, "G": 1e9}
    number, unit = re.fullmatch(r"([\d.]+)(\w*)", str(text)).groups()
    return float(number) * factors.get(unit, 1)


def requests(documents, platform):
    """(what, CPUs, bytes) that everything on one node asks for: the overlay's pods and the platform's."""
    overlay = Overlay(documents)
    rows = []
    for app in overlay.apps:
        wanted, annotations = app["spec"]["resources"]["requests"], app["spec"].get("podAnnotations", {})
        cpu, memory = quantity(wanted["cpu"]), quantity(wanted["memory"])
        if app in overlay.sidecars:
            cpu += quantity(annotations["dapr.io/sidecar-cpu-request"])
            memory += quantity(annotations["dapr.io/sidecar-memory-request"])
        rows.append((f"SpinApp {name(app)}", cpu * app["spec"].get("replicas", 1), memory * app["spec"].get("replicas", 1)))
    others = overlay.of("Deployment", "StatefulSet", "CronJob", "Kafka", "KafkaNodePool")
    for what, node in [(shown(document), document) for document in others] + list(platform.items()):
        wanted = [part for part in find(node, "requests") if isinstance(part, dict) and "cpu" in part]
        rows.append((what, sum(quantity(part["cpu"]) for part in wanted), sum(quantity(part["memory"]) for part in wanted)))
    return rows

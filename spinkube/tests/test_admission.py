"""Every overlay is admitted by a real API server with the real resource definitions, and its rights are what they say."""

import json
import os
import subprocess
import sys

import pytest

from cluster import ROOT
from conftest import OVERLAYS

NAMESPACES = {"minikube": "default", "aks": "todo-app", "gke": "todo-app", "oke": "todo-app"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_is_admitted(cluster, rendered, secrets, overlay):
    applied = cluster.apply(rendered[overlay]).stdout
    assert "spinapp.core.spinkube.dev/task-api serverside-applied" in applied
    cluster.apply(secrets[overlay])
    # Again, as every deployment does: nothing is left to change.
    cluster.apply(rendered[overlay])
    assert cluster.kubectl("diff", "--server-side", "--field-manager=spindle", "--force-conflicts", "-f", "-", text=rendered[overlay]).stdout == ""


@pytest.mark.parametrize(("old", "new"), [
    ("dapr.io/app-port: \"80\"", "dapr.io/app-port: 80"),
    ("serviceAccountName: task-api", "serviceAccount: task-api"),
    ("deadLetterTopic: dead-letters", "deadLetter: dead-letters"),
    ("pubsubname: pubsub", "pubsubName: pubsub"),
    ("pathType: Exact", "pathType: Exactly"),
    ("maxUnavailable: 1", "maxUnavailable: one"),
    ("executor: containerd-shim-spin", "executors: containerd-shim-spin"),
    ("apiVersion: dapr.io/v2alpha1", "apiVersion: dapr.io/v1beta1"),
    ("roles:\n  - controller", "role:\n  - controller"),
    ("createDeployment: true", "createDeployment: \"yes\""),
    ("namespace: dapr-system", "namespace: no-such-namespace"),
])
def test_a_spoilt_overlay_is_refused(cluster, rendered, old, new):
    assert old in rendered["minikube"]
    assert cluster.apply(rendered["minikube"].replace(old, new), check=False).returncode != 0


def can(cluster, overlay, account, *what):
    namespace = NAMESPACES[overlay]
    return cluster.kubectl("auth", "can-i", *what, "--as", f"system:serviceaccount:{namespace}:{account}", check=False).stdout.strip() == "yes"


def test_only_task_api_may_read_a_secret_and_only_the_signing_key(cluster, rendered):
    cluster.apply(rendered["aks"])
    namespace = ["--namespace", "todo-app"]
    assert can(cluster, "aks", "task-api", "get", "secret/jwt-signing-key", *namespace)
    assert not can(cluster, "aks", "task-api", "get", "secret/dapr-api-token", *namespace)
    assert not can(cluster, "aks", "task-api", "list", "secrets", *namespace)
    for other in ("audit-handler", "reminder-handler", "recurrence-handler", "web", "trust-bundle", "otel-collector"):
        assert not can(cluster, "aks", other, "get", "secret/jwt-signing-key", *namespace)
    assert not can(cluster, "aks", "trust-bundle", "get", "configmap/spindle", *namespace)
    assert not can(cluster, "aks", "trust-bundle", "update", "spinapps", *namespace)


@pytest.fixture(scope="module")
def copy(cluster, rendered, tmp_path_factory):
    """Runs the copying of the trust bundle with the rights of its account."""
    cluster.apply(rendered["aks"])
    account = tmp_path_factory.mktemp("account")
    (account / "ca.crt").write_bytes(cluster.ca.read_bytes())
    (account / "token").write_text(cluster.kubectl("create", "token", "trust-bundle", "--namespace", "todo-app").stdout)

    def run():
        environment = {**os.environ, "ACCOUNT_FOLDER": str(account), "NAMESPACE": "todo-app",
                       "KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(cluster.port)}
        script = ROOT / "spinkube/components/sidecar-image/trust_bundle.py"
        return subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, check=False)
    return run


def test_the_trust_bundle_is_copied_and_a_new_root_rolls_the_pods(cluster, rendered, copy):
    missing = copy()
    assert missing.returncode == 1
    assert 'trust-bundle: GET' in missing.stderr and "404" in missing.stderr and "dapr-trust-bundle" in missing.stderr

    def root(text):
        cluster.kubectl("apply", "-f", "-", text=json.dumps({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "dapr-trust-bundle", "namespace": "dapr-system"}, "data": {"ca.crt": text}}))

    def annotations():
        apps = json.loads(cluster.kubectl("get", "spinapps", "-n", "todo-app", "-o", "json").stdout)["items"]
        return {app["metadata"]["name"]: app["spec"]["podAnnotations"].get("spindle/trust-bundle-sha256") for app in apps if app["spec"].get("podAnnotations")}

    root("")
    assert "holds no certificate" in copy().stderr
    first = "-----BEGIN CERTIFICATE-----\nfirst\n-----END CERTIFICATE-----\n"
    root(first)
    done = copy()
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["rolled"]) == 4
    copied = json.loads(cluster.kubectl("get", "configmap", "dapr-trust-bundle", "-n", "todo-app", "-o", "json").stdout)
    assert copied["data"] == {"ca.crt": first}
    before = annotations()
    assert len(set(before.values())) == 1 and None not in before.values()

    # Nothing new: nobody is rolled. A deployment in between takes nothing away.
    cluster.apply(rendered["aks"])
    assert json.loads(copy().stdout)["rolled"] == []
    assert annotations() == before

    root(first + first.replace("first", "second"))
    assert len(json.loads(copy().stdout)["rolled"]) == 4
    assert set(annotations().values()).isdisjoint(before.values())

"""What the tests share."""

import os
import subprocess

import pytest
import yaml

import cluster as clusters
from rules import Facts

OVERLAYS = ("minikube", "aks", "gke", "oke")
GIVEN = {
    "SPINDLE_STATE_URL": "postgres://spindle:pass@ep.example.neon.tech/spindle?sslmode=verify-full",
    "SPINDLE_KAFKA_USERNAME": "spindle",
    "SPINDLE_KAFKA_PASSWORD": "pass",
}


@pytest.fixture(scope="session")
def cluster():
    """One API server for all tests."""
    with clusters.Cluster() as running:
        yield running


@pytest.fixture(scope="session")
def secrets(tmp_path_factory):
    """The Secrets and the ConfigMap that `make secrets` makes, as manifests, by overlay."""
    environment = {**os.environ, **GIVEN, "SPINDLE_SECRETS": str(tmp_path_factory.mktemp("secrets")),
                   "PATH": f"{clusters.kubectl_path().parent}:{os.environ['PATH']}"}
    made = {}
    for overlay in OVERLAYS:
        namespace = "default" if overlay == "minikube" else "todo-app"
        script = clusters.ROOT / "spinkube/secrets.sh"
        subprocess.run([script, "make", overlay], env=environment, check=True, capture_output=True)
        made[overlay] = subprocess.run([script, "render", overlay, namespace], env=environment, check=True, capture_output=True, text=True).stdout
    return made


@pytest.fixture(scope="session")
def rendered():
    """What Kustomize makes of each overlay, as text."""
    return {overlay: clusters.kustomize(f"spinkube/overlays/{overlay}") for overlay in OVERLAYS}


@pytest.fixture(scope="session")
def documents(rendered, secrets):
    """Each overlay with its secrets, as objects."""
    def load(text):
        return [document for document in yaml.safe_load_all(text) if document]
    return {overlay: load(rendered[overlay]) + load(secrets[overlay]) for overlay in OVERLAYS}


@pytest.fixture(scope="session")
def facts():
    """What the code says: routes, variables, topics."""
    return Facts.read(clusters.ROOT)

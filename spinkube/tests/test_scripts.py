"""The scripts that a person runs. Against the API server where that can answer; a kubelet, an operator, helm and minikube are stood in for."""

import base64
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import threading
import time

import pytest

from cluster import ROOT, kubectl_path
from conftest import GIVEN

APPS = ("task-api", "audit-handler", "reminder-handler", "recurrence-handler", "web")


@pytest.fixture
def tree(tmp_path):
    """A copy of what the scripts read, to be changed at will."""
    for folder in ("spinkube", "dapr/kubernetes", "runtime-config", "tools/k8s"):
        shutil.copytree(ROOT / folder, tmp_path / "tree" / folder)
    shutil.copy(ROOT / "Makefile", tmp_path / "tree")
    return tmp_path / "tree"


@pytest.fixture
def tools(tmp_path):
    """A PATH of its own: makes programs that note how they were called and do what they are told."""
    folder = tmp_path / "bin"
    folder.mkdir()
    calls = tmp_path / "calls"
    calls.touch()

    class Tools:
        path = folder

        @staticmethod
        def add(name, script="exit 0"):
            program = folder / name
            program.write_text(f'#!/bin/bash\nprintf "%s\\n" "{name} $*" >>"{calls}"\n{script}\n')
            program.chmod(0o755)

        @staticmethod
        def calls():
            return calls.read_text().splitlines()
    for name in ("bash", "env", "cat", "sed", "grep", "tr", "mkdir", "dirname", "basename", "mktemp", "rm", "mv", "tail", "touch", "seq", "sleep", "kill", "date", "openssl", "printf"):
        found = shutil.which(name)
        if found:
            (folder / name).symlink_to(found)
    return Tools


def run(script, *arguments, path=None, **environment):
    """Runs a script of the project; gives its end, its output and what it says."""
    env = {**os.environ, **environment}
    if path:
        env["PATH"] = str(path)
    return subprocess.run([script, *arguments], capture_output=True, text=True, check=False, env=env, timeout=300)


def refused(done, *said, code=1):
    assert done.returncode == code, done
    for words in said:
        assert words in done.stderr, done.stderr


# --- secrets.sh


def test_secrets_are_made_once_and_never_printed(tmp_path):
    script = ROOT / "spinkube/secrets.sh"
    made = run(script, "make", "minikube", SPINDLE_SECRETS=str(tmp_path))
    assert made.returncode == 0, made.stderr
    files = {path.relative_to(tmp_path / "minikube"): path for path in (tmp_path / "minikube").rglob("*") if path.is_file()}
    contents = {name: path.read_text() for name, path in files.items()}
    assert all((path.stat().st_mode & 0o077) == 0 for path in files.values())
    assert not any(len(text) > 20 and text in made.stdout + made.stderr for text in contents.values())
    assert all(text == text.strip() and text for text in contents.values()), "a line end would be part of a token"
    again = run(script, "make", "minikube", SPINDLE_SECRETS=str(tmp_path))
    assert "made " not in again.stderr and {name: path.read_text() for name, path in files.items()} == contents

    # The key pair is one, as OpenSSL sees it, and its id is the thumbprint of RFC 7638.
    text = {str(name): value for name, value in contents.items()}
    key = json.loads(text["jwt-public-keys/jwks"])["keys"][0]
    seed = base64.urlsafe_b64decode(text["jwt-signing-key/private_key"] + "=")
    private = bytes.fromhex("302e020100300506032b657004220420") + seed
    public = subprocess.run(["openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"], input=private, capture_output=True, check=True).stdout
    assert base64.urlsafe_b64decode(key["x"] + "=") == public[-32:]
    assert key["kid"] == text["jwt-signing-key/kid"]
    members = f'{{"crv":"Ed25519","kty":"OKP","x":"{key["x"]}"}}'.encode()
    digest = subprocess.run(["openssl", "dgst", "-sha256", "-binary"], input=members, capture_output=True, check=True).stdout
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == key["kid"]


def test_secrets_say_what_is_missing(tmp_path):
    script = ROOT / "spinkube/secrets.sh"
    here = {"SPINDLE_SECRETS": str(tmp_path)}
    refused(run(script), "secrets.sh make ENVIRONMENT", code=64)
    refused(run(script, "make"), "secrets.sh make ENVIRONMENT", code=64)
    refused(run(script, "make", "azure", **here), "there is no environment azure; take minikube, aks, gke or oke")
    refused(run(script, "make", "aks", **here), "set SPINDLE_STATE_URL")
    refused(run(script, "make", "aks", **here, SPINDLE_STATE_URL="postgres://h/d?sslmode=disable"), "must begin with postgres:// and hold sslmode=verify-full")
    refused(run(script, "make", "aks", **here, SPINDLE_STATE_URL=GIVEN["SPINDLE_STATE_URL"]), "set SPINDLE_KAFKA_USERNAME")
    refused(run(script, "make", "aks", **here, **{**GIVEN, "SPINDLE_KAFKA_USERNAME": "a b"}), "SPINDLE_KAFKA_USERNAME holds white space")
    refused(run(script, "render", "aks", "todo-app", **here), "the secrets of aks are not made; run: make secrets ENV=aks")
    assert run(script, "make", "aks", **here, **GIVEN).returncode == 0
    refused(run(script, "apply", "aks", **here), "secrets.sh make ENVIRONMENT", code=64)
    (tmp_path / "aks/app-api-token/token").write_text("")
    refused(run(script, "render", "aks", "todo-app", **here), "app-api-token/token is empty; remove it and run: make secrets ENV=aks")
    (tmp_path / "aks/jwt-public-keys/jwks").unlink()
    refused(run(script, "make", "aks", **here), "jwks is missing; restore it")


def test_secrets_need_openssl(tools, tmp_path):
    (tools.path / "openssl").unlink()
    refused(run(ROOT / "spinkube/secrets.sh", "make", "minikube", path=tools.path, SPINDLE_SECRETS=str(tmp_path / "s")), "openssl is missing")


# --- set-digests.sh


def test_digests_are_put_into_an_overlay(tree):
    script = tree / "spinkube/set-digests.sh"
    one, two = "sha256:" + "1" * 64, "sha256:" + "a" * 64
    refused(run(script, "aks", one), "set-digests.sh OVERLAY", code=64)
    refused(run(script, "minikube", one, two), "the overlay minikube has no digests")
    refused(run(script, "nowhere", one, two), "the overlay nowhere has no digests")
    refused(run(script, "aks", one, "sha256:12"), "sha256:12 is no digest")
    refused(run(script, "aks", "sha256:" + "0" * 64, two), "is no digest")
    assert run(script, "aks", one, two).returncode == 0
    made = subprocess.run([kubectl_path(), "kustomize", tree / "spinkube/overlays/aks"], capture_output=True, text=True, check=True).stdout
    assert made.count(f"image: ghcr.io/spindle-tasks/spindle@{one}") == 5
    assert made.count(f"dapr.io/sidecar-image: ghcr.io/spindle-tasks/spindle-daprd@{two}") == 4


# --- what the workflows run


def make(tools, tree, *arguments, **environment):
    path = f"{tools.path}:{os.environ['PATH']}"
    return run(shutil.which("make"), "--silent", "-C", tree, *arguments, PATH=path, **environment)


def test_what_is_pushed_gives_its_digest_and_nothing_else(tools, tree):
    digest = "sha256:" + "b" * 64
    (tree / "target").mkdir()
    tools.add("git", "echo 0123abc")
    tools.add("spin", f'echo "Pushing app to the Registry..."; echo "Pushed with digest {digest}"')
    done = make(tools, tree, "push-app", "APP=ghcr.io/me/spindle", "TAG=v1.2.3")
    assert (done.returncode, done.stdout) == (0, f"digest={digest}\n"), done
    assert any(call.startswith("spin registry push ") and call.endswith("ghcr.io/me/spindle:v1.2.3") and "revision=0123abc" in call for call in tools.calls())
    tools.add("spin", "echo denied >&2; exit 1")
    assert make(tools, tree, "push-app", "APP=ghcr.io/me/spindle", "TAG=v1.2.3").returncode != 0
    tools.add("spin", "echo Pushed")
    assert make(tools, tree, "push-app", "APP=ghcr.io/me/spindle", "TAG=v1.2.3").returncode != 0, "no digest, no release"

    tools.add("docker", f'[[ "$*" != *inspect* ]] || echo digest={digest}')
    done = make(tools, tree, "push-sidecar", "SIDECAR=ghcr.io/me/daprd", "TAG=v1.2.3")
    assert (done.returncode, done.stdout) == (0, f"digest={digest}\n"), done
    tools.add("docker", "exit 1")
    assert make(tools, tree, "push-sidecar", "SIDECAR=ghcr.io/me/daprd", "TAG=v1.2.3").returncode != 0


def test_one_bad_signature_stops_a_deployment(tools, tree):
    tools.add("cosign", '[[ "$*" != *bad* ]]')
    assert make(tools, tree, "verify", "REFERENCES=a@sha256:1 b@sha256:2", SIGNER="^https://x$").returncode == 0
    checked = [call for call in tools.calls() if "--certificate-identity-regexp ^https://x$" in call and "token.actions.githubusercontent.com" in call]
    assert len(checked) == 2
    assert make(tools, tree, "verify", "REFERENCES=bad@sha256:1 b@sha256:2", SIGNER="^https://x$").returncode != 0
    done = make(tools, tree, "verify", "REFERENCES=a@sha256:1")
    assert done.returncode != 0 and "set SIGNER" in done.stderr
    done = make(tools, tree, "verify", SIGNER="^https://x$")
    assert done.returncode != 0 and "set REFERENCES, e.g.: make verify REFERENCES=" in done.stderr


def test_settings_make_an_overlay_fit(tools, tree):
    one, two = "sha256:" + "1" * 64, "sha256:" + "a" * 64
    given = ["ENV=gke", f"APP_DIGEST={one}", f"SIDECAR_DIGEST={two}", "HOST=tasks.acme.test", "ACME_EMAIL=me@acme.test", "KAFKA_BROKERS=kafka.acme.test:9092"]
    for missing in given[1:]:
        done = make(tools, tree, "settings", *[value for value in given if value != missing])
        assert done.returncode != 0 and f"set {missing.split('=')[0]}, e.g.:" in done.stderr
    assert make(tools, tree, "settings", *given).returncode == 0
    made = subprocess.run([kubectl_path(), "kustomize", tree / "spinkube/overlays/gke"], capture_output=True, text=True, check=True).stdout
    assert "host: tasks.acme.test" in made and "- tasks.acme.test\n" in made and "email: me@acme.test" in made
    assert made.count("kafka.acme.test:9092") == 4 and made.count(one) == 5 and made.count(two) == 4 and "example." not in made


# --- preflight.sh and deploy.sh, with the API server


@pytest.fixture(scope="module")
def ready(cluster, secrets):
    """A cluster that has what the overlay minikube needs."""
    cluster.kubectl("apply", "-f", "-", text="apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: wasmtime-spin-v2}\nhandler: spin-v2\n")
    cluster.apply(secrets["minikube"])
    cluster.kubectl("create", "namespace", "kafka", check=False)  # install.sh --strimzi does
    return cluster


def test_secrets_are_handed_to_a_cluster(cluster, tmp_path):
    script, here = ROOT / "spinkube/secrets.sh", {**cluster.environment(), "SPINDLE_SECRETS": str(tmp_path)}
    cluster.kubectl("create", "namespace", "handed")
    assert run(script, "make", "aks", **{**here, **GIVEN}).returncode == 0
    for _ in range(2):
        done = run(script, "apply", "aks", "handed", **here)
        assert done.returncode == 0, done.stderr
    assert "secret/dapr-api-token serverside-applied" in done.stdout and "configmap/jwt-public-keys serverside-applied" in done.stdout
    got = json.loads(cluster.kubectl("get", "secret", "dapr-api-token", "-n", "handed", "-o", "json").stdout)["data"]["token"]
    token = (tmp_path / "aks/dapr-api-token/token").read_text()
    assert base64.b64decode(got).decode() == token and token not in done.stdout + done.stderr


def preflight(cluster, *arguments, script=ROOT / "spinkube/preflight.sh", **environment):
    return subprocess.run([script, *arguments], capture_output=True, text=True, check=False, timeout=300, env={**cluster.environment(), **environment})


def test_preflight_refuses_before_anything_is_changed(ready):
    refused(preflight(ready), "preflight.sh OVERLAY NAMESPACE", code=64)
    refused(preflight(ready, "minikube", "default", "--fast"), "unknown option --fast", code=64)
    refused(preflight(ready, "azure", "default"), "there is no overlay azure; take one of: aks gke minikube oke")
    refused(preflight(ready, "aks", "nowhere", "--no-probe"), "names no release; run: spinkube/set-digests.sh aks", "settings.env still holds examples",
            "the key token of the secret dapr-api-token in nowhere is missing", "keda-tls of the secret spindle-kafka", "nothing was changed")
    refused(preflight(ready, "minikube", "default", KUBECONFIG="/nowhere"), "the cluster does not answer")
    done = preflight(ready, "minikube", "default", "--no-probe")
    assert done.returncode == 0, done.stderr
    assert "minikube can run in default on Kubernetes 1.35" in done.stderr


def test_preflight_names_each_thing_that_is_missing(ready, tree):
    def without(kind, name, *said, namespace=None):
        where = ["--namespace", namespace] if namespace else []
        kept = ready.kubectl("get", kind, name, *where, "-o", "json").stdout
        ready.kubectl("delete", kind, name, *where)
        try:
            refused(preflight(ready, "minikube", "default", "--no-probe"), *said, "1 to mend; nothing was changed")
        finally:
            thing = json.loads(kept)
            for field in ("resourceVersion", "uid", "managedFields"):
                thing["metadata"].pop(field, None)
            ready.kubectl("create", "-f", "-", text=json.dumps(thing))

    without("runtimeclass", "wasmtime-spin-v2", "the runtime class wasmtime-spin-v2 is missing; run: spinkube/cluster/install.sh")
    without("secret", "app-api-token", "the key token of the secret app-api-token in default is missing or empty; run: make secrets ENV=minikube", namespace="default")
    without("configmap", "jwt-public-keys", "the key jwks of the configmap jwt-public-keys", namespace="default")
    script = tree / "spinkube/preflight.sh"
    script.write_text(script.read_text().replace("minor_min=30 minor_max=35", "minor_min=36 minor_max=37"))
    refused(preflight(ready, "minikube", "default", script=script), "Kubernetes 1.35 is too old; take 1.36 to 1.37")
    script.write_text(script.read_text().replace("minor_min=36 minor_max=37", "minor_min=20 minor_max=34"))
    refused(preflight(ready, "minikube", "default", script=script), "Kubernetes 1.35 is not known to work; take 1.20 to 1.34")
    script.write_text(script.read_text().replace("spinapps.core.spinkube.dev", "spinapp.core.spinkube.dev"))
    refused(preflight(ready, "minikube", "default", script=script), "the definition spinapp.core.spinkube.dev is missing")


class Stand:
    """Stands in for the operator, the job controller and the kubelet: makes Deployments, and lets them, Jobs and pods get where they go."""

    def __init__(self, cluster, broken=()):
        self.cluster, self.broken, self.stopped = cluster, broken, threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()

    PATHS = {"spinapps": "/apis/core.spinkube.dev/v1alpha1", "deployments": "/apis/apps/v1", "jobs": "/apis/batch/v1", "pods": "/api/v1"}

    def path(self, kind):
        return f"{self.PATHS[kind]}/namespaces/default/{kind}"

    def items(self, kind):
        return self.cluster.call("GET", self.path(kind))["items"]

    def status(self, kind, name, status):
        self.cluster.call("PATCH", f"{self.path(kind)}/{name}/status", {"status": status}, "application/merge-patch+json")

    def work(self):
        while not self.stopped.wait(0.1):
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            deployments = {item["metadata"]["name"]: item for item in self.items("deployments")}
            for app in self.items("spinapps"):
                name, image = app["metadata"]["name"], app["spec"]["image"]
                known = deployments.get(name)
                if known is None or known["spec"]["template"]["spec"]["containers"][0]["image"] != image:
                    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": name, "image": image}]}}
                    self.cluster.call("PATCH", f"{self.path('deployments')}/{name}?fieldManager=operator&force=true", {
                        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
                        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": template}}, "application/apply-patch+yaml")
                elif known.get("status", {}).get("observedGeneration") != known["metadata"]["generation"]:
                    good = image not in self.broken
                    self.status("deployments", name, {
                        "observedGeneration": known["metadata"]["generation"], "replicas": 1, "updatedReplicas": int(good), "readyReplicas": 1, "availableReplicas": 1,
                        "conditions": [{"type": "Progressing", "status": str(good), "reason": "NewReplicaSetAvailable" if good else "ProgressDeadlineExceeded",
                                        "lastTransitionTime": now, "lastUpdateTime": now}]})
            for job in self.items("jobs"):
                if not job.get("status", {}).get("conditions"):
                    conditions = [{"type": kind, "status": "True", "lastTransitionTime": now, "lastProbeTime": now} for kind in ("SuccessCriteriaMet", "Complete")]
                    self.status("jobs", job["metadata"]["name"], {"startTime": now, "completionTime": now, "succeeded": 1, "conditions": conditions})
            for pod in self.items("pods"):
                if pod.get("status", {}).get("phase") == "Pending":
                    self.status("pods", pod["metadata"]["name"], {"phase": "Succeeded"})


@pytest.mark.parametrize(("env", "sidecar", "said", "code"), [
    ("probe=seen", True, "this shim gives a Linux container its environment; the component sidecar-image may be left out", 0),
    ("probe=", True, "no environment; the overlay has the sidecar image for that", 0),
    ("probe=", False, "no environment, so Dapr's own sidecar would crash or be open; add components/sidecar-image", 1),
    ("", True, "the probe pod said nothing", 1),
])
def test_preflight_tells_whether_the_shim_passes_the_environment(ready, tree, tools, env, sidecar, said, code):
    # Only what a kubelet would answer is made up.
    tools.add("kubectl", f'case " $* " in *" logs "*) echo "{env}" ;; *) exec {kubectl_path()} "$@" ;; esac')
    if not sidecar:
        overlay = tree / "spinkube/overlays/minikube/app/kustomization.yaml"
        overlay.write_text(overlay.read_text().replace("components:\n  - ../../../components/sidecar-image\n", ""))
    with Stand(ready):
        path = f"{tools.path}:{os.environ['PATH']}"
        done = preflight(ready, "minikube", "default", script=tree / "spinkube/preflight.sh", PATH=path)
    assert done.returncode == code and said in done.stderr, done.stderr
    assert not [pod for pod in Stand(ready).items("pods") if not pod["metadata"].get("deletionTimestamp")], "the probe is left behind"


def deploy(cluster, tree, *arguments, **environment):
    env = {**cluster.environment(), "PREFLIGHT_OPTIONS": "--no-probe", "ROLLOUT_TIMEOUT": "180s", **environment}
    return subprocess.run([tree / "spinkube/deploy.sh", *arguments], capture_output=True, text=True, check=False, timeout=600, env=env)


def test_a_deployment_goes_through_and_a_failed_one_goes_back(ready, tree):
    refused(deploy(ready, tree), "deploy.sh diff OVERLAY", code=64)
    refused(deploy(ready, tree, "apply", "minikube"), "deploy.sh diff OVERLAY", code=64)
    refused(deploy(ready, tree, "apply", "minikube", "task.example"), "deploy.sh diff OVERLAY", code=64)
    refused(deploy(ready, tree, "diff", "azure"), "there is no overlay azure")

    def images():
        return {app["spec"]["image"] for app in Stand(ready).items("spinapps")}

    def tag(old, new):
        overlay = tree / "spinkube/overlays/minikube/app/kustomization.yaml"
        overlay.write_text(overlay.read_text().replace(f"newTag: {old}", f"newTag: {new}"))

    with Stand(ready, broken={"localhost:5000/spindle:broken"}):
        done = deploy(ready, tree, "apply", "minikube", "http://127.0.0.1", NO_SMOKE="yes")
        assert done.returncode == 0, done.stderr
        assert images() == {"localhost:5000/spindle:dev"}

        tag("dev", "next")
        shown = deploy(ready, tree, "diff", "minikube")
        assert shown.returncode == 0 and "+  image: localhost:5000/spindle:next" in shown.stdout, shown
        assert images() == {"localhost:5000/spindle:dev"}, "diff changes nothing"
        # It starts, but does not work: nobody listens there.
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{closed.getsockname()[1]}"
            refused(deploy(ready, tree, "apply", "minikube", url, WAIT_SECONDS="1"), "smoke: registering failed", "rolled back to localhost:5000/spindle:dev")
        assert images() == {"localhost:5000/spindle:dev"}

        # It does not even start.
        tag("next", "broken")
        refused(deploy(ready, tree, "apply", "minikube", "http://127.0.0.1", NO_SMOKE="yes"), "going back to localhost:5000/spindle:dev", "rolled back")
        assert images() == {"localhost:5000/spindle:dev"}


# --- minikube.sh and install.sh: helm and minikube are stood in for


def minikube(tools, tmp_path, *arguments, tree=ROOT):
    return run(tree / "spinkube/minikube.sh", *arguments, path=tools.path, SPINDLE_MARK=str(tmp_path / "mark"), SPINDLE_SECRETS=str(tmp_path / "secrets"))


def test_minikube_says_what_is_missing_before_it_makes_anything(tools, tmp_path):
    for arguments in ((), ("start",), ("test", "now"), ("down", "all")):
        refused(minikube(tools, tmp_path, *arguments), "minikube.sh up [--keda]", code=64)
    refused(minikube(tools, tmp_path, "up", "--kada"), "unknown option --kada", code=64)
    for missing in ("minikube", "kubectl", "helm", "spin", "make", "cargo"):
        refused(minikube(tools, tmp_path, "up"), f"{missing} is missing; ")
        tools.add(missing, 'case "$*" in "version --short") echo v1.32.0 ;; "profile list -o json") echo \'{"valid": [{"Name": "spindle"}]}\' ;; esac')
    refused(minikube(tools, tmp_path, "up"), "minikube v1.32.0 is too old for the Spin shim; take 1.33 or later")
    tools.add("minikube", 'case "$*" in "version --short") echo unknown ;; esac')
    refused(minikube(tools, tmp_path, "up"), "minikube says no version that is known")
    tools.add("minikube", 'case "$*" in "version --short") echo v1.38.0 ;; "profile list -o json") echo \'{"valid": [{"Name": "spindle"}]}\' ;; esac')
    refused(minikube(tools, tmp_path, "up"), "a Minikube profile spindle that this script did not make")
    assert not any(re.search(r"minikube (start|delete)|helm .*install|kubectl .*apply", call) for call in tools.calls())
    assert not (tmp_path / "mark").exists()


def test_minikube_removes_only_what_it_has_made(tools, tmp_path):
    listed = 'case "$*" in "profile list -o json") echo \'{"valid": [{"Name": "spindle"}]}\' ;; esac'
    tools.add("minikube", listed)
    refused(minikube(tools, tmp_path, "down"), "there is no cluster that this script has made")
    assert not any("delete" in call for call in tools.calls())
    (tmp_path / "mark").touch()
    assert minikube(tools, tmp_path, "down").returncode == 0
    assert [call for call in tools.calls() if "delete" in call] == ["minikube delete --profile spindle"]
    assert not (tmp_path / "mark").exists()


def test_minikube_up_goes_its_way_in_order(tools, tmp_path, tree):
    tools.add("minikube", 'case "$*" in "version --short") echo v1.38.0 ;; esac')
    tools.add("kubectl", """case "$*" in
*port-forward*registry*) echo "Forwarding from 127.0.0.1:5000 -> 5000"; exec sleep 30 ;;
*port-forward*) echo "Forwarding from 127.0.0.1:8080 -> 8000"; exec sleep 30 ;;
*"get nodes -l spin=true"*) echo node/spindle ;;
*"apply "*"-f -"*) cat >/dev/null ;;
esac""")
    for name in ("helm", "spin", "cargo", "make", "curl"):
        tools.add(name)
    for script in ("deploy.sh", "smoke.sh", "secrets.sh"):
        (tree / "spinkube" / script).write_text(f'#!/bin/bash\nprintf "%s\\n" "{script} $*" >>"{tmp_path}/calls"\n')
    done = minikube(tools, tmp_path, "up", "--keda", tree=tree)
    assert done.returncode == 0, done.stderr
    calls = tools.calls()
    order = ["make -C .* secrets ENV=minikube", "minikube start --profile spindle .*--container-runtime containerd .*--cpus 4 --memory 6g", "kubectl .*label nodes --all --overwrite spin=true",
             "helm .*cert-manager", "helm .*runtime-class-manager", "helm .*spin-operator", "helm .*dapr .*--version 1.18.3", "helm .*traefik", "helm .*strimzi", "helm .*keda",
             "make -C .* wasm sidecar-context", "minikube --profile spindle image build", "spin registry push --insecure localhost:5000/spindle:dev",
             "secrets.sh apply minikube default", "deploy.sh apply minikube", "smoke.sh http://127.0.0.1:8080"]
    at = -1
    for step in order:
        found = next((number for number, call in enumerate(calls) if number > at and re.match(step, call)), None)
        assert found is not None, (step, calls)
        at = found
    assert all("--kube-context spindle" in call for call in calls if call.startswith("helm "))
    assert all("--context spindle" in call for call in calls if call.startswith("kubectl ")), "never the context that a person happens to be in"
    assert (tmp_path / "mark").exists()


def test_install_says_what_is_missing(tools):
    script = ROOT / "spinkube/cluster/install.sh"
    refused(run(script, path=tools.path), "install.sh CONTEXT", code=64)
    refused(run(script, "--cloud", path=tools.path), "install.sh CONTEXT", code=64)
    refused(run(script, "aks", "--kafka", path=tools.path), "unknown option --kafka", code=64)
    refused(run(script, "aks", path=tools.path), "kubectl is missing")
    tools.add("kubectl", "exit 1")
    tools.add("helm")
    refused(run(script, "aks", path=tools.path), "the cluster of the context aks does not answer")
    tools.add("kubectl")
    refused(run(script, "aks", path=tools.path), "no node has the label spin=true", "label nodes --all spin=true")
    assert not any(call.startswith("helm") for call in tools.calls())


# --- smoke.sh


def test_smoke_wants_a_url_and_says_what_fails():
    script = ROOT / "spinkube/smoke.sh"
    refused(run(script), "smoke.sh URL", code=64)
    refused(run(script, "localhost"), "smoke.sh URL", code=64)
    refused(run(script, "http://127.0.0.1:1", WAIT_SECONDS="1"), "smoke: registering failed")


def test_smoke_passes_on_a_running_spindle(tmp_path):
    spindle = pathlib.Path(os.environ.get("SPINDLE_BIN", ROOT / "target/release/spindle"))
    if not spindle.exists():
        pytest.skip(f"{spindle} is not built; run make build")
    log = open(tmp_path / "log", "wb")
    arguments = ["up", "--listen", "127.0.0.1:0", "--sidecar-listen", "127.0.0.1:0", "--data", tmp_path / "data", "--log-format", "json"]
    with subprocess.Popen([spindle, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        try:
            url = json.loads(process.stdout.readline())["url"]
            done = run(ROOT / "spinkube/smoke.sh", url)
            assert done.returncode == 0 and "works: a task, its audit entry" in done.stderr, done.stderr
        finally:
            process.terminate()

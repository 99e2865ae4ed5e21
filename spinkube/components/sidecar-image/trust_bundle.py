"""Copies Dapr's root certificates into this namespace, and rolls the pods that read them when they have changed.

Runs as a CronJob with the rights of trust-bundle.rbac.yaml. Everything is done by server-side apply under a field manager of its own, so it
may run at any time, twice at once, and beside a deployment. Ends with status 1 and one line when something is missing.
"""

import hashlib
import json
import os
import ssl
import sys
import urllib.error
import urllib.request

SOURCE_NAMESPACE = "dapr-system"
BUNDLE = "dapr-trust-bundle"
KEY = "ca.crt"
MANAGER = "spindle-trust-bundle"
SELECTOR = "spindle%2Fsidecar%3Ddapr"
# daprd reads the certificates at its start: a pod whose annotation changes is replaced.
ANNOTATION = "spindle/trust-bundle-sha256"
ACCOUNT = os.environ.get("ACCOUNT_FOLDER", "/var/run/secrets/kubernetes.io/serviceaccount")
TIMEOUT_SECONDS = 10


class Failed(Exception):
    """What went wrong and what to do."""


def server():
    """The address of the API server."""
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST", ""), os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    if not host:
        raise Failed("KUBERNETES_SERVICE_HOST is not set; run this in a pod")
    return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"


def call(method, path, body=None):
    """Calls the API server; gives the answer's JSON."""
    with open(f"{ACCOUNT}/token", encoding="ascii") as file:
        headers = {"Authorization": f"Bearer {file.read().strip()}", "Content-Type": "application/apply-patch+yaml"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server() + path, data, headers, method=method)
    context = ssl.create_default_context(cafile=f"{ACCOUNT}/ca.crt")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=context) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        try:
            message = json.load(error).get("message", "")
        except ValueError:
            message = ""
        raise Failed(f"{method} {path}: {error.code} {message}") from error
    except (urllib.error.URLError, TimeoutError) as error:
        raise Failed(f"{method} {path}: the API server cannot be reached ({error})") from error


def apply(path, body):
    """Applies `body` as the sole owner of what it names."""
    return call("PATCH", f"{path}?fieldManager={MANAGER}&force=true", body)


def main():
    """Copies and rolls."""
    namespace = os.environ.get("NAMESPACE", "")
    if not namespace:
        raise Failed("NAMESPACE is not set")
    bundle = call("GET", f"/api/v1/namespaces/{SOURCE_NAMESPACE}/configmaps/{BUNDLE}").get("data", {}).get(KEY, "")
    if "BEGIN CERTIFICATE" not in bundle:
        raise Failed(f"{KEY} of the ConfigMap {BUNDLE} in {SOURCE_NAMESPACE} holds no certificate; is Dapr's sentry running?")
    apply(f"/api/v1/namespaces/{namespace}/configmaps/{BUNDLE}", {
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": BUNDLE}, "data": {KEY: bundle},
    })
    digest = hashlib.sha256(bundle.encode()).hexdigest()
    apps = f"/apis/core.spinkube.dev/v1alpha1/namespaces/{namespace}/spinapps"
    rolled = []
    for app in call("GET", f"{apps}?labelSelector={SELECTOR}")["items"]:
        name = app["metadata"]["name"]
        if app["spec"].get("podAnnotations", {}).get(ANNOTATION) != digest:
            apply(f"{apps}/{name}", {
                "apiVersion": app["apiVersion"], "kind": "SpinApp", "metadata": {"name": name},
                "spec": {"podAnnotations": {ANNOTATION: digest}},
            })
            rolled.append(name)
    print(json.dumps({"message": "trust bundle copied", "namespace": namespace, "sha256": digest, "rolled": rolled}))


if __name__ == "__main__":
    try:
        main()
    except (Failed, OSError) as error:
        sys.exit(f"trust-bundle: {error}")

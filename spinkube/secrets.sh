#!/usr/bin/env bash
# Makes the keys and tokens of an environment on this machine, and hands them to a cluster. Never prints one.
#   spinkube/secrets.sh make ENVIRONMENT              into .spindle/secrets/ENVIRONMENT/; what is there is kept
#   spinkube/secrets.sh apply ENVIRONMENT NAMESPACE   to the cluster of the current kubectl context, or of CONTEXT
#   spinkube/secrets.sh render ENVIRONMENT NAMESPACE  as manifests, into a pipe or file
# ENVIRONMENT is minikube, aks, gke or oke. The clouds need three values of yours as environment variables, at the first `make`:
#   SPINDLE_STATE_URL (postgres://…), SPINDLE_KAFKA_USERNAME, SPINDLE_KAFKA_PASSWORD
set -euo pipefail
umask 077

fail() { echo "secrets: $*" >&2; exit 1; }
usage() { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 64; }

root=$(cd "$(dirname "$0")/.." && pwd)
action=${1:-}
environment=${2:-}
case $action in make | apply | render) ;; *) usage ;; esac
case $environment in minikube | aks | gke | oke) ;;
"") usage ;;
*) fail "there is no environment $environment; take minikube, aks, gke or oke" ;;
esac
folder=${SPINDLE_SECRETS:-$root/.spindle/secrets}/$environment

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# Writes standard input to KEY of OBJECT, unless it is there.
keep() {
    local path=$folder/$1/$2
    # What is there is kept; whoever writes into this pipe must not be cut off.
    [[ ! -s $path ]] || { cat >/dev/null; return; }
    mkdir -p "$folder/$1"
    cat >"$path.new"
    [[ -s $path.new ]] || fail "no value for $1/$2"
    mv "$path.new" "$path"
    echo "made $1/$2" >&2
}

random_token() { openssl rand 32 | base64url | keep "$1" "$2"; }

# The value of the variable $3, given by a person.
given() {
    [[ ! -s $folder/$1/$2 ]] || return 0
    local value=${!3:-}
    [[ -n $value ]] || fail "set $3 ($4) and run this again; it goes into $1/$2 and nowhere else"
    [[ $value != *[[:space:]]* ]] || fail "$3 holds white space; give the bare value"
    printf %s "$value" | keep "$1" "$2"
}

# Ed25519, as Spindle's own host makes it: the seed for task-api, the JWK Set for everybody who verifies.
signing_key() {
    [[ -s $folder/jwt-signing-key/private_key && -s $folder/jwt-public-keys/jwks ]] && return 0
    [[ ! -e $folder/jwt-signing-key/private_key ]] || fail "$folder/jwt-public-keys/jwks is missing; restore it, or remove jwt-signing-key to get a new pair (everybody is then logged out)"
    local work x kid
    work=$(mktemp -d)
    # shellcheck disable=SC2064 # the folder of now
    trap "rm -rf '$work'" EXIT
    openssl genpkey -algorithm ed25519 -outform DER -out "$work/private" 2>/dev/null || fail "this openssl knows no Ed25519; install OpenSSL 1.1.1 or later"
    x=$(openssl pkey -inform DER -in "$work/private" -pubout -outform DER | tail -c 32 | base64url)
    # RFC 7638: the required members in this order, without white space.
    kid=$(printf '{"crv":"Ed25519","kty":"OKP","x":"%s"}' "$x" | openssl dgst -sha256 -binary | base64url)
    tail -c 32 "$work/private" | base64url | keep jwt-signing-key private_key
    printf %s "$kid" | keep jwt-signing-key kid
    printf '{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"%s","x":"%s","alg":"EdDSA","use":"sig"}]}' "$kid" "$x" | keep jwt-public-keys jwks
}

make_all() {
    command -v openssl >/dev/null || fail "openssl is missing; install OpenSSL 1.1.1 or later"
    if [[ $environment != minikube ]]; then
        given spindle-state connectionString SPINDLE_STATE_URL "the connection string of PostgreSQL, e.g. postgres://user:password@host/db?sslmode=verify-full"
        case $(<"$folder/spindle-state/connectionString") in
        postgres://*sslmode=verify-full* | postgresql://*sslmode=verify-full*) ;;
        *)
            rm -f "$folder/spindle-state/connectionString"
            fail "SPINDLE_STATE_URL must begin with postgres:// and hold sslmode=verify-full: it crosses the internet"
            ;;
        esac
        given spindle-kafka username SPINDLE_KAFKA_USERNAME "the SASL user of Redpanda Cloud"
        given spindle-kafka password SPINDLE_KAFKA_PASSWORD "its password"
        # Not secret, but KEDA takes them from the same place.
        printf scram_sha256 | keep spindle-kafka keda-sasl
        printf enable | keep spindle-kafka keda-tls
    else
        random_token postgres password
        printf 'postgres://spindle:%s@postgres.default.svc.cluster.local:5432/spindle?sslmode=disable' "$(<"$folder/postgres/password")" |
            keep spindle-state connectionString
    fi
    random_token dapr-api-token token
    random_token app-api-token token
    signing_key
    echo "the secrets of $environment are in $folder (readable by you alone); keep a backup of jwt-signing-key" >&2
}

render() {
    local namespace=$1 object key arguments kind
    for object in "$folder"/*/; do
        object=$(basename "$object")
        arguments=()
        for key in "$folder/$object"/*; do
            [[ -s $key ]] || fail "$key is empty; remove it and run: make secrets ENV=$environment"
            arguments+=("--from-file=$key")
        done
        kind=(secret generic)
        [[ $object != jwt-public-keys ]] || kind=(configmap)
        kubectl create "${kind[@]}" "$object" --namespace "$namespace" "${arguments[@]}" --dry-run=client -o yaml
        echo ---
    done
}

if [[ $action == make ]]; then
    make_all
    exit
fi
namespace=${3:-}
[[ -n $namespace ]] || usage
[[ -d $folder/dapr-api-token && -d $folder/app-api-token && -d $folder/jwt-signing-key && -d $folder/spindle-state ]] ||
    fail "the secrets of $environment are not made; run: make secrets ENV=$environment"
command -v kubectl >/dev/null || fail "kubectl is missing; see https://kubernetes.io/docs/tasks/tools/"
if [[ $action == render ]]; then
    [[ ! -t 1 ]] || fail "this prints secrets; send it into a pipe or a file, or use apply"
    render "$namespace"
else
    render "$namespace" | kubectl ${CONTEXT:+--context "$CONTEXT"} apply --server-side --force-conflicts --field-manager spindle-secrets -f -
fi

#!/usr/bin/env bash
# Puts the digests of a release into an overlay. The release page and the release workflow's summary have both.
#   spinkube/set-digests.sh OVERLAY APP_DIGEST SIDECAR_DIGEST
set -euo pipefail

fail() { echo "set-digests: $*" >&2; exit 1; }
[[ $# -eq 3 ]] || { sed -n '2,3s/^# \{0,1\}//p' "$0" >&2; exit 64; }
file=$(dirname "$0")/overlays/$1/kustomization.yaml
grep -qs 'digest: ' "$file" || fail "the overlay $1 has no digests; take aks, gke or oke"
for digest in "$2" "$3"; do
    [[ $digest =~ ^sha256:[0-9a-f]{64}$ && ! $digest =~ ^sha256:0+$ ]] || fail "$digest is no digest; it looks like sha256: and 64 hex digits"
done
sed -i -e "\\|name: ghcr.io/spindle-tasks/spindle\$|{n;s|digest: .*|digest: $2|}" \
    -e "\\|name: ghcr.io/spindle-tasks/spindle-daprd\$|{n;s|digest: .*|digest: $3|}" "$file"
grep -A1 'name: ghcr.io' "$file"

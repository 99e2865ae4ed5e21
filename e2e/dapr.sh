#!/usr/bin/env bash
# Everything against real Dapr, Kafka and PostgreSQL on loopback: the contract suite of the sidecar, the whole integration suite as one
# app and as four, and the fault runs. Needs what `make test-build` builds. FAULTS holds more arguments of the fault runs.
set -euo pipefail
cd "$(dirname "$0")/.."
SPINDLE_TOOLS=$(tools/dapr.sh)
export SPINDLE_TOOLS
parts=${*:-contract one-app four-apps faults}

for part in $parts; do
  echo "== $part"
  case $part in
    contract) target/release/contract ;;
    one-app | four-apps) SPINDLE_E2E=$part cargo test --locked --release --workspace --test suite -- --test-threads 2 ;;
    # Bounded: a run that hangs is a run that failed.
    faults)
      # shellcheck disable=SC2086
      timeout 600 target/release/faults ${FAULTS:-}
      ;;
    *) echo "e2e/dapr.sh: there is no part $part; there are contract, one-app, four-apps and faults" >&2; exit 2 ;;
  esac
done

#!/usr/bin/env bash
# Proves that a running Spindle works, as a person would: registers, creates a task, waits for its audit entry, verifies the chain, and
# erases the person again. Also that nothing of Dapr's is reachable from outside.
#   spinkube/smoke.sh URL
set -euo pipefail

fail() { echo "smoke: $*" >&2; exit 1; }
url=${1:-}
[[ $url =~ ^https?://[^/]+$ ]] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 64; }
for tool in curl openssl; do command -v "$tool" >/dev/null || fail "$tool is missing"; done
curl() { command curl --silent --show-error --max-time 15 "$@"; }

for _ in $(seq "${WAIT_SECONDS:-120}"); do
    [[ $(curl -o /dev/null -w '%{http_code}' "$url/api/openapi.json" 2>/dev/null || true) != 200 ]] || break
    sleep 1
done
password=$(openssl rand -hex 16)
body=$(printf '{"email":"smoke-%s@example.org","password":"%s"}' "$(openssl rand -hex 8)" "$password")
answer=$(curl --fail-with-body --json "$body" "$url/api/auth/register") || fail "registering failed: $answer"
token=$(sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p' <<<"$answer")
[[ -n $token ]] || fail "registering gave no token"
# In a file of curl's, not on its command line.
authorized() { curl --fail-with-body --config <(printf 'header = "authorization: Bearer %s"\n' "$token") "$@"; }
finish() { authorized -X DELETE --json "{\"password\":\"$password\"}" "$url/api/me" >/dev/null || echo "smoke: the person could not be erased" >&2; }
trap finish EXIT

answer=$(authorized --json '{"title":"Smoke test","due_date":"2031-01-01"}' "$url/api/tasks") || fail "creating a task failed: $answer"
id=$(sed -n 's/^{"id":"\([^"]*\)".*/\1/p' <<<"$answer")
[[ -n $id ]] || fail "creating a task gave no id: $answer"
for attempt in $(seq 60); do
    answer=$(authorized "$url/api/events/audit?task_id=$id") || fail "reading the audit log failed: $answer"
    [[ $answer != *'"event_type":"task.created"'* ]] || break
    ((attempt < 60)) || fail "no audit entry within a minute: the event did not go through pub/sub"
    sleep 1
done
answer=$(authorized "$url/api/events/audit/verify") || fail "verifying the audit log failed: $answer"
[[ $answer == *'"ok":true'* ]] || fail "the audit chain does not verify: $answer"
answer=$(authorized "$url/api/tasks/$id/activity") || fail "the service invocation of audit-handler failed: $answer"

# POST as Dapr would, without its token: whatever answers, it must not take it.
for path in /dapr/subscribe /ticks/outbox /ticks/reminders /job/reminder-x /api/events/task-events /api/events/reminders /api/events/task-updates; do
    status=$(curl -o /dev/null -w '%{http_code}' -X POST --json '{}' "$url$path")
    [[ $status =~ ^4 ]] || fail "$path answers $status from outside"
done
echo "smoke: $url works: a task, its audit entry, the chain, the activity; nothing of Dapr's is open" >&2

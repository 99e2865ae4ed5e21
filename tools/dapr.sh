#!/usr/bin/env bash
# Gets what the tests beside real Dapr need, and prints the folder it is in: daprd and the scheduler built from Go modules, a Kafka broker
# from Maven Central. PostgreSQL must be installed; where apt-get can do that, it is. What is there already is not made again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/spindle-tools

say() { echo "tools/dapr.sh: $*" >&2; }
need() { command -v "$1" >/dev/null || { say "$1 is missing: $2"; exit 1; }; }

need go "install Go 1.26.5 or later from https://go.dev/dl"
need java "install a JDK, 17 or later; on Debian: apt-get install openjdk-17-jdk-headless"
need mvn "install Maven; on Debian: apt-get install maven"
if ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing PostgreSQL"
    apt-get update -qq >&2
    # Without a cluster of its own: each test makes one.
    mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/spindle.conf
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >&2
  else
    say "a PostgreSQL server is missing; on Debian: apt-get install postgresql"
    exit 1
  fi
fi

# A changed module file is another folder.
version=$(cat "$here/dapr/go.mod" "$here/dapr/go.sum" "$here/kafka/pom.xml" | sha256sum | cut -c1-12)
folder=$cache/dapr-$version
mkdir -p "$folder"
for program in daprd scheduler; do
  [ -x "$folder/$program" ] && continue
  say "building $program (the first time this takes minutes)"
  (cd "$here/dapr" && CGO_ENABLED=0 go build -trimpath -mod=readonly -tags stablecomponents -ldflags "-s -w" \
    -o "$folder/$program.new" "github.com/dapr/dapr/cmd/$program") >&2
  mv "$folder/$program.new" "$folder/$program"
done
if [ ! -d "$folder/kafka" ]; then
  say "fetching Kafka"
  rm -rf "$folder/kafka.new"
  (cd "$here/kafka" && mvn -q -B dependency:copy-dependencies -DoutputDirectory="$folder/kafka.new" -DincludeScope=runtime) >&2
  mv "$folder/kafka.new" "$folder/kafka"
fi
echo "$folder"

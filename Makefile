# Everything a person needs: `make up` to run Spindle, `make test` to prove it. `make help` lists the rest.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

COMPONENTS := task-api audit-handler reminder-handler recurrence-handler web
PACKAGES := $(COMPONENTS:%=-p %)
CARGO := cargo --locked
URL ?= http://127.0.0.1:3000

# Where the UI imports the parser of quick add from.
QUICK := frontend/src/quick/generated
QUICK_SOURCES := $(shell find crates/quick-wasm crates/quick-bindgen crates/domain/src crates/contract/src -type f) Cargo.lock
# The front end is built anew only when something of it changed: the web component holds its files.
UI := frontend/dist/index.html
UI_SOURCES := $(shell find frontend/src frontend/sw frontend/scripts frontend/public -type f ! -name '*.gen.ts' ! -path '$(QUICK)/*') frontend/index.html frontend/vite.config.ts frontend/tsconfig.json docs/openapi/v1.json
UI_PACKAGES := frontend/node_modules/.package-lock.json
BROWSER_PACKAGES := e2e/browser/node_modules/.package-lock.json
CHROMIUM ?= /usr/bin/chromium
# Without optimisation: it runs for seconds, and is built in half the time.
CARGO_DENY := cargo install --locked --debug cargo-deny --version 0.20.2 --root target/tools

.PHONY: help up build wasm quick-wasm quick-test ui demo sim test-build test test-dapr bench-dapr test-ui test-e2e screenshots bench-ui lint fmt bench sizes clean rust browser-target python node chromium

help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

up: build ## Build what has changed and run Spindle on http://127.0.0.1:3000
	target/release/spindle up

build: wasm ## Build the host and the components
	$(CARGO) build --release -p spindle

wasm: rust $(UI) ## Build the components
	$(CARGO) build --profile wasm --target wasm32-wasip2 $(PACKAGES)

ui: $(UI) ## Build the front end

$(UI_PACKAGES): frontend/package.json frontend/package-lock.json | node
	cd frontend && npm ci --no-audit --no-fund
	@touch $@

$(UI): $(UI_PACKAGES) $(UI_SOURCES) $(QUICK)/index.ts
	cd frontend && npm run --silent build
	@touch $@

quick-wasm: $(QUICK)/index.ts ## Build the parser of quick add for the browser

$(QUICK)/index.ts: $(QUICK_SOURCES) | browser-target
	$(CARGO) rustc --profile wasm-small --target wasm32-unknown-unknown -p quick-wasm --lib --crate-type cdylib
	$(CARGO) run --release -q -p quick-bindgen -- target/wasm32-unknown-unknown/wasm-small/quick_wasm.wasm $(QUICK)
	cp crates/quick-wasm/js/index.ts $@

quick-test: quick-wasm ## Test that the browser's parser of quick add and the server's agree
	node crates/quick-wasm/tests/browser.mjs $(QUICK)

demo: ## Fill a running Spindle (URL=…) with sample tasks, or those of DATA=file.jsonl
	$(CARGO) run --release -q -p spindle-e2e --bin demo -- --url $(URL) $(if $(DATA),--data $(DATA))

sim: rust ## Simulate SEEDS seeds (2000) from SEED on (0) with faults; show the shortest run that breaks an invariant
	$(CARGO) run --release -q -p spindle-sim -- $(or $(SEEDS),2000) $(or $(SEED),0)

# The tests' own build has the binary too. One command for all of them: another choice of packages is another choice of features, and
# compiles wasmtime anew.
test-build: wasm
	$(CARGO) test --release --workspace --no-run

test: test-build test-ui quick-test python ## Run every test: unit, property, contract, integration, kill -9, API fuzzing
	$(CARGO) test --release --workspace
	$(CARGO) test --release -p spindle-contract --features schema
	e2e/fuzz.sh

test-dapr: test-build ## Run the contract, integration and fault tests beside real Dapr, Kafka and PostgreSQL (PARTS=… for some)
	e2e/dapr.sh $(PARTS)

test-ui: $(UI) ## Check and test the front end: types, lints, unit tests, build, size of the first load
	cd frontend && npm run --silent typecheck && npm run --silent lint && npm test --silent && npm run --silent size

$(BROWSER_PACKAGES): e2e/browser/package.json e2e/browser/package-lock.json | node
	cd e2e/browser && npm ci --no-audit --no-fund
	@touch $@

test-e2e: test-build $(BROWSER_PACKAGES) chromium ## Test the web UI in Chromium; a part: ONLY=phone
	cd e2e/browser && npm run --silent typecheck && CHROMIUM=$(CHROMIUM) npm test --silent -- $(ONLY)

screenshots: build $(BROWSER_PACKAGES) chromium ## Take the pictures in docs/screenshots anew
	cd e2e/browser && CHROMIUM=$(CHROMIUM) SCREENSHOTS=1 npm test --silent -- screenshots

bench-ui: build $(BROWSER_PACKAGES) chromium ## Measure the web UI and write its section of docs/benchmarks.md
	cd e2e/browser && CHROMIUM=$(CHROMIUM) npm run --silent bench

lint: rust browser-target lint-k8s $(UI) ## Check formatting, lints, documentation, licences, advisories, scripts and workflows
	cargo fmt --all --check
	$(CARGO) clippy --release --workspace --all-targets -- -D warnings
	$(CARGO) clippy --release -p spindle-contract --all-targets --features schema -- -D warnings
	$(CARGO) clippy --profile wasm-small --target wasm32-unknown-unknown -p quick-wasm -- -D warnings
	$(CARGO) clippy --profile wasm --target wasm32-wasip2 -p spindle-entry $(PACKAGES) -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --release --no-deps -p spindle-domain -p spindle-contract -p spindle-dapr -p spindle-store -p spindle-web-kit
	@command -v cargo-deny >/dev/null || $(CARGO_DENY)
	PATH="$(CURDIR)/target/tools/bin:$$PATH" cargo deny --log-level error check licenses bans sources

include spinkube/spinkube.mk

fmt: $(UI_PACKAGES) ## Format the code
	cargo fmt --all
	cd frontend && npm run --silent format

bench: build ## Measure and write docs/benchmarks.md
	$(CARGO) run --release -p spindle-e2e --bin bench -- --write

bench-dapr: build ## The same beside real Dapr, Kafka and PostgreSQL
	SPINDLE_TOOLS=$$(tools/dapr.sh) $(CARGO) run --release -p spindle-e2e --bin bench -- --dapr --runs 3 --write

sizes: wasm quick-wasm ## Show the size of each component, and of the browser's parser
	@wc -c $(QUICK)/quick_bg.wasm target/wasm32-wasip2/wasm/{task_api,audit_handler,web}.wasm

clean: ## Remove what was built and the data of `make up`
	cargo clean
	rm -rf .spindle $(QUICK) frontend/dist frontend/node_modules e2e/browser/node_modules

rust:
	@command -v cargo >/dev/null || { echo "make: Rust is missing; install it from https://rustup.rs and run make again" >&2; exit 1; }
	@command -v cc >/dev/null || { echo "make: a C compiler is missing (SQLite needs one); on Debian: apt-get install build-essential" >&2; exit 1; }
	@rustc --print target-libdir --target wasm32-wasip2 2>/dev/null | xargs -r test -d || rustup target add wasm32-wasip2 \
		|| { echo "make: the target wasm32-wasip2 is missing; run: rustup target add wasm32-wasip2" >&2; exit 1; }

browser-target: rust
	@rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null | xargs -r test -d || rustup target add wasm32-unknown-unknown \
		|| { echo "make: the target wasm32-unknown-unknown is missing; run: rustup target add wasm32-unknown-unknown" >&2; exit 1; }

python:
	@python3 -c 'import sys, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null \
		|| { echo "make: Python 3.10 or later with venv is missing (API fuzzing needs it); on Debian: apt-get install python3-venv" >&2; exit 1; }

node:
	@node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null \
		&& command -v npm >/dev/null \
		|| { echo "make: Node 20.19 or later (or 22.12 or later) with npm is missing (it builds the front end); install it from https://nodejs.org and run make again" >&2; exit 1; }

# Debian's Chromium: root installs it, anybody else is told how.
chromium:
	@test -x $(CHROMIUM) || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; } \
		|| { echo "make: Chromium is missing (the web UI is tested in it); on Debian: apt-get install chromium, or name one in CHROMIUM=…" >&2; exit 1; }

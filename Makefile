# Everything a person needs: `make up` to run Spindle, `make test` to prove it. `make help` lists the rest.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

COMPONENTS := task-api audit-handler reminder-handler recurrence-handler web
PACKAGES := $(COMPONENTS:%=-p %)
CARGO := cargo --locked
URL ?= http://127.0.0.1:3000

.PHONY: help up build wasm quick-wasm quick-test demo sim test lint fmt bench sizes clean rust browser-target python

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

up: build ## Build what has changed and run Spindle on http://127.0.0.1:3000
	target/release/spindle up

build: wasm ## Build the host and the components
	$(CARGO) build --release -p spindle

wasm: rust ## Build the components
	$(CARGO) build --profile wasm --target wasm32-wasip2 $(PACKAGES)

# Where the UI imports the parser of quick add from.
QUICK := frontend/src/quick/generated

quick-wasm: browser-target ## Build the parser of quick add for the browser
	$(CARGO) rustc --profile wasm-small --target wasm32-unknown-unknown -p quick-wasm --lib --crate-type cdylib
	$(CARGO) run --release -q -p quick-bindgen -- target/wasm32-unknown-unknown/wasm-small/quick_wasm.wasm $(QUICK)
	cp crates/quick-wasm/js/index.ts $(QUICK)/

quick-test: quick-wasm ## Test that the browser's parser of quick add and the server's agree
	node crates/quick-wasm/tests/browser.mjs $(QUICK)

demo: ## Fill a running Spindle (URL=…) with sample tasks, or those of DATA=file.jsonl
	$(CARGO) run --release -q -p spindle-e2e --bin demo -- --url $(URL) $(if $(DATA),--data $(DATA))

sim: rust ## Simulate SEEDS seeds (2000) from SEED on (0) with faults; show the shortest run that breaks an invariant
	$(CARGO) run --release -q -p spindle-sim -- $(or $(SEEDS),2000) $(or $(SEED),0)

test: build python ## Run every test: unit, property, contract, integration, kill -9, API fuzzing
	$(CARGO) test --release --workspace
	$(CARGO) test --release -p spindle-contract --features schema
	e2e/fuzz.sh

lint: browser-target ## Check formatting, lints, documentation, licences and advisories
	cargo fmt --all --check
	$(CARGO) clippy --release --workspace --all-targets -- -D warnings
	$(CARGO) clippy --release -p spindle-contract --all-targets --features schema -- -D warnings
	$(CARGO) clippy --profile wasm-small --target wasm32-unknown-unknown -p quick-wasm -- -D warnings
	$(CARGO) clippy --profile wasm --target wasm32-wasip2 -p spindle-entry $(PACKAGES) -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --release --no-deps -p spindle-domain -p spindle-contract -p spindle-dapr -p spindle-store -p spindle-web-kit
	@command -v cargo-deny >/dev/null || cargo install --locked cargo-deny --version 0.20.2 --root target/tools
	PATH="$(CURDIR)/target/tools/bin:$$PATH" cargo deny --log-level error check licenses bans sources

fmt: ## Format the code
	cargo fmt --all

bench: build ## Measure and write docs/benchmarks.md
	$(CARGO) run --release -p spindle-e2e --bin bench -- --write

sizes: wasm quick-wasm ## Show the size of each component, and of the browser's parser
	@wc -c $(QUICK)/quick_bg.wasm target/wasm32-wasip2/wasm/{task_api,audit_handler,web}.wasm

clean: ## Remove what was built and the data of `make up`
	cargo clean
	rm -rf .spindle

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

# Kubernetes: what is below spinkube/, dapr/kubernetes and .github/.
.PHONY: test-k8s lint-k8s secrets sidecar-context push-app push-sidecar sign verify settings deploy deploy-diff package advisories
.PHONY: minikube-up minikube-test minikube-logs minikube-down

# Of GNU make alone: a recipe must not see what a person has not given.
given = $(or $($(1)),$(error set $(1), e.g.: make $@ $(1)=$(2)))

MUSL := $(if $(filter aarch64 arm64,$(shell uname -m)),aarch64,x86_64)-unknown-linux-musl
TOOLS = $$(tools/k8s/get.sh $(1))

test-k8s: ## Apply the manifests to a real API server, check them, test the scripts
	tools=$(call TOOLS,cluster) && cd spinkube/tests && "$$tools/venv/bin/pytest" -q --no-header

lint-k8s: ## Check the workflows and the shell scripts
	tools=$(call TOOLS,lint) && "$$tools/venv/bin/shellcheck" -x $$(git ls-files '*.sh' .ci/run) \
		&& PATH="$$tools/venv/bin:$$PATH" "$$tools/bin/actionlint-$$(sed -n s/^ACTIONLINT=//p tools/k8s/versions.env)" \
		&& "$$tools/venv/bin/zizmor" --offline --quiet --no-progress .github/workflows

secrets: ## Make the keys and tokens of ENV (minikube, aks, gke, oke) on this machine; prints none
	spinkube/secrets.sh make $(or $(ENV),minikube)

sidecar-context: rust ## Build the entry of the sidecar image, statically, with its Dockerfile, into target/sidecar-image
	@rustc --print target-libdir --target $(MUSL) 2>/dev/null | xargs -r test -d || rustup target add $(MUSL)
	$(CARGO) build --release --target $(MUSL) --config profile.release.strip=true -p spindle-dapr-env
	mkdir -p target/sidecar-image
	install -m 0555 target/$(MUSL)/release/dapr-env target/sidecar-image/dapr-env
	sed "s/set-by-make/$$(sed -n s/^DAPR=//p tools/k8s/versions.env)/" spinkube/sidecar/Dockerfile >target/sidecar-image/Dockerfile
	@! ldd target/sidecar-image/dapr-env 2>/dev/null | grep -q '=>' || { echo "make: the entry is not static" >&2; exit 1; }
	@ls -l target/sidecar-image

# What the workflows run. The digest of what was pushed is the one line on standard output, as GitHub takes it.
push-app:
	@spin registry push --annotation org.opencontainers.image.source=https://github.com/spindle-tasks/spindle \
		--annotation org.opencontainers.image.revision="$$(git rev-parse HEAD)" --annotation org.opencontainers.image.licenses=Apache-2.0 \
		"$(call given,APP,ghcr.io/me/spindle):$(call given,TAG,v1.0.0)" | tee /dev/stderr | sed -n 's/.*\(sha256:[0-9a-f]\{64\}\).*/digest=\1/p' | grep .

push-sidecar:
	@docker buildx build --push --provenance=false --platform linux/amd64 \
		--tag "$(call given,SIDECAR,ghcr.io/me/spindle-daprd):$(call given,TAG,v1.0.0)" target/sidecar-image >&2
	@docker buildx imagetools inspect --format 'digest={{.Manifest.Digest}}' "$(SIDECAR):$(TAG)" | grep -x 'digest=sha256:[0-9a-f]\{64\}'

sign:
	cosign sign --yes $(call given,REFERENCES,ghcr.io/me/spindle@sha256:…)

verify:
	@for reference in $(call given,REFERENCES,ghcr.io/me/spindle@sha256:…); do \
		cosign verify --certificate-oidc-issuer https://token.actions.githubusercontent.com \
			--certificate-identity-regexp "$${SIGNER:?set SIGNER to the pattern of the identity}" "$$reference" >/dev/null; \
	done

settings: ## Put digests and addresses into the overlay ENV (APP_DIGEST, SIDECAR_DIGEST, HOST, ACME_EMAIL, KAFKA_BROKERS)
	spinkube/set-digests.sh "$(call given,ENV,aks)" "$(call given,APP_DIGEST,sha256:…)" "$(call given,SIDECAR_DIGEST,sha256:…)"
	printf 'host=%s\nacme_email=%s\nkafka_brokers=%s\n' "$(call given,HOST,tasks.example.org)" "$(call given,ACME_EMAIL,me@example.org)" \
		"$(call given,KAFKA_BROKERS,seed.…:9092)" >"spinkube/overlays/$(ENV)/settings.env"

deploy-diff: ## Show what deploying the overlay ENV to the current cluster would change
	spinkube/deploy.sh diff "$(call given,ENV,aks)"

deploy: ## Deploy the overlay ENV to the current cluster, test it at URL, go back when that fails
	spinkube/deploy.sh apply "$(call given,ENV,aks)" "$(call given,URL,https://tasks.example.org)"

package: build
	mkdir -p target/package
	tar czf "target/package/spindle-$(call given,NAME,linux-x86_64).tar.gz" spin.toml LICENSE README.md dapr/local runtime-config/local \
		target/wasm32-wasip2/wasm/*.wasm target/release/spindle

advisories: rust
	@command -v cargo-deny >/dev/null || $(CARGO_DENY)
	PATH="$(CURDIR)/target/tools/bin:$$PATH" cargo deny --log-level error check advisories

minikube-up: ## Make a Minikube of its own with everything in it
	spinkube/minikube.sh up

minikube-test: ## Create a task there and read its audit entry
	spinkube/minikube.sh test

minikube-down: ## Remove that Minikube
	spinkube/minikube.sh down

minikube-logs:
	kubectl --context spindle get pods,events --all-namespaces
	for app in task-api audit-handler reminder-handler recurrence-handler web; do \
		kubectl --context spindle logs --tail 50 --all-containers "deployment/$$app" || true; \
	done

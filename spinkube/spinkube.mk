# Kubernetes: what is below spinkube/, dapr/kubernetes and .github/.
.PHONY: test-k8s lint-k8s secrets sidecar-context kubernetes-tools

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

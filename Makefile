# `make help` lists the targets. Everything that is built lands in one cache folder, so a second clone builds little.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/deepsynthesis
export CARGO_TARGET_DIR ?= $(CACHE)/target
TARGET ?= x86_64-unknown-linux-gnu
ARCH := $(if $(filter aarch64-%,$(TARGET)),arm64,amd64)
IMAGES := $(CARGO_TARGET_DIR)/images
RELEASE := $(CARGO_TARGET_DIR)/$(TARGET)/release
CLUSTER := tests/cluster/cluster
export PATH := $(CACHE)/cargo-tools/bin:$(PATH)

# Pinned, so that a new release of a tool never breaks a build.
NEXTEST_VERSION := 0.9.151
DENY_VERSION := 0.20.2
FUZZ_VERSION := 0.13.2
# Readers and clients that the tests and the demo use and that we did not write.
PACKAGES := libimage-exiftool-perl curl python3-venv ffmpeg
# The sidecar stands in every pod of a service: its image must stay small.
SIDECAR_LIMIT := 15000000

# First line of every recipe: says what happens and, at its end, how long it took. What a recipe puts into `undo` runs
# at its end, too, whatever happened.
begin = undo=; trap 'code=$$?; eval "$$undo"; if [ $$code = 0 ]; then echo "<== $@: done in $$SECONDS s"; else echo "<== $@: FAILED after $$SECONDS s" >&2; fi' EXIT; echo "==> $@: $(strip $(1))"

.PHONY: help generate check advisories test-unit test-clients test-control-plane test-node test bench-evaluate bench-admission bench-scale fuzz images demo demo-down tools clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' Makefile

generate: ## rewrite what is generated: crds/, the chart's CRDs, tests/golden/chart/, docs/law.md, docs/law-map.md
	@$(call begin, CRDs out of src/api; golden renderings of the chart)
	cargo build --quiet --bin deepsynthesis-operator
	$(CLUSTER) build helm
	eval "$$($(CLUSTER) control-plane env)"
	charts/generate "$$CARGO_TARGET_DIR/debug/deepsynthesis-operator"
	UPDATE_GOLDEN=1 cargo test --quiet --test law_document --test law_map

# Advisories are left out: their database is fetched from the network at every run, and a check that depends on the day
# cannot be repeated. `make advisories` asks for them.
check: tools ## format, lints, licences and sources of dependencies, chart, stale generated files
	@$(call begin, formatting; clippy; dependencies; chart; generated files)
	cargo fmt --check
	cargo clippy --quiet --all-targets --locked -- -D warnings
	cargo deny --log-level error check bans licenses sources
	cargo build --quiet --locked --bin deepsynthesis-operator
	$(CLUSTER) build helm
	eval "$$($(CLUSTER) control-plane env)"
	charts/check "$$CARGO_TARGET_DIR/debug/deepsynthesis-operator"

advisories: tools ## known vulnerabilities of dependencies (needs the network)
	@$(call begin, RustSec advisories)
	cargo deny check advisories

test-unit: tools ## tests that need nothing but Rust
	@$(call begin, tests that need no cluster)
	cargo nextest run --locked -E 'not binary(/^(clients|control_plane|node)/)'

# The versions are pinned; another list of them is another folder.
CLIENTS = $(CACHE)/clients-$(shell sha256sum tests/clients/requirements.txt | cut -c1-16)
test-clients: tools ## official clients of OpenAI, Anthropic and Ollama in front of the sidecar
	@$(call begin, official Python clients through the sidecar and without it)
	exec 9>"$(CLIENTS).lock"
	flock 9
	if ! [ -e "$(CLIENTS)/whole" ]; then
	  echo "    installing the clients (once per machine)"
	  rm -rf "$(CLIENTS)"
	  python3 -m venv "$(CLIENTS)"
	  "$(CLIENTS)/bin/pip" install --quiet --disable-pip-version-check -r tests/clients/requirements.txt
	  touch "$(CLIENTS)/whole"
	fi
	flock -u 9
	DSS_CLIENTS_PYTHON="$(CLIENTS)/bin/python" cargo nextest run --locked -E 'binary(clients)'

# Test binaries say which version of the API server they want: control_plane_next starts the newest for itself.
test-control-plane: tools ## tests against a real kube-apiserver and etcd, some against the newest one; no root; DSS_KUBERNETES=1.37 for all
	@$(call begin, tests against a real kube-apiserver; each in a namespace of its own)
	# One of its own: two runs on one API server would fight over the webhook configurations.
	export DSS_STATE=$$(mktemp -d)
	undo='$(CLUSTER) control-plane down; rm -rf "$$DSS_STATE"'
	DSS_KUBERNETES=1.37 $(CLUSTER) build control-plane
	$(CLUSTER) control-plane up
	eval "$$($(CLUSTER) control-plane env)"
	cargo nextest run --locked -E 'binary(/^control_plane/)'

# The demo asserts every step of its story: it is the first end-to-end test.
test-node: tools images ## tests on a real node with real pods; root
	@$(call begin, tests on a real node: the demo as a test and every test binary whose name begins with node)
	tests/demo/demo up
	undo='tests/demo/demo down'
	tests/demo/demo story
	if compgen -G 'tests/node*' >/dev/null; then
	  eval "$$(tests/demo/demo env)"
	  cargo nextest run --locked --test-threads 1 -E 'binary(/^node/)'
	fi

test: ## everything: tools, check, unit, control plane, node
	@$(call begin, all checks and all tests)
	for part in tools check test-unit test-clients test-control-plane test-node; do $(MAKE) $$part; done

bench-evaluate: ## goals of the decision: time per verdict, time for 10,000 services, memory per service
	@$(call begin, verdicts on ten thousand services on one core)
	cargo bench --quiet --locked --bench evaluate

# Not what `make images` ships: without link-time optimisation, as all benches. What ships is at least as fast.
define build_admission_bench
cargo build --quiet --locked --profile bench --bin deepsynthesis-operator --example admission-load
endef

bench-admission: ## goals of admission: latency, CPU and memory beside Kyverno and Gatekeeper on one API server; OPTIONS="--rounds 2 --seconds 1"
	@$(call begin, our webhook; Kyverno and Gatekeeper with an equivalent policy each; no webhook)
	$(build_admission_bench)
	benches/admission/compare $(OPTIONS)

bench-scale: ## goals of a full cluster: memory and readiness with 10000 namespaces and 50000 pods; NAMESPACES=, SERVICES=, PODS=
	@$(call begin, our operator on a full cluster)
	$(build_admission_bench)
	NAMESPACES=$(NAMESPACES) SERVICES=$(SERVICES) PODS=$(PODS) benches/admission/scale

# libFuzzer needs flags that stable Rust hides. SECONDS of each target; crashes land in fuzz/artifacts.
FUZZ_SECONDS := 600
fuzz: ## fuzz targets under libFuzzer, injection longest; FUZZ_SECONDS=
	@$(call begin, fuzzing for $(FUZZ_SECONDS) s)
	cargo fuzz --version >/dev/null 2>&1 || CARGO_TARGET_DIR="$(CACHE)/cargo-tools/target" cargo install --quiet --locked --root "$(CACHE)/cargo-tools" cargo-fuzz@$(FUZZ_VERSION)
	run() { # TARGET SECONDS
	  RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none --target $(TARGET) --target-dir "$(CACHE)/fuzz" "$$1" -- -max_total_time="$$2" -max_len=4096 -print_final_stats=1 2>&1 |
	    grep -E '^(stat::number_of_executed_units|SUMMARY|.*panicked|Done)' | sed "s/^/    $$1: /"
	}
	run injection $(FUZZ_SECONDS)
	for target in admission_review patch_application configuration assertion carrier law records; do run $$target $$(($(FUZZ_SECONDS) / 10)); done

images: ## the four images as archives, without a container engine; prints their sizes
	@$(call begin, static release programs and one image around each)
	RUSTFLAGS="-C target-feature=+crt-static" cargo build --locked --release --target $(TARGET) --bins --example demo-app
	image() { # PROGRAM NAME
	  $(CLUSTER) image build --binary "$$1" --name "$$2:dev" --out "$(IMAGES)/$$2.tar" --entrypoint "/$$(basename "$$1")" --arch $(ARCH)
	  printf '    %-28s %6.1f MB\n' "$$2:dev" "$$(stat -c %s "$(IMAGES)/$$2.tar" | awk '{ print $$1 / 1e6 }')"
	}
	mkdir -p "$(IMAGES)"
	image "$(RELEASE)/deepsynthesis-operator" deepsynthesis-operator
	image "$(RELEASE)/deepsynthesis-sidecar" deepsynthesis-sidecar
	image "$(RELEASE)/deepsynthesis-ledger" deepsynthesis-ledger
	image "$(RELEASE)/examples/demo-app" deepsynthesis-demo-app
	size=$$(stat -c %s "$(IMAGES)/deepsynthesis-sidecar.tar")
	[ $$size -le $(SIDECAR_LIMIT) ] || { echo "the sidecar's image has $$size bytes, more than $(SIDECAR_LIMIT)" >&2; exit 1; }

demo: images ## the whole story on a real one-node cluster; KEEP=1 leaves it up; root
	@$(call begin, a cluster that refuses an unfiled deployment, then runs it labelled)
	$(MAKE) packages
	tests/demo/demo $(if $(KEEP),--keep)

demo-down: ## remove what `make demo KEEP=1` left up
	@$(call begin, the demo cluster goes)
	tests/demo/demo down

# What Rust does not bring along. Debian packages need root; without it the tests that use them say what is missing.
.PHONY: packages
packages:
	@missing=()
	for package in $(PACKAGES); do
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing+=($$package)
	done
	if (($${#missing[@]} == 0)); then exit 0; fi
	if ((EUID != 0)); then echo "not root, so not installed: $${missing[*]}" >&2; exit 0; fi
	echo "installing $${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	log=$$(mktemp)
	{ apt-get update -q && apt-get install -q -y --no-install-recommends "$${missing[@]}"; } >$$log 2>&1 || { tail -n 20 $$log >&2; exit 1; }
	rm -f $$log

tools: packages ## cargo-nextest, cargo-deny and Debian packages, once per machine
	@$(call begin, cargo-nextest $(NEXTEST_VERSION) and cargo-deny $(DENY_VERSION) into the cache)
	mkdir -p "$(CACHE)"
	install() { # CRATE VERSION
	  # Whatever version the machine has already will do.
	  ! "$$1" "$${1#cargo-}" --version >/dev/null 2>&1 || return 0
	  # Two runs at once would build into one folder, and the first would remove it under the second.
	  exec 9>"$(CACHE)/cargo-tools.lock"
	  flock 9
	  ! "$$1" "$${1#cargo-}" --version >/dev/null 2>&1 || return 0
	  echo "    compiling $$1 $$2 (once per machine, a few minutes)"
	  # They run for seconds: what counts is how soon they are there.
	  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
	    CARGO_TARGET_DIR="$(CACHE)/cargo-tools/target" cargo install --quiet --locked --root "$(CACHE)/cargo-tools" "$$1@$$2"
	  rm -rf "$(CACHE)/cargo-tools/target"
	}
	install cargo-nextest $(NEXTEST_VERSION)
	install cargo-deny $(DENY_VERSION)

clean: demo-down ## remove clusters and what cargo built; the compiled tools stay in the cache
	@$(call begin, clusters and build results go)
	$(CLUSTER) control-plane down
	cargo clean
	rm -rf "$(IMAGES)"

# Every command of the project. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

export NEXT_TELEMETRY_DISABLED := 1

EXODUS := target/quick/exodus
WEB := frontend/out/index.html
WEB_SOURCES := $(shell find frontend -type d \( -name node_modules -o -name .next -o -name out \) -prune -o -type f -print 2>/dev/null)

.PHONY: help
help: ## List every command
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

.PHONY: run
run: build ## Build what is missing, then start Exodus on http://127.0.0.1:8000
	@EXODUS_DATA_DIR="$${EXODUS_DATA_DIR:-$(CURDIR)/data}" exec $(EXODUS)

.PHONY: build
build: $(WEB) ## Build the web app and the program (quick profile)
	@echo "▸ Building the program (the first time takes minutes, later only what changed)"
	@cargo build --profile quick --locked --package exodus-server

.PHONY: release
release: $(WEB) ## Build the program as it is shipped (slow, fully optimised)
	@cargo build --release --locked --package exodus-server

$(WEB): frontend/node_modules/.package-lock.json $(WEB_SOURCES)
	@echo "▸ Building the web app"
	@cd frontend && npm run build
	@touch $@

%/node_modules/.package-lock.json: %/package-lock.json
	@scripts/install.sh build
	@echo "▸ Installing the packages of $*"
	@cd $* && npm ci --no-progress
	@touch $@

.PHONY: web
web: $(WEB) ## Build the web app only

.PHONY: test
test: ## Run everything that must pass: format, lints, unit, property, API, web and browser tests
	@scripts/test.sh

SEEDS ?= 100
FROM ?= 1
SIM := cargo run --profile quick --quiet --locked --package exodus-dst --features sim --

.PHONY: sim
sim: ## Let workers live through days full of faults, one a seed, and hold them against the invariants (SEEDS=100 FROM=1)
	@$(SIM) --seeds $(SEEDS) --from $(FROM) --reached --report target/safety

.PHONY: sim-mutants
sim-mutants: ## Plant each defect of the safety specification and tell after how many seeds what found it (SEEDS=1000)
	@$(SIM) --seeds $(SEEDS) --from $(FROM) --mutants --report target/safety

.PHONY: fuzz
fuzz: ## Feed random answers, lists, frames, notices and masters of a broker to their readers, a minute each (SECONDS_EACH=60)
	@fuzz/run.sh $(TARGETS)

.PHONY: kis-day
kis-day: ## Let a whole trading day pass at the KIS emulator (EXODUS_KIS_DAY_FACTOR=20 times as fast), books compared all along
	@cargo test --quiet --locked --package exodus-server --test api kis_day -- --ignored --nocapture

.PHONY: crash
crash: ## Kill and stop the real program at named places while people trade (ROUNDS=10, BLOWS="K07,stop K09,random")
	@ROUNDS="$(ROUNDS)" BLOWS="$(BLOWS)" FACTOR="$(FACTOR)" scripts/crash.sh

.PHONY: walls
walls: ## Make 100,000 calls at random in the names of twenty users and look for rows of others (EXODUS_TEST_POSTGRES_URL adds PostgreSQL)
	@cargo test --quiet --locked --package exodus-store --test contract walls::a_hundred_thousand -- --ignored --nocapture

.PHONY: safety-report
safety-report: ## Print the figures of order safety that the other commands measured
	@node scripts/safety_report.mjs

.PHONY: format
format: ## Format the Rust sources
	@cargo fmt --all

.PHONY: openapi
openapi: ## Write openapi.json and the web app's types anew after the API has changed
	@cargo run --quiet --locked --package exodus-server -- openapi > openapi.json.new
	@mv openapi.json.new openapi.json
	@cd frontend && npm run --silent api

.PHONY: bench
bench: build ## Measure import, start and memory, and backtests against other programs (writes docs/benchmarks.md)
	@bench/run.sh $(BARS)
	@bench/peers.sh
	@cargo bench --quiet --locked --package exodus-kis --bench frames

.PHONY: bench-storage
bench-storage: ## Measure ways to store bars (ROWS="14000000 19000000": daily and minute bars; EXODUS_TEST_POSTGRES_URL adds PostgreSQL)
	@cargo bench --quiet --locked --package exodus-store --bench storage -- $(ROWS)

.PHONY: bench-orders
bench-orders: ## Measure from the close of a bar to the order at the broker: 200 issues, 20 strategies, SQLite with fsync
	@cargo bench --profile quick --quiet --locked --package exodus-live --bench order_path

.PHONY: bench-preview
bench-preview: build ## Measure the preview of a strategy over HTTP
	@node bench/preview.mjs $(EXODUS)

.PHONY: bench-sweep
bench-sweep: ## Measure sweeps, built-in strategies beside documents of rules
	@cargo bench --quiet --locked --package exodus-backtest --bench sweep

.PHONY: bench-ceiling
bench-ceiling: ## Measure a backtest against the least code that makes the same fills
	@cargo bench --quiet --locked --package exodus-backtest --bench ceiling

.PHONY: bench-frames
bench-frames: ## Measure frames of the broker's stream to typed records against the least code that makes the same
	@cargo bench --quiet --locked --package exodus-kis --bench frames

.PHONY: clean
clean: ## Remove everything that was built (never the data folder)
	@rm -rf target frontend/.next frontend/out frontend/node_modules e2e/node_modules e2e/artifacts

#!/usr/bin/env bash
# Everything that must pass. Installs what is missing, starts private servers, cleans up after itself.
set -euo pipefail
cd "$(dirname "$0")/.."
export NEXT_TELEMETRY_DISABLED=1 CARGO_TERM_PROGRESS_WHEN=never

started=$SECONDS
step() {
    printf '\n▸ %s  (%d min %02d s)\n' "$1" $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60))
}

step "Debian packages"
scripts/install.sh test

folder=$(mktemp -d "${TMPDIR:-/tmp}/exodus-test.XXXXXX")
. scripts/services.sh
cleanup() {
    services_stop "$folder"
    rm -rf "$folder"
}
trap cleanup EXIT

step "Format"
cargo fmt --all --check

step "Web app: packages, types, lints, unit tests, build"
make --no-print-directory frontend/node_modules/.package-lock.json e2e/node_modules/.package-lock.json
(cd frontend && npm run --silent api:check && npm run --silent typecheck && npm run --silent lint && npm test --silent)
make --no-print-directory web

step "Lints (warnings are errors)"
cargo clippy --locked --workspace --all-targets --features exodus-server/testing -- -D warnings

step "Documentation builds without a broken link"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --quiet

step "Rust tests on SQLite, and on PostgreSQL with Redis"
services_start "$folder"
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --locked --workspace --no-fail-fast
else
    cargo test --locked --workspace --no-fail-fast
fi

step "Days full of faults in a simulated world"
cargo build --profile quick --locked --package exodus-dst --features sim
scripts/sim.sh "${SIM_SEEDS:-120}"

step "Figures, indicators and candlesticks against other programs"
scripts/peers.sh

step "Browser tests against the real program"
cargo build --locked --package exodus-server
EXODUS_BIN="$PWD/target/debug/exodus" npm --prefix e2e test --silent

step "Programs of others against the emulator"
EXODUS_BIN="$PWD/target/debug/exodus" scripts/third_party.sh

step "Everything passed"

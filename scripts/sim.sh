#!/usr/bin/env bash
# Runs the first seeds of the simulation on every core: scripts/sim.sh SEEDS. Tells the ones that break an invariant.
set -euo pipefail
cd "$(dirname "$0")/.."

cores=$(nproc)
runs=()
for core in $(seq "$cores"); do
    RUST_LOG=off target/quick/exodus-sim --from "$core" --step "$cores" --seeds $((($1 + cores - 1) / cores)) --seconds 300 &
    runs+=($!)
done
failed=0
for run in "${runs[@]}"; do
    wait "$run" || failed=1
done
exit "$failed"

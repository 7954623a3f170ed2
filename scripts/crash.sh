#!/usr/bin/env bash
# Kills and stops the real program at named places while people trade, on SQLite and on PostgreSQL with Redis.
# ROUNDS: blows of each kind. BLOWS: some of them only, such as "K07,stop K09,random". FACTOR: speed of the day.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d "${TMPDIR:-/tmp}/exodus-crash.XXXXXX")
. scripts/services.sh
cleanup() {
    services_stop "$folder"
    rm -rf "$folder"
}
trap cleanup EXIT

services_start "$folder"
export EXODUS_CRASH_SERVICES=$folder EXODUS_CRASH_ROUNDS=${ROUNDS:-10} EXODUS_CRASH_BLOWS=${BLOWS:-} EXODUS_CRASH_FACTOR=${FACTOR:-5}
cargo test --quiet --locked --package exodus-server --features testing --test crash -- --ignored --nocapture

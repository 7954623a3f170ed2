#!/usr/bin/env bash
# Lets programs that nobody here wrote trade at the emulator: mojito2 and kis-agent from PyPI, pinned, in an environment
# of their own, unpatched but for the address. Each step is named; one that fails fails the run.
set -euo pipefail
cd "$(dirname "$0")/.."

environment=target/third-party
wanted=scripts/third_party/requirements.txt
installed=$environment/requirements.txt
if ! cmp -s "$wanted" "$installed"; then
    echo "▸ Installing the clients"
    rm -rf "$environment"
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$wanted"
    cp "$wanted" "$installed"
fi

if [ -z "${EXODUS_BIN:-}" ]; then
    cargo build --quiet --locked --package exodus-server
    EXODUS_BIN=${CARGO_TARGET_DIR:-target}/debug/exodus
fi
"$environment/bin/python" -B scripts/third_party/run.py "$EXODUS_BIN"

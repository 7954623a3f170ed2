#!/usr/bin/env bash
# Holds the performance figures against quantstats, empyrical-reloaded and ffn on 50 generated series. The packages come
# from PyPI, pinned, into an environment of their own; without them the comparison fails.
set -euo pipefail
cd "$(dirname "$0")/.."

environment=target/peers
wanted=scripts/peers/requirements.txt
installed=$environment/requirements.txt
if ! cmp -s "$wanted" "$installed"; then
    echo "▸ Installing the Python packages to compare with"
    rm -rf "$environment"
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted"
    cp "$wanted" "$installed"
fi

cargo run --quiet --locked --package exodus-trading --example peer_series -- "$environment/series.json"
"$environment/bin/python" -B scripts/peers/metrics.py "$environment/series.json"

#!/usr/bin/env bash
# Holds what Exodus computes against others: performance figures against quantstats, empyrical-reloaded and ffn on 50
# generated series; indicators against TA-Lib and against their definitions, and candlesticks against TA-Lib, on generated
# bars and on real ones where there are any. The packages come from PyPI, pinned, into an environment of their own;
# without them the comparison fails.
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

python() {
    "$environment/bin/python" -B "$@"
}
example() {
    cargo run --quiet --locked --package exodus-trading --example "$1" -- "${@:2}"
}

example peer_series "$environment/series.json"
python scripts/peers/metrics.py "$environment/series.json"

python scripts/peers/bars.py "$environment/bars.json"
python scripts/peers/runs.py "$environment/runs.json"
example peer_indicators "$environment/bars.json" "$environment/runs.json" "$environment/indicators"
python scripts/peers/indicators.py "$environment/bars.json" "$environment/indicators"

python scripts/peers/candlesticks.py "$environment/bars.json" \
    cargo run --quiet --locked --package exodus-trading --example peer_candlesticks

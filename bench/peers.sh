#!/usr/bin/env bash
# Measures Exodus against its peers on the same bars, and writes docs/benchmarks.md. Python packages come from PyPI,
# pinned, into environments of their own. Real bars are taken too where they are found in $EXODUS_SHARED_DATA.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d "${TMPDIR:-/tmp}/exodus-peers.XXXXXX")
trap 'rm -rf "$folder"' EXIT

# Up to the last day of one tax rate, without halted days.
real=()
for symbol in 005930 000660; do
    file=${EXODUS_SHARED_DATA:-../shared/data}/samples/${symbol}_adj_1999_2022.csv
    if [ -f "$file" ]; then
        awk -F, 'NR == 1 || ($2 < "2019-05-25" && $3 > 0 && $7 > 0)' "$file" >"$folder/$symbol.csv"
        real+=("$folder/$symbol.csv")
    else
        echo "skipped: no data of $symbol" >&2
    fi
done

python3 -B bench/peers/run.py target/quick/exodus "$folder" docs/benchmarks.md "${real[@]}"

#!/usr/bin/env bash
# Measures the program that `make run` starts: start, memory, import, backtest. The peer of the import is the sqlite3
# shell filling a plain row table with the same rows, in the same run. Prints one line a figure.
# Usage: bench/run.sh [PARQUET OR CSV OF DAILY BARS]; without one, bars of its own making.
set -euo pipefail
cd "$(dirname "$0")/.."
exodus=$PWD/target/quick/exodus
folder=$(mktemp -d "${TMPDIR:-/tmp}/exodus-bench.XXXXXX")
pid=
cleanup() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT
export EXODUS_DATA_DIR=$folder/data EXODUS_LOG=warn

now_ms() { date +%s%3N; }
figure() { printf '%-46s %s\n' "$1" "$2"; }
resident_mb() { awk '/^VmRSS/ { printf "%.0f MB", $2 / 1024 }' "/proc/$1/status"; }

# The first 5,000 sessions from 1999 on.
session_dates() {
    node -e 'console.log("date"); for (let day = Date.UTC(1999, 0, 4), i = 0; i < 8000; i++) console.log(new Date(day + i * 864e5).toISOString().slice(0, 10))' |
        "$exodus" rules session | awk -F, '$2 == "true" && n++ < 5000 { print $1 }'
}

# Bars of 200 invented issues over 5,000 sessions, a million rows: a random walk from a fixed seed.
make_bars() {
    session_dates | awk '{ date[NR - 1] = $1 } END { srand(7); print "symbol,date,open,high,low,close,volume"
        for (s = 0; s < 200; s++) { price = 10000
            for (d = 0; d < NR; d++) {
                first = int(price); price = price * (1 + (rand() - 0.4995) * 0.04); last = int(price)
                high = (first > last ? first : last) + 10; low = (first < last ? first : last) - 10
                if (low < 1) low = 1
                printf "9%03d00,%s,%d,%d,%d,%d,%d\n", s, date[d], first, high, low, last, 1000 + int(rand() * 1e6)
            } } }'
}

file=${1:-}
[ -n "$file" ] || { file=$folder/bars.csv; make_bars >"$file"; }

"$exodus" migrate >/dev/null
start=$(now_ms)
EXODUS_LISTEN=127.0.0.1:18765 "$exodus" >/dev/null 2>&1 &
pid=$!
until curl -fs http://127.0.0.1:18765/health >/dev/null; do sleep 0.01; done
figure "start to serving, empty demo data" "$(($(now_ms) - start)) ms"
sleep 20
figure "resident memory, 20 s after the first start" "$(resident_mb "$pid")"
kill "$pid"; wait "$pid" 2>/dev/null || true
start=$(now_ms)
EXODUS_LISTEN=127.0.0.1:18765 "$exodus" >/dev/null 2>&1 &
pid=$!
until curl -fs http://127.0.0.1:18765/health >/dev/null; do sleep 0.01; done
figure "start to serving, again" "$(($(now_ms) - start)) ms"
sleep 5

start=$(now_ms)
rows=$("$exodus" import bars "$file" --adjusted --json | grep -o '"rows_read":[0-9]*' | cut -d: -f2)
import_ms=$(($(now_ms) - start))
figure "import of $rows rows" "$import_ms ms, $((rows / (import_ms + 1))) k rows/s"
start=$(now_ms)
"$exodus" import bars "$file" --adjusted --json >/dev/null
figure "the same import again" "$(($(now_ms) - start)) ms"
figure "data folder" "$(du -sm "$folder/data" | cut -f1) MB"
figure "resident memory of the server, after the import" "$(resident_mb "$pid")"

if [ "${file##*.}" = csv ] && command -v sqlite3 >/dev/null 2>&1; then
    start=$(now_ms)
    sqlite3 "$folder/peer.db" "PRAGMA journal_mode=WAL; CREATE TABLE bars(symbol TEXT, date TEXT, open INT, high INT, low INT, close INT, volume INT, PRIMARY KEY (symbol, date)) WITHOUT ROWID;" \
        ".mode csv" ".import --skip 1 $file bars" >/dev/null
    figure "peer: sqlite3 shell, row table, same rows" "$(($(now_ms) - start)) ms, $(du -sm "$folder/peer.db" | cut -f1) MB"
fi

for symbols in 005930 900000; do
    start=$(now_ms)
    if "$exodus" backtest run --strategy momentum --param lookback=60 --symbols "$symbols" \
        --from 1999-09-16 --to 2022-03-15 --capital 100000000 --json >/dev/null 2>&1; then
        figure "backtest, 1 symbol, new process to answer" "$(($(now_ms) - start)) ms"
    fi
done

#!/usr/bin/env bash
# Runs every fuzz target for SECONDS_EACH (60) seconds: fuzz/run.sh [target…]
#
# Built by the stable toolchain: the passes that count edges and compares are part of LLVM and need no nightly. Memory
# is not checked by a sanitizer, since all of the code under test forbids unsafe code; arithmetic and indexing are.
set -euo pipefail
cd "$(dirname "$0")"

seconds="${SECONDS_EACH:-60}"
targets=("$@")
[[ ${#targets[@]} -gt 0 ]] || targets=(answer list_page frame notice master_line)

command -v c++ >/dev/null || { echo "libFuzzer needs a C++ compiler (c++): install g++ or clang" >&2; exit 1; }

host="$(rustc -vV | sed -n 's/^host: //p')"
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares"
# With a target named, build scripts and macros stay without the instrumentation.
cargo build --quiet --release --locked --target "$host"
programs="$(cargo metadata --quiet --format-version 1 --no-deps --locked | sed -E 's/.*"target_directory":"([^"]*)".*/\1/')/$host/release"

for target in "${targets[@]}"; do
  mkdir -p "corpus/$target" "artifacts/$target"
  seeds=("corpus/$target" "seeds/$target")
  case "$target" in
    answer | list_page) seeds+=(../crates/kis/tests/examples) ;;
  esac
  echo "▸ $target, $seconds s"
  "$programs/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="artifacts/$target/" "${seeds[@]}" 2>&1 | tee "artifacts/$target/log" |
    grep -E "number_of_executed_units|average_exec_per_sec|panicked|ERROR|SUMMARY" || true
  if ls "artifacts/$target/" | grep -qE '^(crash|timeout|oom|leak)-'; then
    echo "$target failed: see fuzz/artifacts/$target" >&2
    exit 1
  fi
done

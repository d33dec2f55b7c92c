#!/usr/bin/env bash
# Fuzzes every reader of a user's files, one after the other, guided by coverage.
# Usage: tests/fuzz/run.sh [SECONDS [TARGET ...]]   (60 s each; all targets)
# Needs a C++ compiler for libFuzzer. Inputs live in tests/fuzz/corpus; one that breaks a reader, needs more than
# 2.5 GB or takes more than 20 s is kept in tests/fuzz/artifacts, and the script fails.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-60}
[ $# -gt 0 ] && shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(npy npz idx idx_gz csv cifar zip tar table image svg experiment run_file share)

# The same instrumentation as cargo-fuzz's, which stable Rust has too. With a target named, build scripts go without.
host=$(rustc -vV | sed -n 's/^host: //p')
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
coverage="$coverage -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
RUSTFLAGS="--cfg fuzzing $coverage" cargo build --release --quiet --target "$host" --bins
built=target/$host/release

failed=()
for target in "${targets[@]}"; do
  mkdir -p "artifacts/$target" "corpus/$target"
  echo "== $target, $seconds s"
  # The readers' own threads would only wait for each other here.
  RAYON_NUM_THREADS=1 "$built/$target" "corpus/$target" -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=2560 \
    -timeout=20 -print_final_stats=1 -artifact_prefix="artifacts/$target/" >"artifacts/$target.log" 2>&1 ||
    failed+=("$target")
  grep -E 'cov: [0-9]' "artifacts/$target.log" | tail -1 | cut -d ' ' -f 1-7 || true
  grep -E 'number_of_executed_units|slowest_unit|peak_rss|ERROR|panicked' "artifacts/$target.log" || true
done
rm -rf /dev/shm/metascope-fuzz-* "${TMPDIR:-/tmp}"/metascope-fuzz-*
[ ${#failed[@]} -eq 0 ] || { echo "failed: ${failed[*]}; see tests/fuzz/artifacts"; exit 1; }

#!/usr/bin/env bash
# Trains long, to see that it holds: MAML on every family and every built-in set, and every algorithm on each family's
# default set. Prints a Markdown table of the held-out loss at the end against its best, both the mean of ten
# measurements. Fails if a run diverged or ended above 1.2 times its best, where that error could be seen: 1e-6 is below
# the rounding of colours to 8 bits. Finished runs are kept and not done again;
# one that was broken off goes on where it was.
#
# tests/endure.sh METASCOPE FOLDER [META-ITERATIONS] [FIRST SEED] [LAST SEED] [FAMILY ...]
#
# `tests/endure.sh target/release/metascope endure` takes some hours on two cores;
# `tests/endure.sh target/release/metascope endure-faces 100000 0 4 opening` is the opening run alone.
set -euo pipefail
program=$(realpath "$1")
folder=$2
iterations=${3:-20000}
first=${4:-0}
last=${5:-$first}
families=${*:6}
families=${families:-plane sine picture completion upscale class classify cluster}
jobs=${JOBS:-$(nproc)}
algorithms="maml fomaml reptile meta-sgd maml-plus-plus anil boil cavia imaml meta-model"
mkdir -p "$folder"

plan() {
  local seed family algorithm set sets
  for seed in $(seq "$first" "$last"); do
    for family in $families; do
      case $family in
        opening) echo "completion maml faces $seed"; continue ;;
        plane | sine) sets="" ;;
        picture | completion | upscale) sets="hand scripts characters creatures textures digits" ;;
        *) sets="hand scripts creatures textures digits" ;;
      esac
      for algorithm in $algorithms; do echo "$family $algorithm default $seed"; done
      for set in $sets; do echo "$family maml $set $seed"; done
    done
  done
}

one() {
  local out="$folder/$1-$2-$3-$4" code=0
  [ -e "$out/summary.json" ] && return
  mkdir -p "$out.plan"
  printf 'version = 1\n[run]\ntasks = "%s"\nalgorithm = "%s"\nseed = %s\nevaluate_every = %s\n' \
    "$1" "$2" "$4" "$((iterations / 100))" >"$out.plan/experiment.toml"
  local set=()
  case $1-$3 in *-default) ;; *) set=(--set "$3") ;; esac
  local begun=("$out.plan/experiment.toml" "${set[@]}" --overwrite)
  [ -e "$out/run.safetensors" ] && begun=(--resume "$out/run.safetensors")
  "$program" run "${begun[@]}" --iterations "$iterations" --threads 1 --keep-best=false --out "$out" \
    >"$out.plan/log" 2>&1 || code=$?
  [ "$code" = 0 ] || [ "$code" = 3 ] || { echo "$out: exit code $code" >&2; cat "$out.plan/log" >&2; }
}

export -f one
export program folder iterations
plan | xargs -P "$jobs" -L 1 bash -c 'one "$@"' one

row() {
  local out="$folder/$1-$2-$3-$4"
  [ -e "$out/metrics.csv" ] || return 0
  awk -F, -v name="$1 | $2 | $3 | $4" '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == "held_out_after") column = i; next }
    { loss[++n] = $column + 0; at = $1 }
    END {
      for (i = 10; i <= n; i++) {
        sum = 0
        for (j = i - 9; j <= i; j++) sum += loss[j]
        if (best == "" || sum < best) best = sum
        end = sum
      }
      ratio = best > 0 ? end / best : 0
      printf "| %s | %d | %.4g | %.4g | %.2f |\n", name, at, best / 10, end / 10, ratio
      exit ratio > 1.2 && end / 10 > 1e-6
    }' "$out/metrics.csv" || failed=1
  if grep -q '"diverged": {' "$out/summary.json"; then failed=1; echo "^ diverged"; fi
}

failed=0
echo "| tasks | algorithm | images | seed | meta-iterations | best | end | end / best |"
echo "|---|---|---|---|---|---|---|---|"
while read -r family algorithm set seed; do row "$family" "$algorithm" "$set" "$seed"; done < <(plan)
exit "$failed"

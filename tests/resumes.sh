#!/usr/bin/env bash
# Kills a run at random moments and goes on with it, again and again until it is done: its files must be those of a run
# that nobody disturbed, to the byte.
#   tests/resumes.sh target/release/metascope [KILLS]
# Needs bash and python3; takes about half a second for each kill.
set -u
program=$(realpath "${1:?the program}")
kills=${2:-1000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
# Kept often, so that each piece gets somewhere.
export METASCOPE_KEEP_SECS=0.05

cat >sine.toml <<'TOML'
[run]
tasks = "sine"
evaluate_every = 20
held_out_tasks = 20
[[changes]]
at = 700
knob = "outer_rate"
value = 5e-4
TOML
cat >completion.toml <<'TOML'
[run]
tasks = "completion"
images = "hand"
evaluate_every = 20
held_out_tasks = 4
[run.network]
hidden = [24, 24]
[[changes]]
at = 90
knob = "inner_rate"
value = 0.02
TOML
faults=0
fault() { echo "FAULT: $*"; faults=$((faults + 1)); }
same() { # of the folders, but for the time that it took
  for file in metrics.csv samples.png experiment.toml run.safetensors; do
    cmp -s "$1/$file" "$2/$file" || fault "$file of $2 differs"
  done
  python3 - "$1" "$2" <<'PYTHON' || fault "summary.json of $2 differs"
import json, sys
one, other = (json.load(open(folder + "/summary.json")) for folder in sys.argv[1:])
sys.exit(any(one[key] != other[key] for key in one if key != "elapsed_secs"))
PYTHON
}

done=0
chains=0
for name in sine completion; do
  iterations=$([ $name = sine ] && echo 2500 || echo 250)
  "$program" run $name.toml --threads 1 --iterations $iterations --out whole-$name 2>/dev/null || fault "a plain run fails"
done
while [ "$done" -lt "$kills" ]; do
  name=$([ $((chains % 2)) = 0 ] && echo sine || echo completion)
  iterations=$([ $name = sine ] && echo 2500 || echo 250)
  rm -rf left
  while true; do
    if [ -e left/run.safetensors ]; then
      command=(--resume left/run.safetensors)
    else
      command=($name.toml --overwrite)
    fi
    "$program" run "${command[@]}" --threads $((1 + done % 2)) --iterations $iterations --out left 2>said &
    pid=$!
    sleep "$(awk -v r="$RANDOM" 'BEGIN { print 0.03 + r / 32768 * 0.6 }')"
    if kill -KILL "$pid" 2>/dev/null; then done=$((done + 1)); fi
    wait "$pid" 2>/dev/null
    code=$?
    [ "$code" = 0 ] && break
    [ "$code" = 137 ] || { fault "exit code $code: $(cat said)"; break; }
  done
  same whole-$name left
  chains=$((chains + 1))
done
echo "$done kills in $chains runs, each ended as a whole one; faults: $faults"
[ "$faults" = 0 ]

#!/usr/bin/env bash
# Kills the window at random moments and opens what it had kept, again and again: each time it goes on, and in the end the
# run is the one that nobody disturbed.
#   tests/xvfb/kills.sh METASCOPE [KILLS]     (about two seconds for each)
set -euo pipefail
program=$(realpath "${1:?the program}")
kills=${2:-100}
work=$(mktemp -d)
export DISPLAY=:${DISPLAY_NUMBER:-87} XDG_DATA_HOME=$work/data METASCOPE_EVENTS=1 METASCOPE_KEEP_SECS=0.2
Xvfb "$DISPLAY" -screen 0 1024x640x24 -nolisten tcp >/dev/null 2>&1 &
server=$!
window=
trap 'kill "$server" $window 2>/dev/null; rm -rf "$work"' EXIT
sleep 1
cd "$work"
printf 'version = 1\n[run]\ntasks = "sine"\nheld_out_tasks = 20\n' >sine.toml

faults=0
fault() { echo "FAULT: $*"; faults=$((faults + 1)); }
said() { # a line of the window's, within ten seconds
  for _ in $(seq 200); do grep -q "$1" log 2>/dev/null && return 0; sleep 0.05; done
  return 1
}
newest() { { ls -t "$XDG_DATA_HOME"/metascope/sessions/*/run.safetensors 2>/dev/null || true; } | head -1; }
at() { # meta-iterations of a kept run
  python3 - "$1" <<'PYTHON'
import json, struct, sys
file = open(sys.argv[1], "rb")
size = struct.unpack("<Q", file.read(8))[0]
told = json.loads(file.read(size))["__metadata__"]["metascope"]
print(next(line.split("=")[1] for line in told.splitlines() if line.startswith("meta_iteration")).strip())
PYTHON
}

before=0
for kill in $(seq "$kills"); do
  kept=$(newest)
  rm -f log
  if [ -n "$kept" ]; then
    cp "$kept" kept.safetensors
    "$program" sine.toml --open kept.safetensors >/dev/null 2>log &
  else
    "$program" sine.toml >/dev/null 2>log &
  fi
  window=$!
  if [ -n "$kept" ]; then
    said 'phase=Paused' || fault "kill $kill: what was kept cannot be opened: $(cat log)"
    id=$(xdotool search --onlyvisible --name '^Metascope$' | head -1)
    xdotool windowfocus "$id" key space
    # Paused once more if the first key came too early.
    sleep 0.2
    grep -q 'phase=Running' <(sed -n '/phase=Paused/,$p' log) || xdotool windowfocus "$id" key space
  else
    said 'run=1' || fault "no window"
  fi
  sleep "$(awk -v r="$RANDOM" 'BEGIN { print 0.3 + r / 32768 }')"
  kill -KILL "$window" 2>/dev/null || true
  wait "$window" 2>/dev/null || true
  window=
  kept=$(newest)
  now=$(at "$kept") || fault "kill $kill: $kept cannot be read"
  [ "$now" -ge "$before" ] || fault "kill $kill: from $before back to $now"
  before=$now
done

iterations=$((before + 500))
"$program" run --resume "$(newest)" --iterations "$iterations" --out left 2>/dev/null || fault "it does not go on"
"$program" run sine.toml --iterations "$iterations" --out whole 2>/dev/null || fault "a plain run fails"
tail -n 5 left/metrics.csv >left.txt
tail -n 5 whole/metrics.csv >whole.txt
cmp -s left.txt whole.txt || fault "its last measurements differ: $(diff left.txt whole.txt | head -4)"
# What is shown of it was last measured at another time, and the window measures joint pretraining for itself.
python3 - left/run.safetensors whole/run.safetensors <<'PYTHON' || fault "what was learned differs"
import json, struct, sys

def phi(path):
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    part = lambda entry: data[8 + size + entry["data_offsets"][0] : 8 + size + entry["data_offsets"][1]]
    wanted = ("phi/", "outer/", "joint/", "joint_outer/")
    return {name: part(entry) for name, entry in header.items() if name.startswith(wanted)}

one, other = (phi(path) for path in sys.argv[1:])
sys.exit(one != other or not one)
PYTHON
echo "$kills kills until meta-iteration $before, then as a run that nobody disturbed; faults: $faults"
[ "$faults" = 0 ]

#!/usr/bin/env bash
# Starts runs, kills them at random moments, and looks at what they leave:
#   tests/kills.sh target/release/metascope [TIMES]
# Every file must be whole, no lock may stay, nothing may be overwritten unasked. Then a full disk, where that can be
# tried (as root). Needs bash and python3; takes about two seconds for each kill.
set -u
program=$(realpath "${1:?the program}")
times=${2:-200}
work=$(mktemp -d)
trap 'umount "$work/full" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1

# Training and measuring each take a good part of such a run, which is short, so that many kills meet its writing.
cat >short.toml <<'TOML'
[run]
tasks = "sine"
evaluate_every = 5
held_out_tasks = 40
[live]
meta_batch = 4
TOML
faults=0
fault() { echo "FAULT: $*"; faults=$((faults + 1)); }
command=("$program" run short.toml --threads 1 --iterations 200 --out out)

cat >look.py <<'PYTHON'
import csv, json, os, struct, sys, tomllib, zlib

def png(data):
    assert data[:8] == b"\x89PNG\r\n\x1a\n", "no PNG"
    at, last = 8, None
    while at < len(data):
        (length,), last = struct.unpack(">I", data[at:at + 4]), data[at + 4:at + 8]
        body = data[at + 4:at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0] == zlib.crc32(body), "a chunk is cut"
        at += 12 + length
    assert last == b"IEND" and at == len(data), "no end"

found = []
for name in sorted(os.listdir("out")):
    data = open(os.path.join("out", name), "rb").read()
    if name.endswith(".part"):
        continue  # Not yet a file; the next run writes over it.
    found.append(name)
    if name == "metrics.csv":
        assert data.endswith(b"\n"), "the last line is cut"
        rows = list(csv.reader(data.decode().splitlines()))
        assert len({len(row) for row in rows}) == 1, "a line is cut"
        assert [int(row[0]) for row in rows[1:]] == [5 * i for i in range(len(rows) - 1)], "a line is missing"
    elif name == "experiment.toml":
        tomllib.loads(data.decode())["run"]["seed"]
    elif name == "summary.json":
        json.loads(data)
        assert "samples.png" in found and "metrics.csv" in found, "a summary of what is not there"
    elif name in ("samples.png", "best.png"):
        png(data)
    elif name == "run.safetensors":
        (length,) = struct.unpack("<Q", data[:8])
        header = json.loads(data[8:8 + length])
        tomllib.loads(header.pop("__metadata__")["metascope"])
        ends = [tensor["data_offsets"][1] for tensor in header.values()]
        assert max(ends) == len(data) - 8 - length, "a run is cut"
    else:
        raise AssertionError("what is that file?")
print("finished" if "summary.json" in found else "training" if "metrics.csv" in found else "starting")
PYTHON

begun=$(date +%s.%N)
"${command[@]}" 2>/dev/null || fault "a plain run fails"
whole=$(python3 -c "import time; print(time.time() - $begun)")
training=$(python3 -c "import json; print(json.load(open('out/summary.json'))['elapsed_secs'])")
echo "a whole run takes $whole s ($training s by its own account)"
declare -A left codes
for ((kill = 1; kill <= times; kill++)); do
  signal=$([ $((kill % 2)) = 0 ] && echo KILL || echo INT)
  # No function: its process would be a shell's, and the program would outlive it.
  "${command[@]}" --seed "$kill" --overwrite 2>said &
  pid=$!
  sleep "$(awk -v r="$RANDOM" -v s="$whole" 'BEGIN { print r / 32768 * 1.1 * s }')"
  kill -s "$signal" "$pid" 2>/dev/null
  # Every other interrupted run gets a second signal, mostly while it measures or writes.
  if [ "$signal" = INT ] && [ $((kill % 4)) = 1 ]; then
    sleep "$(awk -v r="$RANDOM" -v s="$whole" 'BEGIN { print r / 32768 * 0.4 * s }')"
    kill -s INT "$pid" 2>/dev/null
  fi
  wait "$pid" 2>/dev/null
  code=$?
  codes["$signal $code"]=$((${codes["$signal $code"]:-0} + 1))
  grep -q "panicked\|another run" said && fault "kill $kill: $(cat said)"
  [ -d out ] || continue
  state=$(python3 look.py 2>&1) || fault "kill $kill ($signal): ${state##*$'\n'}"
  left[$state]=$((${left[$state]:-0} + 1))
  # Whatever is there is not touched unasked.
  if [ -e out/experiment.toml ] || [ -e out/metrics.csv ]; then
    before=$(cat out/* | sha256sum)
    "${command[@]}" --seed 999999 2>/dev/null && fault "kill $kill: overwritten unasked"
    [ "$before" = "$(cat out/* | sha256sum)" ] || fault "kill $kill: a refused run changed files"
  fi
done
"${command[@]}" --overwrite 2>said || fault "no new run starts: $(cat said)"
[ "$(find out -mindepth 1 ! -name best.png | sort | tr '\n' ' ')" = "out/experiment.toml out/metrics.csv out/run.safetensors out/samples.png out/summary.json " ] ||
  fault "a whole run leaves $(ls -A out)"
for key in "${!codes[@]}"; do echo "exit code after $key: ${codes[$key]} times"; done | sort
for key in "${!left[@]}"; do echo "left $key: ${left[$key]} times"; done | sort

mkdir full
if mount -t tmpfs -o size=16k tmpfs full 2>/dev/null; then
  "$program" run short.toml --threads 1 --iterations 50000 --out full/out 2>said
  code=$?
  echo "a full disk: exit code $code: $(tail -1 said)"
  if [ $code != 1 ] || ! grep -q "cannot write" said; then fault "a full disk"; fi
  [ -e full/out/summary.json ] && fault "a summary on a full disk"
  find full -name '*.part' | grep -q . && fault "a full disk keeps its space"
else
  echo "a full disk: not tried (needs root)"
fi
echo "$times kills, $faults faults"
[ "$faults" = 0 ]

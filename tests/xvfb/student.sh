#!/usr/bin/env bash
# The real window under Xvfb, used as a student would: sine tasks; α far beyond the mark of stability, the event that
# follows, back, α at the mark and on; a race of MAML against FOMAML; slow motion; the outer step taken apart; a look
# back and on from there. Each stage leaves a screenshot. Usage: tests/xvfb/student.sh BINARY FOLDER
# METASCOPE_RACE_SECS is how long the race may take (default 60).
# Needs xvfb xauth xdotool x11-utils imagemagick and the window's own libraries (README.md).
set -euo pipefail
binary=$(realpath "${1:?the metascope binary}")
# Whole, as a relative XDG_DATA_HOME is ignored.
out=$(realpath -m "${2:?a folder for screenshots and logs}")
mkdir -p "$out"
rm -f "$out/display"

Xvfb -displayfd 7 -screen 0 1280x800x24 -nolisten tcp 7>"$out/display" 2>"$out/xvfb.log" &
server=$!
trap 'kill ${window_process:-} $server 2>/dev/null || true' EXIT
for _ in $(seq 200); do [ -s "$out/display" ] && break; sleep 0.05; done
DISPLAY=:$(cat "$out/display")
export DISPLAY

# As it is opened for the first time.
rm -rf "$out/data"
XDG_DATA_HOME="$out/data" METASCOPE_EVENTS=1 "$binary" --language en --tasks sine >"$out/window.log" 2>&1 &
window_process=$!
fail() { echo "student failed: $1"; tail -20 "$out/window.log"; exit 1; }
window=
for _ in $(seq 400); do
  window=$(xdotool search --onlyvisible --name '^Metascope$' 2>/dev/null | head -1 || true)
  [ -n "$window" ] && break
  kill -0 "$window_process" 2>/dev/null || fail "the program ended"
  sleep 0.05
done
[ -n "$window" ] || fail "no window"
xdotool windowsize "$window" 1280 800
sleep 0.5
xdotool windowfocus "$window"

wait_for() { # an event that comes for the nth time, within so many seconds
  for _ in $(seq $(($3 * 20))); do [ "$(grep -c "$1" "$out/window.log")" -ge "$2" ] && return; sleep 0.05; done
  fail "no '$1' for the ${2}th time within $3 s"
}
click() { xdotool mousemove --window "$window" "$1" "$2"; sleep 0.1; xdotool click 1; sleep 0.2; aside; }
aside() { xdotool mousemove --window "$window" 1240 58; } # where no tooltip appears
key() { xdotool windowfocus "$window"; xdotool key "$1"; }
shot() { sleep 1; import -window "$window" "$out/$1.png"; }
alpha() { # types a value into the first knob
  xdotool mousemove --window "$window" 180 87 click 1
  sleep 0.3
  xdotool key ctrl+a
  xdotool type "$1"
  xdotool key Return
  aside
}

wait_for 'EVENT phase=Running' 1 30
aside
sleep 6
shot 1-trains
alpha 0.9
wait_for 'EVENT diverged=' 1 20
shot 2-beyond-the-mark
click 303 148 # back to the best
wait_for 'EVENT back_to_best' 1 5
wait_for 'EVENT phase=Paused' 1 10
shot 3-gone-back
key space
sleep 1
alpha 0.9
wait_for 'EVENT diverged=' 2 20
sleep 0.5
click 576 148 # set α to the mark
wait_for 'EVENT knob inner_rate=' 3 10
wait_for 'EVENT phase=Running' 3 10
rate=$(grep 'EVENT knob inner_rate=' "$out/window.log" | tail -1 | sed 's/.*=//')
awk "BEGIN { exit !($rate > 0 && $rate < 0.1) }" || fail "the mark is at $rate"
sleep 4
[ "$(grep -c 'EVENT diverged=' "$out/window.log")" = 2 ] || fail "it diverged at the mark"
shot 4-at-the-mark

# Paused, the race has the machine to itself.
key space
wait_for 'EVENT phase=Paused' 2 10
key c
sleep 1
click 317 87 # race
click 383 128 # without Reptile
click 534 156 # start
sleep "${METASCOPE_RACE_SECS:-60}"
shot 5-maml-against-fomaml
key Escape
sleep 0.5

key s
wait_for 'EVENT pace=Slow' 1 5
for _ in 1 2 3; do key period; sleep 0.4; done
shot 6-slow-motion
key s
wait_for 'EVENT pace=Full' 1 5
key 3 # the tab Outer step
shot 7-outer-step
click 400 786 # into the timeline
shot 8-looking-back
click 640 606 # continue from here
wait_for 'EVENT phase=Running' 4 10
sleep 3
shot 9-another-branch
key ctrl+q
for _ in $(seq 60); do kill -0 "$window_process" 2>/dev/null || break; sleep 0.05; done
kill -0 "$window_process" 2>/dev/null && fail "Ctrl+Q did not close it"
echo "student passed: alpha at the mark $rate"

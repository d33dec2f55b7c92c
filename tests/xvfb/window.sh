#!/usr/bin/env bash
# The real window under Xvfb, used from a script: it trains, is not blank, obeys a knob and keys,
# rests when paused, changes to light, closes, and keeps its run when the system ends it. Usage: tests/xvfb/window.sh BINARY FOLDER [ARGUMENT ...]
# METASCOPE_SIZE, METASCOPE_TRAIN_SECS, METASCOPE_SWEEP_SECS (a sweep, for so long), METASCOPE_LOOKS (the looks at
# class samples, where tasks are classes), METASCOPE_DRAW_TAB (the number of the tab Draw, by default 3) and
# METASCOPE_STROKES (what is drawn, each stroke as places X,Y:X,Y; by
# default glasses on a face, where no arguments choose other tasks) change what it does.
# Needs xvfb xauth xdotool x11-utils imagemagick and the window's own libraries (README.md).
set -euo pipefail
binary=$(realpath "${1:?the metascope binary}")
# Whole, as a relative XDG_DATA_HOME is ignored.
out=$(realpath -m "${2:?a folder for screenshots and logs}")
shift 2
size=${METASCOPE_SIZE:-1280x800}
mkdir -p "$out"
rm -f "$out"/{display,frames.txt}

Xvfb -displayfd 7 -screen 0 "${size}x24" -nolisten tcp 7>"$out/display" 2>"$out/xvfb.log" &
server=$!
trap 'kill ${window_process:-} $server 2>/dev/null || true' EXIT
for _ in $(seq 200); do [ -s "$out/display" ] && break; sleep 0.05; done
DISPLAY=:$(cat "$out/display")
export DISPLAY

# As it is opened for the first time.
rm -rf "$out/data"
XDG_DATA_HOME="$out/data" METASCOPE_EVENTS=1 METASCOPE_FRAME_STATS="$out/frames.txt" "$binary" --language en "$@" >"$out/window.log" 2>&1 &
window_process=$!
fail() { echo "window check failed: $1"; tail -20 "$out/window.log"; exit 1; }
window=
for _ in $(seq 400); do
  window=$(xdotool search --onlyvisible --name '^Metascope$' 2>/dev/null | head -1 || true)
  [ -n "$window" ] && break
  kill -0 "$window_process" 2>/dev/null || fail "the program ended"
  sleep 0.05
done
[ -n "$window" ] || fail "no window"
xdotool windowsize "$window" "${size%x*}" "${size#*x}"
# Without a window manager a key needs the focus given by hand.
xdotool windowfocus --sync "$window"
# Where no tooltip appears.
xdotool mousemove --window "$window" 1240 58

wait_for() { # an event, within so many seconds
  for _ in $(seq $(($2 * 20))); do grep -q "$1" "$out/window.log" && return; sleep 0.05; done
  fail "no '$1' within $2 s"
}
shot() { import -window "$window" "$out/$1.png"; }

wait_for 'EVENT phase=Running' 30
sleep 4
shot early
colours=$(identify -format %k "$out/early.png")
[ "$colours" -gt 200 ] || fail "a blank window: $colours colours"
sleep "${METASCOPE_TRAIN_SECS:-6}"
shot trained
[ "$(compare -metric AE "$out/early.png" "$out/trained.png" null: 2>&1 || true)" != 0 ] || fail "nothing moved"

if [ -n "${METASCOPE_LOOKS:-}" ]; then
  # The other looks at class samples: the tabs after the first.
  tab=2
  for look in noise nearest between; do
    xdotool windowfocus --sync "$window" key $tab
    tab=$((tab + 1))
    sleep 1
    shot "$look"
  done
  xdotool key 1
fi

if [ $# -eq 0 ]; then strokes="300,345:390,347 450,347:540,345 390,347:450,347"; fi
strokes=${METASCOPE_STROKES:-${strokes:-}}
if [ -n "$strokes" ]; then
  # The tab Draw; it adapts to the drawing while training goes on.
  xdotool windowfocus --sync "$window" key "${METASCOPE_DRAW_TAB:-3}"
  sleep 1
  for stroke in $strokes; do
    down=1
    for place in ${stroke//:/ }; do
      xdotool mousemove --window "$window" "${place%,*}" "${place#*,}"
      [ -n "$down" ] && xdotool mousedown 1
      down=
      sleep 0.1
    done
    xdotool mouseup 1
    sleep 0.2
  done
  wait_for 'EVENT sketch=true' 5
  sleep 1.5
  xdotool mousemove --window "$window" 1240 58
  sleep 0.5
  shot drawn
  drawn=$(grep -c 'EVENT sketch=' "$out/window.log")
  xdotool windowfocus --sync "$window" key ctrl+z
  sleep 1
  [ "$(grep -c 'EVENT sketch=' "$out/window.log")" -gt "$drawn" ] || fail "undo changed nothing"
fi

# The slider of α is the first of the left panel; a small rate, since a large one may rightly end the run.
xdotool mousemove --window "$window" 84 103 mousedown 1; sleep 0.1
for x in 82 80 78; do xdotool mousemove --window "$window" $x 103; sleep 0.05; done
xdotool mouseup 1
wait_for 'EVENT knob inner_rate=' 5
sleep 0.5
shot knob

xdotool mousemove --window "$window" 1240 58
xdotool key space
wait_for 'EVENT phase=Paused' 10
sleep 3
ticks() { awk '{print $14 + $15}' "/proc/$window_process/stat"; }
before=$(ticks); sleep 3; idle=$(($(ticks) - before))
[ "$idle" -le 15 ] || fail "a paused window used $idle ticks of processor time in 3 s"
shot paused

if [ -n "${METASCOPE_SWEEP_SECS:-}" ]; then
  xdotool windowfocus --sync "$window" key c
  sleep 1
  xdotool mousemove --window "$window" 511 184 click 1
  sleep 1
  xdotool mousemove --window "$window" 1240 58
  sleep "$METASCOPE_SWEEP_SECS"
  shot sweep
  xdotool windowfocus --sync "$window" key Escape
  sleep 0.5
fi

xdotool key t
wait_for 'EVENT theme=Light' 5
sleep 1
shot light

xdotool windowfocus --sync "$window" key --window "$window" ctrl+q
for _ in $(seq 60); do kill -0 "$window_process" 2>/dev/null || break; sleep 0.05; done
kill -0 "$window_process" 2>/dev/null && fail "Ctrl+Q did not close it"

# Told to end by the system, as when somebody logs out, it keeps its run as when it is closed.
kept() { find "$out/data" -name run.safetensors | wc -l; }
before=$(kept)
XDG_DATA_HOME="$out/data" METASCOPE_EVENTS=1 "$binary" --language en "$@" >"$out/window.log" 2>&1 &
window_process=$!
wait_for 'EVENT phase=Running' 30
sleep 2
kill -TERM "$window_process"
for _ in $(seq 60); do kill -0 "$window_process" 2>/dev/null || break; sleep 0.05; done
kill -0 "$window_process" 2>/dev/null && fail "SIGTERM did not close it"
wait "$window_process" || fail "SIGTERM ended it with an error"
[ "$(kept)" -gt "$before" ] || fail "its run was not kept"
echo "window check passed: $colours colours, $idle ticks in 3 s while paused"
cat "$out/frames.txt"

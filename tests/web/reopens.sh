#!/usr/bin/env bash
# A picture that the page handed out begins its run again in the real window, under Xvfb.
#
#   tests/web/reopens.sh PROGRAM PICTURE
set -euo pipefail
binary=$(realpath "${1:?the metascope binary}")
picture=$(realpath "${2:?a picture}")
out=$(mktemp -d)
trap 'kill ${window:-} ${server:-} 2>/dev/null || true; rm -rf "$out"' EXIT
Xvfb -displayfd 7 -screen 0 1280x800x24 -nolisten tcp 7>"$out/display" 2>/dev/null &
server=$!
for _ in $(seq 200); do [ -s "$out/display" ] && break; sleep 0.05; done
DISPLAY=:$(cat "$out/display") XDG_DATA_HOME=$out METASCOPE_EVENTS=1 "$binary" --language en --open "$picture" >"$out/log" 2>&1 &
window=$!
for _ in $(seq 600); do
  if grep -q 'EVENT failed' "$out/log"; then break; fi
  # The second run is the picture's.
  if grep -q 'EVENT text' "$out/log" && grep -q 'EVENT run=2' "$out/log"; then exit 0; fi
  sleep 0.05
done
cat "$out/log"
exit 1

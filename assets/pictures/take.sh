#!/usr/bin/env bash
# Takes the README's pictures of the real window, and one film-strip of a run without a window.
# Usage: assets/pictures/take.sh [BINARY [OMNIGLOT [PHOTOGRAPHS]]] (default: target/release/metascope; OMNIGLOT is that
# set's images_background_small1.zip of brendenlake/omniglot, PHOTOGRAPHS a folder with astronaut.png, camera.png,
# chelsea.png and coffee.png of scikit-image's data; without them their pictures stay as they are)
set -euo pipefail
binary=$(realpath "${1:-target/release/metascope}")
omniglot=${2:+$(realpath "$2")}
photographs=${3:+$(realpath "$3")}
cd "$(dirname "$0")/../.."
shots=$(mktemp -d)
trap 'rm -r "$shots"' EXIT
METASCOPE_TRAIN_SECS=25 tests/xvfb/window.sh "$binary" "$shots/faces"
METASCOPE_TRAIN_SECS=20 METASCOPE_SWEEP_SECS=60 tests/xvfb/window.sh "$binary" "$shots/sine" --tasks sine
METASCOPE_TRAIN_SECS=5 tests/xvfb/window.sh "$binary" "$shots/plane" --tasks plane
METASCOPE_TRAIN_SECS=25 METASCOPE_LOOKS=1 METASCOPE_DRAW_TAB=5 \
  METASCOPE_STROKES="300,520:392,250:484,520 330,420:454,420 392,250:392,520" \
  tests/xvfb/window.sh "$binary" "$shots/class" --tasks class
for tasks in picture upscale cluster; do
  METASCOPE_TRAIN_SECS=25 tests/xvfb/window.sh "$binary" "$shots/$tasks" --tasks "$tasks"
done
METASCOPE_TRAIN_SECS=25 METASCOPE_DRAW_TAB=2 METASCOPE_STROKES="330,250:330,500 330,250:450,280:450,340:330,370:450,500" \
  tests/xvfb/window.sh "$binary" "$shots/classify" --tasks classify
"$binary" run --iterations 300 --out "$shots/run"
[ -z "$omniglot" ] || "$binary" run --tasks class --images "$omniglot" --iterations 300 --out "$shots/omniglot"
if [ -n "$omniglot" ]; then
  # One alphabet is put aside: neither its letters nor anything like them is trained on.
  python3 -m zipfile -e "$omniglot" "$shots/alphabets"
  mv "$shots/alphabets/images_background_small1/Greek" "$shots/greek"
  "$binary" run --tasks class --images "$shots/alphabets" --iterations 300 --out "$shots/without-greek"
  "$binary" adapt "$shots/without-greek/run.safetensors" "$shots/greek" --out "$shots/adapted-greek"
fi
if [ -n "$photographs" ]; then
  "$binary" run --tasks completion --iterations 500 --out "$shots/completion"
  "$binary" adapt "$shots/completion/run.safetensors" "$photographs" --out "$shots/adapted-photographs"
fi
tests/xvfb/student.sh "$binary" "$shots/student"

keep() { convert "$shots/$1" "${@:3}" -strip -define png:compression-level=9 "assets/pictures/$2"; }
keep faces/trained.png window.png
keep sine/light.png sine.png
keep plane/trained.png plane.png
keep class/trained.png class.png
keep student/2-beyond-the-mark.png beyond.png
keep student/5-maml-against-fomaml.png race.png -crop 1064x548+216+40 +repage
keep student/6-slow-motion.png slow-motion.png
keep student/7-outer-step.png outer-step.png
keep student/8-looking-back.png looking-back.png
for look in noise nearest between; do keep "class/$look.png" "class-$look.png" -crop 1064x545+216+42 +repage; done
for drawn in faces class classify; do keep "$drawn/drawn.png" "draw-$drawn.png" -crop 1064x545+216+42 +repage; done
for tasks in picture upscale classify cluster; do keep "$tasks/trained.png" "$tasks.png"; done
keep sine/sweep.png sweep.png -crop 1064x548+216+40 +repage
# The first two of the film-strip's four tasks.
keep run/samples.png samples.png -crop 100%x50%+0+0 +repage
[ -z "$omniglot" ] || keep omniglot/samples.png omniglot.png
[ -z "$omniglot" ] || keep adapted-greek/adapted.png adapt-omniglot.png -crop 0x276+0+0 +repage
[ -z "$photographs" ] || keep adapted-photographs/adapted.png adapt-photographs.png
ls -l assets/pictures/*.png

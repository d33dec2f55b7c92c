#!/usr/bin/env bash
# Takes the README's pictures of the real window. Usage: assets/pictures/take.sh (after cargo build --release)
set -euo pipefail
cd "$(dirname "$0")/../.."
shots=$(mktemp -d)
METASCOPE_TRAIN_SECS=25 tests/xvfb/window.sh target/release/metascope "$shots/faces"
METASCOPE_TRAIN_SECS=10 tests/xvfb/window.sh target/release/metascope "$shots/sine" --tasks sine
METASCOPE_TRAIN_SECS=5 tests/xvfb/window.sh target/release/metascope "$shots/plane" --tasks plane
convert "$shots/faces/trained.png" -strip assets/pictures/window.png
convert "$shots/sine/trained.png" -strip assets/pictures/sine.png
convert "$shots/plane/trained.png" -strip assets/pictures/plane.png
rm -r "$shots"

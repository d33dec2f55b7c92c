#!/usr/bin/env bash
# Takes the README's picture of the real window. Usage: assets/pictures/take.sh (after cargo build --release)
set -euo pipefail
cd "$(dirname "$0")/../.."
shots=$(mktemp -d)
METASCOPE_TRAIN_SECS=25 tests/xvfb/window.sh target/release/metascope "$shots/faces"
convert "$shots/faces/trained.png" -strip assets/pictures/window.png
rm -r "$shots"

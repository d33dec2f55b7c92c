#!/usr/bin/env bash
# Builds the page and uses it in a browser. Ends with 3 where there is no compiler for it or no browser.
#
#   tests/web/run.sh [PROGRAM] [ARGUMENT OF page.py ...]
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v chromium chromium-browser google-chrome >/dev/null || { echo "there is no browser: apt-get install chromium" >&2; exit 3; }
tests/web/build.sh "${1:-}"
# A browser on a busy machine may be late once.
python3 tests/web/page.py "$@" || python3 tests/web/page.py "$@"

#!/usr/bin/env bash
# Has runs of every family, activation and some algorithms read in NumPy and in PyTorch: outputs must be the program's.
# Needs python3 with numpy, torch and venv; the safetensors package is installed into target/interop.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=target/interop
python=$folder/python/bin/python
[ -x "$python" ] || /usr/bin/python3 -m venv --system-site-packages "$folder/python"
"$python" -c 'import safetensors' 2>/dev/null || "$folder/python/bin/pip" install --quiet 'safetensors>=0.4,<1'
rm -rf "$folder/runs"
cargo run --quiet --locked --example interop "$folder/runs"
PYTHONDONTWRITEBYTECODE=1 "$python" tests/interop/check.py "$folder/runs"

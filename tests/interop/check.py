"""Compares outputs of kept runs with those that the program computed: check.py FOLDER, as `cargo run --example interop
FOLDER` filled it. Fails if one differs by more than 1e-5, counted from the largest output where that is above 1."""

import pathlib
import sys

import numpy as np
import torch
from safetensors.numpy import load_file

from metascope_run import Run

BOUND = 1e-5
# After three inner steps rounding has added up.
ADAPTED = 1e-4

worst = {"NumPy": 0.0, "PyTorch": 0.0, "PyTorch, adapted": 0.0}
failed = []
cases = sorted(pathlib.Path(sys.argv[1]).glob("*.safetensors"))
for path in cases:
    run, io = Run(path), load_file(path.with_suffix(".io"))

    def compare(name, outputs, expected, bound):
        apart = float(np.abs(outputs - expected).max() / max(1.0, float(np.abs(expected).max())))
        worst[name] = max(worst[name], apart)
        if not apart <= bound:
            failed.append(f"{path.stem}: {name} differs by {apart:.2e}")

    compare("NumPy", run(io["x"]), io["start"], BOUND)
    outputs = run.module()(torch.from_numpy(io["x"])).detach().numpy()
    compare("PyTorch", outputs, io["start"], BOUND)
    adapted = run.adapt(io["support_x"], io["support_y"], float(io["rate"][0, 0]), 3)
    compare("PyTorch, adapted", adapted(io["x"]), io["adapted"], ADAPTED)

print(f"{len(cases)} runs; the largest differences: " + ", ".join(f"{name} {apart:.1e}" for name, apart in worst.items()))
if failed or not cases:
    sys.exit("\n".join(failed) or "no runs")

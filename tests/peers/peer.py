"""What every peer script shares: its flags, its thread limit, its clock and how it answers.

A peer script offers, for each case, one or more forms of the same work (for example differentiated in two ways).
A form is built, compiled and warmed up once; then it is timed in batches of meta-iterations, and the median batch
gives its figure.  Each figure is one JSON line on standard output:

    {"peer": "jax", "form": "vmap", "threads": 1, "case": "sine/maml-1", "per_second": 4562.0}

By itself a script measures its cases once:  python jax_peer.py --threads 1 --cases sine/maml-1 --seconds 2
With `--serve` it stays alive, so that nothing is compiled twice: each line `CASE SECONDS` on standard input is
answered by the case's figures and a line {"done": "CASE"}; 0 seconds only builds and warms up.
`--list` prints the names of the script's cases.
"""

import argparse
import json
import os
import statistics
import sys
import time
from typing import Callable, Iterable, NamedTuple

# The work, as in Finn et al. 2017 (sine) and in the program's own settings (picture, class).
SINE = dict(tasks=25, support=10, query=10, hidden=40, inner_rate=0.01, outer_rate=1e-3)
PICTURE = dict(
    images=100, side=32, hidden=64, w0=20.0, tasks=4, pixels=256, steps=3, inner_rate=0.1, outer_rate=1e-3
)
CLASS = dict(
    classes=100, images=20, shots=10, draws=8, inputs=48, hidden=128, frequencies=(0.5, 1.0, 2.0, 4.0),
    tasks=4, steps=5, inner_rate=0.2, outer_rate=3e-3, beta2=0.99,
)
# case: (algorithm, inner steps)
SINE_CASES = {
    "sine/maml-1": ("maml", 1),
    "sine/maml-5": ("maml", 5),
    "sine/fomaml-1": ("fomaml", 1),
    "sine/meta-sgd-1": ("meta-sgd", 1),
    "sine/reptile-5": ("reptile", 5),
}

# Runs a batch of meta-iterations to the end and returns how many they were.
Batch = Callable[[], int]


class Form(NamedTuple):
    """One way of doing a case's work: `build` compiles it and returns its batch."""

    peer: str
    name: str
    build: Callable[[], Batch]


def arguments() -> argparse.Namespace:
    """The flags that every peer script understands."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cases", help="comma-separated names; all of them if not given")
    parser.add_argument("--seconds", type=float, default=1.0, help="time for each form of each case")
    parser.add_argument("--serve", action="store_true", help="answer requests from standard input")
    parser.add_argument("--list", action="store_true", help="print the names of the cases")
    return parser.parse_args()


def limit_threads(threads: int) -> None:
    """Keeps this process to `threads` cores.  To be called before the library is loaded, which counts the cores."""
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(threads)
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[-threads:])


def missing(peer: str, error: Exception) -> None:
    """Says that the peer's library cannot be loaded, and ends the script."""
    say({"peer": peer, "missing": f"{type(error).__name__}: {error}"})
    sys.exit(0)


def say(answer: dict) -> None:
    print(json.dumps(answer), flush=True)


def median_rate(batch: Batch, seconds: float) -> float:
    """Meta-iterations per second of the median batch, over at least three batches and `seconds`."""
    rates = []
    end = time.perf_counter() + seconds
    while len(rates) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        count = batch()
        rates.append(count / (time.perf_counter() - start))
    return statistics.median(rates)


class Bench:
    """Measures cases, building each form only once."""

    def __init__(self, threads: int, cases: dict[str, list[Form]]):
        self.threads = threads
        self.cases = cases
        self.batches: dict[tuple[str, str, str], Batch] = {}

    def measure(self, case: str, seconds: float) -> Iterable[dict]:
        """The figures of all forms of a case; with 0 seconds the forms are only built and warmed up."""
        for form in self.cases.get(case, []):
            batch = self.built(case, form)
            if seconds > 0:
                rate = median_rate(batch, seconds)
                yield dict(
                    peer=form.peer, form=form.name, threads=self.threads, case=case, per_second=round(rate, 2)
                )

    def built(self, case: str, form: Form) -> Batch:
        key = (case, form.peer, form.name)
        if key not in self.batches:
            batch = form.build()
            for _ in range(2):
                batch()
            self.batches[key] = batch
        return self.batches[key]


def run(options: argparse.Namespace, cases: dict[str, list[Form]]) -> None:
    """Measures once, or serves requests, as the flags say."""
    bench = Bench(options.threads, cases)
    if options.list:
        print("\n".join(cases))
    elif options.serve:
        for line in sys.stdin:
            case, seconds = line.split()
            for figure in bench.measure(case, float(seconds)):
                say(figure)
            say({"done": case})
    else:
        for case in options.cases.split(",") if options.cases else cases:
            for figure in bench.measure(case, options.seconds):
                say(figure)

"""The program and its peers, measured in one run on one machine.

    python tests/peers/compare.py target/release/metascope [--rounds 5] [--quick] [--cases sine/maml-1,class/maml-5]
                                 [--libraries jax,torch,learn2learn]

How it is done:

* Each peer has one process for one thread and one for two.  It compiles and warms up every case first, is then kept
  alive, and does nothing while another is measured.  No two are ever measured at the same time.
* In every round, case by case, the program is measured with one and with two threads, then each peer with each number
  of threads and in each of its forms (see the scripts): whatever slows the machine for a while meets all of them.
* A figure is the median over the rounds, in meta-iterations per second.  A peer is shown by its best form and number
  of threads, whichever that was.  Every figure can be kept with `--json FILE`.
* With one thread the program and the peers are kept to one core, the same for all.

The peers are installed with `pip install -r tests/peers/requirements.txt` (see there for learn2learn); those whose
library cannot be loaded are listed as missing.  Only the standard library is used here.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCRIPTS = {"jax": "jax_peer.py", "torch": "torch_peer.py", "learn2learn": "learn2learn_peer.py"}
PEERS = ("jax", "torch.compile", "torch.func", "learn2learn")
CASES = (
    "sine/maml-1",
    "sine/maml-5",
    "sine/fomaml-1",
    "sine/meta-sgd-1",
    "sine/reptile-5",
    "picture/maml-3",
    "class/maml-5",
)
OURS = "metascope"
THREADS = (1, 2)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the program, built with optimisation")
    parser.add_argument("--rounds", type=int, help="5 if not given")
    parser.add_argument("--seconds", type=float, help="time for one measurement; 1 if not given")
    parser.add_argument("--quick", action="store_true", help="2 rounds of 0.3 seconds")
    parser.add_argument("--cases", default=",".join(CASES), help="comma-separated names")
    parser.add_argument("--libraries", default=",".join(SCRIPTS), help="comma-separated; torch takes longest to compile")
    parser.add_argument("--python", default=sys.executable, help="the Python that has the peers")
    parser.add_argument("--json", metavar="FILE", help="keep every figure")
    options = parser.parse_args()
    options.rounds = options.rounds or (2 if options.quick else 5)
    options.seconds = options.seconds or (0.3 if options.quick else 1.0)
    options.cases = options.cases.split(",")
    unknown = [case for case in options.cases if case not in CASES]
    if unknown:
        parser.error(f"unknown case {', '.join(unknown)}; there are {', '.join(CASES)}")
    options.libraries = options.libraries.split(",")
    unknown = [library for library in options.libraries if library not in SCRIPTS]
    if unknown:
        parser.error(f"unknown library {', '.join(unknown)}; there are {', '.join(SCRIPTS)}")
    return options


def tell(text):
    print(text, file=sys.stderr, flush=True)


class Peer:
    """A peer script's process for one number of threads."""

    def __init__(self, python, script, threads):
        command = [python, str(HERE / script), "--serve", "--threads", str(threads)]
        pipe = subprocess.PIPE
        self.label = f"{script} with {threads} thread{'s' * (threads > 1)}"
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        self.missing = {}

    def measure(self, case, seconds):
        """The figures of the peer's forms of the case; with 0 seconds they are only compiled and warmed up."""
        figures = []
        try:
            print(case, seconds, file=self.process.stdin, flush=True)
        except BrokenPipeError:
            pass  # What it said before it ended is read below.
        for line in self.process.stdout:
            answer = json.loads(line)
            if "done" in answer:
                return figures
            if "missing" in answer:
                self.missing[answer["peer"]] = answer["missing"]
            else:
                figures.append(answer)
        if not self.missing:
            self.missing[self.label] = f"ended with exit code {self.process.wait()} at {case}"
        return figures

    def close(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.wait()


def measure_ours(program, case, threads, seconds):
    """The program's own benchmark of one case."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.json"
        command = [program, "bench", "--json", str(file), "--threads", str(threads), "--cases", case]
        command += ["--seconds", str(seconds)]
        run = subprocess.run(command, capture_output=True, text=True, preexec_fn=lambda: keep_to_cores(threads))
        if run.returncode != 0:
            sys.exit(f"{' '.join(command)} failed:\n{run.stderr}")
        figure = json.loads(file.read_text())["cases"][case]
    return dict(peer=OURS, form="", threads=threads, case=case, per_second=figure["per_second"])


def keep_to_cores(threads):
    """As the peers do, see peer.py."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])


def start_peers(options):
    """The peers' processes, each with its cases compiled, one after the other; and those that are missing, with why."""
    peers, missing = [], {}
    for script in (SCRIPTS[library] for library in options.libraries):
        for threads in THREADS:
            peer = Peer(options.python, script, threads)
            for case in options.cases:
                tell(f"{peer.label} prepares {case}")
                peer.measure(case, 0)
                if peer.missing:
                    break
            missing.update(peer.missing)
            if peer.missing:
                peer.close()
            else:
                peers.append(peer)
    return peers, missing


def measure_rounds(options, peers):
    """All figures, round by round and case by case."""
    figures = []
    for number in range(options.rounds):
        for case in options.cases:
            tell(f"round {number + 1} of {options.rounds}: {case}")
            for threads in THREADS:
                figures.append(measure_ours(options.program, case, threads, options.seconds))
            for peer in peers:
                figures += peer.measure(case, options.seconds)
    return figures


def medians(figures):
    """The medians over rounds, as {case: {peer: {(form, threads): rate}}}."""
    rates = defaultdict(list)
    for f in figures:
        rates[f["case"], f["peer"], f["form"], f["threads"]].append(f["per_second"])
    table = defaultdict(lambda: defaultdict(dict))
    for (case, peer, form, threads), values in rates.items():
        table[case][peer][form, threads] = statistics.median(values)
    return table


def rate_text(rate):
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}"


def thread_text(threads):
    return f"{threads} thread{'s' * (threads > 1)}"


def markdown(table):
    """One row for each case and peer, against the better of the program's two figures."""
    lines = [
        "| case | ours, 1 thread | ours, 2 threads | peer | its best | its form | ours / peer | both with 1 thread |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for case, by_peer in table.items():
        ours = {threads: rate for (_, threads), rate in by_peer[OURS].items()}
        present = [peer for peer in PEERS if peer in by_peer]
        lines += [markdown_row(case, ours, peer, by_peer[peer]) for peer in present]
        if not present:
            lines.append(f"| {case} | {rate_text(ours[1])} | {rate_text(ours[2])} | none | | | | |")
    return "\n".join(lines)


def markdown_row(case, ours, peer, forms):
    (form, threads), best = max(forms.items(), key=lambda item: item[1])
    single = max((rate for (_, count), rate in forms.items() if count == 1), default=None)
    cells = [case, *(rate_text(ours[count]) for count in THREADS), peer, rate_text(best)]
    cells += [f"{form}, {thread_text(threads)}", f"{max(ours.values()) / best:.2f}"]
    cells.append(f"{ours[1] / single:.2f}" if single else "")
    return "| " + " | ".join(cells) + " |"


def main():
    options = arguments()
    peers, missing = start_peers(options)
    figures = measure_rounds(options, peers)
    for peer in peers:
        missing.update(peer.missing)
        peer.close()
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=1))
    print("Meta-iterations per second, median of", options.rounds, "rounds.\n")
    print(markdown(medians(figures)))
    for peer, why in missing.items():
        print(f"\nMissing: {peer} ({why})")


if __name__ == "__main__":
    main()

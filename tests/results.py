"""Writes the tables of assets/results.md from measured files.

    python3 tests/results.py METASCOPE FOLDER [--only NAME,NAME] [--jobs N] [--no-runs] [--write]

In assets/results.md a table stands between `<!-- table NAME -->` and `<!-- end -->`; the words around it are not
touched. The runs that the tables need are done in sub-folders of FOLDER; those that are there and complete are not done
again, so that the same command goes on where one was interrupted. Another program needs another FOLDER. The tables are
printed, or with `--write` replaced in assets/results.md. One whose runs are missing, not complete or diverged stays as
it is, and stderr says why; a remark between the comments goes when it is replaced. `--only` chooses tables, and with
them their runs; `--jobs` is how many tables are worked on at once, each with one run on one thread; `--no-runs` takes
what is there.

Some tables are read from what other commands leave in FOLDER, which come first:

    endure, endure-algorithms   tests/endure.sh METASCOPE FOLDER/endure
    opening                     tests/endure.sh METASCOPE FOLDER/endure-faces 100000 0 4 opening
    taught                      tests/taught.sh METASCOPE FOLDER/taught omniglot-small1.zip > FOLDER/taught.md
    peers, peers-shared         python tests/peers/compare.py METASCOPE … --json FOLDER/peers.json, peers-shared.json
    peak                        METASCOPE bench --threads 1 --json FOLDER/bench.json
    scaling                     METASCOPE bench --threads 2 --cases sine/maml-1 --scaling > FOLDER/scaling.txt
"""

import argparse
import csv
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "peers"))
import compare  # noqa: E402

RESULTS = HERE.parent / "assets" / "results.md"


class Missing(Exception):
    """Why a table cannot be filled."""


@dataclass
class Runs:
    """What runs found; those that are not in the folder yet are done."""

    metascope: str
    folder: Path
    only_there: bool

    def one(self, tasks, algorithm, iterations, seed=0, **options):
        """The summary of a `metascope run`, whose folder is named after all that is chosen."""
        chosen = dict(tasks=tasks, algorithm=algorithm, iterations=iterations, **options, seed=seed)
        name = "-".join(map(str, chosen.values()))
        settings = [text for key, value in chosen.items() for text in ("--" + key.replace("_", "-"), str(value))]
        if not self.is_complete(name):
            self.do(name, ["run", *settings, "--overwrite"])
        summary = json.loads(self.read(name, "summary.json"))
        if summary["interrupted"] or summary["diverged"]:
            raise Missing(f"{name} was interrupted or diverged")
        return summary

    def seeds(self, *what, **options):
        """The mean of the summaries of seeds 0 to 2."""
        return mean([self.one(*what, seed, **options) for seed in (0, 1, 2)])

    def is_complete(self, name):
        try:
            return not json.loads(self.read(name, "summary.json"))["interrupted"]
        except Missing:
            return False

    def do(self, name, arguments):
        if self.only_there:
            raise Missing(f"{name} is not there or not complete")
        tell(f"{name} …")
        command = [self.metascope, *arguments, "--threads", "1", "--out", str(self.folder / name)]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        except OSError as error:
            raise Missing(error) from None
        if done.returncode not in (0, 3):
            raise Missing(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
        return done.stdout

    def read(self, *path):
        path = self.folder.joinpath(*path)
        try:
            return path.read_text()
        except OSError:
            raise Missing(f"{path} is not there") from None

    def table(self, name):
        """The Markdown table in a file."""
        return "\n".join(line for line in self.read(name).splitlines() if line.startswith("|"))


def tell(text):
    sys.stderr.write(f"{text}\n")


def mean(values):
    """Number by number; of texts and the like the first."""
    first = values[0]
    if isinstance(first, dict):
        return {key: mean([value[key] for value in values]) for key in first}
    if isinstance(first, list):
        return [mean(list(entries)) for entries in zip(*values)]
    if any(not isinstance(value, (int, float)) for value in values):
        return None if None in values else first
    return sum(values) / len(values)


def number(value, digits=1, unit="", times=1):
    return "not finite" if value is None else f"{times * value:.{digits}f}{unit}"


def percent(share, digits=1):
    return number(share, digits, " %", 100)


def markdown(heading, rows):
    lines = ["|".join(f" {cell} " if cell else " " for cell in row) for row in (heading, *rows)]
    return "\n".join(f"|{line}|" for line in (lines[0], "|".join(["---"] * len(heading)), *lines[1:]))


# Tables of runs.


def faces(runs):
    maml_500 = runs.one("picture", "maml", 500)
    starts = {
        "MAML, 300 meta-iterations": runs.one("picture", "maml", 300)["held_out"],
        "MAML, 500": maml_500["held_out"],
        "MAML, 5,000": runs.one("picture", "maml", 5000)["held_out"],
        "MAML, 5,000, `--schedule constant`": runs.one("picture", "maml", 5000, schedule="constant")["held_out"],
        "Reptile, 500": runs.one("picture", "reptile", 500)["held_out"],
        "FOMAML, 500": runs.one("picture", "fomaml", 500)["held_out"],
        "joint pretraining, 500": maml_500["baselines"]["joint"],
        "random init": maml_500["baselines"]["random"],
    }
    rows = [[name, *(number(start["psnr"][k]) for k in (0, 1, 5, 10))] for name, start in starts.items()]
    return markdown(("initialisation", "0", "1", "5", "10"), rows)


def sine(runs):
    algorithms = "maml,fomaml,reptile,meta-sgd,anil,boil,maml-plus-plus,cavia,meta-model"
    command = f"race --tasks sine --algorithms {algorithms} --seeds 3 --iterations 70000 --test-shots 5,10 --table"
    if not (runs.folder / "sine-race.md").exists():
        (runs.folder / "sine-race.md").write_text(runs.do("sine-race", command.split()))
    return runs.table("sine-race.md")


def characters(runs):
    maml, maml_long = runs.seeds("class", "maml", 300), runs.seeds("class", "maml", 1000)
    starts = {
        "MAML, 300 meta-iterations": maml["held_out"],
        "MAML, 1,000": maml_long["held_out"],
        "BOIL, 300": runs.seeds("class", "boil", 300)["held_out"],
        "BOIL, 1,000": runs.seeds("class", "boil", 1000)["held_out"],
        "joint pretraining, 300": maml["baselines"]["joint"],
        "joint pretraining, 1,000": maml_long["baselines"]["joint"],
        "random init": maml["baselines"]["random"],
        "real images": maml["real"],
    }
    return new_images(starts, (0, 1, 5, 10), ("recognised among the 12", "among all 62"))


def creatures(runs):
    maml = runs.seeds("class", "maml", 300, set="creatures", test_steps=5)
    starts = {"MAML": maml["held_out"], "joint pretraining": maml["baselines"]["joint"]}
    starts |= {"random init": maml["baselines"]["random"], "real images": maml["real"]}
    return new_images(starts, (0, 1, 5), ("recognised among the 30", "among all 240"))


def new_images(starts, steps, recognised):
    """Flow losses, and what is said of the samples."""
    rows = []
    for name, start in starts.items():
        losses = [number(start["flow_loss"][k], 3) if "flow_loss" in start else "" for k in steps]
        shares = [percent(start["recognised_held_out"]), percent(start["recognised_all"])]
        rows.append([name, *losses, *shares, number(start["diversity"]), number(start["nearest_support"])])
    heading = ("initialisation", f"flow loss after {steps[0]}", *map(str, steps[1:]), *recognised)
    return markdown((*heading, "diversity", "nearest support"), rows)


def told_apart(runs):
    """Right answers of classify beside the purity of cluster."""
    (maml, boil), (maml_pure, boil_pure) = (
        [runs.seeds(tasks, algorithm, 1000) for algorithm in ("maml", "boil")] for tasks in ("classify", "cluster")
    )
    starts = {"MAML": (maml["held_out"], maml_pure["held_out"]), "BOIL": (boil["held_out"], boil_pure["held_out"])}
    for name, start in (("joint pretraining", "joint"), ("random init", "random")):
        starts[name] = (maml["baselines"][start], maml_pure["baselines"][start])
    steps = (0, 1, 3, 10)
    rows = []
    for name, (classify, cluster) in starts.items():
        rows.append([name, *(percent(score[k]) for score in (classify["accuracy"], cluster["purity"]) for k in steps)])
    for name, purity in (("raw pixels", "raw_purity"), ("by chance", "chance_purity")):
        rows.append([name, "", "", "", "", percent(maml_pure[purity]), "", "", ""])
    return markdown(("initialisation", "classify: 0", "1", "3", "10", "cluster: 0", "1", "3", "10"), rows)


def completion(runs):
    shares = {percent(share, 0): runs.one("completion", "maml", 1000, support_share=share) for share in (0.1, 0.25)}
    return decibels("pixels given", {"interpolation": "interpolation_psnr"}, shares)


def upscaling(runs):
    seeds = {str(seed): runs.one("upscale", "maml", 500, seed) for seed in (0, 1, 2)}
    return decibels("seed", {name: f"{name.lower()}_psnr" for name in ("nearest", "bicubic", "Lanczos")}, seeds)


def decibels(title, references, rows):
    """What is reached after the last step, beside references."""
    lines = []
    for name, run in rows.items():
        starts = (run["baselines"]["random"], run["baselines"]["joint"], run["held_out"])
        reached = [*(run[reference] for reference in references.values()), *(start["psnr"][-1] for start in starts)]
        lines.append([name, *(number(value, 1, " dB") for value in reached)])
    return markdown((title, *references, "random init", "joint pretraining", "MAML"), lines)


# Tables of what other commands leave.

FAMILIES = {"plane": "plane", "sine": "sine", "picture": "pictures", "completion": "completion", "upscale": "upscale"}
FAMILIES |= {"class": "classes", "classify": "classify", "cluster": "cluster"}
OWN_IMAGES = {"plane": "", "sine": "", "picture": "faces", "completion": "faces", "upscale": "faces"}
ALGORITHMS = {"fomaml": "FOMAML", "reptile": "Reptile", "meta-sgd": "Meta-SGD", "maml-plus-plus": "MAML++"}
ALGORITHMS |= {"anil": "ANIL", "boil": "BOIL", "cavia": "CAVIA", "imaml": "iMAML", "meta-model": "meta-model"}
NOT_RUN = ["", "", "not run"]


def endured(runs, folder, name):
    """Best and last held-out loss of a finished run of tests/endure.sh, as it defines them, and their ratio."""
    try:
        summary = json.loads(runs.read(folder, name, "summary.json"))
        metrics = csv.DictReader(runs.read(folder, name, "metrics.csv").splitlines())
    except Missing:
        return NOT_RUN
    if summary["interrupted"]:
        return NOT_RUN
    losses = [float(row["held_out_after"]) for row in metrics]
    means = [sum(losses[end - 10 : end]) / 10 for end in range(10, len(losses) + 1)] or [float("nan")]
    best, end = min(means), means[-1]
    diverged = f" (diverged after {summary['iterations']:,})" if summary["diverged"] else ""
    return [f"{best:#.3g}", f"{end:#.3g}", f"{end / best:.2f}{diverged}"]


def endurance(heading, rows):
    if all(cell in NOT_RUN for row in rows for cell in row[-1]):
        raise Missing("no run is finished")
    return markdown(heading, [[*row[:-1], *row[-1]] for row in rows])


def endure(runs):
    rows = []
    for family, name in FAMILIES.items():
        own = OWN_IMAGES.get(family, "characters")
        rows.append((name, own, endured(runs, "endure", f"{family}-maml-default-0")))
        for images in ("hand", "scripts", "characters", "creatures", "textures", "digits") if own else ():
            if images != own:
                rows.append((name, images, endured(runs, "endure", f"{family}-maml-{images}-0")))
    return endurance(("tasks", "images", "best", "end", "end / best"), rows)


def endure_algorithms(runs):
    def ratio(family, algorithm):
        return endured(runs, "endure", f"{family}-{algorithm}-default-0")[-1]

    rows = [(name, [ratio(family, algorithm) for algorithm in ALGORITHMS]) for family, name in FAMILIES.items()]
    return endurance(("tasks", *ALGORITHMS.values()), rows)


def opening(runs):
    rows = [(str(seed), endured(runs, "endure-faces", f"completion-maml-faces-{seed}")) for seed in range(5)]
    return endurance(("seed", "best", "end", "end / best"), rows)


def peers(runs, file):
    """How fast the peers are; in brackets how many times faster two threads of this program are."""
    rates = compare.medians(json.loads(runs.read(file)))
    present = [peer for peer in compare.PEERS if any(peer in by_peer for by_peer in rates.values())]
    rows = []
    for case, by_peer in rates.items():
        ours = {threads: rate for (_, threads), rate in by_peer[compare.OURS].items()}
        best = [max(by_peer[peer].values()) if peer in by_peer else None for peer in present]
        cells = [f"{compare.rate_text(rate)} ({ours[2] / rate:.1f}x)" if rate else "" for rate in best]
        rows.append([case, compare.rate_text(ours[1]), compare.rate_text(ours[2]), *cells])
    return markdown(("case", "one thread", "two threads", *(peer.replace("jax", "JAX") for peer in present)), rows)


def peak(runs):
    """How much of what the processor does at the most is reached."""
    report = json.loads(runs.read("bench.json"))
    shares = {case: speed["gflops"] / report["peak_gflops"] for case, speed in report["cases"].items()}
    for shape, gflops in report["products"].items():
        shares[f"product {shape}"] = gflops / report["peak_gflops_one_thread"]
    return markdown(("", "share of the peak"), [[name, percent(share, 0)] for name, share in shares.items()])


def scaling(runs):
    """Microseconds of a meta-iteration, from the columns that the benchmark prints."""
    rows = {}
    columns = re.compile(r"^(tasks|points|inner steps|width) +(\d+) +([\d.]+)", re.MULTILINE)
    for setting, value, micros in columns.findall(runs.read("scaling.txt")):
        rows.setdefault(setting, [f"{setting}, from {value}"]).append(f"{float(micros):,.0f}")
    if [len(row) for row in rows.values()] != [5] * 4:
        raise Missing("scaling.txt is not complete")
    return markdown(("", "× 1", "× 2", "× 4", "× 8"), rows.values())


TABLES = {
    "faces": faces,
    "endure": endure,
    "endure-algorithms": endure_algorithms,
    "opening": opening,
    "sine": sine,
    "characters": characters,
    "taught": lambda runs: runs.table("taught.md"),
    "creatures": creatures,
    "told-apart": told_apart,
    "completion": completion,
    "upscaling": upscaling,
    "peers": lambda runs: peers(runs, "peers.json"),
    "peers-shared": lambda runs: peers(runs, "peers-shared.json"),
    "peak": peak,
    "scaling": scaling,
}

# The command.


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("metascope", help="the program, built with optimisation")
    parser.add_argument("folder", type=Path, help="for the runs; made if missing")
    parser.add_argument("--only", metavar="NAME,NAME", default=",".join(TABLES), help="the tables to write")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="tables at once")
    parser.add_argument("--no-runs", action="store_true", help="take what is there")
    parser.add_argument("--write", action="store_true", help="replace the tables in assets/results.md")
    options = parser.parse_args()
    options.only = options.only.split(",")
    unknown = [name for name in options.only if name not in TABLES]
    if unknown:
        parser.error(f"unknown table {', '.join(unknown)}; there are {', '.join(TABLES)}")
    return options


def replaced(text, name, table):
    place = re.compile(rf"(<!-- table {name} -->\n\n).*?(\n\n<!-- end -->)", re.DOTALL)
    text, count = place.subn(lambda found: found[1] + table + found[2], text)
    if count != 1:
        sys.exit(f"{RESULTS} has {count} places for the table {name}")
    return text


def made(runs, name):
    """A table, or `None` and why on stderr."""
    try:
        return TABLES[name](runs)
    except Missing as why:
        tell(f"The table {name} stays as it is: {why}")


def main():
    options = arguments()
    options.folder.mkdir(parents=True, exist_ok=True)
    runs = Runs(options.metascope, options.folder, options.no_runs)
    with ThreadPoolExecutor(options.jobs) as pool:
        try:
            tables = dict(zip(options.only, pool.map(lambda name: made(runs, name), options.only)))
        except KeyboardInterrupt:
            runs.only_there = True
            pool.shutdown(cancel_futures=True)
            sys.exit(130)
    for name, table in tables.items():
        if table is None:
            continue
        if options.write:
            RESULTS.write_text(replaced(RESULTS.read_text(), name, table))
        else:
            print(f"<!-- table {name} -->\n\n{table}\n\n<!-- end -->\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Drives the page in a Chromium without a screen, as a person would, and says what it found.

    python3 tests/web/page.py [PROGRAM] [--pictures FOLDER] [--minutes N] [--figures]

PROGRAM is the desktop program that a picture is reopened in and curves are compared with. With --minutes the page trains
so long, and its memory must stay as it is. With --figures speeds are measured, which takes two minutes.
"""

import argparse
import csv
import io
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from browser import Browser, find, serve

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEB = pathlib.Path(os.environ.get("METASCOPE_WEB", ROOT / "target" / "web"))


def run(page):
    return (page.told("facts") or {}).get("run") or {}


def at(page):
    return run(page).get("meta_iteration", 0)


def opened(page, address, limit=60):
    page.open(address)
    page.wait("a run", lambda: run(page), limit)


def hide(page, hidden=True):
    """Another tab lies over the page, as far as it can tell."""
    page.evaluate(f"Object.defineProperty(document, 'hidden', {{ value: {str(hidden).lower()}, configurable: true }}),"
                  "document.dispatchEvent(new Event('visibilitychange'))")


def picture(page, arguments, name):
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
        page.picture(arguments.pictures / f"{name}.png")


def png(seed, side=16):
    """A small picture of a blot whose place depends on the seed."""
    random.seed(seed)
    x, y, shade = random.uniform(4, 12), random.uniform(4, 12), random.randint(120, 255)
    rows = b"".join(
        b"\0" + bytes(shade if (column - x) ** 2 + (row - y) ** 2 < 12 else 20 for column in range(side)) for row in range(side)
    )

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def it_loads_and_trains(page, home, arguments):
    begun = time.monotonic()
    page.open(home)
    page.wait("the first picture", lambda: (page.told("facts") or {}).get("frames", 0) > 1)
    print(f"  first picture {time.monotonic() - begun:.1f} s after the address")
    page.wait("meta-iterations", lambda: at(page) > 20)
    picture(page, arguments, "opening")
    before = page.picture()
    page.wait("more of them", lambda: at(page) > 60)
    assert page.picture() != before, "nothing moves on the screen"


def a_knob_that_is_turned_by_name_takes_effect(page, _home, _arguments):
    page.click(*page.control("Inner rate α", "TextInput"))
    page.type("0.05")
    page.press("Enter", number=13)
    page.wait("the inner rate", lambda: abs(run(page)["settings"]["live"]["inner_rate"] - 0.05) < 1e-9)


def a_link_opens_a_lesson_in_chinese(page, home, arguments):
    opened(page, home.replace("lang=en", "lang=zh") + "#lesson=4")
    page.wait("its title", lambda: any("二阶导数增加了什么" in label for label in page.labels()))
    picture(page, arguments, "lesson-zh")


def a_zip_that_is_dropped_is_read_and_is_there_after_a_reload(page, home, arguments):
    opened(page, f"{home}#metascope:1 picture maml")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "blots.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for seed in range(40):
                archive.writestr(f"{'ab'[seed % 2]}/{seed}.png", png(seed))
        page.drop(path, 640, 400)
        page.wait("its images", lambda: "blots.zip" in str(run(page)["settings"]["run"]["images"]))
    page.wait("training on them", lambda: at(page) > 3)
    picture(page, arguments, "own-images")


    hide(page)
    time.sleep(1)
    kept = at(page)
    page.call("Page.reload")
    time.sleep(1)
    page.wait("the same images", lambda: "blots.zip" in str(run(page)["settings"]["run"]["images"]) and at(page) >= kept - 5)


def a_stroke_is_adapted_to(page, home, arguments):
    # A text that was opened in this tab before would bring back what came of it.
    opened(page, f"{home}#metascope:1 picture maml seed=1")
    page.wait("some training", lambda: at(page) > 20)
    page.click(*page.control("Draw"))
    x, y = 400, 300
    page.mouse("mouseMoved", x, y)
    page.mouse("mousePressed", x, y, button="left", clickCount=1)
    for step in range(1, 9):
        page.mouse("mouseMoved", x + 12 * step, y + 6 * step, button="left", buttons=1)
        time.sleep(0.05)
    page.mouse("mouseReleased", x + 96, y + 48, button="left", clickCount=1)
    page.wait("the drawing", lambda: "sketch=true" in page.told("facts")["obeyed"])
    time.sleep(2)
    picture(page, arguments, "drawn")


def a_run_is_copied_as_text(page, home, _arguments):
    page.allow("clipboardReadWrite", "clipboardSanitizedWrite")
    opened(page, f"{home}#metascope:1 plane reptile inner_rate=0.03")
    page.wait("some training", lambda: at(page) > 20)
    # Its keys are those of the browser's tools.
    page.click(*page.control("Menu"))
    page.click(*page.control("Copy as text"))
    copied = page.wait("the text", lambda: page.evaluate("navigator.clipboard.readText()"))
    assert "plane" in copied and "inner_rate=0.03" in copied, copied
    # Whoever follows that link has the same run.
    page.evaluate("sessionStorage.clear()")
    opened(page, copied.replace("?", "?watch&"))
    assert run(page)["settings"]["run"]["algorithm"] == "reptile" and run(page)["settings"]["live"]["inner_rate"] == 0.03


def a_hidden_page_stands_still(page, home, _arguments):
    opened(page, f"{home}#metascope:1 sine maml seed=1")
    page.wait("some training", lambda: at(page) > 200)
    before = at(page)
    time.sleep(3)
    stood = at(page)
    speed = (stood - before) / 3
    hide(page)
    time.sleep(10)
    assert "hidden" in page.evaluate("document.title")
    hide(page, False)
    # Nothing is drawn while it is hidden: what it did meanwhile is seen now.
    page.wait("training again", lambda: at(page) > stood)
    assert at(page) - stood < 5 * speed, f"{at(page) - stood} meta-iterations after {speed:.0f} a second"


def a_reload_brings_the_session_back(page, home, _arguments):
    opened(page, f"{home}#metascope:1 sine maml")
    page.wait("some training", lambda: at(page) > 500)
    hide(page)
    time.sleep(1)
    kept = at(page)
    page.call("Page.reload")
    time.sleep(1)
    page.wait("the run", lambda: at(page) >= kept - 50 and run(page)["settings"]["run"]["tasks"] == "sine")
    # Another tab has had another run since; this one has its own again.
    hide(page)
    time.sleep(1)
    own = page.evaluate("sessionStorage.getItem('metascope-session')")
    page.evaluate("sessionStorage.clear()")
    opened(page, f"{home}#metascope:1 plane maml")
    page.wait("some training", lambda: at(page) > 50)
    hide(page)
    time.sleep(1)
    page.evaluate(f"sessionStorage.setItem('metascope-session', '{own}')")
    opened(page, home)
    page.wait("its own run", lambda: run(page)["settings"]["run"]["tasks"] == "sine")


def a_picture_reopens_the_run_on_the_desktop(page, home, arguments):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        page.downloads(folder)
        opened(page, f"{home}#metascope:1 sine fomaml inner_rate=0.02")
        page.wait("some training", lambda: at(page) > 50)
        page.click(640, 300, "right")
        page.click(*page.control("Picture… (.png)"))
        files = page.wait("the file", lambda: [path for path in folder.glob("*.png")])
        time.sleep(1)
        assert b"metascope:1 sine fomaml" in files[0].read_bytes(), files
        if arguments.program:
            done = subprocess.run(
                ["bash", str(ROOT / "tests/web/reopens.sh"), arguments.program, str(files[0])], capture_output=True, text=True
            )
            assert done.returncode == 0, done.stdout + done.stderr


def curves_are_those_of_the_desktop(page, home, arguments):
    if not arguments.program:
        return
    for text in ("sine maml evaluate_every=10", "picture maml"):
        opened(page, f"{home}#metascope:1 {text}")
        page.wait("50 meta-iterations", lambda: at(page) > 55, 120)
        held_out = dict(map(tuple, run(page)["held_out"]))
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "out"
            subprocess.run(
                [arguments.program, "run", f"metascope:1 {text}", "--iterations", "50", "--threads", "1", "--out", str(out)],
                check=True, capture_output=True,
            )
            lines = (line for line in (out / "metrics.csv").read_text().splitlines() if not line.startswith("#"))
            rows = list(csv.DictReader(lines))
        worst = 0.0
        for row in rows:
            place = float(row["iteration"])
            if place in held_out and row["held_out_after"]:
                there = float(row["held_out_after"])
                worst = max(worst, abs(held_out[place] - there) / abs(there))
        print(f"  {text}: {len(rows)} rows, at most {100 * worst:.4f} % apart")
        assert worst < 0.01


def a_phone_can_read_it(page, home, arguments):
    page.resize(390, 844, 2, True)
    opened(page, f"{home}#metascope:1 completion maml seed=2")
    page.wait("meta-iterations", lambda: at(page) > 20)
    picture(page, arguments, "phone")
    page.resize(1280, 800)


STEPS = [
    it_loads_and_trains,
    a_knob_that_is_turned_by_name_takes_effect,
    a_link_opens_a_lesson_in_chinese,
    a_zip_that_is_dropped_is_read_and_is_there_after_a_reload,
    a_stroke_is_adapted_to,
    a_run_is_copied_as_text,
    a_hidden_page_stands_still,
    a_reload_brings_the_session_back,
    a_picture_reopens_the_run_on_the_desktop,
    curves_are_those_of_the_desktop,
    a_phone_can_read_it,
]


def memory(page, home, minutes):
    """Memory of the page, every minute."""
    opened(page, home)
    seen = []
    for minute in range(minutes + 1):
        facts = page.told("facts")
        heap = page.call("Runtime.getHeapUsage")["usedSize"]
        seen.append(facts["memory"])
        print(f"  {minute} min: {facts['memory'] >> 20} MB, scripts {heap >> 20} MB, meta-iteration {at(page)}", flush=True)
        if minute < minutes:
            time.sleep(60)
    assert seen[-1] <= 1.05 * seen[min(5, minutes)], seen


def proof(page, home):
    """The page's own proof: gradients, and every lesson on three seeds."""
    page.open(home + "&prove")
    begun = time.monotonic()
    told = page.wait("the proof", lambda: (page.told("proof") or {}).get("done") and page.told("proof"), 1800)
    print("".join(f"  {line}\n" for line in told["lines"]) + f"  in {time.monotonic() - begun:.0f} s")
    assert told["passed"]


def figures(page, home):
    """Speeds, and how long faces take to be convincing."""
    home = home.replace("?watch", "?watch=facts")

    def now():
        return page.told("facts")["seconds"], at(page)

    for text in ("sine maml", "picture maml", "class maml"):
        opened(page, f"{home}#metascope:1 {text}")
        page.wait("a beginning", lambda: at(page) > 20)
        (begun, first), frames = now(), page.told("facts")["frames"]
        time.sleep(15)
        (ended, last), shown = now(), page.told("facts")["frames"] - frames
        secs = ended - begun
        print(f"  {text}: {(last - first) / secs:.1f} meta-iterations and {shown / secs:.0f} frames a second")
    begun = time.monotonic()
    opened(page, f"{home}#metascope:1 picture maml")
    page.wait("20 dB at k = 3", lambda: run(page)["measures"]["psnr step=3"] >= 20, 300)
    print(f"  20 dB at k = 3 after {time.monotonic() - begun:.0f} s, at meta-iteration {at(page)}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?")
    parser.add_argument("--pictures", type=pathlib.Path)
    parser.add_argument("--minutes", type=int, default=0)
    parser.add_argument("--figures", action="store_true")
    parser.add_argument("--proof", action="store_true", help="the page's gradients and lessons, which takes minutes")
    parser.add_argument("--only")
    arguments = parser.parse_args()
    if not find():
        sys.exit("no Chromium was found: apt-get install chromium")
    home = serve(WEB) + "?watch&lang=en"
    page = Browser()
    try:
        for step in STEPS:
            if arguments.only and arguments.only not in step.__name__:
                continue
            print(step.__name__.replace("_", " "), flush=True)
            step(page, home, arguments)
            assert not page.said, page.said
        if arguments.proof:
            proof(page, home)
        if arguments.figures:
            figures(page, home)
        if arguments.minutes:
            memory(page, home, arguments.minutes)
    finally:
        picture(page, arguments, "last")
        page.close()


if __name__ == "__main__":
    main()

"""A Chromium without a screen, driven over its debugging pipe; a folder served to it. Python's own library is enough."""

import base64
import functools
import http.server
import itertools
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import threading
import time

NAMES = ["chromium", "chromium-browser", "google-chrome"]


def find():
    """The browser's path, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def serve(folder):
    """Serves a folder to this machine; the address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".wasm": "application/wasm"}

        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


class Browser:
    """One browser with one page."""

    def __init__(self, width=1280, height=800):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        there, self.write = os.pipe()
        self.read, back = os.pipe()
        keep = os.dup(there), os.dup(back)
        command = [
            find(), "--headless", "--no-sandbox", "--remote-debugging-pipe", f"--user-data-dir={self.folder.name}",
            f"--window-size={width},{height}", "--hide-scrollbars", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
            "--enable-precise-memory-info", "about:blank",
        ]

        def wire():
            os.dup2(keep[0], 3)
            os.dup2(keep[1], 4)

        self.process = subprocess.Popen(command, preexec_fn=wire, close_fds=False, stderr=subprocess.DEVNULL)
        for end in (there, back, *keep):
            os.close(end)
        self.numbers, self.rest, self.said, self.size = itertools.count(1), b"", [], (width, height)
        self.session = None
        pages = self.call("Target.getTargets")["targetInfos"]
        page = next(page["targetId"] for page in pages if page["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        # Without the focus there is no clipboard.
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        self.resize(width, height)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def call(self, method, **parameters):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.message(300)
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.note(answer)

    def message(self, limit):
        until = time.monotonic() + limit
        while b"\0" not in self.rest:
            if not select.select([self.read], [], [], max(0, until - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            self.rest += os.read(self.read, 1 << 20)
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def note(self, event):
        parameters = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.said.append(details.get("exception", {}).get("description") or details["text"])
        elif event.get("method") == "Runtime.consoleAPICalled" and parameters["type"] == "error":
            self.said.append(" ".join(str(part.get("value", part.get("description"))) for part in parameters["args"]))

    def resize(self, width, height, scale=1, mobile=False):
        self.size = (width, height)
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=mobile)

    def open(self, address):
        # Another text behind # alone would not load the page anew.
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=address)

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def told(self, what):
        """What the page tells a script: `facts` or `controls`, None before it tells anything."""
        text = self.evaluate(f"globalThis.metascope?.{what} ?? null")
        return json.loads(text) if text else None

    def wait(self, what, test, limit=60):
        """Waits until `test` gives something that counts as true, and gives that."""
        until = time.monotonic() + limit
        while time.monotonic() < until:
            try:
                found = test()
            except (TypeError, KeyError):
                # The page has not told everything yet.
                found = None
            if found:
                return found
            time.sleep(0.05)
        raise TimeoutError(f"{what}: not within {limit} s; {self.told('facts')}; {self.said}")

    def control(self, label, role=None, limit=30):
        """The middle of a control by its name."""

        def find_it():
            fits = [c for c in self.told("controls") or [] if c["label"] == label and role in (None, c["role"])]
            return fits[0] if fits else None

        left, top, right, bottom = self.wait(f"control {label}", find_it, limit)["rect"]
        return (left + right) / 2, (top + bottom) / 2

    def labels(self):
        return [control["label"] for control in self.told("controls") or []]

    def mouse(self, kind, x, y, **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, x, y, button="left"):
        self.mouse("mouseMoved", x, y)
        time.sleep(0.1)
        self.mouse("mousePressed", x, y, button=button, clickCount=1)
        time.sleep(0.1)
        self.mouse("mouseReleased", x, y, button=button, clickCount=1)
        time.sleep(0.3)

    def press(self, key, code=None, number=0):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code or key, windowsVirtualKeyCode=number)
            time.sleep(0.1)

    def type(self, text):
        for letter in text:
            self.call("Input.dispatchKeyEvent", type="keyDown", key=letter, text=letter)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=letter)
        time.sleep(0.2)

    def drop(self, path, x, y):
        data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.call("Input.dispatchDragEvent", type=kind, x=x, y=y, data=data)
            time.sleep(0.2)

    def of_browser(self, method, **parameters):
        """A call that is about the whole browser."""
        session, self.session = self.session, None
        self.call(method, **parameters)
        self.session = session

    def downloads(self, folder):
        self.of_browser("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))

    def allow(self, *permissions):
        self.of_browser("Browser.grantPermissions", permissions=list(permissions))

    def picture(self, path=None):
        data = base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])
        if path:
            pathlib.Path(path).write_bytes(data)
        return data

"""A real Chromium, spoken to over a pipe: no port, no driver, nothing to install beside the browser."""

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import time
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--remote-debugging-pipe", "--hide-scrollbars",
)  # fmt: skip
LIMIT_S = 30.0


class Browser:
    """One Chromium with an empty profile. Messages are JSON that end with a zero byte, on the descriptors 3 and 4."""

    def __init__(self, executable: str, profile: Path) -> None:
        their_read, self._write = os.pipe()
        self._read, their_write = os.pipe()
        quiet = os.open(os.devnull, os.O_RDWR)
        # Descriptors are moved out of the way first: one that already is 3 or 4 would be overwritten.
        sources = [os.dup(each) for each in (their_read, their_write)]
        high = [_above_ten(each) for each in sources]
        actions = [(os.POSIX_SPAWN_DUP2, high[0], 3), (os.POSIX_SPAWN_DUP2, high[1], 4)]
        actions += [(os.POSIX_SPAWN_DUP2, quiet, descriptor) for descriptor in (0, 1, 2)]
        command = [executable, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self.pid = os.posix_spawn(executable, command, os.environ, file_actions=actions, setpgroup=0)
        for each in (their_read, their_write, quiet, *sources, *high):
            os.close(each)
        self._buffer, self._sent, self._events = b"", 0, []

    def ask(self, method: str, session: str | None = None, **params) -> dict:
        """Send a command and wait for its answer."""
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        number = self._sent
        answer = self._wait(lambda message: message.get("id") == number, method)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def wait_for(self, event: str, session: str) -> dict:
        """Wait for an event of that name; one that has already come counts."""
        fits = lambda message: message.get("method") == event and message.get("sessionId") == session  # noqa: E731
        return next(filter(fits, self._events), None) or self._wait(fits, event)

    def events(self, session: str) -> list[dict]:
        """Everything that the page reported so far."""
        return [message for message in self._events if message.get("sessionId") == session]

    def open(self, url: str, width: int, height: int = 900, *, scheme: str = "light") -> "Page":
        """Open a page in a tab of its own, as wide as said, without a network."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable", session)
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            session,
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", session, features=features)
        self.ask(
            "Network.emulateNetworkConditions",
            session,
            offline=True,
            latency=0,
            downloadThroughput=-1,
            uploadThroughput=-1,
        )
        page = Page(self, session, target)
        self._events.clear()
        self.ask("Page.navigate", session, url=url)
        self.wait_for("Page.loadEventFired", session)
        return page

    def close(self) -> None:
        """Ask it to go, then make it go."""
        try:
            self.ask("Browser.close")
        finally:
            os.close(self._write)
            os.close(self._read)
            self._reap(time.monotonic() + 10)

    def _reap(self, deadline: float) -> None:
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.killpg(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                return
            time.sleep(0.02)

    def _wait(self, fits, what: str) -> dict:
        deadline = time.monotonic() + LIMIT_S
        while True:
            while b"\0" in self._buffer:
                line, _, self._buffer = self._buffer.partition(b"\0")
                message = json.loads(line)
                if "method" in message:
                    self._events.append(message)
                if fits(message):
                    return message
            ready = select.select([self._read], [], [], max(deadline - time.monotonic(), 0))[0]
            assert ready, f"chromium: no {what} within {LIMIT_S} s"
            chunk = os.read(self._read, 1 << 16)
            assert chunk, f"chromium: went away while {what} was awaited"
            self._buffer += chunk


class Page:
    """An open page: what it says, and what it complained of."""

    def __init__(self, browser: Browser, session: str, target: str) -> None:
        self._browser, self._session, self._target = browser, session, target

    def value(self, expression: str):
        """What the JavaScript expression is, as JSON holds it."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer

        return answer["result"].get("value")

    def ask(self, method: str, **params) -> dict:
        return self._browser.ask(method, self._session, **params)

    def point_at(self, x: float, y: float) -> None:
        self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def press(self, key: str, code: int) -> None:
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def complaints(self) -> list[str]:
        """Errors and warnings of the console, of the page and of its security policy."""
        found = []
        for message in self._browser.events(self._session):
            params = message["params"]
            if message["method"] == "Runtime.exceptionThrown":
                found.append(str(params["exceptionDetails"]))
            if message["method"] == "Runtime.consoleAPICalled" and params["type"] in (
                "error",
                "warning",
                "assert",
            ):
                found.append(str(params["args"]))
            if message["method"] == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(params["entry"]["text"])
        return found

    def requests(self) -> list[str]:
        """The addresses that the page asked for, itself included."""
        sent = [
            message
            for message in self._browser.events(self._session)
            if message["method"] == "Network.requestWillBeSent"
        ]
        return [message["params"]["request"]["url"] for message in sent]

    def picture(self, path: Path) -> None:
        """The whole page as PNG."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        path.write_bytes(
            base64.b64decode(
                self.ask("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
            )
        )

    def close(self) -> None:
        self._browser.ask("Target.closeTarget", targetId=self._target)


def _above_ten(descriptor: int) -> int:
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD, 10)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A Chromium that lives as long as the session."""
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        pytest.skip("chromium is not here")
    opened = Browser(executable, tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()

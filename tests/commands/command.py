"""The real command as a process, for tests of what a person or a program sees of it."""

import ctypes
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

COMMAND = str(Path(sys.executable).with_name("opea-harness"))
SCENARIOS = Path(__file__).parents[1] / "data" / "scenarios"
LIMIT_S = 90
PR_SET_PDEATHSIG = 1  # From linux/prctl.h.
SMALL = ("small", "--path", str(SCENARIOS))


def run(*words: str, cwd: Path, limit_s: float = LIMIT_S) -> subprocess.CompletedProcess[str]:
    """The command to its end; what it says holds no traceback, whatever happens."""
    done = subprocess.run(
        [COMMAND, *words],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=limit_s,
        check=False,
    )

    assert "Traceback" not in done.stderr, done.stderr
    return done


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """All that was said on standard error, as one line."""
    return " ".join(done.stderr.split())


class Started:
    """A command that runs; its lines come as they are written."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        self._readers = [
            threading.Thread(target=self._read, args=(stream,), daemon=True)
            for stream in (process.stdout, process.stderr)
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: Any) -> None:
        for line in stream:
            self.said.append(line)

    def line(self, beginning: str, limit_s: float = LIMIT_S) -> str:
        """The first line that begins so, on whichever stream; fails with all that was said where none comes."""
        until = time.monotonic() + limit_s
        while True:
            is_over = not any(reader.is_alive() for reader in self._readers) or time.monotonic() > until
            for line in tuple(self.said):
                if line.startswith(beginning):
                    return line
            if is_over:
                raise AssertionError(f"no line begins with {beginning!r}:\n{''.join(self.said)}")
            time.sleep(0.02)

    def ready(self) -> dict[str, str]:
        """The addresses of a command that says that it is ready."""
        answer = json.loads(self.line('{"ready"'))
        assert answer["ready"] is True
        return answer["urls"]

    def family(self) -> list[psutil.Process]:
        """Every process that it has started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def ended(self, limit_s: float = 30) -> int:
        """Its exit code, once it has ended and all that it said is read."""
        code = self.process.wait(limit_s)
        for reader in self._readers:
            reader.join(limit_s)
        return code


def _end_with_us() -> None:
    """In the child, on Linux: be told to end when the tests are killed, who could not tell it then."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def started(*words: str, cwd: Path) -> Iterator[Started]:
    """The command, running; it is ended with the context if it was not before."""
    process = subprocess.Popen(
        [COMMAND, *words],
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_end_with_us,
    )
    with process:
        try:
            yield Started(process)
        finally:
            process.stdin.close()
            if process.poll() is None:
                process.terminate()
            process.wait(30)


def all_gone(processes: list[psutil.Process], limit_s: float = 15) -> list[str]:
    """Which of the processes still run when the limit is over; none is what one wants."""
    _, alive = psutil.wait_procs(processes, timeout=limit_s)
    return [" ".join(each.cmdline()) for each in alive]

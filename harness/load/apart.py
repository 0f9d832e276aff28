"""A load carried out apart from the process that wants it: the stack is one process of its own, the engine another.

Blocking, with the standard library only, so that it serves a process that gevent has patched and any other alike.
"""

import contextlib
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

import orjson

from harness.errors import EXIT_ENVIRONMENT, EXIT_INTERNAL, EXIT_USAGE, HarnessError, StackError
from harness.load.order import Order
from harness.load.rows import Row
from harness.verdict import Verdict

READY_LIMIT_S = 60.0
STOP_LIMIT_S = 8.0
SERVE = (sys.executable, "-P", "-c", "from harness.cli import main; main()", "serve")
SEND = (sys.executable, "-P", "-m", "harness.load.sending")

Process = subprocess.Popen[bytes]


class LoadApart:
    """One load. `carry_out` blocks until it has ended; `stop` ends it early, from another thread or greenlet.

    An order without a URL is for a stack of our own, which `serve` (a command line) raises. Both processes end when this one
    does, however it ends: they read their standard input until it closes.
    """

    def __init__(self, order: Order, show: Callable[[Row], None], *, serve: tuple[str, ...] = SERVE) -> None:
        self._order = order
        self._show = show
        self._serve = serve
        self._processes: list[Process] = []
        self._sender: Process | None = None
        self._stopped = False
        self._over = threading.Event()

    def carry_out(self) -> tuple[Verdict, ...]:
        """Raise the stack, send the load, show each request as it ends, give the verdicts; nothing is left running then.

        Raises StackError where the stack does not come up, and HarnessError where the engine fails.
        """
        try:
            order = self._order if self._order.url else replace(self._order, url=self._raise_stack())
            if self._stopped:
                return ()
            return self._send(order)
        finally:
            for process in reversed(self._processes):
                _end(process)
            self._over.set()

    def stop(self) -> None:
        """Stop sending; waits until what was measured has been shown and all is gone, with a limit."""
        self._stopped = True
        if self._sender is not None:
            _let_go(self._sender)
        elif self._processes:
            self._processes[0].terminate()
        self._over.wait(2 * STOP_LIMIT_S)

    def _raise_stack(self) -> str:
        folders = [word for folder in self._order.folders for word in ("--path", folder)]
        process = self._start((*self._serve, self._order.scenario, "--json", "--quiet", *folders))
        assert process.stdout is not None
        if not select.select([process.stdout], [], [], READY_LIMIT_S)[0]:
            raise StackError(f"{self._order.scenario}: its stack is not ready after {READY_LIMIT_S:g} s")
        line = process.stdout.readline()
        if not line:
            code = process.wait(STOP_LIMIT_S)
            if self._stopped:
                return ""
            raise _ended(
                f"{self._order.scenario}: its stack ended with code {code} before it was ready", code
            )
        return str(_parsed(line)["urls"]["gateway"])

    def _send(self, order: Order) -> tuple[Verdict, ...]:
        self._sender = sender = self._start(SEND)
        assert sender.stdin is not None
        assert sender.stdout is not None
        sender.stdin.write(orjson.dumps(asdict(order), option=orjson.OPT_APPEND_NEWLINE))
        sender.stdin.flush()
        for line in sender.stdout:
            said = _parsed(line)
            if "row" in said:
                self._show(Row(**said["row"]))
            elif "failed" in said:
                raise _ended(said["failed"], said["exit_code"])
            else:
                return tuple(Verdict(**each) for each in said["end"]["verdicts"])
        raise HarnessError(f"the load: its process ended with code {sender.wait(STOP_LIMIT_S)} and no result")

    def _start(self, command: tuple[str, ...]) -> Process:
        """Start it in a session of its own, so that Ctrl-C reaches us first; what it has to say goes to our standard error."""
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._processes.append(process)
        return process


def _let_go(process: Process) -> None:
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


def _end(process: Process) -> None:
    """End it: first by letting go of it, then by force; its pipes are closed."""
    _let_go(process)
    for end in (None, process.terminate, process.kill):
        if end is not None:
            end()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_LIMIT_S / 2)
            break
    if process.stdout is not None:
        process.stdout.close()


def _parsed(line: bytes) -> Mapping[str, Any]:
    try:
        said = orjson.loads(line)
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        raise HarnessError(f"the load: a process said {line[:200]!r} where a JSON object belongs")
    return said


def _ended(words: str, code: int) -> HarnessError:
    """The error of a process of ours that failed; its own exit code is kept where it is one of an error's."""
    error = StackError(words)
    if code in (EXIT_USAGE, EXIT_INTERNAL, EXIT_ENVIRONMENT):
        error.exit_code = code
    return error

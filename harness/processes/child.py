"""A process of our own: started with a lifeline, ready when it says so, gone when we are.

The child reads its standard input to the end, so it ends even when we are killed: no process outlives the one that started
it. Its configuration is the first line on standard input, its readiness the first line (JSON) on standard output; what it
writes to standard error goes to its log.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import orjson

from harness.errors import ScenarioError, StackError

LOG_LINES_SHOWN = 15
STOP_LIMIT_S = 5.0
LINE_BYTES_MAX = 1 << 20


class Living(Protocol):
    """Whatever of a stack runs on its own."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def ended(self) -> str:
        """That it ended, and with what; empty while it runs."""


class Child:
    """One child process. `await Child.start(...)`, `configure`, `ready`, and at the end `stop`."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process

    @classmethod
    async def start(
        cls, name: str, argv: Sequence[str], log: Path, *, python: str = sys.executable
    ) -> "Child":
        """Start `python argv...` in a session of its own, so that Ctrl-C reaches us first."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                python,
                "-P",  # What lies in the folder where the command was given is none of its business.
                *argv,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
                limit=LINE_BYTES_MAX,
            )
        return cls(name, process, log)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """What it ended with, or None while it runs; minus the signal's number if one ended it."""
        return self._process.returncode

    @property
    def ended(self) -> str:
        """That it ended, and with what; empty while it runs."""
        return "" if self.exit_code is None else f"{self.name} ended with code {self.exit_code}"

    async def configure(self, configuration: Mapping[str, Any]) -> None:
        """Send the configuration, one JSON line; raises StackError if the child is already gone."""
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps(configuration, option=orjson.OPT_APPEND_NEWLINE))
        try:
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise StackError(await self._death("before it was configured")) from error

    async def ready(self, limit_s: float) -> dict[str, Any]:
        """The child's ready line.

        Raises StackError with its last log lines if it dies or stays silent, ScenarioError if what it was to run is no good.
        """
        assert self._process.stdout is not None
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), limit_s)
        except TimeoutError as error:
            raise StackError(f"{self.name}: not ready after {limit_s:g} s{self._last_words()}") from error
        if not line:
            raise StackError(await self._death("before it was ready"))
        try:
            answer = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise StackError(f"{self.name}: said {line[:200]!r} where a JSON ready line belongs") from error
        if isinstance(answer, dict) and "wrong" in answer:
            raise ScenarioError(str(answer["wrong"]))
        if not isinstance(answer, dict) or not answer.get("ready"):
            raise StackError(f"{self.name}: said {line[:200]!r}, which is no ready line")
        return answer

    async def terminate(self, limit_s: float) -> int | None:
        """Ask it to end, by SIGTERM; gives the code that it ended with, or None where it runs on."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(self._process.wait(), limit_s)
        return None

    async def stop(self) -> None:
        """End it: lifeline first, then SIGTERM, then SIGKILL; nothing of it is left afterwards, nor of what it started and left."""
        await self._end()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)  # The session that it was given is its own.

    async def _end(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._process.stdin.close()
        for end in (None, self._process.terminate, self._process.kill):
            if end is not None:
                with contextlib.suppress(ProcessLookupError):
                    end()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), STOP_LIMIT_S)
                return

    async def _death(self, when: str) -> str:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), 1.0)
        return f"{self.name}: ended with code {self.exit_code} {when}{self._last_words()}"

    def _last_words(self) -> str:
        with self.log.open(encoding="utf-8", errors="replace") as lines:
            last = deque(lines, maxlen=LOG_LINES_SHOWN)
        return (
            "; its last words:\n" + "".join(f"  {line}" for line in last).rstrip()
            if last
            else "; its log is empty"
        )


def configuration_from_stdin() -> dict[str, Any]:
    """In a child: the configuration line. Raises StackError when it is no JSON object."""
    line = sys.stdin.buffer.readline()
    try:
        configuration = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise StackError(
            f"standard input: {line[:80]!r} is no JSON; the first line is the configuration"
        ) from error
    if not isinstance(configuration, dict):
        raise StackError(
            f"standard input: {line[:80]!r} is no JSON object; the first line is the configuration"
        )
    return configuration


def announce(**facts: object) -> None:
    """In a child: print the ready line."""
    sys.stdout.buffer.write(orjson.dumps({"ready": True, **facts}, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


async def lifeline() -> None:
    """In a child: wait until standard input ends, which it does when the parent lets go or dies."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def read() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin.fileno())
            ended.set()

    loop.add_reader(sys.stdin.fileno(), read)
    await ended.wait()

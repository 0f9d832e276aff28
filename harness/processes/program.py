"""A program of somebody else's as a process of ours: it keeps our rules though it knows none of them.

    child (ours: lifeline, ready line, log)  ->  program (theirs)

The child starts the program, says that it is ready when it answers, and ends it with itself. A child that is killed takes the
program along where the kernel can be asked to (Linux).
"""

import asyncio
import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import StackError
from harness.processes.child import announce, lifeline

STOP_LIMIT_S = 3.0  # Less than a child is given, which ends it.
PR_SET_PDEATHSIG = 1
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Program:
    """What is run: it gets this environment and nothing of ours. `stop` is the signal on which it ends at once and in order.

    `user` is who runs it, where we may choose.
    """

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: pwd.struct_passwd | None = None
    folder: Path = Path("/")
    stop: signal.Signals = signal.SIGTERM


async def keep(program: Program, ready: Callable[[], Awaitable[Mapping[str, object]]]) -> None:
    """Run it until our standard input ends; `ready` waits until it answers, and gives what the ready line says.

    Raises StackError where it ends on its own.
    """
    line = asyncio.ensure_future(lifeline())
    try:
        async with running(program) as process:
            ended = asyncio.ensure_future(process.wait())
            answering = asyncio.ensure_future(ready())
            try:
                await asyncio.wait({line, ended, answering}, return_when=asyncio.FIRST_COMPLETED)
                if answering.done():
                    announce(**answering.result())
                    await asyncio.wait({line, ended}, return_when=asyncio.FIRST_COMPLETED)
                if ended.done() and not line.done():
                    raise StackError(f"{program.name}: ended on its own with code {ended.result()}")
            finally:
                await _cancelled(ended, answering)
    finally:
        await _cancelled(line)


@asynccontextmanager
async def running(program: Program) -> AsyncIterator[asyncio.subprocess.Process]:
    """The program while it runs; what it says goes to our standard error. Gone afterwards, with all that it started."""
    user = program.user
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    try:
        process = await asyncio.create_subprocess_exec(
            *program.argv,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
            stderr=sys.stderr.fileno(),
            env=dict(program.environment),
            cwd=program.folder,
            start_new_session=True,
            preexec_fn=_dying_with_us(program.stop),
            **who,  # type: ignore[arg-type]
        )
    except OSError as error:
        raise StackError(
            f"{program.name}: {program.argv[0]} cannot be started: {error.strerror or error}"
        ) from error
    try:
        yield process
    finally:
        await _end(process, program.stop)


async def _end(process: asyncio.subprocess.Process, stop: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(stop)
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), STOP_LIMIT_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # It led a session of its own, so this is it and its children.
    await process.wait()


def _dying_with_us(stop: signal.Signals) -> Callable[[], None] | None:
    """What a new process does before it becomes the program: ask for `stop` when we are no more."""
    if sys.platform != "linux":
        return None
    call = ctypes.CDLL(None).prctl  # Looked up before the fork, after which little is safe.
    parent, number = os.getpid(), stop.value

    def ask() -> None:
        call(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # We went while it came.
            os.kill(os.getpid(), number)

    return ask


async def _cancelled(*tasks: "asyncio.Future[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

"""Child processes: ready when they say so, gone when we are."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from harness.errors import StackError
from harness.processes.child import Child

ECHO = """
import asyncio, os
from harness.processes.child import announce, configuration_from_stdin, lifeline
configuration = configuration_from_stdin()
announce(pid=os.getpid(), heard=configuration)
asyncio.run(lifeline())
"""

DEAF = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + ECHO


def start(tmp_path, code):
    return Child.start("echo", ["-c", code], tmp_path / "logs" / "echo.log")


def test_a_child_gets_its_configuration_and_says_that_it_is_ready(tmp_path):
    """The first line in is the configuration, the first line out the readiness; after stop the process is gone."""

    async def scenario():
        child = await start(tmp_path, ECHO)
        await child.configure({"a": 1})
        ready = await child.ready(10)
        await child.stop()
        return ready, child.pid, child.exit_code

    ready, pid, exit_code = asyncio.run(scenario())

    assert ready["heard"] == {"a": 1}
    assert exit_code == 0
    assert not psutil.pid_exists(pid)


def test_a_child_that_dies_is_reported_with_its_last_words(tmp_path):
    """The error names the child, its exit code and what it last wrote."""

    async def scenario():
        child = await start(tmp_path, "import sys; print('no luck', file=sys.stderr); sys.exit(7)")
        try:
            await child.ready(10)
        finally:
            await child.stop()

    with pytest.raises(
        StackError, match=r"echo: ended with code 7 before it was ready; its last words:\n  no luck"
    ):
        asyncio.run(scenario())


def test_a_silent_child_is_given_up_after_its_limit(tmp_path):
    """A child that never says that it is ready fails the start, and is ended."""

    async def scenario():
        child = await start(tmp_path, "import sys; sys.stdin.read()")
        try:
            await child.ready(0.2)
        finally:
            await child.stop()

    with pytest.raises(StackError, match=r"echo: not ready after 0\.2 s; its log is empty"):
        asyncio.run(scenario())


@pytest.mark.parametrize(
    ("said", "message"), [("hello", "where a JSON ready line belongs"), ("[]", "no ready line")]
)
def test_a_wrong_ready_line_is_shown(tmp_path, said, message):
    """What a child says instead of a ready line stands in the error."""

    async def scenario():
        child = await start(tmp_path, f"print({said!r}, flush=True); import sys; sys.stdin.read()")
        try:
            await child.ready(10)
        finally:
            await child.stop()

    with pytest.raises(StackError, match=message):
        asyncio.run(scenario())


def test_a_child_that_ignores_its_lifeline_is_killed(tmp_path, monkeypatch):
    """A child deaf to its lifeline and to SIGTERM is ended all the same."""
    monkeypatch.setattr("harness.processes.child.STOP_LIMIT_S", 0.3)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('{\"ready\": true}', flush=True)\nwhile True: signal.pause()"

    async def scenario():
        child = await start(tmp_path, deaf)
        await child.ready(10)
        await child.stop()
        return child.exit_code

    assert asyncio.run(scenario()) == -signal.SIGKILL


def test_a_child_ends_when_its_parent_is_killed(tmp_path):
    """SIGKILL to the parent leaves no child behind."""
    code = f"""
import asyncio, pathlib
from harness.processes.child import Child
async def main():
    child = await Child.start("echo", ["-c", {ECHO!r}], pathlib.Path({str(tmp_path)!r}) / "echo.log")
    await child.configure({{}})
    print((await child.ready(10))["pid"], flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait(10)
    limit = time.monotonic() + 10
    while psutil.pid_exists(pid) and time.monotonic() < limit:
        os.sched_yield()

    assert not psutil.pid_exists(pid)


def test_a_child_that_is_asked_to_end_says_how_it_did(tmp_path):
    """One that does not is left running, and stopped by whoever wants it gone."""

    async def scenario():
        good, deaf = await start(tmp_path, ECHO), await start(tmp_path, DEAF)
        for each in (good, deaf):
            await each.configure({})
            await each.ready(10)
        codes = await good.terminate(10), await deaf.terminate(0.2)
        await asyncio.gather(good.stop(), deaf.stop())
        return codes

    assert asyncio.run(scenario()) == (-signal.SIGTERM, None)

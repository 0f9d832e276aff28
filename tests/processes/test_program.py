"""A program of somebody else's: ready when it answers, gone when we are, with all that it started."""

import asyncio
import os
import pwd
import signal

import psutil
import pytest

from harness.errors import StackError
from harness.processes.child import Child
from harness.processes.program import Program, running
from tests.states import seen, until

KEEP = """
import asyncio, sys
from pathlib import Path
from harness.errors import HarnessError
from harness.processes.program import Program, keep
file = Path(sys.argv[1])
async def ready():
    while not file.exists():
        await asyncio.sleep(0.01)
    return {"pid": int(file.read_text())}
try:
    asyncio.run(keep(Program("theirs", ("/bin/sh", "-c", sys.argv[2])), ready))
except HarnessError as error:
    sys.exit(str(error))
"""
STAYS = "echo $$ > {file}.part; mv {file}.part {file}; exec sleep 600"


def start(tmp_path, script):
    file = tmp_path / "pid"
    return Child.start("ours", ["-c", KEEP, str(file), script.format(file=file)], tmp_path / "log")


def is_gone(pid):
    return seen(lambda: not psutil.pid_exists(pid))


@pytest.mark.parametrize("end", ["let-go", "killed"])
def test_a_program_ends_with_the_child_that_keeps_it(tmp_path, end):
    """Whether its lifeline ends or it is killed."""

    async def scenario():
        child = await start(tmp_path, STAYS)
        pid = (await child.ready(20))["pid"]
        if end == "killed":
            os.kill(child.pid, signal.SIGKILL)
        await child.stop()
        return pid

    assert is_gone(asyncio.run(scenario()))


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            "echo no luck; exit 3",
            r"ended with code 1 before it was ready; its last words:\n  no luck\n  theirs: ended on its own with code 3",
        ),
        ("sleep 0.0", "theirs: ended on its own with code 0"),
    ],
)
def test_a_program_that_ends_on_its_own_is_told(tmp_path, script, words):
    """Its code, after its own words."""

    async def scenario():
        child = await start(tmp_path, script)
        try:
            await child.ready(20)
        finally:
            await child.stop()

    with pytest.raises(StackError, match=words):
        asyncio.run(scenario())


def test_a_program_that_ends_later_takes_the_child_along(tmp_path):
    """So that the stack sees that a part of it died."""

    async def scenario():
        child = await start(tmp_path, STAYS)
        os.kill((await child.ready(20))["pid"], signal.SIGKILL)
        await asyncio.wait_for(child._process.wait(), 20)
        await child.stop()
        return child.exit_code, child.log.read_text()

    code, log = asyncio.run(scenario())

    assert code == 1
    assert "theirs: ended on its own with code -9" in log


def test_a_program_that_is_deaf_is_killed_with_its_children(tmp_path, monkeypatch):
    """All that it started is gone."""
    monkeypatch.setattr("harness.processes.program.STOP_LIMIT_S", 0.2)
    file = tmp_path / "pids"
    deaf = f"trap '' TERM; sleep 600 & echo $$ $! > {file}.part; mv {file}.part {file}; wait; wait"

    async def scenario():
        async with running(Program("deaf", ("/bin/sh", "-c", deaf))):
            await until(file.exists)
        return [int(pid) for pid in file.read_text().split()]

    assert all(is_gone(pid) for pid in asyncio.run(scenario()))


def test_a_program_that_cannot_be_started_is_told(tmp_path):
    """Its path and the reason."""

    async def scenario():
        async with running(Program("theirs", (str(tmp_path / "absent"),))):
            pass

    with pytest.raises(StackError, match=r"theirs: .*absent cannot be started: No such file or directory"):
        asyncio.run(scenario())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may choose who runs a program")
def test_a_program_is_run_by_whom_we_say_with_nothing_of_ours(capfd):
    """Another user, no group of ours, and no variable."""
    nobody = pwd.getpwnam("nobody")
    program = Program("theirs", ("/bin/sh", "-c", "id -u; id -G; env"), {"ONE": "1"}, nobody)

    async def scenario():
        async with running(program) as process:
            await asyncio.wait_for(process.wait(), 20)

    asyncio.run(scenario())
    user, groups, *variables = capfd.readouterr().err.splitlines()

    assert (user, groups) == (str(nobody.pw_uid), str(nobody.pw_gid))
    assert {each.partition("=")[0] for each in variables} - {"PWD"} == {"ONE"}

"""Where the command begins: an interrupt is one sentence from the first moment on."""

import fcntl
import os
import signal
import subprocess

import pytest

from harness.console import INTERRUPTED, roll_back
from harness.verdict import EXIT_INTERRUPTED
from tests.commands.command import COMMAND

F_SETPIPE_SZ = 1031  # From linux/fcntl.h, since Python names it on Linux only.
TOLD = b"import time:"


def interrupted(number, after, cwd):
    """How the command ends, and what it says, where the signal comes after so many imports that follow our first module.

    Python tells each import in a line; a small pipe lets it be only a few lines ahead of us.
    """
    read, write = os.pipe()
    fcntl.fcntl(write, F_SETPIPE_SZ, 4096)
    process = subprocess.Popen(
        [COMMAND, "comps"],
        cwd=cwd,
        env=os.environ | {"PYTHONPROFILEIMPORTTIME": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=write,
    )
    os.close(write)
    with process, os.fdopen(read, "rb") as told:
        lines = iter(told.readline, b"")
        assert any(line.split()[-1] == b"harness.console" for line in lines), "it was never imported"
        for _ in range(after):
            next(lines)
        process.send_signal(number)
        said = [line for line in lines if TOLD not in line]
        out = process.stdout.read()
    return process.wait(30), out, b"".join(said).decode().strip()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
@pytest.mark.parametrize("after", [1, 3, 20, 90, 200])
def test_who_interrupts_while_python_imports_reads_one_sentence(tmp_path, number, after):
    """And no traceback; the exit code is that of an interrupt."""
    assert interrupted(number, after, tmp_path) == (EXIT_INTERRUPTED, b"", INTERRUPTED)


def test_a_process_that_the_command_did_not_begin_keeps_its_signals():
    """As where pytest calls it."""
    before = signal.getsignal(signal.SIGTERM)
    roll_back()

    assert signal.getsignal(signal.SIGTERM) is before

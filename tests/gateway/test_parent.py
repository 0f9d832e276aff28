"""The process that started a gateway, as the gateway sees it."""

import subprocess
import sys
import time

import orjson
import pytest

from harness.gateway.parent import LAST_S

CHILD = """
import os, sys, time
from harness.gateway.parent import Parent
parent = Parent()
print("this is printed")
parent.tell(ready=True, said=parent.configuration["say"], read=sys.stdin.read())
parent.when_gone(lambda: print("let go", flush=True))
{end}
"""


def child(end):
    return subprocess.Popen(
        [sys.executable, "-u", "-c", CHILD.format(end=end)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.fixture
def waiting():
    with child("time.sleep(600)") as process:
        yield process
        process.kill()


def test_what_is_printed_and_read_is_no_business_of_the_parents(waiting):
    """The parent gets what is meant for it; prints go to the log, and standard input is empty."""
    waiting.stdin.write(b'{"say": "hello"}\n')
    waiting.stdin.flush()

    assert orjson.loads(waiting.stdout.readline()) == {"ready": True, "said": "hello", "read": ""}
    assert waiting.stderr.readline() == b"this is printed\n"


def test_when_the_parent_is_gone_so_is_the_gateway(waiting):
    """It is asked to stop, and ends a little later though it does not."""
    waiting.stdin.write(b'{"say": "hello"}\n')
    waiting.stdin.flush()
    waiting.stdout.readline()
    waiting.stderr.readline()
    began_s = time.monotonic()
    waiting.stdin.close()

    assert waiting.stderr.readline() == b"let go\n"
    assert waiting.wait(LAST_S + 10) == 0
    assert time.monotonic() - began_s >= LAST_S

"""What is told to end ends in time, and answers first; containers are told so in test_trial.py, here it is a server of ours."""

import asyncio
import subprocess
import sys
from dataclasses import replace

import psutil
import pytest

from harness.containers.container import Death
from harness.discovery import COMP, discover
from harness.images import stopping
from harness.images.boot import plain
from harness.images.stopping import Stopping

COMPS = discover(COMP)
EMBEDDINGS = COMPS["embeddings"]


class Box:
    """What is asked of a container: where it is, and the signal; `deaths` is how it ends, look by look."""

    def __init__(self, url="", deaths=(), inside=None):
        self.told, self.where, self.deaths, self.inside = asyncio.Event(), url, list(deaths), inside

    def url(self, port):
        return self.where

    def signal(self, name):
        self.told.set()

    def death(self):
        return self.deaths.pop(0) if self.deaths else None

    def process(self):
        return self.inside


def in_flight(answers, comp=EMBEDDINGS):
    """The verdict on a server that does this with what it is asked: `answers(box, reader, writer)`."""

    async def once():
        box = Box()

        async def serve(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            try:
                await answers(box, reader, writer)
            finally:
                writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        box.where = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            return await Stopping(box, comp, 6000).in_flight()

    return asyncio.run(once())


async def finishes(box, reader, writer):
    """Answer once the whole body is there, whatever was told meanwhile."""
    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    await box.told.wait()
    await reader.readuntil(b"}")
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
    await writer.drain()


async def finishes_without_a_word(box, reader, writer):
    """One that does not say that it goes on."""
    await reader.readuntil(b"}")
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
    await writer.drain()


async def drops(box, reader, writer):
    """Hang up when told to end."""
    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    await box.told.wait()


async def fails(box, reader, writer):
    """Answer, but not what was asked for."""
    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    await box.told.wait()
    await reader.readuntil(b"}")
    writer.write(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")
    await writer.drain()


async def is_silent(box, reader, writer):
    """Neither answer nor hang up."""
    await reader.read()


@pytest.fixture
def hasty(monkeypatch):
    """Short limits."""
    for name in ("LIMIT_S", "READ_LIMIT_S", "CONTINUE_LIMIT_S", "SETTLED_S"):
        monkeypatch.setattr(stopping, name, 0.3)


@pytest.mark.parametrize("server", [finishes, finishes_without_a_word])
def test_a_request_in_flight_that_is_answered_holds(server, hasty):
    """Whether the server says that it goes on or not."""

    assert in_flight(server).verdict == "holds"


@pytest.mark.parametrize(
    ("server", "why", "actual"),
    [
        (drops, "the request that was in flight was not answered", ""),
        (fails, "the request that was in flight was not answered", "HTTP/1.1 503 Service Unavailable"),
        (is_silent, "no answer came within 0.3 s", "silence"),
    ],
)
def test_a_request_in_flight_that_is_lost_is_told(server, why, actual, hasty):
    """With what came in its place."""
    found = in_flight(server)

    assert (found.verdict, found.why) == ("violated", why)
    assert actual in found.actual
    assert found.actual


def test_a_comp_without_a_plain_request_cannot_be_told_to_end_in_one():
    """A check that makes no sense is not counted."""
    bare = replace(EMBEDDINGS, endpoints=())

    assert plain(bare) is None
    assert in_flight(drops, bare).verdict == "n/a"


@pytest.mark.parametrize(
    ("framework", "deaths", "verdict", "why"),
    [
        (True, [Death(0, is_oom=False, restarts=0)], "holds", "ended with code 0 after "),
        (True, [None, Death(143, is_oom=False, restarts=0)], "holds", "ended with code 143 after "),
        (
            True,
            [Death(3, is_oom=False, restarts=0, words=("oops",))],
            "violated",
            "it ended with code 3 at SIGTERM",
        ),
        (True, [], "n/a", "known deviation sigterm: OPEA's base class has no handler for SIGTERM"),
        (False, [], "violated", "it runs on 0.3 s after SIGTERM"),
    ],
)
def test_how_it_ends_while_idle_is_judged_by_its_code_and_its_time(framework, deaths, verdict, why, hasty):
    """What OPEA's base class does is known; other servers have no such excuse."""
    comp = replace(EMBEDDINGS, framework=framework)
    found = asyncio.run(Stopping(Box(deaths=deaths), comp, 6000).idle())

    assert found.verdict == verdict
    assert found.why.startswith(why)


def test_processes_that_cannot_be_seen_are_not_judged():
    """An engine may have a machine of its own."""

    assert asyncio.run(Stopping(Box(), EMBEDDINGS, 6000).leftovers()).verdict == "n/a"


NEVER_WAITS = """
each = subprocess.Popen(["true"])
os.waitid(os.P_PID, each.pid, os.WEXITED | os.WNOWAIT)  # It has ended, and is left.
print(flush=True)
sys.stdin.read()
"""
WAITS_LATE = """
print(flush=True)
while True:
    each = subprocess.Popen(["true"])
    time.sleep(0.05)
    each.wait()
"""


@pytest.mark.parametrize(
    ("service", "verdict", "actual"),
    [(NEVER_WAITS, "violated", "true"), (WAITS_LATE, "holds", "")],
    ids=["never-waits", "waits-late"],
)
def test_what_was_never_waited_for_is_told_from_what_is_waited_for_late(service, verdict, actual):
    """A process that has just ended is none that is left."""

    argv = [sys.executable, "-c", f"import os, subprocess, sys, time\n{service}"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        try:
            box = Box(inside=psutil.Process(process.pid))
            found = asyncio.run(Stopping(box, EMBEDDINGS, 6000).leftovers())
        finally:
            process.kill()

    assert (found.verdict, found.actual) == (verdict, actual)

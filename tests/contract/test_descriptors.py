"""Whose process it is that listens at an address, and which comps are asked what they leave open."""

import asyncio
import os
import socket
from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import psutil
import pytest

from harness.client import Client
from harness.comp import Before, Example, Upload, World
from harness.contract import descriptors as module
from harness.contract.descriptors import EACH, ROUNDS, descriptors, listener
from harness.contract.talk import Talk
from harness.mocking.app import Mock
from harness.mocking.serving import serving
from tests.mocking.greeter import GREETER


def test_the_process_that_listens_is_found():
    """This one, for a port that it listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = listener(f"http://127.0.0.1:{server.getsockname()[1]}")

        assert found.pid == os.getpid()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://192.0.2.1:80", "https://opea.example"])
def test_a_process_that_cannot_be_seen_is_none(url):
    """Nobody's port, and other machines."""

    assert listener(url) is None


def test_a_comp_is_asked_once():
    """By its first example that can be repeated."""

    assert [check.id for check in descriptors(GREETER)] == ["greeters.descriptors"]


def verdict(leaks_at):
    """The verdict on a service that leaves a descriptor open at those of its requests, by number."""
    kept, asked = [], count()

    def greet(request, world):
        if next(asked) in leaks_at:
            kept.append(os.open(os.devnull, os.O_RDONLY))
        return {"text": request.name}

    async def judged():
        client = Client()
        served = replace(GREETER, endpoints=(replace(GREETER.endpoints[0], answer=greet),))
        async with serving([Mock(served, World())]) as urls:
            (check,) = descriptors(served)
            try:
                return await check.judge(Talk(client, urls[served.id], served))
            finally:
                await client.close()

    try:
        return asyncio.run(judged())
    finally:
        for each in kept:
            os.close(each)


def test_a_descriptor_that_each_request_leaves_open_is_told(monkeypatch):
    """How many there are, after how many requests."""
    monkeypatch.setattr(module, "PATIENCE_S", 0.2)
    found = verdict(range(10_000))

    many, _, words = found.why.partition(" ")

    assert found.verdict == "violated"
    assert words == f"more descriptors are open after {ROUNDS * EACH} requests"
    assert abs(int(many) - ROUNDS * EACH) <= 2  # The test's own process serves, and has others.


def test_what_is_opened_once_is_no_leak():
    """A pool of connections, a file of logs: before the count begins, or one of them later."""

    assert verdict(range(EACH)).verdict == "holds"
    assert verdict({EACH + 1}).verdict == "holds"
    assert verdict(()).verdict == "holds"


ADA = Example("ada", {"name": "Ada"})


class Process:
    """One of which so many descriptors are open, each time that one looks; the last number stays."""

    pid = 7

    def __init__(self, *open_):
        self.open, self.looks = list(open_), 0

    def num_fds(self):
        """The next of the numbers."""
        self.looks += 1
        return self.open.pop(0) if len(self.open) > 1 else self.open[0]


class Gone:
    """One that has ended."""

    def num_fds(self):
        """Nobody knows."""
        raise psutil.NoSuchProcess(1)


def judged(process, examples=(ADA,)):
    """The verdict on a service behind that process, and whom it was asked to greet."""
    asked = []

    def greet(request, world):
        asked.append(request.name)
        return {"text": request.name}

    async def once():
        client = Client()
        greeting = replace(GREETER.endpoints[0].variants[0], examples=examples)
        endpoint = replace(GREETER.endpoints[0], answer=greet, variants=(greeting,))
        served = replace(GREETER, endpoints=(endpoint,))
        async with serving([Mock(served, World())]) as urls:
            (check,) = descriptors(served)
            try:
                return await check.judge(Talk(client, urls[served.id], served, process=process))
            finally:
                await client.close()

    return asyncio.run(once()), asked


def test_a_few_more_than_before_are_a_pool():
    """Four, after forty requests of which the first ten do not count; one look tells it."""
    process = Process(10, 14)
    found, asked = judged(process)

    assert (found.verdict, asked, process.looks) == ("holds", ["Ada"] * 40, 2)


def test_more_than_a_pool_is_told_with_its_number(monkeypatch):
    """And what would be right."""
    monkeypatch.setattr(module, "PATIENCE_S", 0.2)
    process = Process(10, 15)
    found, _ = judged(process)

    assert found.why == "5 more descriptors are open after 30 requests"
    assert (found.expected, found.actual) == ("at most 14", "15")
    assert found.repeat.startswith("ls /proc/7/fd | wc -l; for i in $(seq 30); do curl -sS -i ")
    assert found.repeat.endswith(" -o /dev/null; done; ls /proc/7/fd | wc -l")
    assert process.looks > 2


def test_what_is_closed_a_little_later_is_no_leak():
    """It is waited for, by looking again."""
    process = Process(10, 30, 30, 12)
    found, _ = judged(process)

    assert (found.verdict, process.looks) == ("holds", 4)


def test_a_process_that_ends_or_that_nobody_sees_is_not_judged(monkeypatch):
    """Neither is green."""
    monkeypatch.setattr(module, "listener", lambda url: None)
    (check,) = descriptors(GREETER)
    unseen = asyncio.run(check.judge(Talk(Client(), "http://192.0.2.1:80", GREETER)))

    assert (unseen.verdict, unseen.why) == (
        "n/a",
        "http://192.0.2.1:80: the process behind it cannot be seen from here",
    )
    assert judged(Gone())[0].why == "the process ended meanwhile"


@pytest.mark.parametrize(
    "other",
    [
        Example("refused", {"name": "Bo"}, status=403),
        Example("early", {"name": "Bo"}, status=100),
        Example("file", {"name": "Bo"}, files={"file": Upload("a", b"A")}),
        Example("after", {"name": "Bo"}, after=(Before("x", "POST /v1/greet", ADA),)),
    ],
    ids=lambda each: each.name,
)
def test_what_cannot_be_repeated_is_not_asked(other):
    """A refusal, an upload, and what needs another request before it."""

    assert set(judged(Process(10), (other, ADA))[1]) == {"Ada"}
    assert list(descriptors(replace(GREETER, endpoints=()))) == []


LISTENS = {"status": psutil.CONN_LISTEN, "pid": os.getpid(), "laddr": SimpleNamespace(port=80)}


@pytest.mark.parametrize(
    ("url", "changes", "is_found"),
    [
        ("http://127.0.0.1", {}, True),
        ("http://localhost:80/x", {}, True),
        ("http://[::1]:80", {}, True),
        ("https://127.0.0.1", {}, False),
        ("https://127.0.0.1", {"laddr": SimpleNamespace(port=443)}, True),
        ("http://127.0.0.1:81", {}, False),
        ("http://127.0.0.1:79", {}, False),
        ("http://127.0.0.1", {"status": psutil.CONN_ESTABLISHED}, False),
        ("http://127.0.0.1", {"pid": None}, False),
        ("http://127.0.0.1", {"laddr": ()}, False),
        ("http://192.0.2.1", {}, False),
    ],
)
def test_the_listener_is_found_by_its_port(url, changes, is_found, monkeypatch):
    """That of the scheme where the address has none."""
    rows = [SimpleNamespace(**{**LISTENS, **changes})]
    monkeypatch.setattr(psutil, "net_connections", lambda kind: rows)

    assert (listener(url) is not None) == is_found


def test_the_proxy_before_a_container_is_not_its_service(monkeypatch):
    """What is open in it says nothing."""
    monkeypatch.setattr(psutil, "net_connections", lambda kind: [SimpleNamespace(**LISTENS)])
    monkeypatch.setattr(psutil.Process, "name", lambda self: "docker-proxy")

    assert listener("http://127.0.0.1:80") is None


@pytest.mark.parametrize("error", [psutil.AccessDenied(1), AttributeError("num_fds")])
def test_a_machine_that_does_not_tell_is_no_failure(error, monkeypatch):
    """macOS tells root only, and Windows has no descriptors."""

    def refuse(kind):
        raise error

    monkeypatch.setattr(psutil, "net_connections", refuse)

    assert listener("http://127.0.0.1:80") is None

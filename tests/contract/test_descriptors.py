"""Whose process it is that listens at an address, and which comps are asked what they leave open."""

import asyncio
import os
import socket
from dataclasses import replace
from itertools import count

import pytest

from harness.client import Client
from harness.comp import World
from harness.contract.descriptors import EACH, ROUNDS, descriptors, listener
from harness.contract.talk import Talk
from harness.stack.mock_app import Mock
from harness.stack.mock_serving import serving
from tests.stack.greeter import GREETER


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


def test_a_descriptor_that_each_request_leaves_open_is_told():
    """How many there are, after how many requests."""
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

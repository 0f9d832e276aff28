"""Many mocks are served by one server, one port each."""

import asyncio
import socket

import httpx
import pytest

from harness.comp import World
from harness.errors import StackError, UsageError
from harness.mocking.app import Mock
from harness.mocking.serving import serving
from tests.mocking.greeter import GREETER


def served(mocks, ports=(), work=None):
    """The result of `work(urls)` while the mocks are served."""

    async def once():
        async with serving(mocks, ports) as urls:
            return await work(urls) if work else dict(urls)

    return asyncio.run(once())


def test_each_mock_has_a_port_of_its_own_on_loopback():
    """And answers there under its own name."""
    mocks = [Mock(GREETER, World(), "one"), Mock(GREETER, World(), "other")]

    async def work(urls):
        async with httpx.AsyncClient() as client:
            return {
                name: (await client.get(f"{url}/_harness/state")).json()["node"] for name, url in urls.items()
            }

    assert served(mocks, work=work) == {"one": "one", "other": "other"}


def test_a_port_that_is_taken_is_named():
    """With the mock that wanted it, and nothing is left open."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            StackError, match=f"one: port {port} cannot be listened on: Address already in use"
        ):
            served([Mock(GREETER, World(), "one")], [port])


def test_two_mocks_of_one_name_are_refused():
    """Their addresses could not be told apart."""
    with pytest.raises(UsageError, match=r"mocks: names \['greeters', 'greeters'\] are not all different"):
        served([Mock(GREETER, World()), Mock(GREETER, World())])


def test_after_the_context_nobody_listens():
    """The ports are free again."""
    (url,) = served([Mock(GREETER, World())]).values()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=1)

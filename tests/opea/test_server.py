"""A socket that listens, and who serves on it."""

import asyncio
import socket

import httpx
import pytest
from fastapi import FastAPI

from harness.opea.server import Server, listening


def test_port_zero_takes_a_free_one():
    """Two services get two."""
    one, other = listening("127.0.0.1", 0), listening("127.0.0.1", 0)
    ports = {each.getsockname()[1] for each in (one, other)}
    one.close()
    other.close()

    assert len(ports) == 2


def test_localhost_is_served_where_ipv4_looks_for_it():
    """A name with both kinds of addresses is bound by the older one."""
    listener = listening("localhost", 0)
    family = listener.family
    listener.close()

    assert family == socket.AF_INET


def test_a_taken_port_says_so():
    """With port, host and reason."""
    taken = listening("127.0.0.1", 0)
    port = taken.getsockname()[1]

    with pytest.raises(
        RuntimeError, match=f"port:{port} of host 127.0.0.1 cannot be served: Address already in use"
    ):
        listening("127.0.0.1", port)
    taken.close()


def test_it_serves_until_it_is_stopped():
    """In a running loop too, and afterwards nobody listens."""
    app = FastAPI()
    app.get("/")(lambda: "hi")
    listener = listening("127.0.0.1", 0)
    port = listener.getsockname()[1]
    server = Server(app, listener, {})

    async def main():
        serving = asyncio.create_task(server.serve())
        async with httpx.AsyncClient() as client:
            told = (await client.get(f"http://127.0.0.1:{port}/")).json()
        server.stop()
        await asyncio.wait_for(serving, 10)
        return told

    assert asyncio.run(main()) == "hi"
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0

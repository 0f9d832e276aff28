"""One small POST, that cannot fail its caller."""

import asyncio
import socket

from harness.traces.post import UNDELIVERED, post_json


def test_the_body_arrives_and_the_status_comes_back(inbox):
    """What is posted is what the server reads."""

    async def main():
        async with inbox(202) as box:
            return await post_json(box.url, b'{"a":1}', 5), box.bodies

    assert asyncio.run(main()) == (202, [b'{"a":1}'])


def test_a_refused_connection_is_a_status():
    """Nobody listening is 599, not an exception."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"

        assert asyncio.run(post_json(url, b"{}", 5)) == UNDELIVERED


def test_silence_is_a_status_after_the_limit():
    """A server that accepts and says nothing is given up on."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"

        assert asyncio.run(post_json(url, b"{}", 0.05)) == UNDELIVERED

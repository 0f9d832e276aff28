"""An address is held, taken down and brought up, and is nobody else's meanwhile."""

import asyncio
import socket

import pytest

from harness.errors import StackError
from harness.wire.listener import Listener


def with_listener(check):
    async def main():
        listener = Listener(asyncio.Protocol)
        try:
            return await check(listener)
        finally:
            listener.close()
            await asyncio.sleep(0)

    return asyncio.run(main())


def test_it_refuses_until_it_is_up():
    """The port is known before anybody listens there."""

    async def check(listener):
        before = listener.refuses()
        listener.up()
        return before, listener.is_up, listener.refuses(), listener.url == f"http://127.0.0.1:{listener.port}"

    assert with_listener(check) == (True, True, False, True)


def test_down_takes_effect_within_the_call():
    """No turn of the loop is needed between going down and being refused, whether or not it ever served."""

    async def check(listener):
        listener.up()
        listener.down()
        at_once = listener.refuses()
        listener.up()
        await asyncio.sleep(0)
        listener.down()
        return at_once, listener.refuses()

    assert with_listener(check) == (True, True)


def test_the_port_is_held_while_down():
    """Nobody else can have the port, and it comes up again at the same."""

    async def check(listener):
        listener.up()
        port = listener.port
        listener.down()
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", port))
        listener.up()
        return listener.port == port, listener.refuses()

    assert with_listener(check) == (True, False)


def test_a_port_in_use_is_named():
    """The message names the port, the host and the reason."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StackError, match=rf"^wire: port {port} cannot be had on 127.0.0.1: .*in use$"):
            Listener(asyncio.Protocol, port=port)

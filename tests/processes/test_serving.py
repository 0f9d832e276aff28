"""An app is served within a process, and its port is free again."""

import asyncio
import signal
import socket

import pytest

from harness.errors import StackError
from harness.processes.serving import LOOPBACK, answering, listening


async def hello(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


def test_it_answers_on_every_socket_and_leaves_signals_alone():
    """As long as the context lasts; afterwards nobody listens."""

    async def said(port):
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        body = await reader.read()
        writer.close()
        return body.rpartition(b"\r\n\r\n")[2]

    async def main():
        sockets = [listening(LOOPBACK, 0) for _ in range(2)]
        ports = [each.getsockname()[1] for each in sockets]
        before = signal.getsignal(signal.SIGINT)
        async with answering(hello, sockets, "it"):
            assert signal.getsignal(signal.SIGINT) is before
            answers = [await said(port) for port in ports]
        return answers, ports

    answers, ports = asyncio.run(main())

    assert answers == [b"hello", b"hello"]
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((LOOPBACK, port), timeout=1)


def test_a_server_that_does_not_start_is_said():
    """With the name that it was given."""

    async def main():
        listener = listening(LOOPBACK, 0)
        listener.close()
        async with answering(hello, [listener], "it"):
            pass

    with pytest.raises(StackError, match="it: the server ended before it was ready"):
        asyncio.run(main())


def test_connections_send_every_token_at_once():
    """Nagle's algorithm is off on every connection, also where the event loop does not see to it."""
    listener = listening(LOOPBACK, 0)
    with listener, socket.create_connection(listener.getsockname()):
        taken, _ = listener.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0

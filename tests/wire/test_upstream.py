"""A node's connection serves as long as the node keeps it, and never carries what nobody asked for."""

import asyncio
import ssl

import pytest

from harness.wire import upstream
from harness.wire.messages import Origin
from harness.wire.upstream import connect


def test_an_idle_connection_that_the_node_closes_ends_the_callers(kit):
    """The caller learns of it as it would without the wire."""

    def last(writer):
        writer.write(kit.ok())
        writer.close()

    async def main():
        async with kit.bench(last) as bench:
            line = await bench.line()
            body = (await line.ask(kit.post()))[1]
            return body, await line.rest()

    assert asyncio.run(main()) == (b'{"text":"hello"}', (b"", "eof"))


def test_a_reply_that_closes_is_followed(kit):
    """`Connection: close` of the node reaches the caller, and then its connection closes too."""

    async def main():
        async with kit.bench(kit.ok(more="Connection: close\r\n")) as bench:
            line = await bench.line()
            head, _ = await line.ask(kit.post())
            return head, await line.rest()

    head, end = asyncio.run(main())

    assert b"Connection: close" in head
    assert end == (b"", "eof")


def test_a_node_that_speaks_unasked_is_dropped(kit):
    """Bytes after the reply are no reply to the next request: that goes over a new connection."""

    async def main():
        async with kit.bench(kit.ok() + b"HTTP/1.1 200 OK\r\n", kit.ok(b"new")) as bench:
            first = await (await bench.line()).ask(kit.post())
            second = await (await bench.line()).ask(kit.post())
            return first[1], second[1]

    assert asyncio.run(main()) == (b'{"text":"hello"}', b"new")


def test_connecting_has_a_limit(monkeypatch):
    """A node that does not take the connection is given up."""
    monkeypatch.setattr(upstream, "CONNECT_LIMIT_S", 0.0)

    with pytest.raises(TimeoutError):
        asyncio.run(connect(Origin.parse("http://127.0.0.1:1"), None, lambda: None))


def test_tls_is_spoken_where_the_address_says_so():
    """To an https address the wire begins a TLS handshake, and a node that does not answer it is an error."""
    heard = []

    async def plain(reader, writer):
        heard.append(await reader.read(3))
        writer.write(b"no TLS here\r\n")
        writer.close()

    async def main():
        server = await asyncio.start_server(plain, "127.0.0.1", 0)
        origin = Origin.parse(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await connect(origin, ssl.create_default_context(), lambda: None)
        server.close()

    asyncio.run(main())

    assert heard == [b"\x16\x03\x01"]

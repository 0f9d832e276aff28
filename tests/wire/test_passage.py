"""What crosses a wire without a fault is what was sent, and nobody is left behind."""

import asyncio
import socket
import ssl
import struct
import time

import pytest

from harness.wire import conversation
from harness.wire.messages import Origin
from harness.wire.passage import unreachable


def move(bench, url):
    """Put another node behind the wire."""
    object.__setattr__(bench.wire._place, "origin", Origin.parse(url))


def url_of(server):
    return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def test_a_request_and_a_reply_cross(kit):
    """The node gets method, path, headers and body; the caller gets the reply byte for byte."""
    reply = kit.ok(more="x-odd:  spaced \r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n")

    async def main():
        async with kit.bench(reply) as bench:
            line = await bench.line()
            head, body = await line.ask(
                kit.post("/v1/x?q=1", more="Authorization: Bearer abc\r\nX-Own: 1\r\n")
            )
            return head + body, bench.node.heads[0], bench.node.bodies[0]

    got, head, body = asyncio.run(main())

    assert got == reply
    assert head.startswith(b"POST /v1/x?q=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nAuthorization: Bearer abc\r\nX-Own: 1\r\nContent-Length: 7\r\n\r\n" in head
    assert body == b'{"a":1}'


def test_one_connection_serves_many(kit):
    """A caller's connection and the node's are one for one, and kept."""

    async def main():
        async with kit.bench() as bench:
            line = await bench.line()
            for _ in range(5):
                await line.ask(kit.post())
            return bench.node.opened, len(bench.node.bodies)

    assert asyncio.run(main()) == (1, 5)


def test_a_chunked_reply_keeps_its_chunks(kit):
    """Chunks go on as they were cut, each when it comes."""
    reply = kit.chunked(b"data: a\n\n", b"data: b\n\n")

    async def main():
        async with kit.bench(reply) as bench:
            line = await bench.line()
            line.writer.write(kit.post())
            async with asyncio.timeout(10):
                got = await line.reader.readexactly(len(b"".join(reply)))
            again = await line.ask(kit.post())
            return got, again[1]

    assert asyncio.run(main()) == (b"".join(reply), b"data: a\n\ndata: b\n\n")


def test_a_reply_that_ends_with_its_connection(kit):
    """Without a length and without chunks, the end of the node's connection ends the caller's, and is no error."""

    def until_close(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it")
        writer.close()

    async def main():
        async with kit.bench(until_close) as bench:
            line = await bench.line()
            line.writer.write(kit.post())
            got = await line.rest()
            return got, (await bench.exchanges(1))[0].error

    (got, end), error = asyncio.run(main())

    assert got.endswith(b"\r\n\r\nall of it")
    assert (end, error) == ("eof", "")


@pytest.mark.parametrize("size", [2**20, 300_000, 1000])
def test_long_bodies_cross_both_ways(kit, size):
    """A mebibyte each way arrives whole, with a length or in chunks."""
    body = bytes(range(256)) * (size // 256)
    pieces = [body[at : at + 10_000] for at in range(0, len(body), 10_000)]
    in_chunks = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in pieces) + b"0\r\n\r\n"

    async def main():
        async with kit.bench(kit.ok(body)) as bench:
            line = await bench.line()
            first = await line.ask(kit.post(body=body))
            second = await line.ask(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + in_chunks)
            kept = await bench.exchanges(2)
            return first[1] == body, second[1] == body, [each == body for each in bench.node.bodies], kept

    first, second, arrived, kept = asyncio.run(main())

    assert (first, second, arrived) == (True, True, [True, True])
    assert [(each.request_bytes, each.reply_bytes) for each in kept] == [(len(body), len(body))] * 2
    assert all(len(each.request) <= 16_384 and len(each.reply) <= 16_384 for each in kept)


def test_a_slow_reader_holds_the_node_back(kit):
    """What the caller does not read is not piled up in the wire, and none of it is lost."""
    size = 32 * 2**20

    async def main():
        async with kit.bench(kit.ok(b"x" * size)) as bench:
            line = await bench.line()
            line.writer.write(kit.post())
            await kit.until(lambda: bench.node.bodies)
            await asyncio.sleep(0.2)
            sent = bench.wire._conversations
            (conversation,) = sent
            waiting = conversation.caller._transport.get_write_buffer_size()
            return waiting, len((await line.reply())[1])

    waiting, got = asyncio.run(main())

    assert waiting < 2**20
    assert got == size


def test_a_head_request_has_no_body(kit):
    """The length of a HEAD reply is of what is not sent; the connection goes on."""

    async def main():
        async with kit.bench(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", kit.ok(b"later")) as bench:
            line = await bench.line()
            line.writer.write(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
            head = await line.reader.readuntil(b"\r\n\r\n")
            return head, (await line.ask(kit.post()))[1]

    head, body = asyncio.run(main())

    assert b"Content-Length: 5" in head
    assert body == b"later"


def test_an_interim_reply_is_not_the_reply(kit):
    """What a node says before its reply (103) is handed on, and the reply after it is the one recorded."""
    early = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"

    async def main():
        async with kit.bench(early + kit.ok(b"real")) as bench:
            line = await bench.line()
            line.writer.write(kit.post())
            first = await line.reader.readuntil(b"\r\n\r\n")
            return first, (await line.reply())[1], (await bench.exchanges(1))[0].status

    assert asyncio.run(main()) == (early, b"real", 200)


def test_an_early_reply_does_not_wait_for_the_request(kit):
    """A node that refuses a long request before it is whole is heard; what still comes of the request goes nowhere."""

    async def refuse(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
        await reader.read()
        writer.close()

    async def main():
        async with kit.bench() as bench:
            server = await asyncio.start_server(refuse, "127.0.0.1", 0)
            move(bench, url_of(server))
            line = await bench.line()
            line.writer.write(b"POST / HTTP/1.1\r\nContent-Length: 900000\r\n\r\n" + b"x" * 300_000)
            head, body = await line.reply()
            line.writer.write(b"x" * 600_000)
            move(bench, bench.node.url)
            again = await line.ask(kit.post())
            server.close()
            return head.split(b"\r\n")[0], body, again[1]

    assert asyncio.run(main()) == (b"HTTP/1.1 413 Too Large", b"no", b'{"text":"hello"}')


def test_a_node_that_is_not_there_is_a_reset(kit):
    """Nobody behind the wire: the caller's connection is reset without a byte, and the journal says refused."""

    async def main():
        async with kit.bench() as bench:
            move(bench, "http://127.0.0.1:1")
            line = await bench.line()
            line.writer.write(kit.post())
            return await line.rest(), (await bench.exchanges(1))[0]

    got, exchange = asyncio.run(main())

    assert got == (b"", "reset")
    assert (exchange.error, exchange.status, exchange.fault) == ("refused", 0, "")
    assert exchange.request == '{"a":1}'


def test_reasons_for_being_unreachable():
    """Each way of not reaching a node has its word."""
    assert unreachable(TimeoutError()) == "connect_timeout"
    assert unreachable(socket.gaierror(-2, "no name")) == "dns"
    assert unreachable(ssl.SSLError()) == "protocol"
    assert unreachable(ConnectionRefusedError()) == "refused"


def test_a_node_that_resets_resets_the_caller(kit):
    """A reset in the middle of the reply is one for the caller too."""

    def broken(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async def main():
        async with kit.bench(broken) as bench:
            line = await bench.line()
            line.writer.write(kit.post())
            return (await line.rest())[1], (await bench.exchanges(1))[0].error

    assert asyncio.run(main()) == ("reset", "reset")


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "truncated"),
        (b"", "reset"),
        (b"SSH-2.0-OpenSSH_9.7\r\n", "protocol"),
    ],
)
def test_a_node_that_breaks_off_is_seen_as_it_is(kit, said, error):
    """What it said is handed on, its end is the caller's, and the journal has the word for it."""

    def broken(writer):
        writer.write(said)
        writer.close()

    async def main():
        async with kit.bench(broken) as bench:
            line = await bench.line()
            line.writer.write(kit.post())
            return await line.rest(), (await bench.exchanges(1))[0].error

    assert asyncio.run(main()) == ((said, "eof"), error)


@pytest.mark.alone
@pytest.mark.parametrize("reply", [None, [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"x"]])
def test_a_caller_that_leaves_is_told_to_the_node(kit, reply):
    """Before the first byte and in the middle: the node's connection closes within a second."""

    async def main():
        async with kit.bench(reply) as bench:
            line = await bench.line()
            line.writer.write(kit.post())
            await kit.until(lambda: bench.node.bodies)
            if reply:
                await line.reader.readuntil(b"x")
            line.writer.close()
            left = time.monotonic()
            (exchange,) = await bench.exchanges(1)
            if reply is None:
                bench.node.replies = [b"too late"]
            await kit.until(lambda: not bench.wire._conversations)
            return exchange.error, time.monotonic() - left

    error, took_s = asyncio.run(main())

    assert error == "client_left"
    assert took_s < 1


@pytest.mark.alone
def test_the_node_sees_a_caller_leave(kit):
    """The node's own socket reads the end at most a second later."""
    seen = []

    async def watch(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(7)
        began = time.monotonic()
        seen.append(began)
        rest = await reader.read()
        seen.append((rest, time.monotonic() - began))
        writer.close()

    async def main():
        async with kit.bench() as bench:
            server = await asyncio.start_server(watch, "127.0.0.1", 0)
            move(bench, url_of(server))
            line = await bench.line()
            line.writer.write(kit.post())
            await kit.until(lambda: seen)
            line.writer.close()
            await kit.until(lambda: len(seen) == 2)
            server.close()

    asyncio.run(main())

    assert seen[1][0] == b""
    assert seen[1][1] < 1


def test_a_hop_that_never_ends_is_broken_off(kit, monkeypatch):
    """Even where nobody has a limit, the wire has one."""
    monkeypatch.setattr(conversation, "EXCHANGE_LIMIT_S", 0.05)

    async def main():
        async with kit.bench(None) as bench:
            line = await bench.line()
            line.writer.write(kit.post())
            return await line.rest(), (await bench.exchanges(1))[0].error

    assert asyncio.run(main()) == ((b"", "reset"), "total_timeout")

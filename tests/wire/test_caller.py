"""Whatever a caller sends, the wire stays up, answers what can be answered, and closes the rest."""

import asyncio

import pytest

from harness.wire.caller import HEAD_BYTES_MAX


def test_a_request_may_come_byte_by_byte(kit):
    """However a request is cut, it is one."""

    async def main():
        async with kit.bench() as bench:
            line = await bench.line()
            for byte in kit.post():
                line.writer.write(bytes([byte]))
                await line.writer.drain()
            return (await line.reply())[1], bench.node.bodies

    assert asyncio.run(main()) == (b'{"text":"hello"}', [b'{"a":1}'])


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x02\x00", b"GARBAGE\r\n\r\n", b"GET / HTTP/9.9.9\r\n\r\n"]
)
def test_garbage_is_answered_400(kit, garbage):
    """What is no HTTP gets a 400 that says so, the connection closes, and the next caller is served."""

    async def main():
        async with kit.bench() as bench:
            line = await bench.line()
            line.writer.write(garbage)
            head, body = await line.reply()
            end = await line.rest()
            return head, body, end, (await (await bench.line()).ask(kit.post()))[1]

    head, body, end, after = asyncio.run(main())

    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n")
    assert body.startswith(b'{"detail":"request: is no HTTP that can be read: ')
    assert (end, after) == ((b"", "eof"), b'{"text":"hello"}')


def test_a_second_request_before_the_first_reply(kit):
    """Pipelining: the first is answered, the second is not read, and the connection closes."""

    async def main():
        async with kit.bench() as bench:
            line = await bench.line()
            line.writer.write(kit.post("/one") + kit.post("/two"))
            first = await line.reply()
            return first[1], await line.rest(), len(bench.node.bodies)

    assert asyncio.run(main()) == (b'{"text":"hello"}', (b"", "eof"), 1)


def test_garbage_behind_a_request(kit):
    """The request before the garbage is answered, then the connection closes."""

    async def main():
        async with kit.bench() as bench:
            line = await bench.line()
            line.writer.write(kit.post() + b"\x00\x01garbage\r\n\r\n")
            first = await line.reply()
            return first[1], await line.rest()

    assert asyncio.run(main()) == (b'{"text":"hello"}', (b"", "eof"))


def test_an_endless_head_is_refused(kit):
    """A head without an end is not collected for ever."""

    async def main():
        async with kit.bench() as bench:
            line = await bench.line()
            line.writer.write(b"GET / HTTP/1.1\r\nX: " + b"x" * (HEAD_BYTES_MAX + 70_000))
            head, body = await line.reply()
            return head.split(b"\r\n")[0], body

    assert asyncio.run(main()) == (
        b"HTTP/1.1 431 Request Header Fields Too Large",
        b'{"detail":"request: its head is longer than 65536 bytes"}',
    )


def test_a_caller_that_waits_for_100_is_told(kit):
    """`Expect: 100-continue` is the wire's business: it says go on, and the node never hears of it."""

    async def main():
        async with kit.bench() as bench:
            line = await bench.line()
            line.writer.write(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            first = await line.reader.readuntil(b"\r\n\r\n")
            line.writer.write(b"hi")
            return first, (await line.reply())[1], bench.node.heads[0].lower(), bench.node.bodies

    first, body, head, bodies = asyncio.run(main())

    assert (first, body, bodies) == (b"HTTP/1.1 100 Continue\r\n\r\n", b'{"text":"hello"}', [b"hi"])
    assert b"expect" not in head


@pytest.mark.parametrize(
    "request_", [b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"]
)
def test_a_last_request_is_the_last(kit, request_):
    """A caller that will not go on has its connection closed after the reply."""

    async def main():
        async with kit.bench() as bench:
            line = await bench.line()
            return (await line.ask(request_))[1], await line.rest()

    assert asyncio.run(main()) == (b'{"text":"hello"}', (b"", "eof"))


def test_a_wish_for_another_protocol_is_passed_over(kit):
    """An upgrade is not granted: the request is served as what it also is, then the connection closes."""

    async def main():
        async with kit.bench() as bench:
            line = await bench.line()
            got = await line.ask(b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
            return got[1], await line.rest(), bench.node.heads[0].lower()

    body, end, head = asyncio.run(main())

    assert (body, end) == (b'{"text":"hello"}', (b"", "eof"))
    assert b"upgrade" not in head

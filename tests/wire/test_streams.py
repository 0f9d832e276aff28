"""Each fault does to a stream what it says, event by event, on real sockets."""

import asyncio
import time

import pytest

from harness.fault import Effect, Expected, Fault
from harness.sse import TextStream
from harness.switchboard import Standing
from harness.wire.messages import Origin

OPENAI = (
    b'data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n',
    *(b'data: {"choices":[{"index":0,"delta":{"content":" w%d"}}]}\n\n' % n for n in range(6)),
    b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
    b"data: [DONE]\n\n",
)


def run_under(kit, fault, reply):
    """What a caller gets of a stream under a fault, the exchange, and the fault's counter."""

    async def main():
        async with kit.bench(reply, dialect="openai") as bench:
            standing = bench.put(fault)
            got = await (await bench.line()).ask(kit.post())
            return got, (await bench.exchanges(1))[0], standing.fired

    return asyncio.run(main())


def test_a_stream_is_cut_after_its_events(kit):
    """Three events with text come through, byte for byte, then the connection ends without the last chunk."""

    async def main():
        async with kit.bench(kit.chunked(*OPENAI), dialect="openai") as bench:
            standing = bench.put("stream-cut-3")
            line = await bench.line()
            line.writer.write(kit.post())
            got, end = await line.rest()
            (exchange,) = await bench.exchanges(1)
            return got, end, exchange, standing.fired

    got, end, exchange, fired = asyncio.run(main())

    assert end == "eof"
    assert got.endswith(b"%x\r\n%s\r\n" % (len(OPENAI[3]), OPENAI[3]))
    assert exchange.reply.encode() == b"".join(OPENAI[:4])
    assert (exchange.fault, len(exchange.content_ns), fired) == ("stream-cut-3", 3, 1)


def test_a_cut_falls_inside_a_piece(kit):
    """Where many events come in one piece, the cut is still right after the third."""

    async def main():
        async with kit.bench(kit.chunked(b"".join(OPENAI)), dialect="openai") as bench:
            bench.put("stream-cut-3")
            line = await bench.line()
            line.writer.write(kit.post())
            await line.rest()
            return (await bench.exchanges(1))[0].reply.encode()

    assert asyncio.run(main()) == b"".join(OPENAI[:4])


def test_a_short_stream_is_not_cut(kit):
    """A stream that ends before the cut is whole, and the fault has not fired."""
    got, exchange, fired = run_under(kit, "stream-cut-3", b"".join(kit.chunked(OPENAI[1], OPENAI[-1])))

    assert (got[1], exchange.fault, fired) == (OPENAI[1] + OPENAI[-1], "", 0)


def test_a_stream_stalls(kit):
    """After three events nothing comes any more, the connection stays, and the node is let go."""

    async def main():
        async with kit.bench(kit.chunked(*OPENAI), dialect="openai") as bench:
            bench.put("stalled-stream-3")
            line = await bench.line()
            line.writer.write(kit.post())
            async with asyncio.timeout(10):
                await line.reader.readuntil(b"w2")
                await line.reader.readuntil(b"\n\n\r\n")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(line.reader.read(1), 0.1)
            line.writer.close()
            (exchange,) = await bench.exchanges(1)
            return exchange.fault, exchange.error

    assert asyncio.run(main()) == ("stalled-stream-3", "client_left")


def test_a_request_that_still_comes_into_silence(kit):
    """A stream that stalls while its long request is still coming: what comes goes nowhere, and nothing breaks."""
    head = b"POST / HTTP/1.1\r\nContent-Length: 900000\r\n\r\n"

    async def early(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"".join(kit.chunked(*OPENAI)))
        await reader.read()
        writer.close()

    async def main():
        async with kit.bench(dialect="openai") as bench:
            server = await asyncio.start_server(early, "127.0.0.1", 0)
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            object.__setattr__(bench.wire._place, "origin", Origin.parse(url))
            standing = bench.put("stalled-stream-3")
            line = await bench.line()
            line.writer.write(head + b"x" * 300_000)
            await kit.until(lambda: standing.fired)
            line.writer.write(b"x" * 600_000)
            await line.writer.drain()
            await kit.until(lambda: bench.wire._conversations)
            line.writer.close()
            (exchange,) = await bench.exchanges(1)
            server.close()
            return exchange.error, exchange.fault

    assert asyncio.run(main()) == ("client_left", "stalled-stream-3")


def test_a_slow_first_event(kit):
    """The head comes at once, the first event when the fault says, and the text is the same."""
    slow = Fault("slow", "slow", Effect(first_event_ms=1000), Expected("slower", slower_ms=1000))

    async def main():
        async with kit.bench(kit.chunked(*OPENAI), dialect="openai", faults={"slow": slow}) as bench:
            bench.wire.switchboard.put(Standing(slow))
            line = await bench.line()
            began = time.monotonic()
            line.writer.write(kit.post())
            head = await line.reader.readuntil(b"\r\n\r\n")
            head_ms = (time.monotonic() - began) * 1000
            await line.reader.readuntil(b"data")
            first_ms = (time.monotonic() - began) * 1000
            rest = await line.reader.readuntil(b"0\r\n\r\n")
            (exchange,) = await bench.exchanges(1)
            return head, head_ms, first_ms, rest, exchange

    head, head_ms, first_ms, rest, exchange = asyncio.run(main())

    assert b"200 OK" in head
    assert head_ms < 1000 <= first_ms
    assert b"[DONE]" in rest
    assert (exchange.fault, len(exchange.content_ns)) == ("slow", 6)
    assert exchange.content_ns[0] - exchange.began_ns >= 1000e6


def test_a_first_event_that_is_late_by_itself_is_not_held(kit):
    """Where the node is slower than the fault, nothing is held, and the fault has not fired."""
    quick = Fault("quick", "quick", Effect(first_event_ms=1), Expected("slower", slower_ms=1))

    async def main():
        async with kit.bench(kit.chunked(*OPENAI), dialect="openai", faults={"quick": quick}) as bench:
            bench.node.gap_s = 0.05
            standing = Standing(quick)
            bench.wire.switchboard.put(standing)
            await (await bench.line()).ask(kit.post())
            return standing.fired

    assert asyncio.run(main()) == 0


@pytest.mark.parametrize(
    "fault", ["slices-1b", "slices-7b", "coalesced-events", "crlf-lines", "sse-comments"]
)
def test_the_same_stream_in_other_pieces(kit, fault):
    """However it is cut or written, the text is the same, and the fault has fired."""
    got, exchange, fired = run_under(kit, fault, b"".join(kit.chunked(*OPENAI)))
    stream = TextStream("openai")
    stream.feed(0, got[1])

    assert (stream.text, stream.outcome) == (" w0 w1 w2 w3 w4 w5", "whole")
    assert (exchange.fault, fired, len(exchange.content_ns)) == (fault, 1, 6)


def test_slices_are_pieces_of_their_own(kit):
    """Each byte of the body is a chunk by itself."""

    async def main():
        async with kit.bench(b"".join(kit.chunked("né".encode()))) as bench:
            bench.put("slices-1b")
            line = await bench.line()
            line.writer.write(kit.post())
            async with asyncio.timeout(10):
                return await line.reader.readuntil(b"0\r\n\r\n")

    assert asyncio.run(main()).endswith(b"\r\n\r\n1\r\nn\r\n1\r\n\xc3\r\n1\r\n\xa9\r\n0\r\n\r\n")

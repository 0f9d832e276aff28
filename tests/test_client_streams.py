"""The client's streams: in time, bounded, and left when they are left."""

import asyncio
import itertools
import time

import pytest
import uvloop

from harness.client import Client, ClientError, Limits
from tests.raw_server import CHUNKED, QUICK, serve


def test_reading_the_rest_of_a_stream_is_bounded_too():
    """A stream's `read` takes no more than it was allowed."""

    async def main():
        async with serve(CHUNKED + b"5\r\nhello\r\n0\r\n\r\n") as server:
            client = Client()
            async with client.stream("GET", server.url()) as reply:
                with pytest.raises(ClientError, match="longer than 4 bytes"):
                    await reply.read(4)
            await client.close()

    asyncio.run(main())


def test_a_stream_gives_each_read_with_its_own_time():
    """Pieces come as they were sent, without framing, and their times are those of their arrival."""
    read, written_ns = asyncio.Semaphore(0), []

    async def handler(reader, writer):
        writer.write(CHUNKED)
        for word in (b"one", b"two", b"three"):
            written_ns.append(time.monotonic_ns())
            writer.write(b"%x\r\n%s\r\n" % (len(word), word))
            await asyncio.wait_for(read.acquire(), 10)
        written_ns.append(time.monotonic_ns())
        writer.write(b"0\r\n\r\n")

    async def main():
        pieces = []
        async with serve(handler) as server:
            client = Client()
            async with client.stream("GET", server.url()) as reply:
                async for piece in reply:
                    pieces.append(piece)
                    read.release()
                status, ended_ns = reply.status, reply.ended_ns
            await client.close()
            return status, pieces, ended_ns

    status, pieces, ended_ns = asyncio.run(main())

    assert status == 200
    assert [data for _, data in pieces] == [b"one", b"two", b"three"]
    between = zip(itertools.pairwise(written_ns), pieces, strict=True)
    assert all(before < read_ns < after for (before, after), (read_ns, _) in between)
    assert ended_ns >= written_ns[-1]


def test_what_came_before_a_stream_broke_is_read_first():
    """The pieces are handed out, then the failure is raised."""

    async def main():
        async with serve(CHUNKED + b"5\r\nhello\r\nzz\r\n") as server:
            client = Client()
            try:
                async with client.stream("GET", server.url(), limits=QUICK) as reply:
                    async for _, data in reply:
                        seen.append(data)
            finally:
                await client.close()

    seen = []
    with pytest.raises(ClientError) as caught:
        asyncio.run(main())

    assert (seen, caught.value.kind) == ([b"hello"], "protocol")


@pytest.mark.alone
@pytest.mark.parametrize("policy", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_leaving_a_stream_early_closes_it_upstream_within_a_second(policy):
    """The server sees the end at once, whether the reader leaves or is cancelled."""

    async def endless(reader, writer):
        writer.write(CHUNKED)
        while not reader.at_eof():
            writer.write(b"1\r\nx\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    async def main():
        async with serve(endless) as server:
            client = Client()
            async with client.stream("GET", server.url()) as reply:
                await anext(reply)
            before = time.monotonic()
            await asyncio.wait_for(server.gone.wait(), 1)
            took_s = time.monotonic() - before
            in_use = client._flying
            await client.close()
            return took_s, in_use

    with asyncio.Runner(loop_factory=policy) as runner:
        took_s, in_use = runner.run(main())

    assert took_s < 1
    assert in_use == 0


@pytest.mark.parametrize("policy", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_a_slow_reader_holds_the_sender_back_and_loses_nothing(policy):
    """Buffers stay bounded while a stream is not read, silence that the reader caused is no time-out."""
    count = 200
    block = b"x" * 65536
    sent = 0

    async def flood(reader, writer):
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (count * len(block)))
        for _ in range(count):
            writer.write(block)
            await writer.drain()
            sent += 1

    async def main():
        async with serve(flood) as server:
            client = Client()
            limits = Limits(idle_s=0.2, total_s=20)
            async with client.stream("GET", server.url(), limits=limits) as reply:
                await asyncio.sleep(0.5)
                held = sum(len(data) for _, data in reply._flight.pieces)
                sent_while_held = sent
                body = await reply.read()
            await client.close()
            return held, sent_while_held, len(body)

    with asyncio.Runner(loop_factory=policy) as runner:
        held, sent_while_held, length = runner.run(main())

    assert held < 1_000_000
    assert sent_while_held < count
    assert length == count * len(block)

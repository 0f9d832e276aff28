"""A rewritten reply is played in order and in time, no faster than the caller reads."""

import asyncio
import time

from harness.fault import Effect, Expected, Fault
from harness.switchboard import Standing
from harness.wire.playback import content_type_of

DRIP = Fault("drip", "drip", Effect(slice_bytes=1, slice_ms=20), Expected("same"))
HELD = Fault("held", "held", Effect(first_event_ms=100), Expected("slower", slower_ms=100))


def test_slices_keep_their_distance(kit):
    """Five bytes, 20 ms after each: the last one is at least 80 ms behind the first."""

    async def main():
        async with kit.bench(kit.ok(b"abcde")) as bench:
            bench.wire.switchboard.put(Standing(DRIP))
            line = await bench.line()
            began = time.monotonic()
            line.writer.write(kit.post())
            await line.reader.readuntil(b"\r\n\r\na")
            rest = await line.reader.readexactly(4)
            return rest, time.monotonic() - began

    rest, took_s = asyncio.run(main())

    assert rest == b"bcde"
    assert took_s >= 0.08


def test_a_long_reply_played_to_a_slow_reader(kit):
    """What the caller does not read is not piled up: the node is held back, and nothing is lost."""
    size = 24 * 2**20
    other = Fault("other", "other", Effect(head={"x": "y"}), Expected("same"))

    async def main():
        async with kit.bench(kit.ok(b"x" * size)) as bench:
            bench.wire.switchboard.put(Standing(other))
            line = await bench.line()
            line.writer.write(kit.post())
            await kit.until(lambda: bench.node.bodies)
            await asyncio.sleep(0.2)
            (conversation,) = bench.wire._conversations
            waiting = conversation.caller._transport.get_write_buffer_size()
            got = len((await line.reply())[1])
            bench.wire.switchboard.lift()
            again = len((await line.ask(kit.post()))[1])
            return waiting, got, again

    waiting, got, again = asyncio.run(main())

    assert waiting < 4 * 2**20
    assert (got, again) == (size, size)


def test_a_reply_held_back_does_not_hold_the_next(kit):
    """After a held reply the same connections serve on, without the fault as fast as ever."""

    async def main():
        async with kit.bench() as bench:
            bench.wire.switchboard.put(Standing(HELD, nth=1))
            line = await bench.line()
            began = time.monotonic()
            await line.ask(kit.post())
            held_s = time.monotonic() - began
            after = (await line.ask(kit.post()))[1]
            return held_s, after, bench.node.opened

    held_s, after, opened = asyncio.run(main())

    assert held_s >= 0.1
    assert (after, opened) == (b'{"text":"hello"}', 1)


def test_a_caller_that_leaves_while_its_reply_is_held(kit):
    """The exchange ends as left, and the node's connection with it."""

    async def main():
        async with kit.bench() as bench:
            bench.wire.switchboard.put(Standing(HELD))
            line = await bench.line()
            line.writer.write(kit.post())
            await line.reader.readuntil(b"\r\n\r\n")
            line.writer.close()
            (exchange,) = await bench.exchanges(1)
            await kit.until(lambda: not bench.node.open)
            return exchange.error, exchange.fault

    assert asyncio.run(main()) == ("client_left", "held")


def test_the_content_type_that_a_caller_is_told():
    """A change goes before what the node said; neither is empty."""
    said = [(b"CONTENT-TYPE", b"a/b")]

    assert content_type_of(said) == "a/b"
    assert content_type_of(said, {"Content-Type": "c/d"}) == "c/d"
    assert content_type_of([]) == ""

"""A wire goes down and comes up again at one address, and what crosses it fares accordingly."""

import asyncio

import pytest

from harness.errors import FaultError, StackError
from harness.journal import Journal
from harness.wire.wire import Behind, Keeping, Wire


def test_down_is_refused_and_witnessed(kit):
    """With refused on, a connection is refused and the counter says 1; lifted, the same address answers."""

    async def main():
        async with kit.bench() as bench:
            line = await bench.line()
            await line.ask(kit.post())
            url = bench.wire.url
            standing = bench.put("refused")
            with pytest.raises(ConnectionRefusedError):
                await bench.line()
            idle = await line.rest()
            bench.wire.switchboard.lift()
            after = await (await bench.line()).ask(kit.post())
            return standing.fired, idle, after[1], bench.wire.url == url

    assert asyncio.run(main()) == (1, (b"", "reset"), b'{"text":"hello"}', True)


def test_down_breaks_off_what_crosses(kit):
    """An exchange under way ends in a reset, by the fault, and the node's connection goes with it."""

    async def main():
        async with kit.bench(None) as bench:
            line = await bench.line()
            line.writer.write(kit.post())
            await kit.until(lambda: bench.node.bodies)
            standing = bench.put("refused")
            got = await line.rest()
            (exchange,) = await bench.exchanges(1)
            return got, exchange.fault, exchange.error, standing.fired

    assert asyncio.run(main()) == ((b"", "reset"), "refused", "reset", 1)


def test_down_again_and_again(kit):
    """Ten times down and up leave the address where it was."""

    async def main():
        async with kit.bench() as bench:
            for _ in range(10):
                bench.put("refused")
                bench.wire.switchboard.lift("refused")
            return (await (await bench.line()).ask(kit.post()))[1]

    assert asyncio.run(main()) == b'{"text":"hello"}'


def test_another_fault_does_not_touch_the_listener(kit):
    """Kept connections outlive the coming and going of faults that are not down."""

    async def main():
        async with kit.bench() as bench:
            line = await bench.line()
            for name in ("status-500", "latency-50ms"):
                bench.put(name)
                await line.ask(kit.post())
                bench.wire.switchboard.lift()
            return (await line.ask(kit.post()))[1], bench.node.opened

    assert asyncio.run(main()) == (b'{"text":"hello"}', 1)


def test_a_witness_that_fails_is_an_error(kit, monkeypatch):
    """Where connections are still taken, putting refused on fails, says so, and changes nothing."""
    from harness.wire.listener import Listener

    async def main():
        async with kit.bench() as bench:
            with monkeypatch.context() as patch:
                patch.setattr(Listener, "refuses", lambda _self: False)
                with pytest.raises(
                    FaultError, match=r"^llm: its wire was taken down and still takes connections$"
                ):
                    bench.put("refused")
            return bench.wire.switchboard.standings(), (await (await bench.line()).ask(kit.post()))[1]

    assert asyncio.run(main()) == ([], b'{"text":"hello"}')


def test_a_bad_address_is_refused_at_once():
    """The message says what an address looks like."""

    async def main():
        Wire(Behind("llm", "llms", "127.0.0.1:80"), {}, Keeping(Journal()))

    with pytest.raises(
        StackError, match=r"^upstream: '127.0.0.1:80' is no address of a node; one is like http://"
    ):
        asyncio.run(main())


def test_a_node_that_moved_is_found_at_its_new_address(kit):
    """What crossed on its way to the old one is broken off; the wire's own address stays."""

    async def main():
        async with kit.node(kit.ok(b'{"text":"new"}')) as new:
            async with kit.bench(None) as bench:
                line = await bench.line()
                line.writer.write(kit.post())
                await kit.until(lambda: bench.node.bodies)
                bench.wire.move(new.url)
                got = await line.rest()
                answer = (await (await bench.line()).ask(kit.post()))[1]
            await kit.until(lambda: not new.open)
            return got, answer

    assert asyncio.run(main()) == ((b"", "reset"), b'{"text":"new"}')


def test_a_node_cannot_move_to_what_is_no_address(kit):
    """And is where it was."""

    async def main():
        async with kit.bench() as bench:
            with pytest.raises(StackError, match="nowhere"):
                bench.wire.move("nowhere")
            return (await (await bench.line()).ask(kit.post()))[1]

    assert asyncio.run(main()) == b'{"text":"hello"}'

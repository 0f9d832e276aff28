"""Each fault does on real sockets what it says; afterwards the same connection, or a new one, serves as before."""

import asyncio
import time

import pytest


def run_under(kit, fault, *replies):
    """What a caller gets under a fault and when, the exchange, the counter, and what a request gets after it."""

    async def main():
        async with kit.bench(*replies) as bench:
            standing = bench.put(fault)
            line = await bench.line()
            began = time.monotonic()
            got = await line.ask(kit.post())
            took_ms = (time.monotonic() - began) * 1000
            (exchange,) = await bench.exchanges(1)
            bench.wire.switchboard.lift()
            after = await line.ask(kit.post())
            return got, took_ms, exchange, standing.fired, after[1], len(bench.node.bodies)

    return asyncio.run(main())


def test_the_control_does_nothing(kit):
    """Under noop the reply is the node's, and the counter stays 0."""
    got, _, exchange, fired, _, _ = run_under(kit, "noop")

    assert (got[1], exchange.fault, fired) == (b'{"text":"hello"}', "", 0)


def test_latency_comes_before_the_node(kit):
    """The caller waits at least that long, the answer is right, and the journal shows where the time went."""
    got, took_ms, exchange, fired, _, _ = run_under(kit, "latency-50ms")

    assert (got[1], exchange.fault, fired) == (b'{"text":"hello"}', "latency-50ms", 1)
    assert took_ms >= 50
    assert exchange.forwarded_ns - exchange.began_ns >= 50e6


@pytest.mark.parametrize(
    ("fault", "status"), [("status-500", b"500"), ("status-429", b"429"), ("html-page", b"200")]
)
def test_an_answer_in_the_nodes_place(kit, fault, status):
    """The node is not asked, the connection stays, and the next request goes through."""
    got, _, exchange, fired, after, asked = run_under(kit, fault)

    assert got[0].split(b" ")[1] == status
    assert (exchange.fault, fired, exchange.forwarded_ns) == (fault, 1, 0)
    assert (after, asked) == (b'{"text":"hello"}', 1)


def test_a_bodiless_answer(kit):
    """A 204 has neither body nor length, and the connection goes on."""

    async def main():
        async with kit.bench() as bench:
            bench.put("status-204")
            line = await bench.line()
            line.writer.write(kit.post())
            head = await line.reader.readuntil(b"\r\n\r\n")
            bench.wire.switchboard.lift()
            return head, (await line.ask(kit.post()))[1]

    head, after = asyncio.run(main())

    assert head == b"HTTP/1.1 204 No Content\r\n\r\n"
    assert after == b'{"text":"hello"}'


def test_an_answer_in_place_of_a_long_request(kit):
    """A request too long to hold is read to its end first, so that the caller can hear the answer."""

    async def main():
        async with kit.bench() as bench:
            bench.put("status-500")
            line = await bench.line()
            got = await line.ask(kit.post(body=b"x" * 2**20))
            return got[0].split(b"\r\n")[0], bench.node.opened, (await bench.exchanges(1))[0].request_bytes

    assert asyncio.run(main()) == (b"HTTP/1.1 500 Internal Server Error", 0, 2**20)


def test_a_black_hole_is_silent(kit):
    """Nothing comes, the node is not asked, and when the caller gives up the exchange is there with its fault."""

    async def main():
        async with kit.bench() as bench:
            standing = bench.put("black-hole")
            line = await bench.line()
            line.writer.write(kit.post())
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(line.reader.read(1), 0.1)
            line.writer.close()
            (exchange,) = await bench.exchanges(1)
            return exchange, standing.fired, bench.node.opened

    exchange, fired, opened = asyncio.run(main())

    assert (exchange.fault, exchange.error, exchange.status) == ("black-hole", "client_left", 0)
    assert (fired, opened) == (1, 0)


@pytest.mark.parametrize("framed", ["length", "chunks"])
def test_a_reset_mid_body(kit, framed):
    """Sixteen bytes of the body come through, then the connection is reset."""
    body = b"0123456789abcdefghij"
    reply = kit.ok(body) if framed == "length" else b"".join(kit.chunked(body))

    async def main():
        async with kit.bench(reply) as bench:
            standing = bench.put("reset-mid-body-16b")
            line = await bench.line()
            line.writer.write(kit.post())
            got = await line.rest()
            (exchange,) = await bench.exchanges(1)
            bench.wire.switchboard.lift()
            after = await (await bench.line()).ask(kit.post())
            return got, exchange, standing.fired, after[1]

    (got, end), exchange, fired, after = asyncio.run(main())

    assert end == "reset"
    assert body[:16] in got
    assert body[:17] not in got
    assert (exchange.fault, exchange.error, exchange.reply, exchange.reply_bytes) == (
        "reset-mid-body-16b", "reset", "0123456789abcdef", 16,
    )  # fmt: skip
    assert (fired, after) == (1, body)


def test_a_reset_of_a_shorter_body(kit):
    """A body shorter than the fault's bytes is reset before its last byte: the fault never passes for a whole reply."""

    async def main():
        async with kit.bench(kit.ok(b"abc")) as bench:
            standing = bench.put("reset-mid-body-16b")
            line = await bench.line()
            line.writer.write(kit.post())
            got, end = await line.rest()
            return got.rpartition(b"\r\n\r\n")[2], end, standing.fired

    assert asyncio.run(main()) == (b"ab", "reset", 1)


def test_a_reset_at_once(kit):
    """Not a byte of the reply comes through, though the node was asked."""

    async def main():
        async with kit.bench() as bench:
            bench.put("reset-at-once")
            line = await bench.line()
            line.writer.write(kit.post())
            got = await line.rest()
            return got, (await bench.exchanges(1))[0], len(bench.node.bodies)

    got, exchange, asked = asyncio.run(main())

    assert got == (b"", "reset")
    assert (exchange.fault, exchange.status, asked) == ("reset-at-once", 0, 1)


def test_a_cut_mid_body(kit):
    """The connection ends in good order, short of the length it promised."""

    async def main():
        async with kit.bench(kit.ok(b"0123456789abcdefghij")) as bench:
            bench.put("cut-mid-body-16b")
            line = await bench.line()
            line.writer.write(kit.post())
            got, end = await line.rest()
            return got.rpartition(b"\r\n\r\n")[2], end, (await bench.exchanges(1))[0].error

    assert asyncio.run(main()) == (b"0123456789abcdef", "eof", "truncated")


def test_another_content_type(kit):
    """Only that header changes; the body is the node's, with a length or in chunks."""
    for reply in (kit.ok(b"[1]"), b"".join(kit.chunked(b"[", b"1]"))):
        got, _, exchange, fired, after, _ = run_under(kit, "wrong-content-type-html", reply)

        assert b"content-type: text/html; charset=utf-8" in got[0].lower()
        assert got[0].lower().count(b"content-type") == 1
        assert (got[1], fired, after) == (b"[1]", 1, b"[1]")
        assert exchange.content_type == "text/html; charset=utf-8"


def test_a_rewritten_body_has_its_own_length(kit):
    """Half of the JSON comes with the half's length, so that only a parser notices."""
    for reply in (kit.ok(b'{"text":"hello"}'), b"".join(kit.chunked(b'{"text":', b'"hello"}'))):
        got, _, exchange, fired, after, _ = run_under(kit, "truncated-json", reply)

        assert (got[1], exchange.reply, fired) == (b'{"text":', '{"text":', 1)
        assert after == b'{"text":"hello"}'


def test_a_body_that_a_fault_leaves_alone_has_not_fired(kit):
    """wrong-dimension on a reply without vectors: the reply is the node's, and the counter stays 0."""
    got, _, exchange, fired, _, _ = run_under(kit, "wrong-dimension")

    assert (got[1], exchange.fault, fired) == (b'{"text":"hello"}', "", 0)


def test_a_header_asks_for_one_request(kit):
    """The fault acts on the request that names it and on no other, and the node does not see the header."""

    async def main():
        async with kit.bench() as bench:
            line = await bench.line()
            asked = await line.ask(kit.post(more="X-Harness-Fault: llm/status-500\r\n"))
            plain = await line.ask(kit.post(more="X-Harness-Fault: embedding/status-500\r\n"))
            return asked[0].split(b" ")[1], plain[0].split(b" ")[1], bench.node.heads

    asked, plain, heads = asyncio.run(main())

    assert (asked, plain) == (b"500", b"200")
    assert b"x-harness-fault" not in heads[0].lower()


def test_the_nth_request_alone(kit):
    """A fault on the second request leaves the first and the third as they are."""

    async def main():
        async with kit.bench() as bench:
            bench.put("status-500", nth=2)
            line = await bench.line()
            return [(await line.ask(kit.post()))[0].split(b" ")[1] for _ in range(3)]

    assert asyncio.run(main()) == [b"200", b"500", b"200"]

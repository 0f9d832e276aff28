"""A plain message is read as the parser would read it, and what is not plain is left to the parser."""

import asyncio

import pytest

from harness.wire.messages import Origin, context_line, request_head
from harness.wire.plain import head_as_sent, plain_reply, plain_request

TRACEPARENT = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PLAIN = {
    "post": b'POST /v1/x?a=1 HTTP/1.1\r\nHost: here\r\nX-Own: 1\r\nContent-Length: 7\r\n\r\n{"a":1}',
    "no-body": b"GET /health HTTP/1.1\r\nHost: here\r\nAccept: */*\r\n\r\n",
    "traced": b"POST /v1/x HTTP/1.1\r\ntraceparent: "
    + TRACEPARENT
    + b"\r\nHost: here\r\ncontent-length: 2\r\n\r\n{}",
    "traced-last": b"POST / HTTP/1.1\r\nHost: a\r\ncontent-length: 0\r\ntraceparent: "
    + TRACEPARENT
    + b"\r\n\r\n",
    "kept": b"PUT /x HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx",
    "latin": b"POST /x HTTP/1.1\r\nHost: a\r\nX-Name: m\xfcller\r\nContent-Length: 4\r\n\r\n\r\n\r\n",
}
NOT_PLAIN = {
    "cut": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
    "head-cut": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Le",
    "two": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxGET /y HTTP/1.1\r\n\r\n",
    "chunked": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "expects": b"POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
    "closes": b"POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
    "upgrade": b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nUpgrade: websocket\r\n\r\n",
    "old": b"POST /x HTTP/1.0\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
    "no-number": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
    "two-lengths": b"POST /x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
    "two-traces": b"POST /x HTTP/1.1\r\ntraceparent: a\r\nTraceparent: b\r\nContent-Length: 1\r\n\r\nx",
    "odd-trace": b"POST /x HTTP/1.1\r\ntraceparent: a\x00b\r\nContent-Length: 1\r\n\r\nx",
    "bare-newline": b"POST /x HTTP/1.1\r\nHost: a\nContent-Length: 1\r\n\r\nx",
    "folded": b"POST /x HTTP/1.1\r\nX-A: 1\r\n 2\r\nContent-Length: 1\r\n\r\nx",
    "no-colon": b"POST /x HTTP/1.1\r\nHost\r\nContent-Length: 1\r\n\r\nx",
    "absolute": b"GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n",
    "other-method": b"BREW /x HTTP/1.1\r\nHost: a\r\n\r\n",
    "head": b"HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n",
    "no-headers": b"GET /x HTTP/1.1\r\n\r\n",
    "garbage": b"\x16\x03\x01\x02\x00",
    "nothing": b"",
}


async def crossed(kit, request):
    """What the node gets of a request, and what is kept of it."""
    async with kit.bench() as bench:
        await (await bench.line()).ask(request)
        (exchange,) = await bench.exchanges(1)
        authority = bench.node.url.removeprefix("http://").encode()
        return (
            *(bench.node.heads[0].replace(authority, b"NODE"), bench.node.bodies[0]),
            *(exchange.method, exchange.path, exchange.trace_id, exchange.request, exchange.request_bytes),
        )


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_request_is_read_as_the_parser_reads_it(kit, name):
    """The node is sent the same, and the same is kept, as with an empty line before it, over which only the parser gets."""
    request, parsed = PLAIN[name], b"\r\n" + PLAIN[name]

    async def main():
        return await crossed(kit, request), await crossed(kit, parsed)

    assert (plain_request(request) is None, plain_request(parsed)) == (False, None)
    plainly, by_parser = asyncio.run(main())
    assert plainly == by_parser


def test_a_plain_request_in_full():
    """Every part of it, and the trace apart from the rest."""
    request = plain_request(PLAIN["traced"]).read(7)

    assert (request.began_ns, request.method, request.target, request.version) == (
        7,
        b"POST",
        b"/v1/x",
        b"1.1",
    )
    assert (request.kept, request.own) == (b"", {b"host": b"here", b"content-length": b"2"})
    assert (request.traceparent, request.framing) == (TRACEPARENT.decode(), b"2")
    assert (request.parts, request.body_bytes, request.whole) == ([b"{}"], 2, True)


def test_heads_that_differ_in_the_trace_alone_are_told_apart():
    """What is remembered of a head holds nothing of the trace or of the body."""
    other = TRACEPARENT.replace(b"0af7", b"0bf7")
    first = plain_request(PLAIN["traced"]).read(1)
    second = plain_request(PLAIN["traced"].replace(TRACEPARENT, other).replace(b"{}", b"[]")).read(2)

    assert (first.context, first.parts) == (TRACEPARENT, [b"{}"])
    assert (second.context, second.parts) == (other, [b"[]"])


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_what_is_not_plain_is_left_to_the_parser(name):
    """It is not guessed at."""
    assert plain_request(NOT_PLAIN[name]) is None


@pytest.mark.parametrize("name", PLAIN)
def test_a_head_goes_to_the_node_as_it_would_read_one_by_one(name):
    """What is remembered of a head and put around a trace context is what is written of the request, wherever its node is."""
    plain = plain_request(PLAIN[name])
    for origin in (Origin.parse("http://node:1"), Origin.parse("http://other:2/under")):
        before, after = head_as_sent(plain.head, origin)
        assert before + context_line(plain.context) + after == request_head(plain.read(1), origin, None)
        assert before + context_line(b"own") + after == request_head(plain.read(1), origin, b"own")


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /_harness/exchanges HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /x HTTP/1.1\r\nHost: a\r\nX-Harness-Fault: status-500\r\n\r\n",
    ],
    ids=["admin", "fault"],
)
def test_what_is_asked_of_the_wire_is_not_just_sent_on(request_):
    """A request to the wire itself, and one that wants a fault, are read first."""
    assert head_as_sent(plain_request(request_).head, Origin.parse("http://node:1")) is None


def test_a_plain_reply():
    """Status, headers as they came, and body."""
    reply = plain_reply(b"HTTP/1.1 422 Nope\r\nContent-Type: a/b\r\nContent-Length: 2\r\n\r\n{}")

    assert reply == (422, [(b"Content-Type", b"a/b"), (b"Content-Length", b"2")], b"{}")


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Len",
        b"",
    ],
)
def test_a_reply_that_is_not_plain_is_left_to_the_parser(reply):
    """Without its whole body, of another framing, of a connection that ends, or with a header said twice."""
    assert plain_reply(reply) is None

"""Heads are written anew without a byte too many, and lengths are right."""

import pytest

from harness.errors import StackError
from harness.wire.messages import (
    Origin,
    Request,
    chunk,
    framing_of,
    json_reply,
    own_reply,
    reply_head,
    request_head,
    told_apart,
)

NODE = Origin.parse("http://127.0.0.1:6000/prefix/")


@pytest.mark.parametrize(
    ("url", "host", "port", "prefix", "is_tls"),
    [
        ("http://127.0.0.1:6000", "127.0.0.1", 6000, b"", False),
        ("http://llm/v1/", "llm", 80, b"/v1", False),
        ("https://llm.example", "llm.example", 443, b"", True),
        ("http://[::1]:80", "::1", 80, b"", False),
    ],
)
def test_an_address_is_read(url, host, port, prefix, is_tls):
    """Host, port, prefix and whether TLS is spoken."""
    origin = Origin.parse(url)

    assert (origin.host, origin.port, origin.prefix, origin.is_tls) == (host, port, prefix, is_tls)


@pytest.mark.parametrize(
    "url", ["llm:80", "ftp://llm", "http://", "http://a:b@llm", "http://llm:http", "http://lläm"]
)
def test_what_is_no_address_is_refused(url):
    """The message shows what was seen and what would be right."""
    with pytest.raises(
        StackError, match=r"is no address of a node; one is like http://127\.0\.0\.1:6000/prefix$"
    ):
        Origin.parse(url)


def test_a_request_goes_on_with_what_concerns_the_node():
    """Host is the node's, the prefix goes before the path, and what concerns the connection alone stays behind."""
    lines = b"\r\nHost: wire\r\nConnection: x\r\nTE: t\r\nX-Own: 1\r\nX-Harness-Fault: f"
    kept, own, _ = told_apart(lines)
    request = Request(0, b"POST", b"/v1?q=1", b"1.1", kept, own, framing=b"2", body_bytes=2, whole=True)

    assert request_head(request, NODE, None) == (
        b"POST /prefix/v1?q=1 HTTP/1.1\r\nHost: 127.0.0.1:6000\r\nX-Own: 1\r\nContent-Length: 2\r\n\r\n"
    )


def test_a_trace_context_takes_the_place_of_the_callers():
    """One traceparent, never two; without one of the wire's the caller's stays."""
    request = Request(0, b"GET", b"/", b"1.1", context=b"old", whole=True)

    assert request_head(request, NODE, b"new").count(b"traceparent: new") == 1
    assert b"old" not in request_head(request, NODE, b"new")
    assert request_head(request, NODE, None).count(b"traceparent: old") == 1


@pytest.mark.parametrize(
    ("framing", "whole", "line"),
    [
        (b"chunked", False, b"Transfer-Encoding: chunked\r\n"),
        (b"chunked", True, b"Content-Length: 5\r\n"),
        (b"900", False, b"Content-Length: 900\r\n"),
        (None, True, b""),
    ],
)
def test_a_body_is_framed_as_it_travels(framing, whole, line):
    """A whole body has its length; one still coming is framed as it was; no body has no frame."""
    request = Request(0, b"POST", b"/", b"1.1", framing=framing, body_bytes=5, whole=whole)

    assert request_head(request, NODE, None).endswith(b"6000\r\n" + line + b"\r\n")


def test_headers_are_told_apart():
    """The wire's own by their lower-case names, and how many; the others stay as they came, in their order."""
    lines = b"\r\nX-B:  2\r\nTraceParent:  t\r\nx-a: host: no\r\nHOST: h\r\nHost: i\r\nHostile: j"

    assert told_apart(lines) == (
        b"\r\nX-B:  2\r\nx-a: host: no\r\nHostile: j",
        {b"traceparent": b"t", b"host": b"i"},
        3,
    )
    assert told_apart(b"") == (b"", {}, 0)


def test_a_reply_head_with_changes():
    """Changed headers replace theirs whatever their case; the rest keeps its order, and the frame is the new one."""
    headers = [(b"Content-Type", b"a"), (b"X", b"1"), (b"Content-Length", b"9"), (b"X", b"2")]

    assert reply_head(200, headers, {"content-type": "b"}, b"3") == (
        b"HTTP/1.1 200 OK\r\nX: 1\r\nX: 2\r\ncontent-type: b\r\nContent-Length: 3\r\n\r\n"
    )


def test_replies_of_the_wires_own():
    """A status without a body has no length; unknown statuses have a reason all the same."""
    assert own_reply(204, {}) == b"HTTP/1.1 204 No Content\r\n\r\n"
    assert own_reply(299, {}, b"x") == b"HTTP/1.1 299 Unknown\r\nContent-Length: 1\r\n\r\nx"
    assert json_reply(200, {"a": 1}, closes=True) == (
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\nContent-Length: 7\r\n\r\n"
        b'{"a":1}'
    )


def test_an_empty_piece_is_no_chunk():
    """A chunk of nothing would end the body."""
    assert (chunk(b""), chunk(b"0123456789abcdef")) == (b"", b"10\r\n0123456789abcdef\r\n")


def test_how_a_body_is_framed():
    """Chunks go before a length, and neither is none."""
    assert framing_of([(b"Content-Length", b"3"), (b"transfer-encoding", b"chunked")]) == b"chunked"
    assert framing_of([(b"CONTENT-LENGTH", b"3")]) == b"3"
    assert framing_of([]) is None

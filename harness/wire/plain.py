"""Plain messages: whole, in one piece, and with nothing in their heads that it takes a parser to understand.

Nearly every message is one, and most heads were read before: a caller's say the same again and again but for the trace. So they go
on, and are noted, with a fraction of the work. Any other message is the parser's.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from harness.admin import PREFIX
from harness.switchboard import HEADER
from harness.wire.messages import BODILESS, HeaderPairs, Origin, Request, around_context, told_apart

HEADS_MAX = 512
_CONTEXT = b"\r\ntraceparent: "
_LENGTH = b"content-length"
_FAULT = HEADER.encode()
_ADMIN = PREFIX.encode()
_LINES = rb"((?:\r\n[0-9A-Za-z-]++:[\t\x20-\x7e\x80-\xff]*+)++)"
_REQUEST = re.compile(rb"(DELETE|GET|PATCH|POST|PUT) (/[!-~]*+) HTTP/(1\.1)" + _LINES)
_REPLY = re.compile(rb"HTTP/1\.1 ([2-5][0-9][0-9])[^\r\n]*+" + _LINES)
_PAIRS = re.compile(rb"\r\n([^:]++):[\t ]*+([^\r]*+)")
_VISIBLE = bytes(range(0x21, 0x7F))
_TAKES_A_PARSER = frozenset(
    {b"transfer-encoding", b"expect", b"upgrade", b"trailer", b"proxy-connection", b"traceparent"}
)


class PlainReply(NamedTuple):
    """A reply, read."""

    status: int
    headers: HeaderPairs
    body: bytes


class _RequestHead(NamedTuple):
    method: bytes
    target: bytes
    version: bytes
    kept: bytes
    own: dict[bytes, bytes]
    framing: bytes | None
    body_bytes: int


class PlainRequest(NamedTuple):
    """A request told apart, and not read any further: its head but for the trace context, that, and its body."""

    head: bytes
    context: bytes | None
    body: bytes

    def read(self, began_ns: int) -> Request:
        """All of it."""
        head = _request_head(self.head)
        assert head is not None, "a plain request has a head that was read"
        method, target, version, kept, own, framing, body_bytes = head
        parts = [self.body] if body_bytes else []
        return Request(
            began_ns, method, target, version, kept, own, self.context, framing, parts, body_bytes, whole=True
        )


class _ReplyHead(NamedTuple):
    status: int
    headers: HeaderPairs
    body_bytes: int


def plain_request(data: bytes) -> PlainRequest | None:
    """The request that these bytes are, or None where they are not exactly one plain request."""
    end = data.find(b"\r\n\r\n")
    head, context = data[:end], None
    at = head.find(_CONTEXT)
    if at >= 0:
        value_at = at + len(_CONTEXT)
        past = head.find(b"\r\n", value_at)
        context = head[value_at:past] if past >= 0 else head[value_at:]
        if context.translate(None, _VISIBLE):
            return None
        head = head[:at] + head[value_at + len(context) :]
    read = _request_head(head)
    if read is None or read.body_bytes != len(data) - end - 4:
        return None
    return PlainRequest(head, context, data[end + 4 :])


def plain_reply(data: bytes) -> PlainReply | None:
    """The reply that these bytes are, or None where they are not exactly one plain reply."""
    end = data.find(b"\r\n\r\n")
    read = _reply_head(data[:end])
    if read is None or read.body_bytes != len(data) - end - 4:
        return None
    return PlainReply(read.status, read.headers, data[end + 4 :])


@lru_cache(HEADS_MAX)
def _request_head(head: bytes) -> _RequestHead | None:
    found = _REQUEST.fullmatch(head)
    if found is None:
        return None
    method, target, version, lines = found.groups()
    kept, own, count = told_apart(lines)
    body_bytes = _body_bytes(own)
    if count != len(own) or body_bytes is None:
        return None
    return _RequestHead(method, target, version, kept, own, own.get(_LENGTH), body_bytes)


@lru_cache(HEADS_MAX)
def head_as_sent(head: bytes, origin: Origin) -> tuple[bytes, bytes] | None:
    """A plain request's head as it goes to the node, before and after its trace context.

    None where the wire has more to do with the request than to send it on.
    """
    read = PlainRequest(head, None, b"").read(0)
    if _FAULT in read.own or read.target.startswith(_ADMIN):
        return None
    return around_context(read, origin)


@lru_cache(HEADS_MAX)
def _reply_head(head: bytes) -> _ReplyHead | None:
    found = _REPLY.fullmatch(head)
    if found is None:
        return None
    status, headers = int(found[1]), _PAIRS.findall(found[2])
    named = {name.lower(): value for name, value in headers}
    body_bytes = _body_bytes(named)
    if status in BODILESS or len(named) != len(headers) or _LENGTH not in named or body_bytes is None:
        return None
    return _ReplyHead(status, headers, body_bytes)


def _body_bytes(named: dict[bytes, bytes]) -> int | None:
    """How long the body is, 0 where the head does not say; None where this or the connection's end takes a parser."""
    length = named.get(_LENGTH, b"0")
    if not length.isdigit() or not _TAKES_A_PARSER.isdisjoint(named):
        return None
    return int(length) if named.get(b"connection", b"keep-alive").lower() == b"keep-alive" else None

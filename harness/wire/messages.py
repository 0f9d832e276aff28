"""HTTP/1.1 messages as bytes: the heads that a wire writes anew, and short answers of its own."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

import orjson

from harness.errors import StackError
from harness.switchboard import HEADER

HeaderPairs = Sequence[tuple[bytes, bytes]]

# What concerns one connection only (RFC 9110, 7.6.1), what the wire says itself, and what is for the wire alone.
_NOT_SENT_ON = (
    *(b"connection", b"proxy-connection", b"keep-alive", b"te", b"trailer", b"upgrade", b"expect"),
    *(b"host", b"content-length", b"transfer-encoding", b"traceparent", HEADER.encode()),
)
_OWN = re.compile(rb"\r\n(?i:(%s)):[\t ]*+([^\r\n]*)" % b"|".join(_NOT_SENT_ON))
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})
BODILESS = frozenset({204, 304})
PORTS = {"http": 80, "https": 443}


@dataclass(slots=True)
class Request:
    """A request as it comes in; `parts` are what has come of its body and was not yet sent on, `body_bytes` all that came.

    Of its headers `own` has those that concern the wire itself, and `kept` the others, as `told_apart` gives them; `context` is its
    traceparent.
    `framing` is the value of its Content-Length, or b"chunked", or None where it has no body.
    """

    began_ns: int
    method: bytes = b""
    target: bytes = b""
    version: bytes = b""
    kept: bytes = b""
    own: Mapping[bytes, bytes] = field(default_factory=dict)
    context: bytes | None = None
    framing: bytes | None = None
    parts: list[bytes] = field(default_factory=list)
    body_bytes: int = 0
    whole: bool = False

    @property
    def traceparent(self) -> str | None:
        """The caller's place in a trace, as it came."""
        return None if self.context is None else self.context.decode("latin-1")


def told_apart(lines: bytes) -> tuple[bytes, dict[bytes, bytes], int]:
    """Of header lines, a line break before each, those that are only sent on, and those that concern the wire itself.

    The latter by their lower-case names, of which the last counts, and how many they were.
    """
    pieces = _OWN.split(lines)
    names = pieces[1::3]
    own = {name.lower(): value for name, value in zip(names, pieces[2::3], strict=True)}
    return b"".join(pieces[::3]), own, len(names)


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """Where a wire's node is: requests go to `prefix` and their own path. Told from others by identity, which is a quick key."""

    host: str
    port: int
    prefix: bytes
    authority: bytes
    is_tls: bool

    @classmethod
    def parse(cls, url: str) -> "Origin":
        """Read `http(s)://host[:port][/prefix]`; raises StackError for anything else."""
        wrong = f"upstream: {url!r} is no address of a node; one is like http://127.0.0.1:6000/prefix"
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise StackError(wrong) from error
        if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc or not url.isascii():
            raise StackError(wrong)
        return cls(
            parts.hostname,
            port or PORTS[parts.scheme],
            parts.path.rstrip("/").encode(),
            parts.netloc.encode(),
            parts.scheme == "https",
        )


def request_head(request: Request, origin: Origin, traceparent: bytes | None) -> bytes:
    """The head of a request as it goes to the node; `traceparent` takes the place of the caller's, where there is one."""
    before, after = around_context(request, origin)
    return before + context_line(traceparent or request.context) + after


def around_context(request: Request, origin: Origin) -> tuple[bytes, bytes]:
    """What of a request's head goes to the node before its trace context, and what after it."""
    framing = request.framing
    if framing is not None and request.whole:
        framing = b"%d" % request.body_bytes
    before = b"%s %s%s HTTP/%s\r\nHost: %s%s" % (
        *(request.method, origin.prefix, request.target, request.version, origin.authority, request.kept),
    )
    return before, b"\r\n\r\n" if framing is None else b"\r\n" + _framing_line(framing) + b"\r\n\r\n"


def context_line(context: bytes | None) -> bytes:
    """A request's place in a trace as a line of its head, after the line before it."""
    return b"" if context is None else b"\r\ntraceparent: " + context


def reply_head(status: int, headers: HeaderPairs, changes: Mapping[str, str], framing: bytes | None) -> bytes:
    """The head of a reply with some headers changed; `framing` as in `Request`, None ends the body by the connection's end."""
    changed = {name.lower().encode(): value.encode("latin-1") for name, value in changes.items()}
    kept = [(name, value) for name, value in headers if name.lower() not in _FRAMING | changed.keys()]
    lines = [b"HTTP/1.1 %d %s" % (status, _reason(status))]
    lines += [b"%s: %s" % pair for pair in (*kept, *changed.items())]
    if framing is not None:
        lines.append(_framing_line(framing))
    return b"\r\n".join(lines) + b"\r\n\r\n"


def own_reply(status: int, headers: Mapping[str, str], body: bytes = b"", *, closes: bool = False) -> bytes:
    """A whole reply that no node gave."""
    pairs: list[tuple[bytes, bytes]] = [(b"connection", b"close")] if closes else []
    framing = None if status in BODILESS else b"%d" % len(body)
    return reply_head(status, pairs, headers, framing) + (b"" if status in BODILESS else body)


def json_reply(status: int, document: Mapping[str, object], *, closes: bool = False) -> bytes:
    """A whole reply that no node gave, in JSON."""
    return own_reply(status, {"content-type": "application/json"}, orjson.dumps(document), closes=closes)


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body; of no data it would be the last, so nothing is."""
    return b"%x\r\n%s\r\n" % (len(data), data) if data else b""


LAST_CHUNK = b"0\r\n\r\n"


def framing_of(headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """How a body is framed: its Content-Length, b"chunked", or None."""
    length = None
    for name, value in headers:
        lowered = name.lower()
        if lowered == b"transfer-encoding":
            return b"chunked"
        if lowered == b"content-length":
            length = value
    return length


def _framing_line(framing: bytes) -> bytes:
    if framing == b"chunked":
        return b"Transfer-Encoding: chunked"
    return b"Content-Length: " + framing


def _reason(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b"Unknown"

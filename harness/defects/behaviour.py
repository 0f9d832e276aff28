"""How a raw node behaves: what it answers, byte by byte, as no server of good manners would."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from harness.sse import DIALECTS, DialectName

EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Says:
    """A whole reply, that much later."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Streams:
    """A reply in pieces, each an HTTP chunk of its own: `after_s` until the head, `every_s` before each piece; one `is_cut` has no end."""

    pieces: tuple[bytes, ...]
    after_s: float = 0.0
    every_s: float = 0.0
    is_cut: bool = False
    content_type: str = EVENT_STREAM


Reply = Says | Streams
# A function is given the request's JSON; with None nobody listens there.
Behaviour = Reply | Callable[[Any], Reply] | None


def says(document: Any, *, status: int = 200, after_s: float = 0.0) -> Says:
    """A JSON document."""
    return Says(orjson.dumps(document), status, after_s=after_s)


def appends(words: str) -> Callable[[Any], Reply]:
    """The request's text, with words after it."""
    return lambda body: says({"text": f"{body.get('text', '')}{words}"})


def events(
    *texts: str, dialect: DialectName = "openai", after_s: float = 0.0, every_s: float = 0.0
) -> Streams:
    """A whole stream of these texts, an event for each."""
    pieces = filter(None, DIALECTS[dialect].encode(texts))  # An HTTP chunk of no bytes would be the end.
    return Streams(tuple(pieces), after_s, every_s)


def regrouped(stream: Streams, sizes: Sequence[int]) -> Streams:
    """The same bytes in pieces of these sizes, again and again."""
    whole, pieces, at = b"".join(stream.pieces), list[bytes](), 0
    while at < len(whole):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(whole[at : at + size])
        at += size
    return replace(stream, pieces=tuple(pieces))


def paired(stream: Streams) -> Streams:
    """The same events, two in each piece."""
    pieces = (*stream.pieces, b"")
    return replace(stream, pieces=tuple(map(b"".join, zip(pieces[::2], pieces[1::2], strict=False))))

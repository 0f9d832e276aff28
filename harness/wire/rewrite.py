"""What an effect makes of a node's true reply: pure, step by step, for a `Passage` to carry out.

Each method is a generator of steps; they are to be played in order, and what a step depends on is decided only when it is its turn.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from harness.comp import Dialect
from harness.fault import Effect
from harness.sse import TextStream
from harness.wire.messages import BODILESS, LAST_CHUNK, HeaderPairs, chunk, framing_of, reply_head

GATHERED_BYTES_MAX = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Send:
    """Send these bytes; `body` is what of them is body."""

    data: bytes
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Go on at this time of the monotonic clock."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class Rest:
    """Go on after this time; 0 is the next turn of the loop, so that what was sent is a piece of its own."""

    ms: float


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing more is sent: the connection is reset, ends, or stays in silence."""

    how: Literal["reset", "cut", "stall"]


@dataclass(frozen=True, slots=True)
class End:
    """The reply is complete."""

    keep: bool


Step = Send | WaitUntil | Rest | Stop | End


def rewrites(effect: Effect) -> bool:
    """Whether the effect acts on the node's true reply at all."""
    return bool(
        effect.head
        or effect.body
        or effect.gather
        or effect.slice_bytes
        or effect.first_event_ms
        or effect.reset_after_bytes is not None
        or effect.cut_after_bytes is not None
        or effect.cut_after_events is not None
        or effect.stall_after_events is not None
    )


class Rewrite:
    """One reply on its way through one effect; `fired` says whether the effect has really acted."""

    def __init__(self, effect: Effect, began_ns: int, dialect: Dialect | None) -> None:
        self.fired = False
        self._effect = effect
        self._gathers = effect.gather or effect.body is not None
        self._held_until_ns = began_ns + int(effect.first_event_ms * 1e6) if effect.first_event_ms else 0
        self._status = 0
        self._headers: HeaderPairs = ()
        self._framing: bytes | None = None
        self._gathered = bytearray()
        self._bytes = _first(effect.reset_after_bytes, effect.cut_after_bytes)
        self._events = _first(effect.cut_after_events, effect.stall_after_events)
        self._stream = TextStream(dialect) if dialect and self._events is not None else None
        self._passed_bytes = 0
        self._kept_back = b""

    def head(self, status: int, headers: HeaderPairs) -> Iterator[Step]:
        """The reply's head has come."""
        self._status, self._headers, self._framing = status, headers, framing_of(headers)
        if self._bytes is not None and self._bytes < 0:
            yield self._stop()
        elif not self._gathers:
            yield self._head(self._framing)

    def body(self, data: bytes, received_ns: int) -> Iterator[Step]:
        """A piece of the reply's body has come."""
        if self._gathers:
            self._gathered += data
            if len(self._gathered) > GATHERED_BYTES_MAX:
                yield Stop("reset")
            return
        if received_ns < self._held_until_ns:
            self.fired = True
            yield WaitUntil(self._held_until_ns)
        self._held_until_ns = 0
        yield from self._limited(data, received_ns)

    def end(self, *, keep: bool) -> Iterator[Step]:
        """The reply is complete."""
        if self._gathers:
            yield from self._changed()
        if self._bytes is not None:
            yield self._stop()
            return
        if self._framing == b"chunked":
            yield Send(LAST_CHUNK)
        yield End(keep)

    def _head(self, framing: bytes | None) -> Send:
        self.fired = self.fired or bool(self._effect.head)
        return Send(reply_head(self._status, self._headers, self._effect.head, framing))

    def _changed(self) -> Iterator[Step]:
        before = bytes(self._gathered)
        after = self._effect.body(before) if self._effect.body else before
        self.fired = self.fired or self._effect.gather or after != before
        if self._framing != b"chunked" and self._status not in BODILESS:
            self._framing = b"%d" % len(after)
        yield self._head(self._framing)
        yield from self._limited(after, 0)

    def _limited(self, data: bytes, received_ns: int) -> Iterator[Step]:
        if self._stream is not None:
            end = self._end_of_events(self._stream, data, received_ns)
            yield from self._sliced(data[:end])
            if end is not None:
                yield self._stop()
        elif self._bytes is not None:
            data = self._kept_back + data
            room = self._bytes - self._passed_bytes
            # The last byte is kept back, for it could be the reply's last, and a reply cut after that is whole.
            passing, self._kept_back = data[: min(room, len(data) - 1)], data[-1:]
            self._passed_bytes += len(passing)
            yield from self._sliced(passing)
            if len(data) > room:
                yield self._stop()
        else:
            yield from self._sliced(data)

    def _end_of_events(self, stream: TextStream, data: bytes, received_ns: int) -> int | None:
        """Where in `data` the last event that may pass ends; None if that is not in it."""
        begin, self._passed_bytes = self._passed_bytes, self._passed_bytes + len(data)
        count = stream.tokens
        if count == self._events:
            return 0
        for delta in stream.feed(received_ns, data):
            count += bool(delta.text)
            if count == self._events:
                return delta.event.end - begin
        return None

    def _sliced(self, data: bytes) -> Iterator[Step]:
        frame = chunk if self._framing == b"chunked" else bytes
        size = self._effect.slice_bytes or len(data) or 1
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            yield Send(frame(piece), piece)
            if self._effect.slice_bytes:
                self.fired = True
                yield Rest(self._effect.slice_ms)

    def _stop(self) -> Stop:
        self.fired = True
        effect = self._effect
        if effect.reset_after_bytes is not None:
            return Stop("reset")
        return Stop("cut" if effect.stall_after_events is None else "stall")


def _first(*settings: int | None) -> int | None:
    return next((each for each in settings if each is not None), None)

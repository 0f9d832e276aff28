"""One HTTP/1.1 connection of the client: bytes in, a `Flight` filled; every wait under a timer.

Times are taken once per read, before parsing, so that what a reply is measured by is its arrival.
"""

import asyncio
import select
from collections.abc import Callable
from time import monotonic_ns
from typing import cast

import httptools

from harness.flight import Flight, Kind

HEAD_BYTES_MAX = 64 * 2**10  # Far above any real head; bounds heads, trailers and chunk extensions alike.
FRESH_NS = 10_000_000  # One that was kept before and spoke so lately is not asked whether it is there.
HELD_BYTES_MAX = 256 * 2**10  # A stream that holds more unread bytes stops reading from its socket.
HELD_BYTES_LOW = 64 * 2**10  # And reads again below this.


class Connection(asyncio.Protocol):
    """One connection, for one flight at a time; `lost` is called once, when it is gone."""

    def __init__(self, lost: Callable[["Connection"], None]) -> None:
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._poll: select.poll | None = None
        self._flight: Flight | None = None
        self._framed = False  # The head says where the body ends, so an early end is a truncation.
        self._fresh: list[bytes] = []
        self._received_ns = 0
        self._quiet_bytes = 0
        self._held_bytes = 0
        self._paused = False
        self._kept = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_ns = 0
        self.closed = False
        self.used = False
        self.reusable = False

    # What the client does with it.

    def start(self, flight: Flight, request: bytes) -> None:
        """Send a request; the flight is filled from now on."""
        self._flight = flight
        self._quiet_bytes = self._held_bytes = 0
        self.used, self.reusable = True, False
        if self.closed or self._transport is None:
            self._fail("reset", "the connection was closed before the request was sent")
            return
        self._transport.write(request)
        flight.sent_ns = monotonic_ns()
        self._watch()

    def alive(self, now_ns: int) -> bool:
        """Whether an idle connection can be used again: the other side neither closed it nor spoke unasked."""
        if self.closed:
            return False
        if not (self._kept and now_ns - self._received_ns < FRESH_NS):
            # Some servers close after each reply without a word: at the first use again that is seen.
            self._kept = self._poll is None or not self._poll.poll(0)
        return self._kept

    def took(self, count: int) -> None:
        """The reader took so many bytes of a stream: read on when few are left."""
        self._held_bytes -= count
        if self._paused and self._held_bytes < HELD_BYTES_LOW and self._transport is not None:
            self._paused = False
            self._received_ns = monotonic_ns()
            if not self.closed:
                self._transport.resume_reading()
                self._watch()

    def hang_up(self) -> None:
        """Fail what is under way, and close."""
        self._fail("reset", "the client was closed")

    def abort(self) -> None:
        """Close at once, unsent and unread bytes are dropped; the other side sees it."""
        self._flight = None
        self.reusable = False
        self._end_timer()
        if self._transport is not None:
            self._transport.abort()

    # What the event loop tells it.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; a plain socket can be asked whether it is still open."""
        self._transport = cast("asyncio.Transport", transport)
        if transport.get_extra_info("sslcontext") is None:
            self._poll = select.poll()
            self._poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    def data_received(self, data: bytes) -> None:
        """Take the time, parse, and hand on what came."""
        self._received_ns = monotonic_ns()
        flight = self._flight
        if flight is None:
            self.abort()  # Nobody asked.
            return
        self._quiet_bytes += len(data)
        awaits_head = not flight.head_done
        wrong = ""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            wrong = "it switches protocols"
        except httptools.HttpParserError as error:
            wrong = str(error)
        if self._fresh:
            self._hand_on(flight)
        if wrong:
            self.reusable = False
            if self._flight is flight:
                self._fail("protocol", f"the reply is not HTTP/1.1: {wrong}")
        elif self._quiet_bytes > HEAD_BYTES_MAX and self._flight is flight:
            self._fail(
                "too_large", f"{self._quiet_bytes} bytes without an end of the head or a byte of the body"
            )
        elif awaits_head and flight.head_done:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side, the network or we closed it."""
        self.closed = True
        self._end_timer()
        flight = self._flight
        if flight is not None:
            if exc is None and flight.head_done and not self._framed:
                self._received_ns = monotonic_ns()
                self._finish(flight)
            else:
                self._fail(*_end(flight, exc))
        self._lost(self)

    # What the parser tells it.

    def on_message_begin(self) -> None:
        """A reply begins; a second one that nobody asked for spoils the connection."""
        if self._flight is None:
            self.reusable = False
        else:
            self._flight.first_byte_ns = self._received_ns
            self._flight.pairs = []
            self._framed = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, or one trailer, which is dropped."""
        flight = self._flight
        if flight is None or flight.head_done:
            return
        flight.pairs.append((name, value))
        low = name.lower()
        if low == b"content-length" or (low == b"transfer-encoding" and b"chunked" in value.lower()):
            self._framed = True

    def on_headers_complete(self) -> None:
        """The head is whole; an interim reply (1xx) is passed over."""
        flight = self._flight
        if flight is None:
            return
        status = self._parser.get_status_code()
        if status < 200:
            return
        flight.status = status
        flight.head_done = True
        self._quiet_bytes = 0
        if flight.method == "HEAD":
            self._finish(flight)
            # The parser waits for a body that will not come; the next reply needs a new one.
            self._parser = httptools.HttpResponseParser(self)
        elif flight.body_bytes_max is None:
            flight.wake()

    def on_body(self, body: bytes) -> None:
        """A piece of the body, without the chunks' framing."""
        flight = self._flight
        if flight is None:
            self.reusable = False
            return
        self._quiet_bytes = 0
        flight.body_bytes += len(body)
        if flight.body_bytes_max is not None and flight.body_bytes > flight.body_bytes_max:
            self._fail("too_large", f"the reply is longer than {flight.body_bytes_max} bytes")
        else:
            self._fresh.append(body)

    def on_message_complete(self) -> None:
        """The reply is whole, unless it was an interim one."""
        flight = self._flight
        if flight is not None and flight.head_done:
            if self._fresh:
                self._hand_on(flight)
            self._finish(flight)

    # What follows from it.

    def _hand_on(self, flight: Flight) -> None:
        data = self._fresh[0] if len(self._fresh) == 1 else b"".join(self._fresh)
        self._fresh.clear()
        flight.pieces.append((self._received_ns, data))
        if flight.body_bytes_max is not None:
            return
        flight.wake()
        self._held_bytes += len(data)
        if self._held_bytes > HELD_BYTES_MAX and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()

    def _finish(self, flight: Flight) -> None:
        flight.ended_ns = self._received_ns
        flight.done = True
        self._flight = None
        self.reusable = not self.closed and self._parser.should_keep_alive()
        if self._paused and self._transport is not None and not self.closed:
            self._paused = False
            self._transport.resume_reading()
        flight.wake()

    def _fail(self, kind: Kind, words: str) -> None:
        flight, self._flight = self._flight, None
        if flight is not None and flight.error is None:
            flight.ended_ns = monotonic_ns()
            flight.error = flight.broken(kind, words)
            flight.wake()
        self.abort()

    # Its timer: one, never cancelled while it may still be of use; deadlines mostly move away from it.

    def _deadline(self, flight: Flight) -> tuple[int, Kind]:
        total_ns = flight.total_deadline_ns
        kind: Kind
        if not flight.head_done:
            stage_ns, kind = flight.sent_ns + int(flight.limits.first_byte_s * 1e9), "first_byte_timeout"
        elif self._paused:
            return total_ns, "total_timeout"
        else:
            stage_ns, kind = self._received_ns + int(flight.limits.idle_s * 1e9), "idle_timeout"
        return (total_ns, "total_timeout") if total_ns <= stage_ns else (stage_ns, kind)

    def _watch(self) -> None:
        if self._flight is None:
            return
        deadline_ns, _ = self._deadline(self._flight)
        if self._timer is not None:
            if self._timer_ns <= deadline_ns:
                return
            self._timer.cancel()
        self._timer_ns = deadline_ns
        delay_s = max(0.0, (deadline_ns - monotonic_ns()) / 1e9)
        self._timer = self._loop.call_later(delay_s, self._ring)

    def _ring(self) -> None:
        self._timer = None
        flight = self._flight
        if flight is None:
            return
        deadline_ns, kind = self._deadline(flight)
        if monotonic_ns() < deadline_ns:
            self._watch()
        else:
            self._fail(kind, _too_late(flight, kind))

    def _end_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _too_late(flight: Flight, kind: Kind) -> str:
    limits = flight.limits
    if kind == "first_byte_timeout":
        return f"no whole head of a reply within {limits.first_byte_s:g} s"
    if kind == "idle_timeout":
        return f"silent for {limits.idle_s:g} s after {flight.body_bytes} bytes of the body"
    return f"not done within {limits.total_s:g} s"


def _end(flight: Flight, exc: Exception | None) -> tuple[Kind, str]:
    if exc is not None:
        return "reset", f"the connection broke after {flight.body_bytes} bytes of the body: {exc}"
    if not flight.first_byte_ns:
        return "reset", "the connection was closed before any byte of a reply"
    if not flight.head_done:
        return "truncated", "the connection was closed within the reply's head"
    said = {name.lower(): value for name, value in flight.pairs}.get(b"content-length")
    of = f"of {said.decode('latin-1')} " if said else ""
    return "truncated", f"the connection was closed after {flight.body_bytes} {of}bytes of the body"

"""The side of a wire that callers connect to: requests out of bytes, one exchange at a time."""

import asyncio
import socket
import struct
from os import sched_yield
from time import monotonic_ns
from typing import Protocol, cast

import httptools

from harness.wire.messages import Request, framing_of, json_reply, told_apart
from harness.wire.plain import PlainRequest, plain_request

HEAD_BYTES_MAX = 64 * 2**10
BUFFERED_BYTES_MAX = 256 * 2**10  # A longer request goes on while it comes.
FLUSH_TURNS_MAX = 1000
_LINGER_ZERO = struct.pack("ii", 1, 0)


class Serving(Protocol):
    """Who answers one request. It is made when the request is whole, or when it is too long to wait for that."""

    def begin(self) -> None:
        """Set to work; the caller knows from now on who serves it."""

    def request_body(self, data: bytes) -> None:
        """More of the body of a request that was not whole."""

    def request_ended(self) -> None:
        """The request is whole now."""

    def caller_full(self, *, full: bool) -> None:
        """The caller takes no more for now, or takes more again."""

    def caller_lost(self) -> None:
        """The caller is gone."""


class Desk(Protocol):
    """Where a connection's requests go, and who is told that it has ended."""

    def send_on(self, plain: PlainRequest) -> None:
        """Send a request to its node before it is even read, where nothing but that is to be done with it; `serve` follows."""

    def serve(self, caller: "Caller", request: Request) -> Serving:
        """Who answers this request."""

    def caller_left(self) -> None:
        """The connection is gone."""


class Caller(asyncio.Protocol):
    """One connection of a caller. Who serves a request writes its reply here and then says `done`.

    A second request sent before the first was answered (pipelining, or garbage) is not read: the connection closes after the
    first answer, as HTTP allows.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._request: Request | None = None
        self._serving: Serving | None = None
        self._received_ns = 0
        self._head_bytes = 0
        self._is_paused = False
        self._is_last = False  # The connection closes after this request's reply.
        self._is_overrun = False  # More came before that reply than the request; it is not read.
        self.peer: str | None = None

    # What the one who serves does with it.

    @property
    def is_idle(self) -> bool:
        """Whether no request is being served."""
        return self._serving is None

    def write(self, data: bytes) -> None:
        """Send bytes to the caller, who comes before what the wire still has to do if both wait for one core."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)
            sched_yield()

    def done(self, *, keep: bool = True) -> None:
        """The reply is complete: wait for the next request, or close."""
        if self._is_paused:
            self.pause(paused=False)
        self._serving = self._request = None
        self._head_bytes = 0
        if self._is_last or not keep:
            self.close()

    def close(self) -> None:
        """Close in good order, after what was written."""
        if self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """Close with a TCP reset, after what was written."""
        self._reset_when_flushed(FLUSH_TURNS_MAX)

    def pause(self, *, paused: bool) -> None:
        """Read no more from the caller for now, or read again."""
        self._is_paused = paused
        if self._transport is not None and not self._transport.is_closing():
            (self._transport.pause_reading if paused else self._transport.resume_reading)()

    def _reset_when_flushed(self, turns: int) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if turns and transport.get_write_buffer_size():
            asyncio.get_running_loop().call_later(0.001, self._reset_when_flushed, turns - 1)
            return
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        transport.abort()

    # What the loop says.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A caller has come."""
        self._transport = cast("asyncio.Transport", transport)
        # Nothing waits here: uvloop keeps what it may until its turn ends.
        self._transport.set_write_buffer_limits(0)
        peer = transport.get_extra_info("peername")
        self.peer = peer[0] if peer else None

    def connection_lost(self, exc: Exception | None) -> None:
        """The caller is gone, or was sent away."""
        del exc
        self._transport = None
        serving, self._serving = self._serving, None
        if serving is not None:
            serving.caller_lost()
        self._desk.caller_left()

    def data_received(self, data: bytes) -> None:
        """Serve a plain request at once; parse any other. What is no HTTP is answered 400, and the connection closes."""
        self._received_ns = monotonic_ns()
        if not self._head_bytes and len(data) <= HEAD_BYTES_MAX:
            plain = plain_request(data)
            if plain is not None:
                self._desk.send_on(plain)
                self._head_bytes = len(data)
                self._request = plain.read(self._received_ns)
                self._begin(self._request)
                return
        self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._is_last = True  # Served as the plain request it also is; what follows it would be no HTTP.
        except httptools.HttpParserError as error:
            self._cannot_read(400, f"request: is no HTTP that can be read: {error}")
        else:
            if self._request is not None and not self._request.method and self._head_bytes > HEAD_BYTES_MAX:
                self._cannot_read(431, f"request: its head is longer than {HEAD_BYTES_MAX} bytes")

    def pause_writing(self) -> None:
        """The caller reads slower than is written."""
        if self._serving is not None:
            self._serving.caller_full(full=True)

    def resume_writing(self) -> None:
        """The caller has caught up."""
        if self._serving is not None:
            self._serving.caller_full(full=False)

    def _cannot_read(self, status: int, detail: str) -> None:
        self._is_overrun = self._is_last = True
        if self._serving is None:
            self.write(json_reply(status, {"detail": detail}, closes=True))
            self.close()

    # What the parser says.

    def on_message_begin(self) -> None:
        """A request begins; one that begins before the last was answered is not read."""
        if self._request is None:
            self._request = Request(self._received_ns)
        else:
            self._is_overrun = self._is_last = True

    def on_url(self, url: bytes) -> None:
        """A piece of the request's target."""
        if self._request is not None and not self._is_overrun:
            self._request.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, or a trailer, which is passed over."""
        if self._request is not None and not self._is_overrun and not self._request.method:
            self._request.kept += b"\r\n%s: %s" % (name, value)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        request = self._request
        if request is None or self._is_overrun:
            return
        request.method = self._parser.get_method()
        request.version = self._parser.get_http_version().encode()
        request.kept, request.own, _ = told_apart(request.kept)
        request.context = request.own.get(b"traceparent")
        request.framing = framing_of(request.own.items())
        if not self._parser.should_keep_alive():
            self._is_last = True
        if b"expect" in request.own:
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, data: bytes) -> None:
        """A piece of the request's body."""
        request = self._request
        if request is None or self._is_overrun:
            return
        request.body_bytes += len(data)
        if self._serving is not None:
            self._serving.request_body(data)
            return
        request.parts.append(data)
        if request.body_bytes > BUFFERED_BYTES_MAX:
            self._begin(request)

    def on_message_complete(self) -> None:
        """The request is whole."""
        request = self._request
        if request is None or self._is_overrun:
            return
        request.whole = True
        if self._serving is not None:
            self._serving.request_ended()
        else:
            self._begin(request)

    def _begin(self, request: Request) -> None:
        self._serving = self._desk.serve(self, request)
        self._serving.begin()

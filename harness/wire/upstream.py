"""The side of a wire that speaks to the node: one connection for each of the callers', as long as theirs."""

import asyncio
import ssl as tls
from collections.abc import Callable
from time import monotonic_ns
from typing import Protocol, cast

import httptools

from harness.wire.messages import BODILESS, HeaderPairs, Origin, framing_of
from harness.wire.plain import plain_reply

CONNECT_LIMIT_S = 10.0


class Reply(Protocol):
    """Who takes the reply to the request at hand."""

    def reply_data(self, data: bytes, received_ns: int) -> None:
        """Bytes as they came, before anything of them is parsed."""

    def reply_head(self, status: int, headers: HeaderPairs, *, ends_by_close: bool) -> None:
        """The head of the final reply; `ends_by_close`: only the end of the connection ends the body."""

    def reply_body(self, data: bytes, received_ns: int) -> None:
        """A piece of the body, without the chunks' framing."""

    def reply_ended(self, *, keep: bool) -> None:
        """The reply is whole; `keep` says whether the connection can serve again."""

    def upstream_full(self, *, full: bool) -> None:
        """The node takes no more for now, or takes more again."""

    def upstream_lost(self, error: Exception | None) -> None:
        """The node closed the connection (None), or it broke."""


class Upstream(asyncio.Protocol):
    """One connection to the node: requests are written to it, `expect` says who takes the reply.

    `lost` is called when it is gone while nobody waits for a reply.
    """

    def __init__(self, lost: Callable[[], None]) -> None:
        self._lost = lost
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._reply: Reply | None = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._is_begun = False
        self._is_head_whole = False
        self._is_bodiless = False
        self._received_ns = 0
        self.is_open = False

    def expect(self, reply: Reply, *, bodiless: bool) -> None:
        """A request is sent: who takes its reply; `bodiless` says that no body follows the reply's head, whatever it says."""
        self._reply = reply
        self._is_bodiless = bodiless
        self._headers = []
        self._is_begun = self._is_head_whole = False

    def write(self, data: bytes) -> None:
        """Send a request, or more of one."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def pause(self, *, paused: bool) -> None:
        """Read no more from the node for now, or read again."""
        if self._transport is not None and not self._transport.is_closing():
            (self._transport.pause_reading if paused else self._transport.resume_reading)()

    def abort(self) -> None:
        """Close at once; nobody is told."""
        self._reply = None
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    # What the loop says.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The node took the connection."""
        self._transport = cast("asyncio.Transport", transport)
        # Nothing waits here: uvloop keeps what it may until its turn ends.
        self._transport.set_write_buffer_limits(0)
        self.is_open = True

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._transport = None
        self.is_open = False
        reply, self._reply = self._reply, None
        if reply is not None:
            reply.upstream_lost(exc)
        else:
            self._lost()

    def data_received(self, data: bytes) -> None:
        """Hand on, then read; a reply that is no HTTP is handed on all the same."""
        if self._reply is None:  # The node spoke unasked: the connection can serve no more.
            self.abort()
            return
        self._received_ns = monotonic_ns()
        self._reply.reply_data(data, self._received_ns)
        if not self._is_begun:
            self._is_begun = True
            plain = None if self._is_bodiless else plain_reply(data)
            if plain is not None:
                self._reply.reply_head(plain.status, plain.headers, ends_by_close=False)
                self._reply.reply_body(plain.body, self._received_ns)
                self._end(keep=True)
                return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            reply, self._reply = self._reply, None
            if reply is not None:
                reply.upstream_lost(error)
            self.abort()

    def pause_writing(self) -> None:
        """The node reads slower than is written."""
        if self._reply is not None:
            self._reply.upstream_full(full=True)

    def resume_writing(self) -> None:
        """The node has caught up."""
        if self._reply is not None:
            self._reply.upstream_full(full=False)

    # What the parser says.

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, or a trailer, which is passed over."""
        if not self._is_head_whole:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """A head is whole; that of an interim reply (1xx) is not the one waited for."""
        status = self._parser.get_status_code()
        if status < 200:
            self._headers = []
            return
        self._is_head_whole = True
        if self._reply is not None:
            is_framed = self._is_bodiless or status in BODILESS or framing_of(self._headers) is not None
            self._reply.reply_head(status, self._headers, ends_by_close=not is_framed)
            if self._is_bodiless:
                self._parser = httptools.HttpResponseParser(self)
                self._end(keep=True)

    def on_body(self, data: bytes) -> None:
        """A piece of the body."""
        if self._reply is not None:
            self._reply.reply_body(data, self._received_ns)

    def on_message_complete(self) -> None:
        """The reply is whole."""
        if self._is_head_whole:
            self._end(keep=self._parser.should_keep_alive())

    def _end(self, *, keep: bool) -> None:
        reply, self._reply = self._reply, None
        if not keep:
            self.is_open = False
            if self._transport is not None:
                self._transport.close()
        if reply is not None:
            reply.reply_ended(keep=keep)


async def connect(origin: Origin, ssl: tls.SSLContext | None, lost: Callable[[], None]) -> Upstream:
    """A new connection to the node; raises OSError or TimeoutError."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(CONNECT_LIMIT_S):
        _, upstream = await loop.create_connection(
            lambda: Upstream(lost), origin.host, origin.port, ssl=ssl if origin.is_tls else None
        )
    return upstream

"""One exchange through a wire: the request on to the node, the reply back, and a fault's effect on the way."""

import asyncio
import socket
import ssl as tls
from collections.abc import Callable
from functools import cached_property
from time import monotonic_ns
from typing import NamedTuple, Protocol

from harness.fault import Effect
from harness.switchboard import HEADER, Standing
from harness.traces.context import below
from harness.wire.caller import Caller
from harness.wire.messages import LAST_CHUNK, HeaderPairs, Request, chunk, own_reply, request_head
from harness.wire.playback import Playback, content_type_of
from harness.wire.record import Place, Record
from harness.wire.rewrite import Rewrite, rewrites
from harness.wire.upstream import Upstream

NOTHING = Effect()
_HEADER = HEADER.encode()


class Link(Protocol):
    """The connections of one caller's conversation: its own to the node, opened when first needed."""

    @property
    def upstream(self) -> Upstream | None:
        """The connection to the node, if it is open."""

    async def connect(self) -> Upstream:
        """Open the connection to the node; raises OSError or TimeoutError."""

    def over(self, passage: "Passage") -> None:
        """The passage has ended."""


class Sent(NamedTuple):
    """That a request was sent on before it was read: when, and the place of the wire's own span, as the node was told it."""

    at_ns: int
    traceparent: bytes | None


class Passage:
    """One exchange, made of a request that is whole or too long to wait for; it ends exactly once, in `_end`.

    A plain request was sent on before this was made of it (`sent`), and a reply without an effect on it byte for byte, before it is read.
    """

    _upstream: Upstream | None = None
    _playback: Playback | None = None
    _connecting: asyncio.Task[None] | None = None
    _timer: asyncio.TimerHandle | None = None
    _forwarded_ns = 0
    _drops_request = False  # What is still to come of the request goes nowhere.
    _is_answered = False  # The node has said all.
    _ends_by_close = False
    _keep: bool | None = None  # Set when the reply is complete and the request is not.
    _is_over = False

    def __init__(
        self, place: Place, caller: Caller, request: Request, link: Link, sent: Sent | None = None
    ) -> None:
        self._place = place
        self._caller = caller
        self._request = request
        self._link = link
        if sent is not None:
            self._forwarded_ns, self._traceparent = sent
            self._standing = None
        else:
            self._traceparent = below(request.context) if place.tracer else None
            self._standing = place.switchboard.draw(request.own.get(_HEADER, b"").decode("latin-1"))
        self._effect = self._standing.fault.effect if self._standing else NOTHING

    @property
    def began_ns(self) -> int:
        """When the request began to come, by the monotonic clock."""
        return self._request.began_ns

    @cached_property
    def _record(self) -> Record:
        return Record(self._place, self._request, self._traceparent)

    def begin(self) -> None:
        """Set the request on its way, or do with it what a fault says."""
        if self._forwarded_ns:
            self._upstream = self._link.upstream
            assert self._upstream is not None, "what was sent on went to an open connection"
            self._upstream.expect(self, bodiless=False)
            return
        if not self._request.whole:
            self._caller.pause(paused=True)
        if self._effect.delay_ms:
            self.fire()
            self.at(self._request.began_ns + int(self._effect.delay_ms * 1e6), self._go)
        else:
            self._go()

    def fire(self) -> None:
        """The fault has acted."""
        if self._standing is not None:
            self._record.fire(self._standing)

    def at(self, at_ns: int, act: Callable[[], None]) -> None:
        """Act at a time of the monotonic clock, never before it; one thing at a time."""
        left_s = (at_ns - monotonic_ns()) / 1e9
        loop = asyncio.get_running_loop()
        if left_s <= 0:
            self._timer = loop.call_later(0, act)
        else:  # A loop's timer may be early by its resolution.
            self._timer = loop.call_later(max(left_s, 0.001), self.at, at_ns, act)

    def break_off(self, error: str, standing: Standing | None = None) -> None:
        """End now, with a reset of the caller's connection; `standing` is the fault that did it."""
        if self._is_over:
            return
        if standing is not None:
            self._record.fire(standing)
        self._end(error)
        self._caller.reset()

    # The request's way.

    def request_body(self, data: bytes) -> None:
        """More of a request that was not whole."""
        self._record.asked(data)
        if self._drops_request:
            return
        if self._upstream is None:
            self._request.parts.append(data)
        else:
            self._upstream.write(self._framed(data))

    def request_ended(self) -> None:
        """The request is whole now."""
        if self._keep is not None:
            self._done(keep=self._keep)
        elif self._drops_request and self._effect.status:
            self._answer()
        elif self._upstream is not None and self._request.framing == b"chunked":
            self._upstream.write(LAST_CHUNK)

    def _go(self) -> None:
        if self._effect.swallow:
            self.fire()
            self._drop_request()
        elif self._effect.status:
            self._answer() if self._request.whole else self._drop_request()
        elif self._link.upstream is not None:
            self._ask(self._link.upstream)
        else:
            self._connecting = asyncio.get_running_loop().create_task(self._connect_and_ask())

    def _answer(self) -> None:
        """Answer in the node's place."""
        effect, at_ns = self._effect, monotonic_ns()
        self.fire()
        self._record.first_byte_ns = at_ns
        self._record.head(effect.status, content_type_of((), effect.reply_headers))
        self._record.sent(effect.reply_body, at_ns)
        self._caller.write(own_reply(effect.status, effect.reply_headers, effect.reply_body))
        self._done(keep=True)

    async def _connect_and_ask(self) -> None:
        try:
            upstream = await self._link.connect()
        except (OSError, TimeoutError) as error:
            self.break_off(unreachable(error))
        else:
            self._ask(upstream)

    def _ask(self, upstream: Upstream) -> None:
        request = self._request
        is_bodiless = request.method == b"HEAD"
        if self._effect is not NOTHING and rewrites(self._effect) and not is_bodiless:
            rewrite = Rewrite(self._effect, request.began_ns, self._place.dialect)
            self._playback = Playback(self, self._caller, self._record, rewrite)
        self._upstream = upstream
        head = request_head(request, self._place.origin, self._traceparent)
        data = head + self._framed(b"".join(request.parts))
        self._forwarded_ns = monotonic_ns()  # The node may answer before the call that sends it comes back.
        upstream.expect(self, bodiless=is_bodiless)
        upstream.write(data)
        if not request.whole:
            self._forget_parts()
            self._caller.pause(paused=False)

    def _framed(self, data: bytes) -> bytes:
        """A request's body as it is framed on its way: one that was whole has a length, whatever it had."""
        return chunk(data) if self._request.framing == b"chunked" and not self._request.whole else data

    def _drop_request(self) -> None:
        self._drops_request = True
        self._forget_parts()
        self._caller.pause(paused=False)

    def _forget_parts(self) -> None:
        """Let go of what has come of the request; what is to be kept of it the record has, which is made now at the latest."""
        self._record.forwarded_ns = self._forwarded_ns
        self._request.parts.clear()

    # The reply's way.

    def reply_data(self, data: bytes, received_ns: int) -> None:
        """Bytes of the reply as they came."""
        if self._playback is None:
            self._caller.write(data)
            if not self._record.first_byte_ns:
                self._record.first_byte_ns = received_ns

    def reply_head(self, status: int, headers: HeaderPairs, *, ends_by_close: bool) -> None:
        """The reply's head is whole."""
        self._ends_by_close = ends_by_close
        if self._playback is None:
            self._record.head(status, content_type_of(headers))
        else:
            self._playback.head(status, headers, content_type_of(headers, self._effect.head))

    def reply_body(self, data: bytes, received_ns: int) -> None:
        """A piece of the reply's body."""
        if self._playback is None:
            self._record.sent(data, received_ns)
        else:
            self._playback.body(data, received_ns)

    def reply_ended(self, *, keep: bool) -> None:
        """The node has said all."""
        self._is_answered = True
        if self._playback is None:
            self.reply_sent(keep=keep)
        else:
            self._playback.end(keep=keep)

    def reply_sent(self, *, keep: bool) -> None:
        """The caller has been sent all; what still comes of the request goes nowhere."""
        if self._request.whole:
            self._done(keep=keep)
        else:
            self._keep = keep
            self.silence()
            self._drop_request()

    def silence(self) -> None:
        """Hear and say nothing more; the caller's connection stays."""
        if self._upstream is not None:
            self._upstream.abort()

    def close_early(self) -> None:
        """End now, with an orderly end of the caller's connection."""
        self._end("truncated")
        self._caller.close()

    # Who goes, and who is slow.

    def upstream_lost(self, error: Exception | None) -> None:
        """The node closed the connection or it broke; the caller's connection ends the same way."""
        if self._is_over:
            return
        if error is None and self._ends_by_close:
            self.reply_ended(keep=False)
        elif isinstance(error, OSError):
            self.break_off("reset")
        elif error is None:
            self._end("truncated" if self._record.first_byte_ns else "reset")
            self._caller.close()
        else:
            self._end("protocol")
            self._caller.close()

    def upstream_full(self, *, full: bool) -> None:
        """The node takes no more of the request for now, or takes more again."""
        self._caller.pause(paused=full)

    def caller_full(self, *, full: bool) -> None:
        """The caller takes no more of the reply for now, or takes more again."""
        if self._playback is not None:
            self._playback.caller_full(full=full)
        else:
            self.pause_upstream(paused=full)

    def pause_upstream(self, *, paused: bool) -> None:
        """Let the node wait, or go on."""
        if self._upstream is not None:
            self._upstream.pause(paused=paused)

    def caller_lost(self) -> None:
        """The caller is gone."""
        self._end("client_left")

    def _done(self, *, keep: bool) -> None:
        if not self._is_over:
            self._end()
            self._caller.done(keep=keep)

    def _end(self, error: str = "") -> None:
        if self._is_over:
            return
        self._is_over = True
        if self._timer is not None:
            self._timer.cancel()
        if self._connecting is not None:
            self._connecting.cancel()
        if self._playback is not None:
            self._playback.stop()
        if self._upstream is not None:
            self._upstream.pause(paused=False) if self._is_answered else self._upstream.abort()
        self._record.forwarded_ns = self._forwarded_ns
        self._record.close(monotonic_ns(), error)
        self._link.over(self)


def unreachable(error: OSError | TimeoutError) -> str:
    """What kind of failure it is that a node cannot be reached."""
    if isinstance(error, TimeoutError):
        return "connect_timeout"
    if isinstance(error, tls.SSLError):
        return "protocol"
    return "dns" if isinstance(error, socket.gaierror) else "refused"

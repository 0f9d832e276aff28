"""What is kept of one exchange: its entry in the journal and its span.

Nothing here is done while a byte waits: reading events and writing entries are put off to the loop's next turn, after the
bytes at hand have been sent.
"""

import asyncio
import ssl as tls
from dataclasses import dataclass
from functools import cached_property

from harness.comp import Dialect
from harness.history import Exchange
from harness.journal import Journal
from harness.sse import TextStream
from harness.switchboard import Standing, Switchboard
from harness.traces.emit import Context, Span, Tracer
from harness.wire.messages import Origin, Request

TOKEN_OFFSETS_MAX = 4096


@dataclass(frozen=True, slots=True)
class Place:
    """Where a wire stands and what it reports to. `dialect` is that of the node's streams, None if it has none."""

    node: str
    comp: str
    origin: Origin
    dialect: Dialect | None
    journal: Journal
    switchboard: Switchboard
    tracer: Tracer | None = None
    run_id: str = ""
    ssl: tls.SSLContext | None = None


class Record:
    """Notes of one exchange, written down when it is closed."""

    def __init__(self, place: Place, request: Request) -> None:
        self._place = place
        self._asked = request
        self._span = self._start_span(place.tracer) if place.tracer else None
        self._request: list[bytes] = []
        self._reply: list[bytes] = []
        self._room_request = self._room_reply = place.journal.keep_bytes
        self._stream: TextStream | None = None
        self._is_closed = False

    @cached_property
    def _parent(self) -> Context | None:
        return Context.parse(self._asked.header(b"traceparent"))

    @cached_property
    def exchange(self) -> Exchange:
        """What the journal gets; made when something is first to be noted, which is after the request was sent on."""
        context = self._parent or (self._span.context if self._span else None)
        return Exchange(
            seq=0,
            node=self._place.node,
            method=self._asked.method.decode("latin-1"),
            path=self._asked.target.decode("latin-1"),
            trace_id=context.trace_id if context else "",
            began_ns=self._asked.began_ns,
        )

    @property
    def traceparent(self) -> str | None:
        """What the node is told of the trace; None where the wire has no span of its own."""
        return self._span.context.traceparent if self._span else None

    def asked(self, data: bytes) -> None:
        """A piece of the request's body came."""
        self.exchange.request_bytes += len(data)
        if self._room_request > 0:
            self._request.append(data[: self._room_request])
            self._room_request -= len(data)

    def head(self, status: int, content_type: str) -> None:
        """A head was sent to the caller; a stream is read in the node's dialect from here on."""
        self.exchange.status, self.exchange.content_type = status, content_type
        if self._place.dialect and status == 200 and "application/json" not in content_type:
            self._stream = TextStream(self._place.dialect)

    def sent(self, data: bytes, at_ns: int) -> None:
        """A piece of the reply's body was sent to the caller."""
        self.exchange.reply_bytes += len(data)
        if self._room_reply > 0:
            self._reply.append(data[: self._room_reply])
            self._room_reply -= len(data)
        if self._stream is not None and data:
            asyncio.get_running_loop().call_soon(self._stream.feed, at_ns, data)

    def fire(self, standing: Standing) -> None:
        """A fault has acted on this exchange; it is counted once."""
        if not self.exchange.fault:
            self.exchange.fault = standing.fault.name
            standing.fire()

    def close(self, ended_ns: int, error: str = "") -> None:
        """The exchange is over; what comes later is not kept."""
        if self._is_closed:
            return
        self._is_closed = True
        self.exchange.ended_ns = ended_ns
        self.exchange.error = error
        asyncio.get_running_loop().call_soon(self._write_down)

    def _write_down(self) -> None:
        exchange = self.exchange
        if self._stream is not None:
            exchange.content_ns = self._stream.content_ns
        if self._span is not None:
            self._end_span(self._span)
        self._place.journal.add(exchange, b"".join(self._request), b"".join(self._reply))

    def _start_span(self, tracer: Tracer) -> Span:
        request = self._asked
        name = b"%s %s" % (request.method, request.target.partition(b"?")[0])
        return tracer.start(name.decode("latin-1"), "server", self._parent, request.began_ns)

    def _end_span(self, span: Span) -> None:
        exchange, place = self.exchange, self._place
        span.set("opea.node", place.node)
        span.set("opea.comp", place.comp)
        span.set("opea.run_id", place.run_id)
        span.set("http.request.method", exchange.method)
        span.set("url.path", exchange.path.partition("?")[0])
        if exchange.status:
            span.set("http.response.status_code", exchange.status)
        if exchange.fault:
            span.set("opea.fault", exchange.fault)
        if exchange.content_ns:
            span.event("gen_ai.first_token", exchange.content_ns[0])
            offsets = [(at - exchange.began_ns) // 1000 for at in exchange.content_ns[:TOKEN_OFFSETS_MAX]]
            span.set("opea.token_offsets_us", offsets)
        error = exchange.error or (str(exchange.status) if exchange.status >= 500 else "")
        if error:
            span.set("error.type", error)
        span.end(exchange.ended_ns, error or None)

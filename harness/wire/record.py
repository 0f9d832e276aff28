"""What is kept of one exchange: its entry in the journal and its span.

While a byte waits only pieces and times are put aside. Reading events and writing entries are put off to the loop's next turn, after
the bytes at hand have been sent.
"""

import asyncio
import ssl as tls
from dataclasses import dataclass, field

from harness.comp import Dialect
from harness.history import Exchange
from harness.journal import Journal
from harness.sse import TextStream
from harness.switchboard import Standing, Switchboard
from harness.traces.emit import Context, Tracer
from harness.traces.otlp_json import SpanRecord
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


@dataclass(slots=True)
class Kept:
    """A body's size, and as much of its beginning as there is room for."""

    room_bytes: int
    size_bytes: int = 0
    parts: list[bytes] = field(default_factory=list)

    def add(self, data: bytes) -> None:
        """Take one piece."""
        room_bytes = self.room_bytes - self.size_bytes
        if room_bytes > 0:
            self.parts.append(data[:room_bytes])
        self.size_bytes += len(data)


class Record:
    """Notes of one exchange, written down when it is closed; what had come of the request when it was made is in them.

    `traceparent` is the place of the wire's own span, as the node is told it; None where the wire has none.
    """

    def __init__(self, place: Place, request: Request, traceparent: bytes | None) -> None:
        self.forwarded_ns = 0
        self.first_byte_ns = 0
        self._place = place
        self._asked = request
        self._traceparent = traceparent
        self._request = Kept(place.journal.keep_bytes)
        for part in request.parts:
            self._request.add(part)
        self._reply = Kept(place.journal.keep_bytes)
        self._status = 0
        self._content_type = ""
        self._stream: TextStream | None = None
        self._fault = ""
        self._is_closed = False

    def asked(self, data: bytes) -> None:
        """One more piece of the request's body came."""
        self._request.add(data)

    def head(self, status: int, content_type: str) -> None:
        """A head was sent to the caller; a stream is read in the node's dialect from here on."""
        self._status, self._content_type = status, content_type
        if self._place.dialect and status == 200 and "application/json" not in content_type:
            self._stream = TextStream(self._place.dialect)

    def sent(self, data: bytes, at_ns: int) -> None:
        """A piece of the reply's body was sent to the caller."""
        self._reply.add(data)
        if self._stream is not None and data:
            asyncio.get_running_loop().call_soon(self._stream.feed, at_ns, data)

    def fire(self, standing: Standing) -> None:
        """A fault has acted on this exchange; it is counted once."""
        if not self._fault:
            self._fault = standing.fault.name
            standing.fire()

    def close(self, ended_ns: int, error: str = "") -> None:
        """The exchange is over; what comes later is not kept."""
        if not self._is_closed:
            self._is_closed = True
            asyncio.get_running_loop().call_soon(self._write_down, ended_ns, error)

    def _write_down(self, ended_ns: int, error: str) -> None:
        parent = Context.parse(self._asked.traceparent)
        hop = Context.parse(self._traceparent.decode()) if self._traceparent else None
        exchange = self._exchange(parent or hop, ended_ns, error)
        if hop is not None and hop.sampled and self._place.tracer is not None:
            self._place.tracer.accept(self._span(exchange, parent, hop))
        self._place.journal.add(exchange, b"".join(self._request.parts), b"".join(self._reply.parts))

    def _exchange(self, context: Context | None, ended_ns: int, error: str) -> Exchange:
        return Exchange(
            seq=0,
            node=self._place.node,
            method=self._asked.method.decode("latin-1"),
            path=self._asked.target.decode("latin-1"),
            trace_id=context.trace_id if context else "",
            fault=self._fault,
            began_ns=self._asked.began_ns,
            forwarded_ns=self.forwarded_ns,
            first_byte_ns=self.first_byte_ns,
            ended_ns=ended_ns,
            content_ns=self._stream.content_ns if self._stream else [],
            status=self._status,
            content_type=self._content_type,
            request_bytes=self._request.size_bytes,
            reply_bytes=self._reply.size_bytes,
            error=error,
        )

    def _span(self, exchange: Exchange, parent: Context | None, hop: Context) -> SpanRecord:
        place, path = self._place, exchange.path.partition("?")[0]
        parent_id = parent.span_id if parent else None
        name = f"{exchange.method} {path}"
        span = SpanRecord(hop.trace_id, hop.span_id, parent_id, name, "server", exchange.began_ns)
        span.ended_ns = exchange.ended_ns
        span.attributes |= {
            "opea.node": place.node,
            "opea.comp": place.comp,
            "opea.run_id": place.run_id,
            "http.request.method": exchange.method,
            "url.path": path,
        }
        if exchange.status:
            span.attributes["http.response.status_code"] = exchange.status
        if exchange.fault:
            span.attributes["opea.fault"] = exchange.fault
        if exchange.content_ns:
            span.events.append(("gen_ai.first_token", exchange.content_ns[0], {}))
            offsets = [(at - exchange.began_ns) // 1000 for at in exchange.content_ns[:TOKEN_OFFSETS_MAX]]
            span.attributes["opea.token_offsets_us"] = offsets
        error = exchange.error or (str(exchange.status) if exchange.status >= 500 else "")
        if error:
            span.attributes["error.type"] = span.error = error
        return span

"""Sees what goes in and out of a mock, and keeps it: in the exchange, in the journal, in the figures."""

from collections import deque
from time import monotonic_ns

from harness.comp import FRAMEWORK_PATHS
from harness.history import Exchange
from harness.journal import EXCHANGES_MAX, Journal
from harness.mocking.asgi import NS_PER_S, Event, Receive, Scope, Send, header
from harness.mocking.figures import Figures
from harness.traces.context import Context


class Tap:
    """One exchange while it happens; `request` and `reply` are the first `keep_bytes` of both bodies."""

    __slots__ = ("_keep", "_receive", "_send", "exchange", "reply", "request")

    def __init__(self, exchange: Exchange, receive: Receive, send: Send, keep_bytes: int) -> None:
        self.exchange = exchange
        self.request = b""
        self.reply = b""
        self._receive = receive
        self._send = send
        self._keep = keep_bytes

    async def receive(self) -> Event:
        """The next event of the request."""
        event = await self._receive()
        body = event.get("body", b"")
        if body:
            self.exchange.request_bytes += len(body)
            if len(self.request) < self._keep:
                self.request += body[: self._keep - len(self.request)]
        return event

    async def send(self, event: Event) -> None:
        """Send an event of the reply."""
        exchange = self.exchange
        if event["type"] == "http.response.start":
            exchange.status = event["status"]
            types = (value for name, value in event["headers"] if name.lower() == b"content-type")
            exchange.content_type = next(types, b"").decode("latin-1")
            exchange.first_byte_ns = monotonic_ns()
        else:
            body = event.get("body", b"")
            exchange.reply_bytes += len(body)
            if len(self.reply) < self._keep:
                self.reply += body[: self._keep - len(self.reply)]
        await self._send(event)


class Records:
    """Opens a tap for each exchange and keeps what came of it; `scope["exchange"]` and `scope["lane"]` are its places.

    Exchanges wait in memory until somebody looks into the journal, for redacting them costs a tenth of answering.
    """

    def __init__(self, node: str, figures: Figures, keep_bytes: int) -> None:
        self.with_first_tokens = True
        self._node = node
        self._figures = figures
        self._journal = Journal(keep_bytes=keep_bytes)
        self._waiting: deque[tuple[Exchange, bytes, bytes]] = deque(maxlen=EXCHANGES_MAX)

    @property
    def journal(self) -> Journal:
        """The journal, with all that has ended until now."""
        while self._waiting:
            self._journal.add(*self._waiting.popleft())
        return self._journal

    def open(self, scope: Scope, receive: Receive, send: Send) -> Tap:
        """The tap of an exchange that begins now."""
        context = Context.parse(header(scope, b"traceparent"))
        exchange = Exchange(
            0,
            self._node,
            scope["method"],
            scope["path"],
            trace_id=context.trace_id if context else "",
            began_ns=monotonic_ns(),
        )
        scope["exchange"] = exchange
        return Tap(exchange, receive, send, self._journal.keep_bytes)

    def close(self, scope: Scope, tap: Tap) -> None:
        """Keep an exchange that ends now; OPEA's side endpoints are counted, and not kept."""
        exchange, figures = tap.exchange, self._figures
        exchange.ended_ns = monotonic_ns()
        route = scope.get("lane", "none")
        seconds = (exchange.ended_ns - exchange.began_ns) / NS_PER_S
        figures.count(exchange.method, route, exchange.status or 500, seconds)
        figures.request_bytes[route] += exchange.request_bytes
        figures.reply_bytes[route] += exchange.reply_bytes
        if route != "none" and exchange.status == 200:
            figures.latencies_s.append(seconds)
            if exchange.content_ns and self.with_first_tokens:
                figures.first_tokens_s.append((exchange.content_ns[0] - exchange.began_ns) / NS_PER_S)
        if exchange.path not in FRAMEWORK_PATHS:
            self._waiting.append((exchange, tap.request, tap.reply))

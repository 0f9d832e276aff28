"""One comp's mock as an ASGI app: the contract's own routes here, all else through FastAPI's pages.

The way of a request: journal, admin routes, readiness, fault, then contract (read, queue limit, answer, time) or page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from time import monotonic_ns
from urllib.parse import parse_qsl

import orjson

from harness.admin import PREFIX, Admin, refusal
from harness.comp import FRAMEWORK_PATHS, Comp, Deviation, Endpoint, Refusal, Stream, World
from harness.fault import Fault
from harness.history import Exchange
from harness.journal import Journal
from harness.scenario import Latency
from harness.stack.latency import is_instant, offsets_ns
from harness.stack.mock_fault import NS_PER_S, App, Performance, unsayable
from harness.stack.mock_figures import Figures
from harness.stack.mock_pages import pages
from harness.stack.mock_reply import Lateness, Streamer, Whole, refused, tokens_of, whole
from harness.stack.mock_request import (
    Event,
    Invalid,
    Pattern,
    Read,
    Reader,
    Receive,
    Scope,
    Send,
    header,
    read_body,
)
from harness.switchboard import HEADER, Switchboard
from harness.traces.context import Context

RETRY_AFTER = {"retry-after": "1"}
STEADY = Random(0)  # Asked for nothing: a latency without spread draws nothing.


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a mock behaves beyond its contract. Milliseconds; 0 in flight means no limit.

    `stamped` puts each token's true emit time (`: t_ns=...`, the monotonic clock) before it; `keep_bytes` of each body are journaled.
    """

    latency: Latency = field(default_factory=Latency)
    start_ms: float = 0.0
    in_flight_max: int = 0
    stamped: bool = False
    like_upstream: bool = False
    keep_bytes: int = 2048


class Mock:
    """The ASGI app. `name` is the node's in journal and statistics; `faults` are those that can be put on."""

    def __init__(
        self,
        comp: Comp,
        world: World,
        name: str = "",
        behaviour: Behaviour | None = None,
        faults: Mapping[str, Fault] | None = None,
    ) -> None:
        self.comp = comp
        self.name = name or comp.id
        self.behaviour = behaviour or Behaviour()
        self.figures = Figures()
        self.lateness = Lateness()
        self.journal = Journal(keep_bytes=self.behaviour.keep_bytes)
        self.switchboard = Switchboard(self.name, faults or {})
        self.in_flight = 0
        self.world = world
        self.asked = 0
        self._admin = Admin(self.journal, self.switchboard)
        self._began_ns = monotonic_ns()
        self._lanes = {(each.method, each.path): _Lane(self, each) for each in comp.endpoints}
        self._pages: App = pages(comp, self.figures, lambda each: self._lanes[each.method, each.path].serve)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path.startswith(PREFIX):
            await self._administer(scope, receive, send)
            return
        exchange = Exchange(0, self.name, scope["method"], path, began_ns=monotonic_ns())
        tap = Tap(exchange, receive, send, self.journal.keep_bytes)
        scope["exchange"] = exchange
        context = Context.parse(header(scope, b"traceparent"))
        exchange.trace_id = context.trace_id if context else ""
        try:
            await self._faulty(scope, tap.receive, tap.send)
        except ConnectionResetError:
            exchange.error = "client_left"
        finally:
            exchange.ended_ns = monotonic_ns()
            self._note(scope, tap)

    async def _faulty(self, scope: Scope, receive: Receive, send: Send) -> None:
        standing = self.switchboard.draw(header(scope, HEADER.encode())) if self._can_fault(scope) else None
        if standing is None:
            await self._route(scope, receive, send)
            return
        why_not = unsayable(standing.fault.effect)
        if why_not:
            await refused(501, f"{standing.fault.name}: {why_not}; put it on a wire").send(send)
            return
        exchange: Exchange = scope["exchange"]
        performance = Performance(standing.fault.effect, exchange.began_ns)
        try:
            await performance.around(self._route, scope, receive, send)
        finally:
            if performance.fired:
                exchange.fault = standing.fault.name
                standing.fire()

    def _can_fault(self, scope: Scope) -> bool:
        return scope["path"] not in FRAMEWORK_PATHS

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        if monotonic_ns() - self._began_ns < self.behaviour.start_ms * 1e6:
            await refused(503, f"{self.name}: is starting", RETRY_AFTER).send(send)
            return
        lane = self._lanes.get((scope["method"], scope["path"]))
        if lane is not None and header(scope, b"origin") is None:
            await lane.serve(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    def _note(self, scope: Scope, tap: "Tap") -> None:
        exchange = tap.exchange
        route = scope.get("lane", "none")
        seconds = (exchange.ended_ns - exchange.began_ns) / NS_PER_S
        self.figures.count(exchange.method, route, exchange.status or 500, seconds)
        self.figures.request_bytes[route] += exchange.request_bytes
        self.figures.reply_bytes[route] += exchange.reply_bytes
        if route != "none" and exchange.status == 200:
            self.figures.latencies_s.append(seconds)
            if exchange.content_ns:
                self.figures.first_tokens_s.append((exchange.content_ns[0] - exchange.began_ns) / NS_PER_S)
        if exchange.path not in FRAMEWORK_PATHS:
            self.journal.add(exchange, tap.request, tap.reply)

    async def _administer(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        client = scope.get("client")
        answer = refusal(client[0] if client else None)
        if answer is None and scope["path"] == f"{PREFIX}state" and scope["method"] == "GET":
            answer = 200, self.state()
        if answer is None:
            answer = self._admin.handle(scope["method"], scope["path"], query, await read_body(receive))
        await Whole(answer[0], orjson.dumps(answer[1])).send(send)

    def state(self) -> dict[str, object]:
        """What `/_harness/state` tells: load, lateness, fields that no contract knows."""
        return {
            "node": self.name,
            "comp": self.comp.id,
            "in_flight": self.in_flight,
            "late_ms_p99": self.lateness.p99_ns / 1e6,
            "saturated": self.lateness.saturated,
            "unknown_fields": dict(self.figures.unknown_fields),
        }


class Tap:
    """Sees what goes in and out of the app and notes it in the exchange."""

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


class _Lane:
    """One endpoint of a mock: reads, answers, takes its time."""

    def __init__(self, mock: Mock, endpoint: Endpoint) -> None:
        self._mock = mock
        self._endpoint = endpoint
        self._reader = Reader(endpoint)
        self._pattern = Pattern(endpoint.path) if "{" in endpoint.path else None

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of this endpoint."""
        mock = self._mock
        scope["lane"] = self._endpoint.path
        if mock.behaviour.in_flight_max and mock.in_flight >= mock.behaviour.in_flight_max:
            await refused(429, f"{mock.name}: {mock.in_flight} requests are in flight", RETRY_AFTER).send(
                send
            )
            return
        mock.in_flight += 1
        mock.asked += 1
        try:
            reply = await self._reply(scope, receive)
            await self._say(reply, scope["exchange"], receive, send)
        finally:
            mock.in_flight -= 1

    async def _reply(self, scope: Scope, receive: Receive) -> object:
        """What the contract answers: a model, a value, a `Stream`, or a `Whole` for refusals."""
        comp = self._mock.comp
        try:
            read = await self._reader.read(scope, await read_body(receive))
            for name in self._reader.unknown(read.raw):
                self._mock.figures.unknown_fields[f"{self._endpoint.key} {name}"] += 1
            return self._known(read) or self._answer(scope["path"], read)
        except Invalid as invalid:
            return Whole(comp.validation_status, invalid.body(comp))
        except Refusal as refusal_:
            return refused(refusal_.status, refusal_.detail, refusal_.headers)

    def _answer(self, path: str, read: Read) -> object:
        parameters = self._pattern.match(path) if self._pattern else None
        reply: object = self._endpoint.answer(read.model, self._mock.world, **(parameters or {}))
        return reply

    def _known(self, read: Read) -> Whole | None:
        """What the real comp is known to answer instead, where this mock is to be like it."""
        if not self._mock.behaviour.like_upstream:
            return None
        for deviation in self._endpoint.known:
            if deviation.applies(read.raw):
                return _as_known(deviation)
        return None

    async def _say(self, reply: object, exchange: Exchange, receive: Receive, send: Send) -> None:
        mock, latency = self._mock, self._mock.behaviour.latency
        if isinstance(reply, Stream):
            due_ns = self._due_ns(exchange, len(reply.tokens))
            await Streamer(reply, due_ns, exchange, mock.lateness, mock.behaviour.stamped).send(receive, send)
            return
        if isinstance(reply, Whole):
            await reply.send(send)
            return
        if not is_instant(latency):
            await mock.lateness.until(self._due_ns(exchange, tokens_of(reply))[-1])
        await whole(reply, self._endpoint.reply_type).send(send)

    def _due_ns(self, exchange: Exchange, tokens: int) -> list[int]:
        mock = self._mock
        latency = mock.behaviour.latency
        random = mock.world.random(mock.name, mock.asked) if latency.spread else STEADY
        offsets = offsets_ns(latency, tokens, mock.in_flight, random)
        return [exchange.began_ns + offset for offset in offsets]


def _as_known(deviation: Deviation) -> Whole:
    return Whole(deviation.status, deviation.body, deviation.content_type)

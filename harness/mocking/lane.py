"""One endpoint of a mock: reads the request, has it answered, takes its time, says the reply."""

from asyncio import to_thread
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from math import inf
from random import Random
from time import monotonic_ns
from typing import Any

from harness.comp import Comp, Deviation, Endpoint, Refusal, Stream, World
from harness.history import Exchange
from harness.mocking.asgi import NS_PER_MS, Receive, Scope, Send, Whole, read_body, refused
from harness.mocking.behaviour import Behaviour, is_instant, offsets_ns
from harness.mocking.engine import MODEL, EngineFigures
from harness.mocking.figures import Figures
from harness.mocking.json_bodies import Invalid
from harness.mocking.reply import Lateness, Streamer, tokens_of, whole
from harness.mocking.request import Pattern, Read, Reader

RETRY_AFTER = {"retry-after": "1"}
STEADY = Random(0)  # Asked for nothing: a latency without spread draws nothing.


@dataclass(slots=True)
class Shared:
    """What the lanes of one mock share: the world, and what is counted. `asked` counts the requests that were let in."""

    comp: Comp
    name: str
    world: World
    behaviour: Behaviour
    figures: Figures = field(default_factory=Figures)
    lateness: Lateness = field(default_factory=Lateness)
    in_flight: int = 0
    asked: int = 0
    began_ns: int = field(default_factory=monotonic_ns)
    engine: EngineFigures | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if self.comp.engine is not None:
            self.engine = EngineFigures(self.comp.engine, self.world.settings.get("LLM_MODEL_ID", MODEL))

    @property
    def is_starting(self) -> bool:
        """Whether the mock still pretends to load its model."""
        return monotonic_ns() - self.began_ns < self.behaviour.start_ms * NS_PER_MS

    def metrics(self) -> bytes:
        """The page of `/metrics`: OPEA's, or the model server's whose mock it is."""
        return self.figures.exposition() if self.engine is None else self.engine.exposition(self.in_flight)

    def state(self) -> dict[str, object]:
        """What `/_harness/state` tells: load, lateness, fields that no contract knows."""
        return {
            "node": self.name,
            "comp": self.comp.id,
            "in_flight": self.in_flight,
            "late_ms_p99": self.lateness.p99_ns / NS_PER_MS,
            "saturated": self.lateness.saturated,
            "unknown_fields": dict(self.figures.unknown_fields),
        }


class Lane:
    """Serves the requests of one endpoint."""

    def __init__(self, shared: Shared, endpoint: Endpoint) -> None:
        self._shared = shared
        self._endpoint = endpoint
        self._reader = Reader(endpoint)
        self._pattern = Pattern(endpoint.path) if "{" in endpoint.path else None
        self._deviations = tuple(_known_here(shared, endpoint)) if shared.behaviour.like_upstream else ()

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of this endpoint."""
        shared, exchange = self._shared, scope["exchange"]
        scope["lane"] = self._endpoint.path
        if shared.in_flight >= (shared.behaviour.in_flight_max or inf):
            full = refused(429, f"{shared.name}: {shared.in_flight} requests are in flight", RETRY_AFTER)
            await full.send(send)
            self._count(exchange, None, 0)
            return
        shared.in_flight += 1
        shared.asked += 1
        reply, first_ns = None, 0
        try:
            reply = await self._reply(scope, receive)
            first_ns = await self._say(reply, exchange, receive, send)
        finally:
            shared.in_flight -= 1
            self._count(exchange, reply, first_ns)

    def _count(self, exchange: Exchange, reply: object, first_ns: int) -> None:
        if self._shared.engine is not None:
            self._shared.engine.count(exchange, reply, first_ns)

    async def _reply(self, scope: Scope, receive: Receive) -> object:
        """What the contract answers: a model, a value, a `Stream`, or a `Whole` for refusals."""
        read = None
        try:
            read = await self._read(scope, await read_body(receive))
            for name in self._reader.unknown(read.raw):
                self._shared.figures.unknown_fields[f"{self._endpoint.key} {name}"] += 1
            known = self._known(read.raw)
            if known is not None:
                return known
            reply = await self._answer(scope["path"], self._as_taken(read))
            return self._known(read.raw, 200) or reply
        except Invalid as invalid:
            return self._unread(invalid.raw) or self._invalid(invalid)
        except Refusal as refusal_:
            refused_ = refused(refusal_.status, refusal_.detail, refusal_.headers)
            if read is None:
                return self._unread(None) or refused_
            return self._known(read.raw, refusal_.status) or refused_

    async def _read(self, scope: Scope, body: bytes) -> Read:
        """The request; a text that is none, but is taken for one by the real comp, is read as that."""
        try:
            return await self._reader.read(scope, body)
        except Invalid as invalid:
            raw = self._taken(invalid.raw) if isinstance(invalid.raw, str) else invalid.raw
            if raw is invalid.raw:
                raise
            return self._reader.again(raw)

    async def _answer(self, path: str, read: Read) -> object:
        parameters = self._pattern.match(path) if self._pattern else None
        answer = partial(self._endpoint.answer, read.model, self._shared.world, **(parameters or {}))
        reply: object = await to_thread(answer) if self._shared.behaviour.in_threads else answer()
        return reply

    def _invalid(self, invalid: Invalid) -> Whole:
        """The refusal of what is no request, in the words of the endpoint or of its comp."""
        comp = self._shared.comp
        if self._endpoint.refuses is not None:
            return whole(self._endpoint.refuses(invalid.words), self._endpoint.reply_type)
        return Whole(comp.validation_status, invalid.body(comp))

    def _unread(self, raw: Any) -> Whole | None:
        """What is known to come of a body that is no request. A framework refuses it, so its comps never come to deviate."""
        return None if self._shared.comp.framework else self._known(raw)

    def _known(self, raw: Any, answered_with: int = 0) -> Whole | None:
        """What the real comp is known to answer instead, where this mock is to be like it; 0 if nothing is answered yet."""
        for each in self._deviations:
            if each.instead_of == answered_with and each.taken_as is None and each.is_set_off(raw):
                return Whole(each.status, each.body, each.content_type)
        return None

    def _as_taken(self, read: Read) -> Read:
        """The request without what the real comp is known to pass over, where this mock is to be like it."""
        raw = self._taken(read.raw)
        return read if raw is read.raw else self._reader.again(raw)

    def _taken(self, raw: Any) -> Any:
        for each in self._deviations:
            if each.taken_as is not None and each.is_set_off(raw):
                raw = each.taken_as(raw)
        return raw

    async def _say(self, reply: object, exchange: Exchange, receive: Receive, send: Send) -> int:
        """Send the reply; gives when its first token was there, in monotonic nanoseconds."""
        shared, latency = self._shared, self._shared.behaviour.latency
        if isinstance(reply, Stream):
            due_ns = self._due_ns(exchange, len(reply.tokens))
            await Streamer(reply, due_ns, exchange, shared.lateness, shared.behaviour.stamped).send(
                receive, send
            )
            return exchange.content_ns[0] if exchange.content_ns else 0
        if isinstance(reply, Whole):
            await reply.send(send)
            return 0
        if is_instant(latency):
            first_ns = monotonic_ns()
        else:
            due_ns = self._due_ns(exchange, tokens_of(reply))
            first_ns = max(monotonic_ns(), due_ns[0])
            await shared.lateness.until(due_ns[-1])
        await whole(reply, self._endpoint.reply_type).send(send)
        return first_ns

    def _due_ns(self, exchange: Exchange, tokens: int) -> list[int]:
        shared = self._shared
        latency = shared.behaviour.latency
        random = shared.world.random(shared.name, shared.asked) if latency.spread else STEADY
        offsets = offsets_ns(latency, tokens, shared.in_flight, random)
        return [exchange.began_ns + offset for offset in offsets]


def _known_here(shared: Shared, endpoint: Endpoint) -> Iterator[Deviation]:
    """The deviations that are there under the settings of this mock; what they do not say, the comp's own do."""
    settings = {**shared.comp.settings, **shared.world.settings}
    return (each for each in endpoint.known if each.where is None or each.where(settings))

"""Says what an answer function answered: JSON at once or when it is due, streams event by event at their times."""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic_ns

import orjson
from pydantic import BaseModel
from pydantic_core import to_json

from harness.comp import Binary, Spoken, Stream
from harness.history import Exchange
from harness.mocking.asgi import NS_PER_S, Receive, Send, Whole

SATURATED_NS = 5_000_000  # Later than this, a mock's own times are no longer those that it was given.


def whole(reply: object, content_type: str) -> Whole:
    """The reply as bytes: models as FastAPI dumps them (every field, nulls included), all else as JSON."""
    if isinstance(reply, BaseModel):
        return Whole(200, reply.__pydantic_serializer__.to_json(reply, by_alias=True), content_type)
    if isinstance(reply, Spoken):
        return whole(reply.reply, content_type)
    if isinstance(reply, Binary):
        in_chunks = {"transfer-encoding": "chunked"} if reply.in_chunks else {}
        return Whole(reply.status, reply.content, reply.content_type, in_chunks)
    try:
        return Whole(200, orjson.dumps(reply), content_type)
    except TypeError:
        return Whole(200, to_json(reply, by_alias=True), content_type)


def tokens_of(reply: object) -> int:
    """How many tokens a reply says that it took, at least 1; a mock takes its time for each."""
    if isinstance(reply, Spoken):
        return max(1, reply.tokens)
    usage = reply.get("usage") if isinstance(reply, dict) else getattr(reply, "usage", None)
    count = (
        usage.get("completion_tokens") if isinstance(usage, dict) else getattr(usage, "completion_tokens", 0)
    )
    return count if isinstance(count, int) and count > 0 else 1


@dataclass(slots=True)
class Lateness:
    """How late what was due really went out; a mock that cannot keep up says so instead of faking a slow service."""

    late_ns: deque[int] = field(default_factory=lambda: deque(maxlen=4096))

    async def until(self, due_ns: int) -> None:
        """Wait until then, and note how much later it became."""
        now = monotonic_ns()
        if now < due_ns:
            await asyncio.sleep((due_ns - now) / NS_PER_S)
            now = monotonic_ns()
        self.late_ns.append(max(0, now - due_ns))

    @property
    def p99_ns(self) -> int:
        """The 99th percentile of the last 4096."""
        ordered = sorted(self.late_ns)
        return ordered[int(0.99 * (len(ordered) - 1))] if ordered else 0

    @property
    def saturated(self) -> bool:
        """Whether the mock's own times are off by more than `SATURATED_NS`."""
        return self.p99_ns > SATURATED_NS


@dataclass(slots=True)
class Streamer:
    """Sends one `Stream`; `exchange.content_ns` gets the true time of every token.

    `due_ns` are the tokens' times on the monotonic clock. With `stamped`, a comment `: t_ns=...` stands before each token
    of a server-sent stream. A client that leaves ends it at once.
    """

    stream: Stream
    due_ns: list[int]
    exchange: Exchange
    lateness: Lateness
    stamped: bool = False

    async def send(self, receive: Receive, send: Send) -> None:
        """Send head, tokens and tail."""
        kind = self.stream.content_type
        headers = [(b"content-type", kind.encode("latin-1"))] if kind else []
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        leaving = asyncio.ensure_future(_left(receive))
        telling = asyncio.ensure_future(self._tell(send))
        try:
            await asyncio.wait((leaving, telling), return_when=asyncio.FIRST_COMPLETED)
            if telling.done():
                telling.result()
            else:
                self.exchange.error = "client_left"
        finally:
            for task in (leaving, telling):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _tell(self, send: Send) -> None:
        head: tuple[bytes, ...] = self.stream.head
        for token, due_ns in zip(self.stream.tokens, self.due_ns, strict=False):
            await self.lateness.until(due_ns)
            now = monotonic_ns()
            self.exchange.content_ns.append(now)
            stamp = b": t_ns=%d\n" % now if self.stamped else b""
            # Each event is a chunk of its own, as model servers send them: OPEA's generators read chunks for events.
            for event in (*head, stamp + token):
                await send({"type": "http.response.body", "body": event, "more_body": True})
            head = ()
        for event in (*head, *self.stream.tail):
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    """Return when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass

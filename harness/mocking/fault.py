"""Carries out a fault's effect where HTTP can say it: around an ASGI app. What it cannot say is the wire's business."""

import asyncio
from dataclasses import dataclass, field
from time import monotonic_ns

from harness.fault import Effect
from harness.history import Exchange
from harness.mocking.asgi import (
    NS_PER_MS,
    NS_PER_S,
    App,
    Event,
    Receive,
    Scope,
    Send,
    Whole,
    header,
    refused,
)
from harness.switchboard import HEADER, Switchboard


async def faulty(board: Switchboard, app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the fault that the board, or the request's own header, draws for it; without one, just answer."""
    standing = board.draw(header(scope, HEADER.encode()))
    if standing is None:
        await app(scope, receive, send)
        return
    why_not = unsayable(standing.fault.effect)
    if why_not:
        await refused(501, f"{standing.fault.name}: {why_not}; put it on a wire").send(send)
        return
    exchange: Exchange = scope["exchange"]
    performance = Performance(standing.fault.effect, exchange.began_ns)
    try:
        await performance.around(app, scope, receive, send)
    finally:
        if performance.fired:
            exchange.fault = standing.fault.name
            standing.fire()


def unsayable(effect: Effect) -> str | None:
    """Why a server that speaks proper HTTP cannot do this, or None."""
    if effect.swallow:
        return "a silent connection is no HTTP reply"
    return "a reset is no HTTP reply" if effect.reset_after_bytes is not None else None


@dataclass(slots=True)
class Performance:
    """One effect on one exchange that began at `began_ns`; `fired` says whether anything was really changed."""

    effect: Effect
    began_ns: int
    fired: bool = False
    _start: Event | None = field(default=None, init=False)
    _parts: list[bytes] = field(default_factory=list, init=False)
    _events: int = field(default=0, init=False)
    _over: bool = field(default=False, init=False)

    async def around(self, app: App, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request with the effect in force."""
        effect = self.effect
        if effect.delay_ms:
            self.fired = True
            await self._until(effect.delay_ms)
        if effect.status:
            self.fired = True
            content_type = effect.reply_headers.get("content-type", "application/json")
            headers = {k: v for k, v in effect.reply_headers.items() if k.lower() != "content-type"}
            await Whole(effect.status, effect.reply_body, content_type, headers).send(send)
        elif effect.head or effect.body:
            await app(scope, receive, self._hold)
            await self._release(send)
        elif effect.cut_after_events is not None or effect.first_event_ms:
            await app(scope, receive, lambda event: self._stream(event, send))
        else:
            await app(scope, receive, send)

    async def _until(self, after_ms: float) -> None:
        left_ns = self.began_ns + int(after_ms * NS_PER_MS) - monotonic_ns()
        if left_ns > 0:
            await asyncio.sleep(left_ns / NS_PER_S)

    async def _hold(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            self._start = event
        else:
            self._parts.append(event.get("body", b""))

    async def _release(self, send: Send) -> None:
        """Send the whole reply, rewritten."""
        assert self._start is not None
        before = b"".join(self._parts)
        body = self.effect.body(before) if self.effect.body else before
        self.fired = self.fired or body != before or bool(self.effect.head)
        new = {name.lower(): value for name, value in self.effect.head.items()}
        new.setdefault("content-length", str(len(body)))
        kept = [pair for pair in self._start["headers"] if pair[0].decode("latin-1").lower() not in new]
        added = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in new.items()]
        await send({**self._start, "headers": kept + added})
        await send({"type": "http.response.body", "body": body})

    async def _stream(self, event: Event, send: Send) -> None:
        """Pass a stream on, with its first event held back, or cut; a mock sends one event at a time."""
        if self._over:
            return
        if event["type"] != "http.response.body" or (not event.get("more_body", False) and not self._events):
            await send(event)
            return
        if self._events == 0 and self.effect.first_event_ms:
            self.fired = True
            await self._until(self.effect.first_event_ms)
        if self._events == self.effect.cut_after_events:
            self.fired = self._over = True
            await send({"type": "http.response.body", "body": b""})
            return
        self._events += 1
        await send(event)

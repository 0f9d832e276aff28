"""A request to a megaservice lasts no longer than its caller waits: what is under way for one who left is cancelled.

A stream sees its reader leave by itself (`answer_stream.py`); here it is the time before, when an answer is still being made.
"""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harness.opea.telemetry import SCOPE

PATIENCE_S = 0.2  # Most requests are answered sooner, and are not watched.
LEFT = 499  # Nginx's status for a caller that closed the connection; nobody is there to read it.


class Attended:
    """ASGI: a request whose caller leaves before the answer begins is cancelled; what it left open is closed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = _Visit(receive, send)
        try:
            await self._app(scope, visit.receive, visit.send)
        except asyncio.CancelledError:
            if not visit.has_left:
                raise
            visit.task.uncancel()
            await send({"type": "http.response.start", "status": LEFT, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        finally:
            visit.end()
            served = SCOPE.get()
            for stream in served.streams if served else ():
                await stream.close()


class _Visit:
    """One request, watched once it takes long: as soon as its body is whole, nothing can come but the caller's leaving."""

    __slots__ = ("_is_answered", "_is_whole", "_receive", "_send", "_timer", "_watching", "has_left", "task")

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._is_whole = self._is_answered = self.has_left = False
        self._watching: asyncio.Task[Message] | None = None
        task = asyncio.current_task()
        assert task is not None
        self.task = task
        self._timer = asyncio.get_running_loop().call_later(PATIENCE_S, self._look)

    async def receive(self) -> Message:
        """The app's own reading."""
        if self._watching is not None:
            return await asyncio.shield(self._watching)
        message = await self._receive()
        self._is_whole = not message.get("more_body")
        return message

    async def send(self, message: Message) -> None:
        """The app's own answering."""
        self._is_answered = True
        await self._send(message)

    def end(self) -> None:
        """Watch no longer."""
        self._timer.cancel()
        if self._watching is not None:
            self._watching.cancel()

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        if self._is_whole and not self._is_answered:
            self._watching = loop.create_task(self._watch())
        elif not self._is_answered:
            self._timer = loop.call_later(PATIENCE_S, self._look)

    async def _watch(self) -> Message:
        message = await self._receive()
        if not self._is_answered:
            self.has_left = True
            self.task.cancel()
        return message

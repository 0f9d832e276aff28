"""The answer of a request as a stream: what is sent, what is counted, and how it ends, well or not."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any, Self

from fastapi.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from harness.opea.metrics import Ticket
from harness.opea.payload import EVENT_STREAM
from harness.opea.problems import Problem
from harness.sse import error_event

Close = Callable[[], Awaitable[None]]


class AnswerStream(StreamingResponse):
    """A stream that tells its own failure: one error event, then the end, without the end mark.

    The client's leaving cuts the node's stream at once; `close` is awaited once, when it is over.
    """

    def __init__(self, items: AsyncGenerator[Any, None], ticket: Ticket, close: Close | None) -> None:
        self._items = items
        self._close = close
        self._ticket = ticket
        self._first: Any = None
        self._is_begun = False
        super().__init__(self._guarded(), media_type=EVENT_STREAM)

    async def begin(self) -> Self:
        """Wait for the first item; a failure before it is raised, and can still be told by status."""
        try:
            self._first = await anext(self._items)
            self._is_begun = True
        except StopAsyncIteration:
            pass
        except BaseException:
            await self.close()
            raise
        return self

    async def close(self, *, answered: bool = False) -> None:
        """End it, on whichever way out; a second time nothing happens."""
        self._ticket.done(answered=answered)
        close, self._close = self._close, None
        with contextlib.suppress(RuntimeError):  # A generator that is running is closed by its own end.
            await self._items.aclose()
        if close is not None:
            await close()

    async def _guarded(self) -> AsyncIterator[Any]:
        answered = False
        try:
            if self._is_begun:
                yield self._first
                async for item in self._items:
                    yield item
            answered = True
        except Problem as problem:
            yield error_event(problem.document())
        finally:
            await self.close(answered=answered)

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; whoever leaves first, the sender or the reader, ends the other."""
        sending = asyncio.ensure_future(self._send(send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            if not sending.done():
                sending.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
            await self.close()
        if not sending.cancelled():
            sending.result()
        if self.background is not None:
            await self.background()

    async def _send(self, send: Send) -> None:
        await self.stream_response(send)


async def _left(receive: Receive) -> None:
    """Returns when the client has left."""
    message: Message = {}
    while message.get("type") != "http.disconnect":
        message = await receive()

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
from harness.opea.telemetry import SCOPE
from harness.sse import error_event

Close = Callable[[], Awaitable[None]]


class AnswerStream(StreamingResponse):
    """A stream that tells its own failure: one error event, then the end, without the end mark.

    The client's leaving cuts the node's stream at once; `close` is awaited once, when it is over. `failed` says as a problem
    what went wrong otherwise.
    """

    def __init__(
        self,
        items: AsyncGenerator[Any, None],
        ticket: Ticket,
        close: Close | None,
        failed: Callable[[str], Problem],
    ) -> None:
        self._items = items
        self._close = close
        self._ticket = ticket
        self._failed = failed
        self._first: Any = b""
        super().__init__(self._guarded(), media_type=EVENT_STREAM)

    async def begin(self) -> Self:
        """Wait for the first item; a failure before it, and an answer without any, is raised: it can still be told by status."""
        try:
            self._first = await anext(self._items)
        except StopAsyncIteration:
            await self.close()
            raise self._failed("the stream of its answer ended with nothing in it") from None
        except BaseException:
            await self.close()
            raise
        served = SCOPE.get()
        if served is not None:
            served.streams.append(self)
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
        answered, item = False, self._first
        try:
            yield item
            async for item in self._items:
                yield item
            answered = True
        except Exception as wrong:  # noqa: BLE001 - the status is sent already: whatever it is, it can only be told here
            # An end mark that it quotes would make a careless reader take the failure for the end.
            told = error_event(self._problem(wrong).document()).replace(b"[DONE]", b"[...]")
            yield _gap(item) + told
        finally:
            await self.close(answered=answered)

    def _problem(self, wrong: Exception) -> Problem:
        """What is told of a failure, and noted in the request's span, for the status of its reply is 200."""
        words = f"the stream of its answer broke: {type(wrong).__name__}: {wrong}"
        problem = wrong if isinstance(wrong, Problem) else self._failed(words)
        served = SCOPE.get()
        if served is not None:
            served.failure = problem.failure.kind
        return problem

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; whoever leaves first, the sender or the reader, ends the other."""
        sending = asyncio.ensure_future(self.stream_response(send))
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


def _gap(item: Any) -> bytes:
    """What ends an item that ended in no blank line, as those of unframed dialects: an event is told from the text before it."""
    end = item[-2:] if isinstance(item, bytes) else str(item)[-2:].encode()
    return b"" if end == b"\n\n" else b"\n" if end.endswith(b"\n") else b"\n\n"


async def _left(receive: Receive) -> None:
    """Returns when the client has left."""
    message: Message = {}
    while message.get("type") != "http.disconnect":
        message = await receive()

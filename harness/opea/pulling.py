"""Lets a plain generator of a user (`align_generator`) read an asynchronous stream, without a thread.

Upstream's hook is a plain generator over a plain iterator. It runs in a greenlet here: each time it asks for an
event that has not come yet, control goes back to the event loop, and returns to it with the event.
"""

import contextvars
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

_WANTS = object()
_ENDED = object()


class Source:
    """The events as the hook sees them: an iterator, and for an asynchronous hook an asynchronous one.

    `failure` is what ended them early; a hook that hides it does not hide it from us.
    """

    def __init__(self, events: AsyncIterator[bytes]) -> None:
        self._events = events
        self.failure: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        parent = getcurrent().parent
        if parent is None:
            raise TypeError("the stream is asynchronous; a plain iteration works only in align_generator")
        event = parent.switch(_WANTS)
        if event is _ENDED:
            if self.failure is not None:
                raise self.failure
            raise StopIteration
        assert isinstance(event, bytes)
        return event

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await anext(self._events)
        except StopAsyncIteration:
            raise
        except Exception as failure:
            self.failure = failure
            raise

    async def next_or_end(self) -> object:
        """The next event, or the end, with `failure` set if it came too early."""
        try:
            return await anext(self)
        except StopAsyncIteration:
            return _ENDED
        except Exception:  # noqa: BLE001 - kept in `failure`, and raised where the hook asked
            return _ENDED


async def pulled(hook: Callable[[Any], Any], source: Source) -> AsyncGenerator[Any, None]:
    """What the hook makes of the source, item by item, as it becomes ready; raises the source's failure."""
    made = hook(source)
    if hasattr(made, "__aiter__"):
        async for item in made:
            yield item
    else:
        worker = greenlet(_run)
        worker.gr_context = contextvars.copy_context()
        try:
            item = worker.switch(made)
            while item is not _ENDED:
                if item is _WANTS:
                    item = worker.switch(await source.next_or_end())
                else:
                    yield item
                    item = worker.switch()
        finally:
            if not worker.dead:
                worker.throw(GreenletExit)
    if source.failure is not None:
        raise source.failure


def _run(made: Iterable[Any]) -> object:
    parent = getcurrent().parent
    assert parent is not None
    for item in made:
        parent.switch(item)
    return _ENDED

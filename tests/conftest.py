"""One stack of the rag scenario for all tests that only ask it something, and one database; each stands from its first use to the end of the session."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.discovery import SCENARIO, discover
from harness.stack.ingest import ingest
from harness.stack.stack import Keeping, Stack, Where, raised
from tests.postgres.embedded import embedded

START_LIMIT_S = 60
CALL_LIMIT_S = 60


@dataclass(slots=True)
class Standing:
    """A stack that stands in a thread of its own; `run` does work on its loop and waits for it."""

    loop: asyncio.AbstractEventLoop
    stack: Stack
    folder: Path

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do the work where the stack lives; gives its result or raises its error."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(CALL_LIMIT_S)


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """The rag scenario's stack, its documents ingested."""
    folder = tmp_path_factory.mktemp("standing")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="standing")
    thread.start()
    ended, up = asyncio.Event(), asyncio.Queue()

    async def stand() -> None:
        keeping = Keeping(folder / "logs", folder / "journal.jsonl")
        async with raised(discover(SCENARIO)["rag"], Where(), keeping) as stack:
            await ingest(stack)
            await up.put(stack)
            await ended.wait()

    task = asyncio.run_coroutine_threadsafe(stand(), loop)
    try:
        first = asyncio.run_coroutine_threadsafe(_first(up, task), loop)
        yield Standing(loop, first.result(START_LIMIT_S), folder)
    finally:
        loop.call_soon_threadsafe(ended.set)
        task.exception(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _first(up: asyncio.Queue, task: Any) -> Stack:
    """The stack as soon as it stands, or the reason why it does not."""
    waiting = asyncio.ensure_future(up.get())
    standing = asyncio.wrap_future(task)
    await asyncio.wait({waiting, standing}, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        waiting.cancel()
        raise standing.exception() or RuntimeError("the stack ended before it stood")
    return waiting.result()


@pytest.fixture(scope="session")
def dsn() -> Iterator[str]:
    """The address of an embedded PostgreSQL, for tests that keep to a collection of their own."""
    with embedded() as (_, ready):
        yield ready["dsn"]

"""Work that makes sense only while a container lives is given up as soon as it has ended."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from harness.containers.container import Container, Death

Result = TypeVar("Result")
PACE_S = 0.2


async def while_alive(container: Container, work: Coroutine[Any, Any, Result]) -> Result | Death:
    """What the work comes to, or how the container ended before that; told within PACE_S and one look at the engine."""
    task = asyncio.ensure_future(work)
    try:
        while True:
            done, _ = await asyncio.wait({task}, timeout=PACE_S)
            if done:
                return task.result()
            death = await asyncio.to_thread(container.death)
            if death is not None:
                return death
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task

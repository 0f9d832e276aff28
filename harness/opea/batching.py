"""Dynamic batching: requests that wait in a service's buffers are answered together, every so often.

Names follow comps/cores/mega/micro_service.py, GenAIComps 8130a3f; unlike there a batch that fails fails its own
requests and no others.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any

Infer = Callable[[Any, list[dict[str, Any]]], Awaitable[Sequence[Any]]]
Buffer = defaultdict[Hashable, deque[dict[str, Any]]]


async def answer_batches(
    buffer: Buffer, lock: asyncio.Lock, infer: Infer, *, every_s: float, size_max: int
) -> None:
    """Answer what waits in the buffer, every `every_s` seconds, for ever.

    An entry is `{"request": ..., "response": a future}`; `infer(kind, batch)` gives one result for each entry.
    """
    while True:
        await asyncio.sleep(every_s)
        async with lock:
            batches = {
                kind: [waiting.popleft() for _ in range(min(size_max, len(waiting)))]
                for kind, waiting in buffer.items()
            }
        for kind, batch in batches.items():
            if batch:
                await _answer(kind, batch, infer)


async def _answer(kind: Hashable, batch: list[dict[str, Any]], infer: Infer) -> None:
    try:
        results = await infer(kind, batch)
    except Exception as wrong:  # noqa: BLE001 - the service's own code; its requests are told, others go on
        for entry in batch:
            if not entry["response"].done():
                entry["response"].set_exception(wrong)
        return
    missing = ValueError(f"the batch of {len(batch)} got {len(results)} results; each entry needs one")
    for place, entry in enumerate(batch):
        if entry["response"].done():
            continue
        if place < len(results):
            entry["response"].set_result(results[place])
        else:
            entry["response"].set_exception(missing)

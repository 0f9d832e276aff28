"""Waiting for a state of somebody else's: polled, with a limit, and given to the test that asserts on it."""

import asyncio
import time


def seen(look, wanted=bool, limit_s=30.0):
    """What `look` gives, as soon as that is wanted; what it gives at the end, once the time is over."""
    over = time.monotonic() + limit_s
    while not wanted(found := look()) and time.monotonic() < over:
        time.sleep(0.02)
    return found


async def until(true, limit_s=30.0):
    """Return as soon as it is so; raises TimeoutError once the time is over."""
    async with asyncio.timeout(limit_s):
        while not true():  # noqa: ASYNC110 - the state is another's
            await asyncio.sleep(0.005)

"""What crosses the hops of somebody else's stack, as far as its nodes keep journals: mocks and wires of the harness do."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from harness.comp import Comp
from harness.session import Session
from harness.watch import Watch

PACE_S = 0.25


async def witnessed(
    session: Session, comps: Mapping[str, Comp], ask: Callable[[Session], Awaitable[None]]
) -> dict[str, str]:
    """Ask and keep what crosses meanwhile; gives of each node of which nothing can be seen why."""
    watch = Watch(session.stack, comps, pace_s=PACE_S)
    await watch.begin()
    asked: asyncio.Future[object] = asyncio.ensure_future(ask(session))
    try:
        async for examined in watch.until(asked):
            session.run.add_exchange(examined.exchange)
        await asked
    finally:
        asked.cancel()
    return {**session.stack.unknown, **watch.blind}

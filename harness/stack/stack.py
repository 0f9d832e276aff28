"""A stack: a gateway, and for each node its wire and what stands behind it; raised for a scenario and gone at the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from harness.client import Client
from harness.errors import StackError
from harness.progress import Progress, Silent
from harness.scenario import Scenario
from harness.stack.attach import preflight
from harness.stack.builder import Builder
from harness.stack.elsewhere import elsewhere
from harness.stack.standing import Hop, Stack
from harness.stack.where import Keeping, Where, check_nodes

__all__ = ["Hop", "Keeping", "Stack", "Where", "check_nodes", "raised", "stand"]


@asynccontextmanager
async def raised(
    scenario: Scenario, where: Where, keeping: Keeping, progress: Progress | None = None
) -> AsyncIterator[Stack]:
    """A running stack; everything it started is gone when the context ends, however it ends."""
    check_nodes(scenario, where)
    async with AsyncExitStack() as cleanup:
        client = Client(connections_max=8192)  # A pile-up is the stack's to show, not ours to bound.
        cleanup.push_async_callback(client.close)
        if where.is_attached:
            attached = _attached(scenario, where, client)
            await preflight(client, attached.endpoint)
            yield attached
            return
        if where.project:
            from harness.compose.stack import stack_of  # Docker's packages are an extra.

            yield await cleanup.enter_async_context(
                stack_of(scenario, where, keeping, progress or Silent(), client)
            )
            return
        gateway = await cleanup.enter_async_context(elsewhere(scenario, where, keeping))
        builder = Builder(scenario, where, keeping, cleanup, gateway)
        await builder.contain(progress or Silent())
        stack = await builder.build(client)
        stack.containers, stack.hurts = builder.contained.containers, builder.contained.hurts
        if builder.contained.running:
            stack.beside = (builder.contained.running,)
        yield stack


def _attached(scenario: Scenario, where: Where, client: Client) -> Stack:
    """Somebody else's gateway: nothing is started; the nodes that were named are known by their own address alone."""
    service = scenario.megaservice
    hops = {
        name: Hop(service.node(name), url, url.rstrip("/"), url.rstrip("/"))
        for name, url in where.nodes.items()
        if url != "mock"
    }
    return Stack(scenario, where.gateway_url or "", hops, client, query=where.jaeger_url, ours=False)


async def stand(stack: Stack, ended: asyncio.Event) -> None:
    """Keep a stack standing until `ended`; raises StackError as soon as one of its processes ends on its own."""
    while not ended.is_set():
        if stack.dead():
            words = stack.dead()
            raise StackError(words if "its last words" in words else f"{words}; its log tells why")
        try:
            await asyncio.wait_for(ended.wait(), 0.5)
        except TimeoutError:
            continue

"""The processes of a stack are started with what they are told."""

import asyncio
from contextlib import AsyncExitStack

from harness.client import Client
from harness.discovery import SCENARIO, discover
from harness.stack.builder import Builder
from harness.stack.where import Keeping, Where

RAG = discover(SCENARIO)["rag"]


def test_a_stack_without_wires_and_traces_has_neither_process(tmp_path):
    """Its hops are the nodes themselves, and all is gone with the cleanup."""

    async def go():
        client = Client()
        async with AsyncExitStack() as cleanup:
            cleanup.push_async_callback(client.close)
            where = Where(jaeger="none", wired=False)
            stack = await Builder(RAG, where, Keeping(tmp_path), cleanup).build(client)
            standing = sorted(stack.children), stack.dead(), stack.query
            direct = all(hop.url == hop.upstream and not hop.admin for hop in stack.hops.values())
        return standing, direct, [child.exit_code for child in stack.children.values()]

    standing, direct, ended = asyncio.run(go())

    assert standing == (["gateway", "mocks"], "", "")
    assert direct is True
    assert ended == [0, 0]

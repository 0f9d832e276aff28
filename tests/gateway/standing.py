"""Stacks whose gateway is a file or the real opea-comps, and what they answer."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from harness.asking import Asker
from harness.history import Mode, Op
from harness.scenario import Scenario
from harness.stack.ingest import ingest
from harness.stack.stack import Keeping, Stack, Where, raised


def on(scenario: Scenario, where: Where, folder: Path, work: Callable[[Stack], Awaitable[Any]]) -> Any:
    """Do the work on a stack that stands meanwhile."""

    async def main() -> Any:
        async with raised(scenario, where, Keeping(folder / "logs", folder / "journal.jsonl")) as stack:
            await ingest(stack)
            return await work(stack)

    return asyncio.run(main())


async def asked(stack: Stack, text: str, mode: Mode = "json") -> Op:
    """One question, asked as a run asks it."""
    return await Asker(stack.client, stack.endpoint, stack.scenario).ask(Op("1", "ask", "q", mode), text)

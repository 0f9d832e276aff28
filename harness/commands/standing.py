"""What stands until it is let go: by Ctrl-C, or by the program that started us."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import click
import orjson

from harness.commands.options import is_piped
from harness.errors import StackError
from harness.processes.child import lifeline

PACE_S = 0.5


def tell_ready(urls: Mapping[str, str], *, as_json: bool) -> None:
    """Print where everything is: one JSON line, or a line for each."""
    if as_json:
        click.echo(orjson.dumps({"ready": True, "urls": urls}))
        return
    width = max(map(len, urls), default=0)
    for name, url in urls.items():
        click.echo(f"{name:<{width}}  {url}")
    click.echo("\nCtrl-C ends it.", err=True)


async def until_let_go(standing: Coroutine[Any, Any, object], ended: asyncio.Event, *, as_json: bool) -> None:
    """Stand until cancelled; started by a program (`--json`, piped), also until it closes our standard input."""
    task = asyncio.ensure_future(standing)
    try:
        if as_json and is_piped():
            released = asyncio.ensure_future(lifeline())
            await asyncio.wait({task, released}, return_when=asyncio.FIRST_COMPLETED)
            released.cancel()
            ended.set()
        await task
    finally:
        task.cancel()


async def watched(dead: Callable[[], str], ended: asyncio.Event) -> None:
    """Return when `ended`; raises StackError as soon as something is dead, which is looked for in a thread."""
    while not ended.is_set():
        if words := await asyncio.to_thread(dead):
            raise StackError(words)
        try:
            await asyncio.wait_for(ended.wait(), PACE_S)
        except TimeoutError:
            continue

"""Runs the wires of a stack side by side in one event loop, with one port that speaks for all of them."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import uvloop

from harness.cycles import collect_rarely
from harness.discovery import FAULT, discover
from harness.journal import Journal
from harness.processes.child import announce, lifeline
from harness.traces.emit import Tracer
from harness.wire.caller import Caller
from harness.wire.desk import AdminDesk
from harness.wire.listener import Listener
from harness.wire.settings import Settings, WireSettings, parse
from harness.wire.wire import Behind, Keeping, Wire


@dataclass(frozen=True, slots=True)
class Wires:
    """Wires that are up: by node, and the address of the admin port for all."""

    by_node: dict[str, Wire]
    admin: str

    @property
    def urls(self) -> dict[str, str]:
        """The address of each node's wire."""
        return {node: wire.url for node, wire in self.by_node.items()}


@asynccontextmanager
async def wires(settings: Settings) -> AsyncIterator[Wires]:
    """The wires, up for as long as the context lasts; afterwards journal and spans are written to the end."""
    faults = {name: each for name, each in discover(FAULT, settings.folders).items() if not each.action}
    journal = Journal(settings.journal, keep_bytes=settings.keep_bytes)
    async with AsyncExitStack() as cleanup:
        cleanup.callback(journal.close)
        by_node: dict[str, Wire] = {}
        for each in settings.wires:
            tracer = await cleanup.enter_async_context(_tracing(each, settings)) if settings.otlp else None
            keeping = Keeping(journal, tracer, settings.run_id)
            wire = Wire(_behind(each), faults, keeping, host=settings.host, port=each.port)
            cleanup.push_async_callback(_close, wire)
            wire.up()
            by_node[each.node] = wire
        admins = {node: wire.admin for node, wire in by_node.items()}
        desk = Listener(lambda: Caller(AdminDesk(admins)))
        cleanup.callback(desk.close)
        desk.up()
        yield Wires(by_node, desk.url)


def _behind(each: WireSettings) -> Behind:
    return Behind(each.node, each.comp, each.upstream, each.dialect if each.streams else None)


async def _close(wire: Wire) -> None:
    """Close, and let the loop turn, so that what was broken off is written down."""
    wire.close()
    for _ in range(3):
        await asyncio.sleep(0)


@asynccontextmanager
async def _tracing(each: WireSettings, settings: Settings) -> AsyncIterator[Tracer]:
    tracer = Tracer(each.node, settings.otlp, {"opea.run_id": settings.run_id})
    flushing = asyncio.create_task(tracer.run())
    try:
        yield tracer
    finally:
        await tracer.close()
        flushing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await flushing


async def run(settings: Settings) -> None:
    """Bring the wires up, say so, and wait for the end of standard input."""
    async with wires(settings) as standing:
        collect_rarely()
        announce(urls=standing.urls, admin=standing.admin)
        await lifeline()


def main(arguments: Sequence[str]) -> None:
    """The process; raises HarnessError for a configuration that cannot be."""
    uvloop.run(run(parse(arguments[0].encode() if arguments else sys.stdin.buffer.readline())))

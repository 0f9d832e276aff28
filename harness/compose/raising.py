"""Raises a compose file: mocks, wires, the forwarder, then its services, on a network of their own; gone at the end, however it ends."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from urllib.parse import urlsplit

from harness.compose.forwarding import ITSELF, Place
from harness.compose.making import composition_of
from harness.compose.processes import Processes, Raise, host_ports, upstream
from harness.composition.raising import Means, Running, raised
from harness.containers.engine import Engine, connect
from harness.containers.leftovers import sweep
from harness.containers.network import Network, private_network
from harness.discovery import COMP, discover
from harness.errors import StackError
from harness.processes.child import Child
from harness.progress import Progress
from harness.stack.stack import Hop

SETTLED_S = 1.0  # What nothing tells the readiness of has at least not ended by then.


@dataclass(frozen=True, slots=True)
class Standing:
    """A project that stands: its containers, its hops by node, our own processes, and where its traces are asked for."""

    running: Running
    hops: Mapping[str, Hop]
    children: Mapping[str, Child]
    query: str = ""

    @property
    def urls(self) -> dict[str, str]:
        """Where each part is reached that has a port: a node's wire, else the service itself."""
        own = {name.removesuffix(ITSELF): url for name, url in self.running.urls.items()}
        return {**own, **{name: hop.url for name, hop in self.hops.items()}}


@asynccontextmanager
async def standing(wish: Raise, progress: Progress) -> AsyncIterator[Standing]:
    """The project while the context lasts. Raises StackError, with the last words of whoever spoils it, where it does not get ready."""
    try:
        engine = connect()
    except StackError as error:
        raise StackError(f"{wish.project.name}: stands in containers, but {error}") from None
    with closing(engine):
        await asyncio.to_thread(sweep, engine)
        async with AsyncExitStack() as cleanup:
            network = cleanup.enter_context(private_network(engine))
            builder = _Builder(engine, wish, network, cleanup)
            try:
                found = await builder.build(progress)
            except StackError as error:  # Whoever wrote the file knows its services by their own names.
                raise StackError(str(error).replace(ITSELF, "")) from None
            yield found


@dataclass(frozen=True, slots=True)
class _Known:
    """Progress that calls a service what its file calls it, also behind a wire."""

    progress: Progress

    def begin(self, part: str, total: int) -> None:
        self.progress.begin(part, total)

    def step(self, words: str = "", *, failed: bool = False, waits: bool = False) -> None:
        self.progress.step(words.replace(ITSELF, ""), failed=failed, waits=waits)

    def end(self, words: str = "") -> None:
        self.progress.end(words)


class _Builder:
    """One project on its way up."""

    def __init__(self, engine: Engine, wish: Raise, network: Network, cleanup: AsyncExitStack) -> None:
        self._engine = engine
        self._wish = wish
        self._network = network
        self._cleanup = cleanup
        self._ours = Processes(wish, network.home(), cleanup)
        self._parts = wish.project.parts

    async def build(self, progress: Progress) -> Standing:
        """Mocks and wires first, because the services may call them as soon as they stand."""
        ports = host_ports(self._wish.project)
        mocks, traces = await asyncio.gather(self._ours.mocks(), self._ours.traces())
        upstreams = {name: mocks.get(name) or upstream(part, ports) for name, part in self._parts.items()}
        hops, wires = await self._ours.wires(upstreams, traces.get("otlp", ""))
        if mocks or wires:
            progress.step(f"{len(mocks)} mocks and {len(wires)} wires stand", waits=True)
        leading = {name: self._inside(url) for name, url in {**mocks, **wires}.items()}
        telemetry = "http://{}:{}/v1/traces".format(*self._inside(traces["otlp"])) if traces else ""
        composition = composition_of(self._wish.project, leading, ports, telemetry)
        means = Means(
            discover(COMP, self._wish.where.folders),
            self._wish.keeping.logs,
            self._wish.where.images,
            pull=self._wish.where.pull,
        )
        progress.begin(self._wish.project.name, len(composition.services))
        running = await self._cleanup.enter_async_context(
            raised(self._engine, composition, means, _Known(progress), self._network)
        )
        if any(not (each.comp or each.probe) for each in composition.services):
            await asyncio.sleep(SETTLED_S)
        if words := await asyncio.to_thread(lambda: running.ended):
            raise StackError(words)
        progress.end()
        return Standing(running, hops, self._ours.children, traces.get("query", ""))

    def _inside(self, url: str) -> Place:
        parts = urlsplit(self._network.from_inside(url))
        return parts.hostname or "", parts.port or 80

"""Raises a composition: its services in containers on a private network, in dependency order and side by side.

A service is started once all that it comes after are ready; of those that can be started, as many at once as there are cores, those
first for which the longest chain of others waits. A container that ends meanwhile, its own start over or not, ends the
whole start within a second; whatever was made is removed, however it ends.
"""

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.client import Client
from harness.comp import Comp
from harness.composition.images import ImageMap
from harness.composition.readiness import until_ready
from harness.containers.container import OVER, Container, Wanted, said_last
from harness.containers.engine import LOCAL, Engine, speaking
from harness.containers.network import Network, private_network
from harness.containers.volume import volumes
from harness.errors import StackError
from harness.ports import free_ports
from harness.progress import Progress, Silent, told_meanwhile
from harness.service import Composition, Service, by_urgency

PACE_S = 0.3
TRIES = 5  # A port that was free may be taken before the engine takes it.


@dataclass(frozen=True, slots=True)
class Means:
    """What a composition is raised with: the comps by id, where logs go, the map of images, and whether all of these are pulled anew."""

    comps: Mapping[str, Comp]
    folder: Path
    images: ImageMap = field(default_factory=ImageMap)
    pull: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """A composition that stands: its containers by service, and how long each took until it was ready, in seconds.

    `anew` removes a service's container and starts another, over the same volumes and at the same address, and returns when it is ready.
    """

    composition: Composition
    engine: Engine
    network: Network
    containers: Mapping[str, Container]
    ready_s: Mapping[str, float]
    anew: Callable[[str], Awaitable[None]]

    def url(self, service: str, port: int = 0) -> str:
        """Where a service is called, or another of its ports; read anew each time."""
        known = self.composition.service(service)
        url = self.containers[service].url(port or known.port)
        return url if port else url.replace("http:", f"{known.scheme}:", 1)

    @property
    def urls(self) -> dict[str, str]:
        """Where each service that has a port is called."""
        return {each.name: self.url(each.name) for each in self.composition.services if each.port}

    @property
    def name(self) -> str:
        """The composition's, as a process has one."""
        return self.composition.name

    @property
    def ended(self) -> str:
        """Which services ended on their own and how, last words and all, or whose log cannot be kept; empty while all run."""
        return _dead(self.engine, self.containers)


@asynccontextmanager
async def raised(
    engine: Engine,
    composition: Composition,
    means: Means,
    progress: Progress | None = None,
    network: Network | None = None,
) -> AsyncIterator[Running]:
    """The composition while the context lasts, on a network of its own unless one is given; each service that is ready is a step.

    Raises StackError, with the last words of whoever spoils it, where one does not get ready.
    """
    progress = progress or Silent()
    images = sorted({means.images.started(each.image) for each in composition.services})
    await _had(engine, images, means, progress)
    async with AsyncExitStack() as cleanup:
        network = network or cleanup.enter_context(private_network(engine))
        names = {name: f"{network.name}-{name}" for name in composition.volumes}
        cleanup.enter_context(volumes(engine, names.values()))
        raising = _Raising(engine, composition, means, network, names, progress)
        cleanup.push_async_callback(raising.remove)
        await raising.carry_out()
        yield Running(composition, engine, network, raising.containers, raising.ready_s, raising.anew)


async def _had(engine: Engine, images: Sequence[str], means: Means, progress: Progress) -> None:
    """Every image is on this machine when this returns; a pull is given up when we are."""
    is_over, lacking = threading.Event(), [*images]

    def have(image: str) -> None:
        if means.pull and not image.startswith(LOCAL):
            engine.pull(image, lambda: not is_over.is_set())
        engine.inspected(image, lambda: not is_over.is_set())
        lacking.remove(image)

    def told(waited_s: float) -> str:
        return f"pulled for {waited_s:.0f} s, and not here yet: {', '.join(lacking)}"

    try:
        async with told_meanwhile(progress, told):
            await asyncio.gather(*(asyncio.to_thread(have, image) for image in images))
    finally:
        is_over.set()


@dataclass(slots=True)
class _Raising:
    """One start under way."""

    engine: Engine
    composition: Composition
    means: Means
    network: Network
    volumes: Mapping[str, str]
    progress: Progress
    containers: dict[str, Container] = field(default_factory=dict)
    ready_s: dict[str, float] = field(default_factory=dict)
    _ready: dict[str, asyncio.Event] = field(default_factory=dict)
    _starting: list["asyncio.Future[None]"] = field(default_factory=list)
    _ports: dict[str, Mapping[int, int]] = field(default_factory=dict)
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(os.cpu_count() or 1))

    async def carry_out(self) -> None:
        """Start all, and return when all are ready; raises the first thing that went wrong, a death before all else."""
        self._ready = {each.name: asyncio.Event() for each in self.composition.services}
        client = Client()
        everything = asyncio.gather(*(self._service(each, client) for each in by_urgency(self.composition)))
        watching = asyncio.ensure_future(self._watched())
        both: tuple[asyncio.Future[Any], ...] = (everything, watching)
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if everything.done() and everything.exception() is not None:
                await self._told_of_death()
            (watching if watching.done() else everything).result()
        finally:
            for each in both:
                each.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            await client.close()

    async def anew(self, name: str) -> None:
        """Put another container in the place of a service's."""
        client = Client()
        try:
            await asyncio.to_thread(self.containers[name].remove)
            await self._service(self.composition.service(name), client)
        finally:
            await client.close()

    async def remove(self) -> None:
        """Remove every container that was started, also one whose start was not waited for."""
        await asyncio.gather(*self._starting, return_exceptions=True)
        removing = (asyncio.to_thread(each.remove) for each in self.containers.values())
        wrong = await asyncio.gather(*removing, return_exceptions=True)
        for each in wrong:
            if isinstance(each, BaseException):
                raise each

    async def _service(self, service: Service, client: Client) -> None:
        await asyncio.gather(*(self._ready[name].wait() for name in service.after))
        began_s = time.monotonic()
        # A thread cannot be interrupted: what it starts is noted in any case, and removed.
        async with self._gate:
            starting = asyncio.ensure_future(asyncio.to_thread(self._start, service))
            self._starting.append(starting)
            await asyncio.shield(starting)
        self.progress.step(f"{service.name} started", waits=True)
        comp = self.means.comps.get(service.comp)
        container = self.containers[service.name]
        try:
            await until_ready(service, container, comp, client, self.progress)
        except StackError as error:
            words = await asyncio.to_thread(container.last_words)
            raise StackError(f"{error}{said_last(words)}") from None
        self.ready_s[service.name] = time.monotonic() - began_s
        self._ready[service.name].set()
        self.progress.step(f"{service.name} ready after {self.ready_s[service.name]:.1f} s")

    def _start(self, service: Service) -> None:
        for tries_left in reversed(range(TRIES)):
            try:
                wanted = self._wanted(service)
                self.containers[service.name] = Container.start(self.engine, wanted, self.means.folder)
            except StackError as error:
                if "port of this machine is taken" not in str(error) or not tries_left:
                    raise
                del self._ports[service.name]
            else:
                return

    def _wanted(self, service: Service) -> Wanted:
        if service.name not in self._ports:
            chosen = zip(service.ports, free_ports(len(service.ports)), strict=True)
            self._ports[service.name] = {**dict(chosen), **service.host_ports}
        return Wanted(
            service.name,
            self.means.images.started(service.image),
            service.environment,
            service.ports,
            self.network,
            (service.name, *service.aliases),
            {self.volumes.get(name, name): target for name, target in service.volumes.items()},
            service.memory_bytes,
            service.command,
            entrypoint=service.entrypoint,
            host_ports=self._ports[service.name],
            more=service.more,
        )

    async def _watched(self) -> None:
        while True:
            await asyncio.sleep(PACE_S)
            await self._told_of_death()

    async def _told_of_death(self) -> None:
        words = await asyncio.to_thread(_dead, self.engine, dict(self.containers))
        if words:
            raise StackError(words)


def _dead(engine: Engine, containers: Mapping[str, Container]) -> str:
    """What is to be told of those that ended, or whose log did; they are asked for in one request."""
    if not containers:
        return ""
    ids = {each.inner.id: each for each in containers.values()}
    with speaking("docker"):
        rows = engine.client.api.containers(all=True, filters={"id": [*ids]})
    over = {ids[row["Id"]] for row in rows if row["State"] in OVER} | {
        each for id_, each in ids.items() if id_ not in {row["Id"] for row in rows}
    }
    told = (_told(each) if each in over else each.unheard for each in containers.values())
    return "\n".join(filter(None, told))


def _told(container: Container) -> str:
    try:
        death = container.death()
    except StackError:
        return f"{container.name}: somebody removed its container"
    return death.told(container.name) if death else ""

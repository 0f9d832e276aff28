"""Raises a compose file: mocks, wires, the forwarder, then its services, on a network of their own; gone at the end, however it ends."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from harness.compose.forwarding import ITSELF, Place, after_forwarder, behind, forwarder, table_of
from harness.compose.project import Part, Project
from harness.composition.raising import Means, Running, free_ports, raised
from harness.composition.service import Composition, Probe
from harness.containers.container import HOST
from harness.containers.engine import Engine, connect
from harness.containers.leftovers import sweep
from harness.containers.network import Network, private_network
from harness.discovery import COMP, discover
from harness.errors import StackError
from harness.megaservice import Node
from harness.progress import Progress
from harness.stack.process import Child
from harness.stack.stack import Hop, Keeping
from harness.stack.where import Where

READY_LIMIT_S = 30.0
SETTLED_S = 1.0  # What nothing tells the readiness of has at least not ended by then.
HEALTH = Probe("/v1/health_check")
PYTHON = "python:3.11-slim"
TRACES = "TELEMETRY_ENDPOINT"


@dataclass(frozen=True, slots=True)
class Raise:
    """What a project is raised with: `nodes` maps parts to the nodes for which a wire stands before them; `settings` are the mocks'."""

    project: Project
    where: Where
    keeping: Keeping
    nodes: Mapping[str, Node]
    settings: Mapping[str, str]


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


class _Builder:
    """One project on its way up."""

    def __init__(self, engine: Engine, wish: Raise, network: Network, cleanup: AsyncExitStack) -> None:
        self._engine = engine
        self._wish = wish
        self._network = network
        self._cleanup = cleanup
        self._children: dict[str, Child] = {}
        self._parts = wish.project.parts

    async def build(self, progress: Progress) -> Standing:
        """Mocks and wires first, because the services may call them as soon as they stand."""
        ports = self._host_ports()
        mocks, traces = await asyncio.gather(self._mocks(), self._traces())
        upstreams = {name: mocks.get(name) or _upstream(part, ports) for name, part in self._parts.items()}
        hops, wires = await self._wires(upstreams, traces.get("otlp", ""))
        leading = {name: self._inside(url) for name, url in {**mocks, **wires}.items()}
        telemetry = "http://{}:{}/v1/traces".format(*self._inside(traces["otlp"])) if traces else ""
        composition = self._composition(leading, ports, telemetry)
        means = Means(
            discover(COMP, self._wish.where.folders),
            self._wish.keeping.logs,
            self._wish.where.images,
            pull=self._wish.where.pull,
        )
        progress.begin(self._wish.project.name, len(composition.services))
        running = await self._cleanup.enter_async_context(
            raised(self._engine, composition, means, progress, self._network)
        )
        if any(not (each.comp or each.probe) for each in composition.services):
            await asyncio.sleep(SETTLED_S)
        if words := await asyncio.to_thread(running.dead):
            raise StackError(words)
        progress.end()
        return Standing(running, hops, self._children, traces.get("query", ""))

    def _host_ports(self) -> dict[str, dict[int, int]]:
        """Free ports of loopback for all, known before anything stands, so that wires can be told where to go."""
        wanted = [
            (name, port) for name, part in self._parts.items() if part.service for port in part.service.ports
        ]
        found: dict[str, dict[int, int]] = {}
        for (name, inner), outer in zip(wanted, free_ports(len(wanted)), strict=True):
            found.setdefault(name, {})[inner] = outer
        return found

    def _inside(self, url: str) -> Place:
        parts = urlsplit(self._network.from_inside(url))
        return parts.hostname or "", parts.port or 80

    async def _started(self, role: str, *argv: str, told: Mapping[str, Any] | None = None) -> dict[str, Any]:
        child = await Child.start(role, ("-m", *argv), self._wish.keeping.logs / f"{role}.log")
        self._cleanup.push_async_callback(child.stop)
        self._children[role] = child
        if told is not None:
            await child.configure(told)
        return await child.ready(READY_LIMIT_S)

    async def _traces(self) -> dict[str, Any]:
        """The addresses of the trace store; nothing where none is wanted."""
        if self._wish.where.jaeger == "none":
            return {}
        return await self._started("traces", "harness.traces.store", "--host", self._network.home())

    async def _mocks(self) -> dict[str, str]:
        """The mocks' addresses by part; all are of one world."""
        mocked = [part for part in self._parts.values() if part.is_mock and part.comp]
        if not mocked:
            return {}
        told = {
            "mocks": [{"name": part.name, "comp": part.comp.id} for part in mocked if part.comp],
            "host": self._network.home(),
            "seed": self._wish.keeping.seed,
            "settings": dict(self._wish.settings),
            "folders": [str(folder) for folder in self._wish.where.folders],
            "like_upstream": self._wish.where.like_upstream,
        }
        urls: dict[str, str] = (await self._started("mocks", "harness.stack.mock", told=told))["urls"]
        return urls

    async def _wires(self, upstreams: Mapping[str, str], otlp: str) -> tuple[dict[str, Hop], dict[str, str]]:
        """A hop for every node, and by part the address of its wire; what runs already is reached through a wire too."""
        nodes, keeping = self._wish.nodes, self._wish.keeping
        runs = [name for name, part in self._parts.items() if part.service is None and not part.is_mock]
        names = [*nodes, *(name for name in runs if name not in nodes)]
        if not names:
            return {}, {}
        told = {
            "wires": [_wire(name, nodes.get(name), upstreams[name]) for name in names],
            "otlp": otlp or None,
            "journal": str(keeping.journal) if keeping.journal else None,
            "keep_bytes": keeping.keep_bytes,
            "run_id": keeping.run_id,
            "folders": [str(folder) for folder in self._wish.where.folders],
            "host": self._network.home(),
        }
        ready = await self._started("wires", "harness.wire", told=told)
        urls = {name: ready["urls"][nodes[name].name if name in nodes else name] for name in names}
        hops = {
            node.name: Hop(
                node,
                self._told(self._parts[name]),
                urls[name],
                upstreams[name],
                f"{ready['admin']}/_harness/{node.name}",
            )
            for name, node in nodes.items()
        }
        return hops, urls

    def _told(self, part: Part) -> str:
        """What stands there, in words."""
        if part.service is None:
            return part.place
        image = self._wish.where.images.started(part.service.image)
        return image if image == part.service.image else f"{image} for {part.service.image}"

    def _composition(
        self, leading: Mapping[str, Place], ports: Mapping[str, Mapping[int, int]], telemetry: str
    ) -> Composition:
        project = self._wish.project
        gateway = project.megaservice
        containers = [part for part in self._parts.values() if part.service]
        services = [behind(part, leading, ports.get(part.name, {})) for part in containers]
        if gateway is not None:
            told = {TRACES: telemetry} if telemetry else {}
            services = [
                replace(
                    each,
                    probe=each.probe or (None if each.comp else HEALTH),
                    environment={**told, **each.environment},
                )
                if each.name == gateway.name
                else each
                for each in services
            ]
        table = table_of(project, leading)
        if table:
            services = [after_forwarder(each, leading) for each in services]
            services = [forwarder(self._with_python(), project, table, leading), *services]
        names = {part.name: part.name + (ITSELF if part.name in leading else "") for part in containers}
        called = names.get(gateway.name, "") if gateway else ""
        return Composition(project.name, tuple(services), project.volumes, names, called)

    def _with_python(self) -> str:
        """An image with a Python for the forwarder: the one that was named, else one of OPEA's own that is started anyway."""
        project = self._wish.project
        own = (part for part in self._parts.values() if part.comp and part.comp.framework)
        gateway = project.megaservice.image if project.megaservice else ""
        images = [project.forwarder, gateway, *(part.image for part in own), PYTHON]
        return next(filter(None, images))


def _upstream(part: Part, ports: Mapping[str, Mapping[int, int]]) -> str:
    if part.service is None:
        return part.place
    inner = part.service.port
    return f"http://{HOST}:{ports[part.name][inner]}" if inner else ""


def _wire(name: str, node: Node | None, upstream: str) -> dict[str, Any]:
    if not upstream:
        raise StackError(
            f"{name}: listens on no port that the file tells, so no wire can stand before it; `expose` tells one"
        )
    if node is None:
        return {"node": name, "upstream": upstream}
    return {
        "node": node.name,
        "comp": node.comp,
        "service_type": node.service_type,
        "upstream": upstream,
        "dialect": node.dialect,
        "streams": node.streams,
    }

"""The processes of ours around a project: mocks in the place of services, wires before them, and where traces go."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from harness.compose.project import Part, Project
from harness.containers.container import HOST
from harness.errors import StackError
from harness.megaservice import Node
from harness.ports import free_ports
from harness.processes.child import Child
from harness.stack.stack import Hop, Keeping
from harness.stack.where import Where

READY_LIMIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Raise:
    """What a project is raised with: `nodes` maps parts to the nodes for which a wire stands before them; `settings` are the mocks'."""

    project: Project
    where: Where
    keeping: Keeping
    nodes: Mapping[str, Node]
    settings: Mapping[str, str]


class Processes:
    """Starts them; all listen on `home`, an address of this machine, and are ended by the clean-up."""

    def __init__(self, wish: Raise, home: str, cleanup: AsyncExitStack) -> None:
        self._wish = wish
        self._home = home
        self._cleanup = cleanup
        self.children: dict[str, Child] = {}

    async def _started(self, role: str, *argv: str, told: Mapping[str, Any] | None = None) -> dict[str, Any]:
        child = await Child.start(role, ("-m", *argv), self._wish.keeping.logs / f"{role}.log")
        self._cleanup.push_async_callback(child.stop)
        self.children[role] = child
        if told is not None:
            await child.configure(told)
        return await child.ready(READY_LIMIT_S)

    async def traces(self) -> dict[str, Any]:
        """The addresses of the trace store; nothing where none is wanted."""
        if self._wish.where.jaeger == "none":
            return {}
        return await self._started("traces", "harness.traces.store", "--host", self._home)

    async def mocks(self) -> dict[str, str]:
        """The mocks' addresses by part; all are of one world."""
        mocked = [part for part in self._wish.project.parts.values() if part.is_mock and part.comp]
        if not mocked:
            return {}
        told = {
            "mocks": [{"name": part.name, "comp": part.comp.id} for part in mocked if part.comp],
            "host": self._home,
            "seed": self._wish.keeping.seed,
            "settings": dict(self._wish.settings),
            "folders": [str(folder) for folder in self._wish.where.folders],
            "like_upstream": self._wish.where.like_upstream,
        }
        urls: dict[str, str] = (await self._started("mocks", "harness.mocking.process", told=told))["urls"]
        return urls

    async def wires(self, upstreams: Mapping[str, str], otlp: str) -> tuple[dict[str, Hop], dict[str, str]]:
        """A hop for every node, and by part the address of its wire; what runs already is reached through a wire too."""
        nodes, keeping = self._wish.nodes, self._wish.keeping
        runs = [
            name
            for name, part in self._wish.project.parts.items()
            if part.service is None and not part.is_mock
        ]
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
            "host": self._home,
        }
        ready = await self._started("wires", "harness.wire", told=told)
        urls = {name: ready["urls"][nodes[name].name if name in nodes else name] for name in names}
        hops = {
            node.name: Hop(
                node,
                self._told(self._wish.project.parts[name]),
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
        "upstream": upstream,
        "dialect": node.dialect,
        "streams": node.streams,
    }


def host_ports(project: Project) -> dict[str, dict[int, int]]:
    """Free ports of loopback for all, known before anything stands, so that wires can be told where to go."""
    wanted = [
        (name, port) for name, part in project.parts.items() if part.service for port in part.service.ports
    ]
    found: dict[str, dict[int, int]] = {}
    for (name, inner), outer in zip(wanted, free_ports(len(wanted)), strict=True):
        found.setdefault(name, {})[inner] = outer
    return found


def upstream(part: Part, ports: Mapping[str, Mapping[int, int]]) -> str:
    """Where a part answers that is no mock; empty where it has no port."""
    if part.service is None:
        return part.place
    inner = part.service.port
    return f"http://{HOST}:{ports[part.name][inner]}" if inner else ""

"""A compose file that was read: its services as parts, each a container that is to stand, a mock of a comp, or an address that runs already. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from harness.comp import Comp
from harness.compose.asked import MACHINE, MOCK
from harness.megaservice import Node
from harness.scenario import Scenario
from harness.service import Composition, Service


@dataclass(frozen=True, slots=True)
class Part:
    """One service of the file: `comp` where its image is known, `place` `mock`, a URL, or empty for a container.

    `names` are those under which others reach it, `ports` the inner ones and to which port of the machine the file publishes each.
    """

    name: str
    place: str
    names: frozenset[str]
    ports: Mapping[int, int | None]
    environment: Mapping[str, str] = field(default_factory=dict)
    comp: Comp | None = None
    service: Service | None = None
    after: tuple[str, ...] = ()

    @property
    def image(self) -> str:
        """The image that it asks for; empty where it is no container."""
        return self.service.image if self.service else ""

    @property
    def is_mock(self) -> bool:
        """Does a mock of ours answer in its place?"""
        return self.place == MOCK


@dataclass(frozen=True, slots=True)
class Project:
    """All parts; `notes` say what is done otherwise than the file says.

    `megaservices` are the services that look like one, best one. `forwarder` is the image with a Python that was named for what passes on
    to wires. `nodes` maps nodes of a graph to the parts that answer for them.
    """

    name: str
    parts: Mapping[str, Part]
    volumes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    megaservices: tuple[str, ...] = ()
    forwarder: str = ""
    nodes: Mapping[str, str] = field(default_factory=dict)

    @property
    def megaservice(self) -> Part | None:
        """The part that answers the questions; None where none or several look like it."""
        return self.parts[self.megaservices[0]] if len(self.megaservices) == 1 else None

    def named(self, host: str, port: int | None) -> Part | None:
        """The part that a container reaches there; this machine's address leads to what the file publishes on the port."""
        if host == MACHINE:
            return next(
                (part for part in self.parts.values() if port is not None and port in part.ports.values()),
                None,
            )
        return next((part for part in self.parts.values() if host in part.names), None)

    @property
    def composition(self) -> Composition:
        """Its containers as the file has them, for who only counts them."""
        services = tuple(part.service for part in self.parts.values() if part.service)
        nodes = {node: name for node, name in self.nodes.items() if self.parts[name].service}
        return Composition(self.name, services, self.volumes, nodes)

    def nodes_for(self, scenario: Scenario) -> dict[str, Node]:
        """The node of a scenario for which a part answers, by the part: those of the graph, and what fills the store."""
        found = {self.nodes[node.name]: node for node in scenario.megaservice.nodes}
        for node in scenario.megaservice.support:
            for part in self.parts.values():
                if part.comp is not None and part.comp.id == node.comp:
                    found.setdefault(part.name, node)
        return found

    def called_by(self, part: Part) -> dict[str, Part]:
        """The parts that one is told of, by the variable that says so."""
        found: dict[str, Part] = {}
        for variable, value in part.environment.items():
            other = self.named(*address(variable, value, part.environment))
            if other is not None and other.name != part.name:
                found[variable] = other
        return found


def address(variable: str, value: str, environment: Mapping[str, str]) -> tuple[str, int | None]:
    """Host and port of a value that is a URL, `host:port`, or a host whose port another variable of the same name says."""
    try:
        parts = urlsplit(value if "://" in value else f"//{value}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "", None
    if port is None and "://" not in value:
        port = next((int(found) for found in _ports_beside(variable, environment)), None)
    return host, port


def _ports_beside(variable: str, environment: Mapping[str, str]) -> list[str]:
    for ending in ("_HOST_IP", "_HOST", "_IP"):
        if variable.upper().endswith(ending):
            beside = environment.get(f"{variable[: -len(ending)]}_PORT", "")
            return [beside] if beside.isdigit() else []
    return []

"""Services as data: what containers are to stand, what each is told, and what says that it is ready. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harness.errors import ScenarioError

READY_LIMIT_S = 180.0


@dataclass(frozen=True, slots=True)
class Probe:
    """What says that a service is ready which keeps no contract: a request to its port, or a `command` that is run inside it.

    Right is the answer of that status, or the command's exit code 0, if it holds the text `holds`.
    """

    path: str = "/"
    method: str = "GET"
    body: bytes = b""
    status: int = 200
    holds: str = ""
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """One container that is to stand; the others of its composition reach it by its name or an alias, on its inner ports.

    `image` is the real image's name. `ports` are inner ones, each published on a free port of loopback; the first is the one that is
    called. `volumes` maps a volume of the composition, or a folder of this machine, to a path inside. `after` are the services that
    must be ready before it is started. Ready means that a contract request of `comp` (an id) is answered rightly, or the `probe`;
    without both, that it runs. `prepare` is run inside as soon as it may be, again until it succeeds (a model that is to be pulled).
    0 memory means no limit; `scheme` is what its address begins with. A port that `host_ports` maps to one of this machine is
    published there. `more` is what else the engine is told, by docker-py's names (`shm_size`, `cap_add`, `user`).
    """

    name: str
    image: str
    ports: tuple[int, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    volumes: Mapping[str, str] = field(default_factory=dict)
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    comp: str = ""
    probe: Probe | None = None
    prepare: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    memory_bytes: int = 0
    ready_limit_s: float = READY_LIMIT_S
    scheme: str = "http"
    host_ports: Mapping[int, int] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def port(self) -> int:
        """The inner port that is called; 0 where it has none."""
        return self.ports[0] if self.ports else 0


@dataclass(frozen=True, slots=True)
class Composition:
    """Services that stand together on a private network.

    `volumes` are made anew and go with it. `nodes` maps a node of a graph to the service that answers there, `gateway` is the
    service that is the megaservice, `traces` the one that is a Jaeger; empty where there is none. `settings` are what mocks that
    stand beside it are told; `{NAME}` in a value is where that service is called from this machine, as `127.0.0.1:20001`.
    """

    name: str
    services: tuple[Service, ...]
    volumes: tuple[str, ...] = ()
    nodes: Mapping[str, str] = field(default_factory=dict)
    gateway: str = ""
    traces: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a composition that cannot be raised."""
        names = [service.name for service in self.services]
        for each in names:
            if names.count(each) > 1:
                raise ScenarioError(f"{self.name}: service {each} stands twice; names must differ")
        for what, name in (*self.nodes.items(), ("the gateway", self.gateway), ("the traces", self.traces)):
            if name and name not in names:
                raise ScenarioError(
                    f"{self.name}: {what} is at {name}, which is no service; services are {names}"
                )
        waves(self)

    def service(self, name: str) -> Service:
        """The service of this name; raises ScenarioError where there is none."""
        for each in self.services:
            if each.name == name:
                return each
        names = [service.name for service in self.services]
        raise ScenarioError(f"{self.name}: there is no service {name!r}; services are {names}")

    def with_service(self, service: Service) -> "Composition":
        """The same with the service of that name replaced."""
        self.service(service.name)
        return replace(
            self, services=tuple(service if each.name == service.name else each for each in self.services)
        )

    def only(self, names: Iterable[str]) -> "Composition":
        """The services of these names and all that they come after, transitively."""
        kept: set[str] = set()
        wanted = list(names)
        while wanted:
            service = self.service(wanted.pop())
            if service.name not in kept:
                kept.add(service.name)
                wanted += service.after
        lost = {f"{{{each.name}}}" for each in self.services} - {f"{{{name}}}" for name in kept}
        return replace(
            self,
            services=tuple(each for each in self.services if each.name in kept),
            nodes={node: name for node, name in self.nodes.items() if name in kept},
            gateway=self.gateway if self.gateway in kept else "",
            traces=self.traces if self.traces in kept else "",
            settings={
                key: value
                for key, value in self.settings.items()
                if not any(place in value for place in lost)
            },
        )


def waves(composition: Composition) -> tuple[tuple[str, ...], ...]:
    """The services' names in the order in which they can be started, those side by side that can.

    Raises ScenarioError for a service that comes after one that is not there, and for a cycle.
    """
    names = {service.name for service in composition.services}
    for service in composition.services:
        for name in service.after:
            if name not in names:
                raise ScenarioError(
                    f"{composition.name}: {service.name} comes after {name}, which is no service; "
                    f"services are {sorted(names)}"
                )
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    while done != names:
        ready = tuple(
            each.name
            for each in composition.services
            if each.name not in done and done.issuperset(each.after)
        )
        if not ready:
            raise ScenarioError(
                f"{composition.name}: services {sorted(names - done)} wait for each other; one of them must be first"
            )
        found.append(ready)
        done.update(ready)
    return tuple(found)


def by_urgency(composition: Composition) -> tuple[Service, ...]:
    """The services, those first for which the longest chain of others waits."""

    def chain(name: str) -> int:
        return 1 + max((chain(each.name) for each in composition.services if name in each.after), default=0)

    return tuple(sorted(composition.services, key=lambda each: -chain(each.name)))

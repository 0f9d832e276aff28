"""Hooks on whichever engine `comps` is: what a megaservice file builds is seen, and its nodes are put where we want them."""

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from harness.gateway.seen import Seen, SeenNode
from harness.gateway.variables import Readings, seen_url


class FileError(Exception):
    """What is wrong with a megaservice file, and on which of its lines (0: none)."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line
        self.words = words


@dataclass(slots=True)
class Workshop:
    """What a file builds while it runs; `places` puts nodes at addresses by name, `port` the megaservice itself (0: a free one).

    `at_start(service)` is called in the place of the first service's start, and is given what would start it.
    """

    file: Path
    readings: Readings
    places: Mapping[str, tuple[str, int]]
    port: int
    at_start: Callable[[Any, Callable[[], None]], None]
    orchestrators: list[tuple[Any, int]] = field(default_factory=list)
    remote: list[Any] = field(default_factory=list)

    def hook(self) -> None:
        """Put the hooks onto the classes that `comps` gives."""
        import uvicorn
        from comps import MicroService, ServiceOrchestrator

        around(ServiceOrchestrator, "__init__", self._orchestrator_made)
        around(ServiceOrchestrator, "flow_to", self._flow)
        around(MicroService, "__init__", self._service_made)
        around(MicroService, "start", self._service_started)
        around(uvicorn, "run", self._served_otherwise)

    @property
    def graph(self) -> Any:
        """The orchestrator that holds the whole graph: of several, the one that all others are part of."""
        if not self.orchestrators:
            raise FileError(0, "builds no ServiceOrchestrator before it serves; a megaservice has one")
        widest, _ = max(self.orchestrators, key=lambda each: len(each[0].graph))
        for each, line in self.orchestrators:
            apart = sorted(set(_edges(each)) - set(_edges(widest)))
            if apart:
                lines = " and ".join(str(place) for _, place in self.orchestrators)
                raise FileError(
                    line,
                    f"builds {len(self.orchestrators)} orchestrators (lines {lines}) of which none holds the others' "
                    f"graphs: {name_in(apart[0][0])} is in one alone; a file is run with one megaservice",
                )
        if not widest.services:
            raise FileError(
                self.orchestrators[0][1], "adds no service to its ServiceOrchestrator; a graph has a node"
            )
        return widest

    def seen(self, service: Any) -> Seen:
        """What the file has built, when this service of it is to start."""
        graph = self.graph
        nodes = [
            self._seen_node(node, map(name_in, graph.predecessors(key)))
            for key, node in graph.services.items()
        ]
        apart = [self._seen_node(each) for each in self.remote if each.name not in graph.services]
        named = {each.url for each in (*nodes, *apart)}
        urls = [seen_url(each) for each in self.readings.whole_urls() if each.name not in named]
        needed = [each.name for each in self.readings.by_name.values() if each.is_needed]
        return Seen(service.title, service.endpoint, tuple(nodes), (*apart, *urls), tuple(needed))

    def _seen_node(self, node: Any, after: Iterable[str] = ()) -> SeenNode:
        host, port = self.readings.behind(node.host), self.readings.behind(node.port)
        url = host if host is not None and host.value and "//" in host.value else None
        default = port.default if port else node.port
        return SeenNode(
            name_in(node.name),
            node.service_type.name,
            node.endpoint,
            tuple(after),
            host=host.name if host and not url else "",
            port=port.name if port and port is not url else "",
            url=url.name if url else "",
            default_port=int(default) if str(default).isdigit() else 0,
            has_key=bool(node.api_key),
        )

    def _orchestrator_made(self, original: Any, orchestrator: Any, *args: Any, **kwargs: Any) -> None:
        original(orchestrator, *args, **kwargs)
        self.orchestrators.append((orchestrator, self._line()))

    def _flow(self, original: Any, orchestrator: Any, before: Any, after: Any) -> Any:
        edge = f"lets {name_in(before.name)} flow to {name_in(after.name)}"
        for service in (before, after):
            if service.name not in orchestrator.services:
                nodes = [name_in(each) for each in orchestrator.services]
                raise FileError(
                    self._line(), f"{edge}, and {name_in(service.name)} was not added; nodes are {nodes}"
                )
        try:
            flows = original(orchestrator, before, after)
        except ValueError:
            flows = False
        if flows is False:  # As opea-comps has it, which then goes on without the edge.
            raise FileError(self._line(), f"{edge}, which closes a cycle; a graph of services has none")
        return flows

    def _service_made(self, original: Any, service: Any, *args: Any, **kwargs: Any) -> None:
        bound = inspect.signature(original).bind(service, *args, **kwargs)
        bound.apply_defaults()
        given = bound.arguments
        if given["use_remote_service"]:
            given["host"], given["port"] = self._place(given)
        else:
            given["host"] = "127.0.0.1"
            if given["service_role"].name == "MEGASERVICE":
                given["port"] = self.port
        original(*bound.args, **bound.kwargs)
        service.title = given["name"]
        if given["use_remote_service"]:
            self.remote.append(service)

    def _place(self, given: Mapping[str, Any]) -> tuple[str, int]:
        if given["name"] not in self.places:
            return given["host"], given["port"]
        host, port = self.places[given["name"]]
        return (f"http://{host}:{port}" if given["api_key"] else host), port

    def _service_started(self, original: Any, service: Any) -> None:
        self.at_start(service, lambda: original(service))

    def _served_otherwise(self, original: Any, *args: Any, **kwargs: Any) -> Any:
        line = self._line()
        if not line:
            return original(*args, **kwargs)
        raise FileError(
            line,
            "serves an app of its own with uvicorn.run; what can be run is a MicroService that is started",
        )

    def _line(self) -> int:
        return line_in(self.file, sys._getframe())  # noqa: SLF001 - there is no other way to learn who calls


def line_in(file: Path, frame: FrameType | None) -> int:
    """The line of the file that is being carried out in this frame or in one that called it; 0 if none is."""
    while frame is not None:
        if frame.f_code.co_filename == str(file):
            return frame.f_lineno
        frame = frame.f_back
    return 0


def around(owner: type | ModuleType, method: str, hook: Callable[..., Any]) -> None:
    """Let `hook(original, *arguments)` be called in the place of a method."""
    original = getattr(owner, method)

    @wraps(original)
    def hooked(*args: Any, **kwargs: Any) -> Any:
        return hook(original, *args, **kwargs)

    setattr(owner, method, hooked)


def _edges(orchestrator: Any) -> list[tuple[str, str]]:
    """The nodes, and what flows to what, of an orchestrator."""
    return [(key, after) for key, behind in orchestrator.graph.items() for after in ("", *behind)]


def name_in(key: str) -> str:
    """The name that a service was given, of its key in graphs: `name/Class`."""
    return key.rpartition("/")[0] or key

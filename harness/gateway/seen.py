"""What was seen of a megaservice file when it ran: its route and its graph, as data that crosses processes and is kept with a run."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from harness.history import Mode


@dataclass(frozen=True, slots=True)
class SeenNode:
    """A node that the file calls.

    `host`, `port` and `url` are the environment variables that its address comes from, empty where it comes from none;
    `default_port` is the port that the file has without them. One with `has_key` holds its scheme and port in the host. `url_path` is
    what a URL's variable holds behind the address.
    """

    name: str
    service_type: str
    path: str
    after: tuple[str, ...]
    host: str = ""
    port: str = ""
    url: str = ""
    default_port: int = 0
    has_key: bool = False
    url_path: str = ""

    def variables(self, address: tuple[str, int]) -> dict[str, str]:
        """The variables that put the node at this address."""
        host, port = address
        url = f"http://{host}:{port}"
        values = {
            self.host: url if self.has_key else host,
            self.port: str(port),
            self.url: url + self.url_path,
        }
        return {name: value for name, value in values.items() if name}


@dataclass(frozen=True, slots=True)
class Seen:
    """A megaservice: what it calls itself, the route that it serves, and its nodes in the order in which they were added.

    `beside` is what it calls by itself, past its orchestrator: services that were made and never added, and URLs that it reads.
    `needed` are the variables that it reads without anything to fall back on.
    """

    title: str
    path: str
    nodes: tuple[SeenNode, ...]
    beside: tuple[SeenNode, ...] = ()
    needed: tuple[str, ...] = ()

    def variables(self, places: Mapping[str, tuple[str, int]]) -> dict[str, str]:
        """The variables that put each node at its place, and what it calls beside them as far as that has one."""
        found: dict[str, str] = {}
        for node in (*self.nodes, *self.beside):
            if node.name in places:
                found |= node.variables(places[node.name])
        return found

    def as_json(self) -> dict[str, Any]:
        """Plain data, which `of_json` reads back."""
        return asdict(self)

    @classmethod
    def of_json(cls, document: Mapping[str, Any]) -> Self:
        """What `as_json` gave."""
        return cls(
            document["title"],
            document["path"],
            _nodes(document["nodes"]),
            _nodes(document.get("beside", ())),
            tuple(document.get("needed", ())),
        )


def _nodes(rows: Sequence[Mapping[str, Any]]) -> tuple[SeenNode, ...]:
    return tuple(SeenNode(**{**each, "after": tuple(each["after"])}) for each in rows)


@dataclass(frozen=True, slots=True)
class MegaserviceFile:
    """A user's megaservice file, the arguments that it is run with, what was seen of it, and in which modes it is asked.

    `unasked` are nodes to which no question leads, known when it was asked.
    """

    path: Path
    arguments: tuple[str, ...]
    seen: Seen
    modes: tuple[Mode, ...] = ("json", "stream")
    unasked: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What its scenario is called."""
        return self.path.stem

    def as_json(self) -> dict[str, Any]:
        """Plain data, which `of_json` reads back."""
        return {
            "path": str(self.path),
            "arguments": list(self.arguments),
            "seen": self.seen.as_json(),
            "modes": list(self.modes),
            "unasked": list(self.unasked),
        }

    @classmethod
    def of_json(cls, document: Mapping[str, Any]) -> Self:
        """What `as_json` gave."""
        return cls(
            Path(document["path"]),
            tuple(document["arguments"]),
            Seen.of_json(document["seen"]),
            tuple(document["modes"]),
            tuple(document.get("unasked", ())),
        )

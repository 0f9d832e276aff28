"""Where the parts of a stack are, and where it leaves what it writes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.composition.choosing import is_image, stood_in
from harness.composition.images import ImageMap, genuine_share
from harness.errors import UsageError
from harness.gateway.environment import Environment
from harness.gateway.launch import ENGINES
from harness.gateway.seen import MegaserviceFile
from harness.scenario import Scenario
from harness.service import Composition

if TYPE_CHECKING:
    from harness.compose.project import Project

PGVECTOR = "pgvector"
LOOPBACK = "127.0.0.1"
BOOT_LIMIT_S = 120.0
JAEGERS = ("embedded", "process", "container", "none")  # What is no URL.
KEEP_BYTES = 8192  # Holds a retriever's reply of four paragraphs; vectors are cut.


@dataclass(frozen=True, slots=True)
class Where:
    """Where a stack's parts are: `gateway` is "reference", "opea", a URL or an image, `nodes` maps names to "mock", "pgvector" or a URL.

    The container of an image learns from its environment variables where its nodes are; `environment` is added to them. It has to answer
    within `boot_limit_s`. So has a gateway at a URL whose nodes are to be ours: its variables are written to the file `write_env`.

    A node that keeps vectors may be a mock over PostgreSQL: one of ours ("pgvector") or one that runs already (postgresql://...).
    Where no node says so, `vectors` does: "pgvector", which gives way to memory where it cannot be had, or nothing: memory.
    `cache` is the folder of what is costly to make.

    Nodes of the `composition` run in containers, of the images that the map `images` says; with `pull` all of them are pulled first.

    `jaeger` is "embedded", "process" (the program `jaeger_program`), "container" (the composition's), "none" or the URL of a Jaeger's
    query API; `port` is the gateway's (0: a free one).
    `trace_drop_share` loses that share of spans on purpose, to see that it is noticed. `opea` is the environment that
    has opea-comps. A megaservice's `file` is run instead of a gateway that is made of the scenario's data. A `project` is a compose file,
    whose megaservice is the gateway.
    """

    gateway: str = "reference"
    nodes: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()
    jaeger: str = "embedded"
    jaeger_program: Path | None = None
    port: int = 0
    wired: bool = True
    trace_drop_share: float = 0.0
    like_upstream: bool = False
    opea: Environment | None = None
    file: MegaserviceFile | None = None
    composition: Composition | None = None
    images: ImageMap = field(default_factory=ImageMap)
    pull: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    write_env: Path | None = None
    boot_limit_s: float = BOOT_LIMIT_S
    vectors: str = ""
    cache: Path | None = None
    project: "Project | None" = None

    @property
    def gateway_url(self) -> str | None:
        """The gateway's address if it is somebody else's, without a trailing slash."""
        return None if self.gateway in ENGINES or self.image else self.gateway.rstrip("/")

    @property
    def image(self) -> str:
        """The image that a container is started of as the gateway, or nothing."""
        return self.gateway if is_image(self.gateway) else ""

    @property
    def is_attached(self) -> bool:
        """Is the gateway somebody else's, and are its nodes not ours either?"""
        return self.gateway_url is not None and self.write_env is None

    @property
    def genuine(self) -> str:
        """How many of its containers' images are the real ones, as `2 of 7`; nothing where there are no containers."""
        made = self.composition
        return genuine_share([each.image for each in made.services], self.images) if made else ""

    @property
    def stand_ins(self) -> list[str]:
        """The nodes whose containers are of other images than the real ones."""
        return stood_in(self.composition, self.images)

    @property
    def database(self) -> str:
        """Where mocks keep vectors: "pgvector", the address of a PostgreSQL that runs already, or nothing: in memory."""
        return next((place for place in self.nodes.values() if is_database(place)), "")

    @property
    def jaeger_url(self) -> str:
        """The address of a Jaeger that runs already, without a trailing slash; empty where there is none."""
        return "" if self.jaeger in JAEGERS else self.jaeger.rstrip("/")


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where a stack leaves what it writes: logs, the journal (None: in memory only), how much of each body."""

    logs: Path
    journal: Path | None = None
    keep_bytes: int = KEEP_BYTES
    run_id: str = ""
    seed: int = 0


def is_mock(place: str) -> bool:
    """Does a mock of ours answer there, whatever it keeps its vectors in?"""
    return place == "mock" or is_database(place)


def is_database(place: str) -> bool:
    """Is it a PostgreSQL, ours or one that runs already?"""
    return place == PGVECTOR or urlsplit(place).scheme.partition("+")[0] in ("postgresql", "postgres")


def shown(place: str) -> str:
    """The place as it may be told: without who is let in there, and by what password."""
    return re.sub(r"(?<=://)[^/?#]*@", "", place)


def keepers(scenario: Scenario) -> list[str]:
    """The nodes that keep vectors: what is retrieved from, and what fills it."""
    return [scenario.retriever, *(node.name for node in scenario.megaservice.support)]


def check_nodes(scenario: Scenario, where: Where) -> None:
    """Raise UsageError for a place that is given to no node, or is none, and for a Jaeger that nobody would send to."""
    if where.is_attached and where.jaeger == "process":
        raise UsageError(
            f"--jaeger process: {where.gateway} does not send to a Jaeger of ours; "
            "give the address of the one that it sends to, such as --jaeger http://127.0.0.1:16686"
        )
    service = scenario.megaservice
    names = [node.name for node in service.standing]
    for name, place in where.nodes.items():
        if name not in names:
            raise UsageError(f"--node {name}: {scenario.name} has no such node; nodes are {names}")
        if is_database(place):
            _check_database(name, place, scenario, where)
        elif not (
            place == "mock"
            or urlsplit(place).scheme in ("http", "https")
            or (where.composition and name in where.composition.nodes)
        ):
            raise UsageError(
                f"--node {name}={place}: a node is `mock`, a URL such as http://127.0.0.1:6000, or an image such as opea/retriever:latest"
            )


def _check_database(name: str, place: str, scenario: Scenario, where: Where) -> None:
    given = f"--node {name}={shown(place)}"
    if name not in keepers(scenario):
        raise UsageError(f"{given}: {name} keeps no vectors; what does is {keepers(scenario)}")
    if place != where.database:
        raise UsageError(
            f"{given}: vectors are kept in {shown(where.database)} already; it is one place for all"
        )
    if where.is_attached:
        raise UsageError(
            f"{given}: nothing of ours is started for {where.gateway}, so no mock is there to use it"
        )

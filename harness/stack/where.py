"""Where the parts of a stack are, and where it leaves what it writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from harness.errors import UsageError
from harness.gateway.environment import Environment
from harness.gateway.launch import ENGINES
from harness.gateway.seen import MegaserviceFile
from harness.scenario import Scenario

JAEGERS = ("embedded", "process", "none")  # What is no URL.
KEEP_BYTES = 8192  # Holds a retriever's reply of four paragraphs; vectors are cut.


@dataclass(frozen=True, slots=True)
class Where:
    """Where a stack's parts are: `gateway` is "reference", "opea" or a URL, `nodes` maps names to "mock" or a URL.

    `jaeger` is "embedded", "process" (the program `jaeger_program`), "none" or the URL of a Jaeger's query API; `port` is the
    gateway's (0: a free one).
    `trace_drop_share` loses that share of spans on purpose, to see that it is noticed. `opea` is the environment that
    has opea-comps. A `file` is run in the place of what the scenario's data would make.
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

    @property
    def gateway_url(self) -> str | None:
        """The gateway's address if it is somebody else's, without a trailing slash."""
        return None if self.gateway in ENGINES else self.gateway.rstrip("/")

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


def check_nodes(scenario: Scenario, where: Where) -> None:
    """Raise UsageError for a place that is given to no node, or is none."""
    service = scenario.megaservice
    names = [node.name for node in (*service.nodes, *service.support)]
    for name, place in where.nodes.items():
        if name not in names:
            raise UsageError(f"--node {name}: {scenario.name} has no such node; nodes are {names}")
        if place != "mock" and urlsplit(place).scheme not in ("http", "https"):
            raise UsageError(
                f"--node {name}={place}: a node is `mock` or a URL such as http://127.0.0.1:6000"
            )

"""Whether the nodes behind a megaservice answer, for its `/v1/health_check`.

Upstream's tells that the megaservice itself serves, which `/health` does too, and never asks a node. A node is asked for its
`/health`: OPEA's services and model servers have it, it asks nobody further, and one that knows it not has answered all the same.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from time import monotonic_ns
from typing import Any, Protocol
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from harness.client import Client, ClientError, Limits
from harness.opea.hop import Service
from harness.opea.veto import name_of

NODE_LIMITS = Limits(connect_s=1.0, first_byte_s=1.0, idle_s=1.0, total_s=2.0)


class Graph(Protocol):
    """What is known here of a `ServiceOrchestrator`."""

    @property
    def services(self) -> Mapping[str, Service]:
        """Its nodes."""


@dataclass(frozen=True, slots=True)
class NodeHealth:
    """A node as it was a moment ago; `status` is what it said, None where it said nothing, `detail` why it is not reachable."""

    node: str
    url: str
    reachable: bool
    status: int | None
    detail: str
    elapsed_ms: float


class Graphs:
    """The graphs of a process, as long as somebody holds them; a process runs one megaservice, however many it is made of."""

    def __init__(self) -> None:
        self._graphs: WeakKeyDictionary[Graph, None] = WeakKeyDictionary()

    def add(self, graph: Graph) -> None:
        """Register a graph."""
        self._graphs[graph] = None

    def services(self) -> list[Service]:
        """The nodes of all graphs in the order in which they were added, each address once."""
        graphs = [graph for reference in self._graphs.keyrefs() if (graph := reference()) is not None]
        nodes = [service for graph in graphs for service in list(graph.services.values())]
        return list({(service.name, service.endpoint_path()): service for service in nodes}.values())


GRAPHS = Graphs()


async def nodes_health(services: list[Service]) -> list[dict[str, Any]]:
    """How each node is, asked all at once; takes no longer than `NODE_LIMITS` of one."""
    client = Client()
    try:
        asked = (_health(client, service) for service in services)
        return [asdict(each) for each in await asyncio.gather(*asked)]
    finally:
        await client.close()


async def _health(client: Client, service: Service) -> NodeHealth:
    began_ns = monotonic_ns()
    url, status, detail = _health_url(service.endpoint_path()), None, ""
    try:
        status = (await client.request("GET", url, limits=NODE_LIMITS)).status
        detail = f"answers with status {status}" if status >= 500 else ""
    except ClientError as error:
        detail = f"{error.kind}: {error.words}"
    elapsed_ms = round((monotonic_ns() - began_ns) / 1e6, 3)
    return NodeHealth(name_of(service.name), url, not detail, status, detail, elapsed_ms)


def _health_url(endpoint_path: str) -> str:
    """The node's `/health`; whatever key stands in its address is neither sent nor shown."""
    parts = urlsplit(endpoint_path)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/health"

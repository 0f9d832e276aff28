"""What is running: a gateway, and for each node its hop; how it is asked, hurt, moved, and seen to be dead."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from harness.client import Client, ClientError, Limits
from harness.errors import FaultError
from harness.megaservice import Node, order
from harness.processes.child import Living
from harness.report import GraphNode
from harness.scenario import Scenario

if TYPE_CHECKING:
    from harness.containers.container import Container

ROUTES = "/_harness"
ADMIN_LIMITS = Limits(connect_s=2.0, first_byte_s=5.0, idle_s=5.0, total_s=5.0)


@dataclass(frozen=True, slots=True)
class Hop:
    """A node that is running: `url` is what the gateway calls (its wire), `upstream` what answers, `where` says what that is."""

    node: Node
    where: str
    url: str
    upstream: str
    admin: str = ""

    @property
    def journal(self) -> str:
        """Where what crossed it can be read; of what stands before no wire of ours, where it would be."""
        return f"{self.admin or self.url + ROUTES}/exchanges"


@dataclass(slots=True)
class Stack:
    """What is running. `query` is the trace store's Jaeger API, empty where there is none.

    `services` are the names under which the gateway's traces are found; none for somebody else's. `renew` ends its process
    and starts another at the same address; None where it is somebody else's. `containers` are those of nodes, by node, and of
    other services, by their name; for one of these `hurts` names the node that cannot do without it. `image` is the gateway's, with
    its digest, where it is a container, `environment` what a gateway is told that is no process of ours.
    """

    scenario: Scenario
    gateway: str
    hops: Mapping[str, Hop]
    client: Client
    query: str = ""
    ours: bool = True
    children: Mapping[str, Living] = field(default_factory=dict)
    renew: Callable[[], Awaitable[None]] | None = None
    services: tuple[str, ...] = ()
    vectors: str = ""  # What they are kept in, in words.
    image: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    containers: Mapping[str, "Container"] = field(default_factory=dict)
    hurts: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[Living, ...] = ()  # What else stands, and is dead when it ends.

    @property
    def endpoint(self) -> str:
        """The address that questions are posted to."""
        path = urlsplit(self.gateway).path
        return (
            self.gateway
            if path not in ("", "/")
            else self.gateway.rstrip("/") + self.scenario.megaservice.path
        )

    @property
    def urls(self) -> dict[str, str]:
        """Every address a person may want: the gateway's, each hop's, the traces'."""
        hops = {name: hop.url for name, hop in self.hops.items()}
        return {"gateway": self.endpoint, **hops, **({"traces": self.query} if self.query else {})}

    @property
    def unknown(self) -> dict[str, str]:
        """Of each node of the graph whose address is not known, that it is not, and what would tell it."""
        names = order(self.scenario.megaservice)
        return {
            name: f"its address is not known; --node {name}=URL names it"
            for name in names
            if name not in self.hops
        }

    @property
    def graph(self) -> list[GraphNode]:
        """The graph as a report shows it."""
        service = self.scenario.megaservice
        nodes = [service.node(name) for name in order(service)]
        return [
            GraphNode(
                name=node.name,
                comp=node.comp,
                path=node.path,
                after=list(node.after),
                where=self.hops[node.name].where if node.name in self.hops else "not known",
            )
            for node in nodes
        ]

    async def set_fault(self, node: str, fault: str, **how: object) -> None:
        """Put a fault on a hop; raises FaultError unless the wire says that it is on."""
        state = await self._admin("POST", node, {"fault": fault, **how})
        if fault not in state["faults"]:
            raise FaultError(
                f"{node}: fault {fault} was set and does not read back; on are {sorted(state['faults'])}"
            )

    async def lift(self, node: str) -> dict[str, int]:
        """Take every fault off a hop; gives how often each had fired. Raises FaultError unless none reads back."""
        state = await self._admin("DELETE", node, None)
        still = await self._admin("GET", node, None)
        if still["faults"]:
            raise FaultError(
                f"{node}: faults {sorted(still['faults'])} are still on after they were taken off"
            )
        return {name: int(count) for name, count in state["fired"].items()}

    async def move(self, node: str, upstream: str) -> None:
        """A node answers at another address now; raises FaultError unless its wire goes there."""
        if self.hops[node].admin:
            await self._admin("PUT", node, {"upstream": upstream}, "upstream")
        self.hops = {**self.hops, node: replace(self.hops[node], upstream=upstream)}

    async def _admin(self, method: str, node: str, body: object, route: str = "faults") -> dict[str, Any]:
        admin = self.hops[node].admin
        if not admin:
            raise FaultError(f"{node}: no wire stands before it, so no fault can be put on it")
        try:
            reply = await self.client.request(
                method,
                f"{admin}/{route}",
                headers=(("content-type", "application/json"),) if body is not None else (),
                body=orjson.dumps(body) if body is not None else b"",
                limits=ADMIN_LIMITS,
            )
        except ClientError as error:
            raise FaultError(f"{node}: its wire's admin route does not answer: {error}") from error
        if reply.status != 200:
            raise FaultError(f"{node}: its wire refused {method} {body}: {reply.status} {reply.body[:200]!r}")
        state: dict[str, Any] = orjson.loads(reply.body)
        return state

    def dead(self) -> str:
        """Which of our processes ended on its own, in words; empty while all run."""
        return "; ".join(each.ended for each in (*self.children.values(), *self.beside) if each.ended)

"""A stack: a gateway, and for each node its wire and what stands behind it; raised for a scenario and gone at the end.

Processes of ours start side by side (each spends its time on imports) and are configured in order: trace store and mocks first,
wires when the nodes' addresses are known, the gateway when the wires' are.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import orjson

from harness.client import Client, ClientError, Limits
from harness.errors import FaultError, StackError
from harness.gateway.launch import Launch, launch
from harness.gateway.look import SCRIPT, serving
from harness.jaeger.intake import intake
from harness.megaservice import Node, order
from harness.progress import Progress, Silent
from harness.report import GraphNode
from harness.scenario import Scenario
from harness.stack.attach import preflight
from harness.stack.contained import Contained, contained
from harness.stack.elsewhere import OPEA, Elsewhere, elsewhere, home
from harness.stack.process import Child, Living
from harness.stack.vectors import vectors_of
from harness.stack.where import Keeping, Where, check_nodes, is_mock, keepers, shown

if TYPE_CHECKING:
    from harness.containers.container import Container

__all__ = ["Hop", "Keeping", "Stack", "Where", "check_nodes", "raised", "stand"]

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
        return "; ".join(child.ended for child in self.children.values() if child.ended)


@asynccontextmanager
async def raised(
    scenario: Scenario, where: Where, keeping: Keeping, progress: Progress | None = None
) -> AsyncIterator[Stack]:
    """A running stack; everything it started is gone when the context ends, however it ends."""
    check_nodes(scenario, where)
    async with AsyncExitStack() as cleanup:
        client = Client(connections_max=8192)  # A pile-up is the stack's to show, not ours to bound.
        cleanup.push_async_callback(client.close)
        if where.is_attached:
            attached = _attached(scenario, where, client)
            await preflight(client, attached.endpoint)
            yield attached
            return
        if where.project:
            from harness.compose.stack import stack_of  # Docker's packages are an extra.

            yield await cleanup.enter_async_context(
                stack_of(scenario, where, keeping, progress or Silent(), client)
            )
            return
        gateway = await cleanup.enter_async_context(elsewhere(scenario, where, keeping))
        builder = _Builder(scenario, where, keeping, cleanup, gateway)
        await builder.contain(progress or Silent())
        stack = await builder.build(client)
        stack.containers, stack.hurts = builder.contained.containers, builder.contained.hurts
        if builder.contained.running:
            stack.children = {**stack.children, "containers": builder.contained.running}
        yield stack


def _attached(scenario: Scenario, where: Where, client: Client) -> Stack:
    """Somebody else's gateway: nothing is started; the nodes that were named are known by their own address alone."""
    service = scenario.megaservice
    hops = {
        name: Hop(service.node(name), url, url.rstrip("/"), url.rstrip("/"))
        for name, url in where.nodes.items()
        if url != "mock"
    }
    return Stack(scenario, where.gateway_url or "", hops, client, query=where.jaeger_url, ours=False)


Role = Literal["traces", "vectors", "mocks", "wires", "gateway"]

MODULES: Mapping[str, str] = {
    "traces": "harness.traces.store",
    "vectors": "harness.postgres.process",
    "mocks": "harness.stack.mock",
    "wires": "harness.wire",
}
GATEWAYS: Mapping[str, str] = {"reference": "harness.gateway.reference", "opea": "harness.gateway.opea"}


class _Builder:
    """Starts the processes of one stack and tells each what it needs."""

    def __init__(
        self,
        scenario: Scenario,
        where: Where,
        keeping: Keeping,
        cleanup: AsyncExitStack,
        gateway: Elsewhere | None = None,
    ) -> None:
        self.scenario = scenario
        self.where = where
        self.keeping = keeping
        self.elsewhere = gateway
        self.cleanup = cleanup
        self.vectors = vectors_of(scenario, where)
        self.children: dict[str, Child] = {}
        self.contained = Contained()

    async def contain(self, progress: Progress) -> None:
        """Raise what of the stack runs in containers, before all that is to be told of it."""
        standing = contained(self.where, self.keeping.logs, progress)
        self.contained = await self.cleanup.enter_async_context(standing)

    async def build(self, client: Client) -> Stack:
        """Start, configure in order, wait until each is ready."""
        own_traces = self.where.jaeger in ("embedded", "process")
        roles: list[Role] = ["mocks"] if self.elsewhere else ["mocks", "gateway"]
        roles += ["wires"] if self.where.wired else []
        roles += ["traces"] if own_traces else []
        roles += ["vectors"] if self.vectors.is_ours else []
        await asyncio.gather(*(self._start(role) for role in roles))
        upstream, traces = await asyncio.gather(
            self._mocks(), self._traces() if own_traces else self._given(client)
        )
        otlp, query = traces.get("otlp", ""), traces.get("query", "")
        hops = await self._wires(upstream, otlp) if self.where.wired else self._direct(upstream)
        if self.elsewhere:
            return await self._brought(self.elsewhere, hops, client, traces)
        told = {
            **self._what(hops),
            "otlp": otlp or None,
            "port": self.where.port,
            "run_id": self.keeping.run_id,
        }
        ready = await self._configured("gateway", told)
        address = ready["urls"]["gateway"]

        async def renew() -> None:
            await self.children["gateway"].stop()
            await self._start("gateway")
            await self._configured("gateway", {**told, "port": urlsplit(address).port})

        return Stack(
            self.scenario,
            address,
            hops,
            client,
            query,
            children=self.children,
            renew=renew,
            services=("opea" if self.where.gateway == "opea" else self.scenario.megaservice.name,),
            vectors=self.vectors.told,
        )

    async def _brought(
        self, gateway: Elsewhere, hops: Mapping[str, Hop], client: Client, traces: Mapping[str, str]
    ) -> Stack:
        """The stack of a gateway that is no process of ours."""
        brought = await gateway.brought(hops, traces.get("otlp", ""), client)
        return Stack(
            self.scenario,
            brought.url,
            hops,
            client,
            traces.get("query", ""),
            children={**self.children, **brought.children},
            renew=brought.renew,
            services=OPEA,
            vectors=self.vectors.told,
            image=brought.image,
            environment=brought.environment,
        )

    def _what(self, hops: Mapping[str, Hop]) -> dict[str, Any]:
        """What the gateway serves, and where its nodes are."""
        if self.where.file:
            calls = {node.name: urlsplit(hops[node.name].url) for node in self.scenario.megaservice.nodes}
            places = {name: (url.hostname or "", url.port or 80) for name, url in calls.items()}
            nodes = self.scenario.megaservice.nodes
            return serving(self.where.file, self.where.gateway, self.where.opea, nodes, places)
        return {
            "scenario": self.scenario.name,
            "folders": [str(folder) for folder in self.where.folders],
            "nodes": {name: hop.url for name, hop in hops.items()},
        }

    async def _start(self, role: Role) -> None:
        how = self._launch(role)
        child = await Child.start(role, how.argv, self.keeping.logs / f"{role}.log", python=how.python)
        self.cleanup.push_async_callback(child.stop)
        self.children[role] = child

    def _launch(self, role: Role) -> Launch:
        if role == "gateway":
            module = SCRIPT if self.where.file else GATEWAYS[self.where.gateway]
            return launch(module, self.where.opea if self.where.gateway == "opea" else None)
        if role == "traces" and self.where.jaeger == "process":
            how = launch("harness.jaeger.process", None)
            return replace(how, argv=(*how.argv, str(self.where.jaeger_program)))
        how = launch(MODULES[role], None)
        if role == "vectors":
            return replace(how, argv=(*how.argv, *self.vectors.options))
        if role != "traces":
            return how
        drop = ("--drop-share", str(self.where.trace_drop_share), "--seed", str(self.keeping.seed))
        return replace(how, argv=(*how.argv, *drop, "--host", home(self.elsewhere)))

    async def _configured(self, role: Role, configuration: Mapping[str, Any]) -> dict[str, Any]:
        child = self.children[role]
        await child.configure(configuration)
        return await child.ready(self._launch(role).ready_s)

    @property
    def _nodes(self) -> list[Node]:
        return [*self.scenario.megaservice.nodes, *self.scenario.megaservice.support]

    async def _mocks(self) -> dict[str, str]:
        """Serve the mocks; gives every node's own address, also of those that are somewhere else."""
        mocks = [
            node
            for node in self._nodes
            if node.name not in self.contained.upstream and is_mock(self.where.nodes.get(node.name, "mock"))
        ]
        vectors = await self.vectors.settings(self.children)
        keeping = keepers(self.scenario) if vectors or self.contained.settings else []
        configuration = {
            "mocks": [
                {
                    "name": node.name,
                    "comp": node.comp,
                    "latency": asdict(self.scenario.latency[node.name])
                    if node.name in self.scenario.latency
                    else None,
                    "in_threads": node.name in keeping,
                }
                for node in mocks
            ],
            "seed": self.keeping.seed,
            "settings": {**vectors, **self.scenario.settings, **self.contained.settings},
            "folders": [str(folder) for folder in self.where.folders],
            "like_upstream": self.where.like_upstream,
        }
        ready = await self._configured("mocks", configuration)
        given = {name: url.rstrip("/") for name, url in self.where.nodes.items() if not is_mock(url)}
        return {**ready["urls"], **given, **self.contained.upstream}

    def _place(self, node: Node) -> str:
        """Where the node is, as it may be told."""
        if node.name in self.contained.told:
            return self.contained.told[node.name]
        keeps = self.vectors.place if node.name in keepers(self.scenario) else ""
        return shown(self.where.nodes.get(node.name, keeps or "mock"))

    async def _traces(self) -> Mapping[str, Any]:
        return await self.children["traces"].ready(self._launch("traces").ready_s)

    async def _given(self, client: Client) -> Mapping[str, Any]:
        """The addresses of the Jaeger that is a container of ours, or runs already, if there is one."""
        if self.where.jaeger == "container":
            return self.contained.traces
        query = self.where.jaeger_url
        return {"query": query, "otlp": await intake(client, query)} if query else {}

    async def _wires(self, upstream: Mapping[str, str], otlp: str) -> dict[str, Hop]:
        configuration = {
            "wires": [
                {
                    "node": node.name,
                    "comp": node.comp,
                    "service_type": node.service_type,
                    "upstream": upstream[node.name],
                    "dialect": node.dialect,
                    "streams": node.streams,
                }
                for node in self._nodes
            ],
            "otlp": otlp or None,
            "journal": str(self.keeping.journal) if self.keeping.journal else None,
            "keep_bytes": self.keeping.keep_bytes,
            "run_id": self.keeping.run_id,
            "folders": [str(folder) for folder in self.where.folders],
            "host": home(self.elsewhere),
        }
        ready = await self._configured("wires", configuration)
        return {
            node.name: Hop(
                node,
                self._place(node),
                ready["urls"][node.name],
                upstream[node.name],
                f"{ready['admin']}{ROUTES}/{node.name}",
            )
            for node in self._nodes
        }

    def _direct(self, upstream: Mapping[str, str]) -> dict[str, Hop]:
        return {
            node.name: Hop(node, self._place(node), upstream[node.name], upstream[node.name])
            for node in self._nodes
        }


async def stand(stack: Stack, ended: asyncio.Event) -> None:
    """Keep a stack standing until `ended`; raises StackError as soon as one of its processes ends on its own."""
    while not ended.is_set():
        if stack.dead():
            words = stack.dead()
            raise StackError(words if "its last words" in words else f"{words}; its log tells why")
        try:
            await asyncio.wait_for(ended.wait(), 0.5)
        except TimeoutError:
            continue

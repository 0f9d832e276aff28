"""Starts the processes of a stack and tells each what it needs.

Processes of ours start side by side (each spends its time on imports) and are configured in order: trace store and mocks first,
wires when the nodes' addresses are known, the gateway when the wires' are.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from harness.client import Client
from harness.gateway.launch import Launch, launch
from harness.gateway.look import SCRIPT, serving
from harness.jaeger.intake import intake
from harness.megaservice import Node
from harness.processes.child import Child
from harness.scenario import Scenario
from harness.stack.contained import Contained, contained
from harness.stack.elsewhere import OPEA, Elsewhere, home
from harness.stack.standing import ROUTES, Hop, Stack
from harness.stack.vectors import vectors_of
from harness.stack.where import Keeping, Where, is_mock, keepers, shown

if TYPE_CHECKING:
    from harness.progress import Progress

Role = Literal["traces", "vectors", "mocks", "wires", "gateway"]

MODULES: Mapping[str, str] = {
    "traces": "harness.traces.store",
    "vectors": "harness.postgres.process",
    "mocks": "harness.mocking.process",
    "wires": "harness.wire",
}
GATEWAYS: Mapping[str, str] = {"reference": "harness.gateway.reference", "opea": "harness.gateway.opea"}


class Builder:
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

    async def contain(self, progress: "Progress") -> None:
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
            service = self.scenario.megaservice
            called = {each.name: urlsplit(hops[each.name].url) for each in (*service.nodes, *service.beside)}
            places = {name: (url.hostname or "", url.port or 80) for name, url in called.items()}
            return serving(self.where.file, self.where.gateway, self.where.opea, service.nodes, places)
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
    def _nodes(self) -> tuple[Node, ...]:
        return self.scenario.megaservice.standing

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

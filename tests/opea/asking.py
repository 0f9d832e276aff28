"""Ask a graph in a lab once, and say how it went."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from harness.opea import Problem, ServiceOrchestrator
from harness.opea.metrics import metrics
from tests.opea.lab import Lab

Build = Callable[[Lab], Awaitable[ServiceOrchestrator]]


def pending() -> int:
    """How many requests are under way."""
    return metrics().pending


def asked(build: Build, inputs: object, parameters=None, **kwargs):
    """The lab, the results and the graph of one request; a stream is read, as the list of its items."""

    async def main():
        async with Lab() as lab:
            orchestrator = await build(lab)
            results, graph = await orchestrator.schedule(inputs, parameters, **kwargs)
            for key, result in results.items():
                if hasattr(result, "body_iterator"):
                    results[key] = [item async for item in result.body_iterator]
            return lab, results, graph

    before = pending()
    try:
        return asyncio.run(main())
    finally:
        assert pending() == before


def problem_of(build: Build, inputs: object, parameters=None, **kwargs):
    """The failure of one request, and the lab."""

    async def main():
        async with Lab() as lab:
            orchestrator = await build(lab)
            with pytest.raises(Problem) as caught:
                await orchestrator.schedule(inputs, parameters, **kwargs)
            return caught.value.failure, lab

    before = pending()
    try:
        return asyncio.run(main())
    finally:
        assert pending() == before


def chain(*nodes) -> Build:
    """A graph of nodes in a row; each is a name and a reply, and for a streaming one "llm"."""

    async def build(lab: Lab) -> ServiceOrchestrator:
        orchestrator = ServiceOrchestrator()
        before = None
        for name, reply, *more in nodes:
            policy = {"policy": more.pop()} if more and more[-1] != "llm" else {}
            service = await (lab.llm if more == ["llm"] else lab.node)(name, reply)
            orchestrator.add(service, **policy)
            if before is not None:
                orchestrator.flow_to(before, service)
            before = service
        return orchestrator

    return build


def graph(edges: dict[str, list[str]], replies: dict[str, object], **options) -> Build:
    """A graph by edges; nodes that have no reply give back `{name: True}`."""

    async def build(lab: Lab) -> ServiceOrchestrator:
        orchestrator = ServiceOrchestrator(**options)
        services = {}
        for name in edges:
            services[name] = await lab.node(name, replies.get(name, {name: True}))
            orchestrator.add(services[name])
        for name, after in edges.items():
            for each in after:
                orchestrator.flow_to(services[name], services[each])
        return orchestrator

    return build

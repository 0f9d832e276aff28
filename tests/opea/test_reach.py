"""How an orchestrator reaches its nodes."""

import asyncio
import gc

from harness.opea.reach import Reach
from harness.opea.telemetry import SCOPE, Scope
from harness.traces.emit import Context
from tests.opea.asking import chain
from tests.opea.lab import Lab


def test_one_client_for_each_loop():
    """A connection belongs to the loop that opened it."""
    reach = Reach()

    async def two():
        return reach.caller({}, 1.0).client, reach.caller({}, 1.0).client

    one, again = asyncio.run(two())
    other, _ = asyncio.run(two())
    gc.collect()

    assert one is again
    assert one is not other


def test_one_orchestrator_works_in_loop_after_loop():
    """Tests and notebooks run each request in a loop of its own."""

    async def ask(orchestrator):
        async with Lab() as lab:
            node = await lab.node("one", {"a": 1})
            orchestrator.services["one/MicroService"].port = node.port
            return (await orchestrator.schedule({"q": 1}))[0]

    async def build():
        async with Lab() as lab:
            return await chain(("one", {}))(lab)

    orchestrator = asyncio.run(build())

    assert [asyncio.run(ask(orchestrator)) for _ in range(3)] == [{"one/MicroService": {"a": 1}}] * 3


def test_a_request_has_the_scope_of_the_service_or_one_of_its_own():
    """A bare request begins a trace."""
    reach, context = Reach(), Context.new()

    async def scopes():
        bare = reach.caller({}, 1.0).scope
        token = SCOPE.set(Scope(context, None, "r1"))
        served = reach.caller({}, 1.0).scope
        SCOPE.reset(token)
        return bare, served

    bare, served = asyncio.run(scopes())

    assert (bare.request_id, bare.tracer) == (bare.context.trace_id, None)
    assert served == Scope(context, None, "r1")


def test_a_request_has_a_deadline():
    """From now on, by the monotonic clock."""
    import time

    async def main():
        return Reach().caller({}, 2.0).deadline_ns

    assert abs(asyncio.run(main()) - time.monotonic_ns() - 2e9) < 1e9

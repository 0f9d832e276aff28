"""The reference gateway: a scenario's megaservice on our own orchestrator, in a process of its own.

    python -m harness.gateway.reference        configured by one JSON line on standard input

Nodes, edges and hooks come from data (`graph.py`), and so does what no megaservice file can say: each node's limits, dialect and contract.
"""

import asyncio
import contextlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import harness.opea
from harness.cycles import collect_rarely
from harness.discovery import SCENARIO, discover
from harness.errors import HarnessError, StackError, UsageError
from harness.flight import Limits
from harness.gateway.graph import Engine, connect, served
from harness.megaservice import Megaservice, Node
from harness.opea import MicroService, ServiceOrchestrator
from harness.opea.policy import Policy
from harness.opea.proto.docarray import LLMParams
from harness.opea.telemetry import trace_to
from harness.processes.child import announce, configuration_from_stdin, lifeline

ENGINE = Engine(harness.opea, LLMParams)


def orchestrator_of(megaservice: Megaservice, urls: Mapping[str, str]) -> ServiceOrchestrator:
    """The megaservice's graph on the orchestrator; `urls` says where each node is."""
    orchestrator = ServiceOrchestrator(budget_s=megaservice.total_s, dialect=megaservice.dialect)
    connect(ENGINE, orchestrator, megaservice, urls, _policy)
    return orchestrator


def service(megaservice: Megaservice, urls: Mapping[str, str], *, port: int = 0) -> MicroService:
    """The megaservice's own service on loopback, ready to be started; RuntimeError where the port is taken."""
    made: MicroService = served(ENGINE, orchestrator_of(megaservice, urls), megaservice, port=port)
    return made


def _policy(node: Node) -> Policy:
    limits = node.limits
    return Policy(
        limits=Limits(limits.connect_s, limits.first_byte_s, limits.idle_s, limits.total_s),
        expects=node.expects,  # type: ignore[arg-type]
        dialect=node.dialect if node.streams else None,
        comp=node.comp,
    )


async def _serve(configuration: Mapping[str, Any]) -> None:
    scenarios = discover(SCENARIO, tuple(Path(folder) for folder in configuration["folders"]))
    if configuration["scenario"] not in scenarios:
        raise UsageError(
            f"{configuration['scenario']}: there is no such scenario; there are {', '.join(scenarios)}"
        )
    trace_to(configuration["otlp"], opea_run_id=configuration["run_id"])
    megaservice = scenarios[configuration["scenario"]].megaservice
    try:
        gateway = service(megaservice, configuration["nodes"], port=configuration["port"])
    except RuntimeError as error:
        raise StackError(f"gateway: {error}; --port 0 takes a free one") from error

    async def tell() -> None:
        collect_rarely()
        announce(urls={"gateway": f"http://127.0.0.1:{gateway.port}"})

    gateway.add_startup_event(tell())
    serving = asyncio.create_task(gateway.serve())
    released = asyncio.create_task(lifeline())
    await asyncio.wait({serving, released}, return_when=asyncio.FIRST_COMPLETED)
    gateway.stop()
    released.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving


def main() -> int:
    """Serve until standard input ends; gives the exit code."""
    import uvloop

    try:
        uvloop.run(_serve(configuration_from_stdin()))
    except HarnessError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())

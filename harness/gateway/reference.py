"""The reference gateway: a scenario's megaservice on our own orchestrator, in a process of its own.

    python -m harness.gateway.reference        configured by one JSON line on standard input

It does what any megaservice file does with `from comps import ...`: services are added, flows declared, hooks set, and a route of
a `MicroService` in the megaservice's role answers. Here nodes, edges and hooks come from data.
"""

import asyncio
import contextlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from harness.discovery import SCENARIO, discover
from harness.errors import HarnessError, StackError, UsageError
from harness.flight import Limits
from harness.gateway.chat import PROBLEM, completion, read_request, unreadable
from harness.megaservice import Megaservice, Node
from harness.opea import DAG, MicroService, ServiceOrchestrator, ServiceRoleType, ServiceType
from harness.opea.policy import Policy
from harness.opea.proto.docarray import LLMParams
from harness.opea.telemetry import trace_to
from harness.stack.process import announce, configuration_from_stdin, lifeline


def orchestrator_of(megaservice: Megaservice, urls: Mapping[str, str]) -> ServiceOrchestrator:
    """The megaservice's graph on the orchestrator; `urls` says where each node is."""
    orchestrator = ServiceOrchestrator(budget_s=megaservice.total_s, dialect=megaservice.dialect)
    services = {node.name: _service(node, urls[node.name]) for node in megaservice.nodes}
    for node in megaservice.nodes:
        orchestrator.add(services[node.name], _policy(node))
    for node in megaservice.nodes:
        for before in node.after:
            orchestrator.flow_to(services[before], services[node.name])
    nodes = {services[node.name].name: node for node in megaservice.nodes}

    def align_inputs(inputs: Any, cur_node: str, _graph: DAG, _parameters: Any, **kwargs: Any) -> Any:
        return nodes[cur_node].request(inputs, kwargs["asked"])

    def align_outputs(data: Any, cur_node: str, inputs: Any, *_: Any, **_kwargs: Any) -> Any:
        return nodes[cur_node].reply(data, inputs)

    orchestrator.align_inputs = align_inputs  # type: ignore[method-assign]
    orchestrator.align_outputs = align_outputs  # type: ignore[method-assign]
    return orchestrator


def service(megaservice: Megaservice, urls: Mapping[str, str], *, port: int = 0) -> MicroService:
    """The megaservice's own service on loopback, ready to be started; RuntimeError where the port is taken."""
    orchestrator = orchestrator_of(megaservice, urls)
    served = MicroService(
        megaservice.name,
        service_role=ServiceRoleType.MEGASERVICE,
        host="127.0.0.1",
        port=port,
        endpoint=megaservice.path,
    )

    async def handle_request(request: Request) -> Response:
        try:
            asked = read_request(await request.body())
        except ValueError as error:
            return Response(unreadable(str(error)), 422, media_type=PROBLEM)
        parameters = LLMParams(stream=asked.stream)
        results, graph = await orchestrator.schedule({"text": asked.text}, parameters, asked=asked)
        for result in results.values():
            if isinstance(result, StreamingResponse):
                return result
        outputs = orchestrator.get_all_final_outputs(results, graph)
        answer = completion(megaservice.name, asked, megaservice.answer(outputs))
        return Response(answer, media_type="application/json")

    served.add_route(megaservice.path, handle_request, methods=["POST"])
    return served


def _service(node: Node, url: str) -> MicroService:
    parts = urlsplit(url)
    return MicroService(
        name=node.name,
        service_type=ServiceType[node.service_type],
        protocol=parts.scheme,
        host=parts.hostname or "127.0.0.1",
        port=parts.port or (443 if parts.scheme == "https" else 80),
        endpoint=parts.path.rstrip("/") + node.path,
        use_remote_service=True,
    )


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
        served = service(megaservice, configuration["nodes"], port=configuration["port"])
    except RuntimeError as error:
        raise StackError(f"gateway: {error}; --port 0 takes a free one") from error

    async def tell() -> None:
        announce(urls={"gateway": f"http://127.0.0.1:{served.port}"})

    served.add_startup_event(tell())
    serving = asyncio.create_task(served.serve())
    released = asyncio.create_task(lifeline())
    await asyncio.wait({serving, released}, return_when=asyncio.FIRST_COMPLETED)
    served.stop()
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

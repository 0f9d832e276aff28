"""The real thing: a scenario's megaservice on opea-comps' own ServiceOrchestrator, in the environment that has it.

    ENVIRONMENT/bin/python -P harness/gateway/elsewhere.py harness.gateway.opea

Nodes, edges and hooks come from the same data as the reference gateway's, and nothing is done about what the orchestrator
does with them. Everything of OPEA's is imported here and only when called: our own environment has none of it.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.discovery import SCENARIO, discover
from harness.errors import HarnessError, StackError, UsageError
from harness.gateway.chat import PROBLEM, completion, read_request, unreadable
from harness.gateway.parent import Parent
from harness.gateway.variables import give
from harness.megaservice import Megaservice, Node

FLUSH_MS = 2000


def orchestrator_of(megaservice: Megaservice, urls: Mapping[str, str]) -> Any:
    """The megaservice's graph on OPEA's orchestrator; `urls` says where each node is."""
    from comps import ServiceOrchestrator

    orchestrator = ServiceOrchestrator()
    services = {node.name: _service(node, urls[node.name]) for node in megaservice.nodes}
    for node in megaservice.nodes:
        orchestrator.add(services[node.name])
    for node in megaservice.nodes:
        for before in node.after:
            orchestrator.flow_to(services[before], services[node.name])
    nodes = {services[node.name].name: node for node in megaservice.nodes}

    def align_inputs(inputs: Any, cur_node: str, _graph: Any, _parameters: Any, **kwargs: Any) -> Any:
        return nodes[cur_node].request(inputs, kwargs["asked"])

    def align_outputs(data: Any, cur_node: str, inputs: Any, *_: Any, **_kwargs: Any) -> Any:
        return nodes[cur_node].reply(data, inputs)

    orchestrator.align_inputs = align_inputs
    orchestrator.align_outputs = align_outputs
    return orchestrator


def service(megaservice: Megaservice, urls: Mapping[str, str], *, port: int = 0) -> Any:
    """The megaservice's own service on loopback; it listens already, and answers once it is started."""
    from comps import MicroService, ServiceRoleType
    from comps.cores.proto.docarray import LLMParams
    from fastapi import Request, Response
    from fastapi.responses import StreamingResponse

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


def _service(node: Node, url: str) -> Any:
    from comps import MicroService, ServiceType

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


def _serve(parent: Parent) -> None:
    told = parent.configuration
    scenarios = discover(SCENARIO, tuple(Path(folder) for folder in told["folders"]))
    if told["scenario"] not in scenarios:
        raise UsageError(
            f"{told['scenario']}: there is no such scenario for opea-comps, whose environment sees no package but ours; "
            f"--path names the folder that holds it; there are {', '.join(scenarios)}"
        )
    if told["otlp"]:
        give({"TELEMETRY_ENDPOINT": told["otlp"]})
    try:
        served = service(scenarios[told["scenario"]].megaservice, told["nodes"], port=told["port"])
    except (RuntimeError, SystemExit) as error:
        raise StackError(
            f"gateway: {error or told['port']} cannot be served; --port 0 takes a free one"
        ) from error
    (listener,) = served.server.servers[0].sockets
    parent.when_gone(lambda: setattr(served.server, "should_exit", True))
    parent.tell(ready=True, urls={"gateway": f"http://127.0.0.1:{listener.getsockname()[1]}"})
    served.start()
    flush()


def flush() -> None:
    """Send the spans that opea-comps still holds."""
    from comps.cores.telemetry.opea_telemetry import traceProvider

    traceProvider.force_flush(FLUSH_MS)


def main() -> int:
    """Serve until the parent lets go; gives the exit code."""
    try:
        _serve(Parent())
    except HarnessError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())

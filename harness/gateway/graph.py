"""A scenario's megaservice on either engine: what any megaservice file does with `from comps import ...`, of data.

Services are added, flows declared, hooks set, and a route of a `MicroService` in the megaservice's role answers. Nothing is done here about
what an orchestrator then does with them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from harness.gateway.chat import PROBLEM, completion, read_request, unreadable
from harness.megaservice import Megaservice, Node


@dataclass(frozen=True, slots=True)
class Engine:
    """What a megaservice imports: `comps`, ours or the real one, and `LLMParams`, which stands in a module of its own."""

    comps: Any
    LLMParams: Any


def connect(
    engine: Engine,
    orchestrator: Any,
    megaservice: Megaservice,
    urls: Mapping[str, str],
    policy: Callable[[Node], Any] | None = None,
) -> None:
    """Put nodes, edges and hooks onto an orchestrator; `urls` says where each node is, `policy` how it is treated, if the engine asks."""
    services = {node.name: _service(engine, node, urls[node.name]) for node in megaservice.nodes}
    for node in megaservice.nodes:
        orchestrator.add(services[node.name], *((policy(node),) if policy else ()))
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


def served(engine: Engine, orchestrator: Any, megaservice: Megaservice, *, port: int = 0) -> Any:
    """The megaservice's own `MicroService` on loopback: it listens, and answers once it is started."""
    service = engine.comps.MicroService(
        megaservice.name,
        service_role=engine.comps.ServiceRoleType.MEGASERVICE,
        host="127.0.0.1",
        port=port,
        endpoint=megaservice.path,
    )

    async def handle_request(request: Request) -> Response:
        try:
            asked = read_request(await request.body())
        except ValueError as error:
            return Response(unreadable(str(error)), 422, media_type=PROBLEM)
        parameters = engine.LLMParams(stream=asked.stream)
        results, graph = await orchestrator.schedule({"text": asked.text}, parameters, asked=asked)
        for result in results.values():
            if isinstance(result, StreamingResponse):
                return result
        outputs = orchestrator.get_all_final_outputs(results, graph)
        answer = completion(megaservice.name, asked, megaservice.answer(outputs))
        return Response(answer, media_type="application/json")

    service.add_route(megaservice.path, handle_request, methods=["POST"])
    return service


def _service(engine: Engine, node: Node, url: str) -> Any:
    parts = urlsplit(url)
    return engine.comps.MicroService(
        name=node.name,
        service_type=engine.comps.ServiceType[node.service_type],
        protocol=parts.scheme,
        host=parts.hostname or "127.0.0.1",
        port=parts.port or (443 if parts.scheme == "https" else 80),
        endpoint=parts.path.rstrip("/") + node.path,
        use_remote_service=True,
    )

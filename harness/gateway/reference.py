"""The reference gateway: a scenario's megaservice on our own orchestrator, in a process of its own.

    python -m harness.gateway.reference        configured by one JSON line on standard input

It does what any megaservice file does with `from comps import ...`: services are added, flows declared, hooks set, and a route of
a `MicroService` in the megaservice's role answers. Here nodes, edges and hooks come from data.
"""

import asyncio
import contextlib
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import orjson
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from harness.discovery import SCENARIO, discover
from harness.errors import HarnessError, StackError, UsageError
from harness.flight import Limits
from harness.megaservice import Asked, Megaservice, Node
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
            return _unreadable(str(error))
        parameters = LLMParams(stream=asked.stream)
        results, graph = await orchestrator.schedule({"text": asked.text}, parameters, asked=asked)
        for result in results.values():
            if isinstance(result, StreamingResponse):
                return result
        outputs = orchestrator.get_all_final_outputs(results, graph)
        return _completion(megaservice, asked, megaservice.answer(outputs))

    served.add_route(megaservice.path, handle_request, methods=["POST"])
    return served


def read_request(body: bytes) -> Asked:
    """What the caller asks, of a chat request's JSON; ValueError says what is wrong with it."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"the body is no JSON: {error}") from error
    if not isinstance(document, dict):
        raise ValueError(f"the body is a {type(document).__name__}; it is an object with `messages`")  # noqa: TRY004 - the document is wrong
    stream = document.get("stream", True)
    if stream is None:
        stream = True
    if not isinstance(stream, bool):
        raise ValueError(f"stream: is {stream!r}; it is true or false")  # noqa: TRY004 - the document is wrong
    return Asked(document, _text(document.get("messages")), stream)


def _text(messages: Any) -> str:
    """The question: a plain string, or the last thing that the user said."""
    if isinstance(messages, str) and messages:
        return messages
    if isinstance(messages, list):
        said = [
            each.get("content") for each in messages if isinstance(each, dict) and each.get("role") == "user"
        ]
        last = said[-1] if said else None
        if isinstance(last, list):
            last = " ".join(str(part.get("text", "")) for part in last if isinstance(part, dict))
        if isinstance(last, str) and last:
            return last
    raise ValueError("messages: holds no question; it is a text, or a list whose last user message has one")


def _unreadable(detail: str) -> Response:
    document = {"type": "about:blank", "title": "Unprocessable Content", "status": 422, "detail": detail}
    return Response(orjson.dumps(document), 422, media_type="application/problem+json")


def _completion(megaservice: Megaservice, asked: Asked, text: str) -> Response:
    """A chat completion with the answer."""
    words = {"prompt_tokens": len(asked.text.split()), "completion_tokens": len(text.split())}
    document = {
        "id": f"chatcmpl-{uuid4().hex}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": megaservice.name,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {**words, "total_tokens": sum(words.values())},
    }
    return Response(orjson.dumps(document), media_type="application/json")


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

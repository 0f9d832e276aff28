"""The measured chain as a megaservice is written: the same file on our engine and on the real opea-comps.

    python benchmarks/chain_megaservice.py --package harness.opea|comps --ports '{"embedding": 1234, ...}' --port 8888 [--otlp URL]

Hooks do what ChatQnA's do: a list of vectors becomes a document, documents become a prompt, the prompt a chat. It
needs nothing but the package that it is told to use, so the environment of opea-comps can run it.
"""

import argparse
import importlib
import itertools
import json
import os
import sys
import threading
from typing import Any

from fastapi import Request
from fastapi.responses import StreamingResponse

PATHS = {
    "guardrail_in": ("GUARDRAIL", "/v1/guardrails"),
    "embedding": ("EMBEDDING", "/embed"),
    "retriever": ("RETRIEVER", "/v1/retrieval"),
    "rerank": ("RERANK", "/rerank"),
    "llm": ("LLM", "/v1/chat/completions"),
}
FAN = 16


def align_inputs(self: Any, inputs: Any, cur_node: str, _graph: Any, parameters: Any, **_: Any) -> Any:
    """A node's request."""
    kind = self.services[cur_node].service_type.name
    if kind == "EMBEDDING":
        return {"inputs": inputs["text"]}
    if kind == "LLM":
        chat = {"model": "m", "messages": [{"role": "user", "content": inputs["inputs"]}]}
        return {**chat, "stream": parameters["stream"], "max_tokens": inputs["max_tokens"]}
    return inputs


def align_outputs(self: Any, data: Any, cur_node: str, inputs: Any, *_: Any, **__: Any) -> Any:
    """A node's output."""
    kind = self.services[cur_node].service_type.name
    if kind == "EMBEDDING":
        return {"text": inputs["inputs"], "embedding": data[0]}
    if kind == "RETRIEVER":
        return {"query": data["initial_query"], "texts": [each["text"] for each in data["retrieved_docs"]]}
    if kind == "RERANK":
        best = inputs["texts"][data[0]["index"]]
        return {"inputs": f"### {best}\n### {inputs['query']}"}
    if kind == "LLM" and isinstance(data, dict):
        return {"text": data["choices"][0]["message"]["content"]}
    return data


class Chain:
    """The five nodes in a row, and beside them sixteen of 50 ms at once and a model that never speaks."""

    def __init__(self, package: Any, proto: Any, ports: dict[str, int], port: int) -> None:
        self.package = package
        self.proto = proto
        self.ports = ports
        self.chain = package.ServiceOrchestrator()
        nodes = [self._node(name, *PATHS[name], name) for name in PATHS]
        for node in nodes:
            self.chain.add(node)
        for before, after in itertools.pairwise(nodes):
            self.chain.flow_to(before, after)
        self.fan = package.ServiceOrchestrator()
        for n in range(FAN):
            self.fan.add(self._node(f"slow{n}", "EMBEDDING", "/slow", "embedding"))
        self.never = package.ServiceOrchestrator()
        self.never.add(self._node("never", "LLM", "/never", "llm"))
        self.chain.align_inputs = align_inputs.__get__(self.chain)
        self.chain.align_outputs = align_outputs.__get__(self.chain)
        role = package.ServiceRoleType.MEGASERVICE
        self.service = package.MicroService(
            "Chain", service_role=role, host="127.0.0.1", port=port, endpoint="/v1/chain"
        )
        self.service.add_route("/v1/chain", self.handle_chain, methods=["POST"])
        self.service.add_route("/v1/fan", self.handle_fan, methods=["POST"])
        self.service.add_route("/v1/never", self.handle_never, methods=["POST"])

    def _node(self, name: str, kind: str, path: str, port: str) -> Any:
        return self.package.MicroService(
            name=name,
            host="127.0.0.1",
            port=self.ports[port],
            endpoint=path,
            use_remote_service=True,
            service_type=self.package.ServiceType[kind],
        )

    async def handle_chain(self, request: Request) -> Any:
        """One question through the chain."""
        data = await request.json()
        parameters = self.proto.LLMParams(stream=data["stream"], max_tokens=data.get("max_tokens", 128))
        results, _ = await self.chain.schedule({"text": data["messages"]}, llm_parameters=parameters)
        for result in results.values():
            if isinstance(result, StreamingResponse):
                return result
        return {"choices": [{"index": 0, "message": {"content": results["llm/MicroService"]["text"]}}]}

    async def handle_fan(self, request: Request) -> Any:
        """Sixteen nodes of 50 ms at once."""
        parameters = self.proto.LLMParams(stream=False)
        results, _ = await self.fan.schedule(await request.json(), llm_parameters=parameters)
        return {"nodes": len(results)}

    async def handle_never(self, request: Request) -> Any:
        """A stream whose first token never comes."""
        results, _ = await self.never.schedule(await request.json())
        return next(iter(results.values()))


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--package", default="harness.opea")
    parser.add_argument("--ports", type=json.loads, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--otlp", default="")
    given = parser.parse_args()
    package = importlib.import_module(given.package)
    cores = "comps.cores" if given.package == "comps" else given.package
    proto = importlib.import_module(f"{cores}.proto.docarray")
    if given.otlp:
        importlib.import_module(f"{cores}.telemetry").trace_to(given.otlp)
    chain = Chain(package, proto, given.ports, given.port)
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    chain.service.start()


if __name__ == "__main__":
    main()

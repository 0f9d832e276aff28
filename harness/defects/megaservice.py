"""The megaservice of the defects: one program, on our engine and on opea-comps, with a route for each case's graph.

    python -m harness.defects.megaservice                                                our engine
    ENVIRONMENT/bin/python -P harness/gateway/elsewhere.py harness.defects.megaservice   opea-comps, configured with `"engine": "opea"`

It does what any megaservice file does with `from comps import ...`, and nothing about what the engine makes of it.
"""

import asyncio
import gc
import json
import sys
from collections.abc import Callable, Mapping
from tempfile import NamedTemporaryFile
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from harness.defects.catalogue import DEFECTS
from harness.defects.defect import NEAR, Case, Node
from harness.gateway.hooking import name_in
from harness.gateway.parent import Parent
from harness.gateway.variables import environment, give

BATCH_EVERY_S = 0.1
# What each engine makes of an empty TELEMETRY_ENDPOINT, in an interpreter of its own. Of opea-comps only the module that reads it is
# run, because all of it takes seconds.
OUR_EXPORT = """
import os
from harness.opea.telemetry import TELEMETRY, trace_to
trace_to(os.environ["TELEMETRY_ENDPOINT"])
print(bool(TELEMETRY.endpoint))
"""
THEIR_EXPORT = """
import importlib.util, os, sys, types
(root,) = importlib.util.find_spec("comps").submodule_search_locations
for name in ("comps", "comps.cores", "comps.cores.mega", "comps.cores.telemetry"):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [os.path.join(root, *name.split(".")[1:])]
from comps.cores.telemetry import opea_telemetry
print(opea_telemetry.ENABLE_OPEA_TELEMETRY, flush=True)
os._exit(0)
"""


class Megaservice:
    """The service, with the graph of every case behind it; `places` are the ports of the raw nodes by host."""

    def __init__(self, places: Mapping[str, int], limits_s: Callable[[], list[float]], export: str) -> None:
        from comps import MicroService, ServiceRoleType

        self._places = places
        self._limits_s = limits_s
        self._export = export
        self.facts: dict[str, dict[str, Any]] = {}
        self.service = MicroService(
            "defects",
            service_role=ServiceRoleType.MEGASERVICE,
            host=NEAR,
            port=0,
            endpoint="/v1/defects",
            dynamic_batching=True,
            dynamic_batching_timeout=BATCH_EVERY_S,
        )
        self.service.dynamic_batching_infer = _infer
        self._route("/batched", self._batched)
        self._route("/limits", self._limits, "GET")
        self._route("/collected", self._collected, "GET")
        self._route("/kept", self._kept, "GET")
        self._route("/exports", self._exports, "GET")
        for defect in DEFECTS:
            for case in defect.cases:
                self._add(case)

    def _add(self, case: Case) -> None:
        try:
            orchestrator = self._orchestrator(case)
        except Exception as refused:  # noqa: BLE001 - a graph that is refused is what some cases are about
            self.facts[case.slug] = {"refused": f"{type(refused).__name__}: {refused}", "downstream": {}}
            return
        downstream = {
            name_in(key): [name_in(each) for each in orchestrator.downstream(key)]
            for key in orchestrator.graph
        }
        self.facts[case.slug] = {"refused": "", "downstream": downstream}
        handler = _yaml_handler(orchestrator) if case.setting.is_yaml else _handler(case, orchestrator)
        self._route(f"/{case.slug}", handler)

    def _orchestrator(self, case: Case) -> Any:
        return self._of_yaml(case) if case.setting.is_yaml else self._of_services(case)

    def _of_yaml(self, case: Case) -> Any:
        from comps.cores.mega.orchestrator_with_yaml import ServiceOrchestratorWithYaml

        nodes = {node.name: {"endpoint": self._remote(case, node).endpoint_path()} for node in case.nodes}
        rules = [f"{before} >> {node.name}" for node in case.nodes for before in node.after]
        flow = {"mega_flow": rules or [node.name for node in case.nodes]}
        with NamedTemporaryFile("w", suffix=".yaml") as file:
            json.dump({"opea_micro_services": nodes, "opea_mega_service": flow}, file)  # JSON is YAML.
            file.flush()
            return ServiceOrchestratorWithYaml(file.name)

    def _of_services(self, case: Case) -> Any:
        from comps import ServiceOrchestrator

        orchestrator = ServiceOrchestrator()
        services = {node.name: self._remote(case, node) for node in case.nodes}
        for service in services.values():
            orchestrator.add(service)
        for node in case.nodes:
            for before in node.after:
                absent = Node(before, None)
                orchestrator.flow_to(services.get(before) or self._remote(case, absent), services[node.name])
        if case.setting.align_inputs:
            orchestrator.align_inputs = case.setting.align_inputs
        if case.setting.align_generator:
            orchestrator.align_generator = case.setting.align_generator
        return orchestrator

    def _remote(self, case: Case, node: Node) -> Any:
        from comps import MicroService, ServiceType

        port = self._places[node.host if node.behaviour else "nobody"]
        return MicroService(
            node.name,
            service_type=ServiceType[node.service_type],
            host=f"http://{node.host}:{port}" if node.api_key else node.host,
            port=port,
            api_key=node.api_key or None,
            endpoint=f"/{case.slug}/{node.name}",
            use_remote_service=True,
        )

    def _route(self, path: str, handler: Callable[..., Any], method: str = "POST") -> None:
        self.service.add_route(path, handler, methods=[method])

    async def _limits(self, _request: Request) -> Response:
        return JSONResponse({"limits_s": self._limits_s()})

    async def _collected(self, _request: Request) -> Response:
        """Let asyncio tell of tasks that nobody waited for."""
        return JSONResponse({"collected": gc.collect()})

    async def _kept(self, _request: Request) -> Response:
        from comps.cores.telemetry.opea_telemetry import in_memory_exporter

        return JSONResponse({"kept": len(in_memory_exporter.get_finished_spans())})

    async def _exports(self, _request: Request) -> Response:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            self._export,
            env={**environment(), "TELEMETRY_ENDPOINT": ""},
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate()
        return JSONResponse({"exports": said.split()[-1:] == [b"True"]} if said else {"exports": None})

    async def _batched(self, request: Request) -> Response:
        from comps import ServiceType

        response = asyncio.get_running_loop().create_future()
        async with self.service.buffer_lock:
            entry = {"request": await request.json(), "response": response}
            self.service.request_buffer[ServiceType.EMBEDDING].append(entry)
        return JSONResponse(await response)


def _handler(case: Case, orchestrator: Any) -> Callable[..., Any]:
    from comps.cores.proto.api_protocol import ChatCompletionRequest
    from comps.cores.proto.docarray import LLMParams

    async def handle_request(request: Request) -> Response:
        body = await request.json()
        inputs: Any = body
        if case.setting.is_model:
            inputs = ChatCompletionRequest(**body)
        if case.setting.is_bare:
            results, graph = await orchestrator.schedule(inputs)
        else:
            results, graph = await orchestrator.schedule(inputs, LLMParams(stream=body["stream"]))
        for result in results.values():
            if isinstance(result, StreamingResponse):
                return result
        outputs = orchestrator.get_all_final_outputs(results, graph)
        sound = [output for output in outputs.values() if isinstance(output, bytes)]
        if sound:
            return Response(sound[0], media_type="audio/wav")
        return JSONResponse({name_in(key): output for key, output in outputs.items()})

    return handle_request


def _yaml_handler(orchestrator: Any) -> Callable[..., Any]:
    async def handle_request(request: Request) -> Response:
        await orchestrator.schedule(await request.json())
        results = orchestrator.result_dict
        return JSONResponse({leaf: results[leaf] for leaf in orchestrator.all_leaves()})

    return handle_request


async def _infer(_kind: Any, batch: list[dict[str, Any]]) -> list[dict[str, bool]]:
    if any(entry["request"]["fails"] for entry in batch):
        raise ValueError("this batch fails")
    return [{"done": True} for _ in batch]


def _our_limits() -> Callable[[], list[float]]:
    """How long our engine waits, in seconds, where nothing is declared."""
    from harness.opea.orchestrator import BUDGET_S
    from harness.opea.policy import NODE_LIMITS

    declared = (
        NODE_LIMITS.connect_s, NODE_LIMITS.first_byte_s, NODE_LIMITS.idle_s, NODE_LIMITS.total_s, BUDGET_S,
    )  # fmt: skip
    return lambda: sorted(set(declared))


def _their_limits() -> Callable[[], list[float]]:
    """How long opea-comps waits, in seconds: what its HTTP clients have been told so far."""
    from comps.cores.mega import orchestrator

    told: set[float] = set()
    timeout, post = orchestrator.aiohttp.ClientTimeout, orchestrator.requests.post

    def noted_timeout(total: float) -> Any:
        told.add(total)
        return timeout(total=total)

    def noted_post(**options: Any) -> Any:
        if "timeout" in options:
            told.add(options["timeout"])
        return post(**options)

    orchestrator.aiohttp.ClientTimeout, orchestrator.requests.post = noted_timeout, noted_post
    return lambda: sorted(told)


def _serve(parent: Parent) -> None:
    told = parent.configuration
    give(told["variables"])
    if told["engine"] == "reference":
        from harness.opea import install
        from harness.opea.telemetry import trace_to

        install()
        trace_to(told["otlp"])
        made = Megaservice(told["places"], _our_limits(), OUR_EXPORT)
    else:
        give({"TELEMETRY_ENDPOINT": told["otlp"], "OTEL_BSP_SCHEDULE_DELAY": "50"})
        made = Megaservice(told["places"], _their_limits(), THEIR_EXPORT)
    parent.announce(made.service, facts=made.facts)
    made.service.start()


def main() -> int:
    """Serve until the parent lets go; gives the exit code."""
    _serve(Parent())
    return 0


if __name__ == "__main__":
    sys.exit(main())

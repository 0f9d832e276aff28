"""A megaservice on the real ServiceOrchestrator of opea-comps, our own hooks on it; BROKEN names the one thing that is wrong with it.

It answers questions from documents through the services that OPEA's ChatQnA calls where each is OPEA's own.
"""

import os
import sys
import time

from comps import MicroService, ServiceOrchestrator, ServiceRoleType, ServiceType
from comps.cores.proto.docarray import LLMParams
from fastapi import Request
from fastapi.responses import StreamingResponse

BROKEN = os.environ.get("BROKEN", "")
ROUTE = "/v1/chatqna"
PATHS = {
    "embedding": (ServiceType.EMBEDDING, "/v1/embeddings"),
    "retriever": (ServiceType.RETRIEVER, "/v1/retrieval"),
    "rerank": (ServiceType.RERANK, "/v1/reranking"),
    "llm": (ServiceType.LLM, "/v1/chat/completions"),
}


def align_inputs(self, inputs, cur_node, runtime_graph, llm_parameters_dict, **kwargs):
    name = cur_node.partition("/")[0]
    if name == "embedding":
        return {"input": inputs["text"]}
    if name == "retriever":
        return {**inputs, "k": 4}
    if name == "rerank":
        return {**inputs, "top_n": 2}
    prompt = "### Search results: {}\n### Question: {}".format("\n".join(inputs["documents"]), inputs["text"])
    return {
        "model": "a-model",
        "messages": [{"role": "user", "content": prompt}],
        "stream": llm_parameters_dict["stream"],
    }


def align_outputs(self, data, cur_node, inputs, runtime_graph, llm_parameters_dict, **kwargs):
    name = cur_node.partition("/")[0]
    if name == "embedding":
        return {"text": inputs["input"], "embedding": data["data"][0]["embedding"]}
    if name == "retriever":
        return {"initial_query": data["initial_query"], "retrieved_docs": data["retrieved_docs"]}
    if name == "rerank":
        return {"text": inputs["initial_query"], "documents": data["documents"]}
    return {"text": data["choices"][0]["message"]["content"]}


def address(name):
    if BROKEN == "own-variables":
        return os.environ.get(f"MY_{name}", "127.0.0.1"), 9
    begin = f"{name.upper()}_SERVICE"
    return os.environ[f"{begin}_HOST_IP"], int(os.environ[f"{begin}_PORT"])


ServiceOrchestrator.align_inputs = align_inputs
ServiceOrchestrator.align_outputs = align_outputs
orchestrator = ServiceOrchestrator()
before = None
for name, (kind, path) in PATHS.items():
    host, port = address(name)
    node = MicroService(
        name=name, host=host, port=port, endpoint=path, use_remote_service=True, service_type=kind
    )
    orchestrator.add(node)
    if before is not None:
        orchestrator.flow_to(before, node)
    before = node


async def handle_request(request: Request):
    data = await request.json()
    if BROKEN == "falls-over":
        os._exit(7)
    parameters = LLMParams(stream=data.get("stream", True))
    results, graph = await orchestrator.schedule({"text": data["messages"]}, parameters)
    for result in results.values():
        if isinstance(result, StreamingResponse):
            return result
    text = results[graph.all_leaves()[-1]]["text"]
    return {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]}


if BROKEN == "ends":
    sys.exit("the model is not where it should be")
if BROKEN == "deaf":
    time.sleep(600)
route = "/v1/another" if BROKEN == "another-route" else ROUTE
service = MicroService(
    "chatqna",
    service_role=ServiceRoleType.MEGASERVICE,
    host="0.0.0.0",
    port=int(os.environ.get("MEGA_SERVICE_PORT", "8888")),
    endpoint=route,
)
service.add_route(route, handle_request, methods=["POST"])
service.start()

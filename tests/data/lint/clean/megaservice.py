"""A megaservice of ours in which nothing is wrong."""

import os

from comps import MicroService, ServiceOrchestrator, ServiceRoleType, ServiceType
from comps.cores.proto.docarray import LLMParams

PORT = int(os.getenv("MEGA_SERVICE_PORT", 8888))
LLM_MODEL = os.environ.get("LLM_MODEL", "llama3.2")


class ChatOrchestrator(ServiceOrchestrator):
    """Makes each reply what the next node reads."""

    def align_inputs(self, inputs, cur_node, runtime_graph, llm_parameters_dict, **kwargs):
        """Shape a request."""
        kind = self.services[cur_node].service_type
        if kind == ServiceType.EMBEDDING:
            return {"inputs": inputs["text"]}
        if kind == ServiceType.LLM:
            asked = {"role": "user", "content": inputs["prompt"]}
            return {"model": LLM_MODEL, "messages": [asked], "stream": llm_parameters_dict["stream"]}
        return inputs

    def align_outputs(self, data, cur_node, inputs, runtime_graph, llm_parameters_dict, **kwargs):
        """Shape a reply."""
        kind = self.services[cur_node].service_type
        if kind == ServiceType.EMBEDDING:
            return {"text": inputs["inputs"], "embedding": data[0]}
        if kind == ServiceType.RETRIEVER:
            return {"prompt": "\n".join(doc["text"] for doc in data["retrieved_docs"])}
        if kind == ServiceType.GUARDRAIL and data.get("downstream_black_list"):
            return {**data, "downstream_black_list": ["^embedding/"]}
        return data


class Chat:
    """Guardrail, embedding, retriever, LLM."""

    def __init__(self):
        self.megaservice = ChatOrchestrator()
        self.endpoint = "/v1/chat"

    def build(self):
        """Build the graph."""
        guardrail = MicroService(
            name="guardrail",
            host=os.getenv("GUARDRAIL_HOST", "localhost"),
            port=9090,
            endpoint="/v1/guardrails",
            use_remote_service=True,
            service_type=ServiceType.GUARDRAIL,
        )
        embedding = MicroService(
            name="embedding",
            host=os.getenv("EMBEDDING_HOST", "localhost"),
            port=int(os.getenv("EMBEDDING_PORT", "6006")),
            endpoint="/embed",
            use_remote_service=True,
            service_type=ServiceType.EMBEDDING,
        )
        retriever = MicroService(
            name="retriever",
            host=os.getenv("RETRIEVER_HOST", "localhost"),
            port=7000,
            endpoint="/v1/retrieval",
            use_remote_service=True,
            service_type=ServiceType.RETRIEVER,
        )
        llm = MicroService(
            name="llm",
            host=os.getenv("LLM_HOST", "localhost"),
            port=int(os.getenv("LLM_PORT", "8008")),
            endpoint="/v1/chat/completions",
            use_remote_service=True,
            service_type=ServiceType.LLM,
        )
        self.megaservice.add(guardrail).add(embedding).add(retriever).add(llm)
        self.megaservice.flow_to(guardrail, embedding)
        self.megaservice.flow_to(embedding, retriever)
        self.megaservice.flow_to(retriever, llm)

    async def handle_request(self, request):
        """Answer one question."""
        data = await request.json()
        wanted = LLMParams(stream=bool(data.get("stream", False)))
        results, graph = await self.megaservice.schedule(
            initial_inputs={"text": data["text"], "stream": False}, llm_parameters=wanted
        )
        return results[graph.all_leaves()[-1]]

    def start(self):
        """Serve."""
        service = MicroService(
            "chat",
            service_role=ServiceRoleType.MEGASERVICE,
            host="0.0.0.0",
            port=PORT,
            endpoint=self.endpoint,
        )
        service.add_route(self.endpoint, self.handle_request, methods=["POST"])
        service.start()

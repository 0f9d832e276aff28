"""A newcomer's first megaservice, run beside its stack; the three wrong routes and the LLM's wrong port are meant."""

import os

from comps import MicroService, ServiceOrchestrator, ServiceRoleType, ServiceType
from fastapi import Request

BIAS_PORT = int(os.getenv("BIAS_DETECTION_PORT", 9092))
EMBEDDER_PORT = int(os.getenv("EMBEDDER_PORT", 10203))
CLIP_PORT = int(os.getenv("MULTIMODAL_CLIP_EMBEDDER_PORT", 6990))
RETRIEVER_PORT = int(os.getenv("RETRIEVER_PORT", 7000))
LLM_PORT = int(os.getenv("LLM_PORT", 11434))


class ExampleService:
    """Guardrail, embedding, clip, retriever and LLM, one after the other."""

    def __init__(self, host="0.0.0.0", port=8888):
        self.host = host
        self.port = port
        self.endpoint = "/v1/example-service"
        self.megaservice = ServiceOrchestrator()

    def add_remote_service(self):
        """Build the graph."""
        guardrail_in = MicroService(
            name="guardrail_in",
            host="localhost",
            port=BIAS_PORT,
            endpoint="/v1/detect_bias",
            use_remote_service=True,
            service_type=ServiceType.GUARDRAIL,
        )
        embedding = MicroService(
            name="embedding",
            host="localhost",
            port=EMBEDDER_PORT,
            endpoint="/v1/embeddings",
            use_remote_service=True,
            service_type=ServiceType.EMBEDDING,
        )
        clip = MicroService(
            name="clip",
            host="localhost",
            port=CLIP_PORT,
            endpoint="/v1/embeddings/multimodal",
            use_remote_service=True,
            service_type=ServiceType.EMBEDDING,
        )
        retriever = MicroService(
            name="retriever",
            host="localhost",
            port=RETRIEVER_PORT,
            endpoint="/v1/retrieve",
            use_remote_service=True,
            service_type=ServiceType.RETRIEVER,
        )
        llm = MicroService(
            name="llm",
            host="localhost",
            port=LLM_PORT,
            endpoint="/v1/chat/completions",
            use_remote_service=True,
            service_type=ServiceType.LLM,
        )
        self.megaservice.add(guardrail_in).add(embedding).add(clip).add(retriever).add(llm)
        self.megaservice.flow_to(guardrail_in, embedding)
        self.megaservice.flow_to(embedding, clip)
        self.megaservice.flow_to(clip, retriever)
        self.megaservice.flow_to(retriever, llm)

    async def handle_request(self, request: Request):
        """Answer one question."""
        data = await request.json()
        inputs = {"text": data["messages"], "stream": False}
        results, runtime_graph = await self.megaservice.schedule(initial_inputs=inputs)
        return results[runtime_graph.all_leaves()[-1]]

    def start(self):
        """Serve."""
        service = MicroService(
            self.__class__.__name__,
            service_role=ServiceRoleType.MEGASERVICE,
            host=self.host,
            port=self.port,
            endpoint=self.endpoint,
        )
        service.add_route(self.endpoint, self.handle_request, methods=["POST"])
        service.start()


if __name__ == "__main__":
    example = ExampleService()
    example.add_remote_service()
    example.start()

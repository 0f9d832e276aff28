"""A graph as it was planned before anybody had asked its comps: three routes that none serves, and no hooks."""

from comps import MicroService, ServiceOrchestrator, ServiceRoleType, ServiceType


class PlannedService:
    def __init__(self, host="0.0.0.0", port=8000):
        self.host = host
        self.port = port
        self.endpoint = "/v1/planned"
        self.megaservice = ServiceOrchestrator()

    def add_remote_service(self):
        def remote(name, port, endpoint, service_type):
            return MicroService(
                name=name,
                host="localhost",
                port=port,
                endpoint=endpoint,
                use_remote_service=True,
                service_type=service_type,
            )

        guardrail = remote("guardrail", 9092, "/v1/detect_bias", ServiceType.GUARDRAIL)
        embedding = remote("embedding", 6990, "/v1/embeddings/multimodal", ServiceType.EMBEDDING)
        retriever = remote("retriever", 7000, "/v1/retrieve", ServiceType.RETRIEVER)
        llm = remote("llm", 11434, "/v1/chat/completions", ServiceType.LLM)
        self.megaservice.add(guardrail).add(embedding).add(retriever).add(llm)
        self.megaservice.flow_to(guardrail, embedding)
        self.megaservice.flow_to(embedding, retriever)
        self.megaservice.flow_to(retriever, llm)

    async def handle_request(self, request: dict):
        result_dict, _ = await self.megaservice.schedule(initial_inputs={"text": request["messages"]})
        return result_dict["llm/MicroService"]

    def start(self):
        self.service = MicroService(
            self.__class__.__name__,
            service_role=ServiceRoleType.MEGASERVICE,
            host=self.host,
            port=self.port,
            endpoint=self.endpoint,
        )
        self.service.add_route(self.endpoint, self.handle_request, methods=["POST"])
        self.service.start()


if __name__ == "__main__":
    planned = PlannedService()
    planned.add_remote_service()
    planned.start()

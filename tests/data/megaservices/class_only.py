"""A megaservice of two orchestrators, one a part of the other, that leaves it to others to make and start it."""

import os

from comps import MicroService, ServiceOrchestrator, ServiceRoleType, ServiceType

GUARDRAIL_ENDPOINT = os.getenv("GUARDRAIL_ENDPOINT", "http://localhost:9090")
LLM_ENDPOINT = os.environ["LLM_ENDPOINT"]


def address(url):
    host, _, port = url.removeprefix("http://").partition(":")
    return {"host": host, "port": int(port)}


class GuardedService:
    def __init__(self, host="0.0.0.0", port=8000):
        self.host = host
        self.port = port
        self.unguarded = ServiceOrchestrator()
        self.megaservice = ServiceOrchestrator()

    def add_remote_service(self):
        guardrail = MicroService(
            "guardrail_in",
            endpoint="/v1/guardrails",
            use_remote_service=True,
            service_type=ServiceType.GUARDRAIL,
            **address(GUARDRAIL_ENDPOINT),
        )
        llm = MicroService(
            "llm", endpoint="/v1/chat/completions", use_remote_service=True, **address(LLM_ENDPOINT)
        )
        self.unguarded.add(llm)
        self.megaservice.add(guardrail).add(llm)
        self.megaservice.flow_to(guardrail, llm)

    def start(self):
        self.service = MicroService(
            "Guarded", ServiceRoleType.MEGASERVICE, host=self.host, port=self.port, endpoint="/v1/guarded"
        )
        self.service.start()

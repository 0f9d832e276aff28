"""A megaservice with habits: it demands its own address, calls two services by itself, always streams, and has a graph for sound."""

import os
import sys

import httpx
from comps import MicroService, ServiceOrchestrator, ServiceRoleType, ServiceType
from comps.cores.proto.docarray import LLMParams
from fastapi import Request
from fastapi.responses import StreamingResponse

MEGA_SERVICE_PORT = int(os.getenv("MEGA_SERVICE_PORT", 8888))
LLM_SERVICE_HOST_IP = os.getenv("LLM_SERVICE_HOST_IP", "0.0.0.0")
LLM_SERVICE_PORT = int(os.getenv("LLM_SERVICE_PORT", 9000))
ASR_SERVICE_HOST_IP = os.getenv("ASR_SERVICE_HOST_IP", "0.0.0.0")
TEXT2CYPHER_SERVER_HOST_IP = os.getenv("TEXT2CYPHER_SERVER_HOST_IP", "0.0.0.0")
TEXT2CYPHER_SERVER_PORT = int(os.getenv("TEXT2CYPHER_SERVER_PORT", 9097))
TTS_PORT = int(os.getenv("TTS_PORT", 7055))
TTS_ENDPOINT = os.getenv("TTS_ENDPOINT", f"http://0.0.0.0:{TTS_PORT}/v1/tts")


class WaywardService:
    def __init__(self):
        self.endpoint = "/v1/wayward"
        self.heard = ServiceOrchestrator()
        self.written = ServiceOrchestrator()

    def add_remote_service(self):
        asr = MicroService(
            name="asr",
            host=ASR_SERVICE_HOST_IP,
            port=7066,
            endpoint="/v1/asr",
            use_remote_service=True,
            service_type=ServiceType.ASR,
        )
        llm = MicroService(
            name="llm",
            host=LLM_SERVICE_HOST_IP,
            port=LLM_SERVICE_PORT,
            endpoint="/v1/chat/completions",
            use_remote_service=True,
            service_type=ServiceType.LLM,
        )
        MicroService(
            name="text2query",
            host=TEXT2CYPHER_SERVER_HOST_IP,
            port=TEXT2CYPHER_SERVER_PORT,
            endpoint="/text2query",
            use_remote_service=True,
        )
        self.heard.add(asr).add(llm)
        self.heard.flow_to(asr, llm)
        self.written.add(llm)

    async def handle_request(self, request: Request):
        asked = await request.json()
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            url = f"http://{TEXT2CYPHER_SERVER_HOST_IP}:{TEXT2CYPHER_SERVER_PORT}/v1/text2query"
            (await client.post(url, json={"query": asked["messages"]})).raise_for_status()
            (await client.post(TTS_ENDPOINT, json={"text": "One moment."})).raise_for_status()
        results, _ = await self.written.schedule({"messages": asked["messages"]}, LLMParams(stream=True))
        return next(each for each in results.values() if isinstance(each, StreamingResponse))

    def start(self):
        self.service = MicroService(
            self.__class__.__name__,
            service_role=ServiceRoleType.MEGASERVICE,
            host="0.0.0.0",
            port=MEGA_SERVICE_PORT,
            endpoint=self.endpoint,
        )
        self.service.add_route(self.endpoint, self.handle_request, methods=["POST"])
        self.service.start()


if __name__ == "__main__":
    for name in ("MEGA_SERVICE_HOST_IP", "MEGA_SERVICE_PORT"):
        if os.getenv(name) is None:
            sys.exit(1)
    wayward = WaywardService()
    wayward.add_remote_service()
    wayward.start()

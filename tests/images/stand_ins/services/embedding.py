"""An embedding service on the real MicroService of opea-comps, our own handler on it; BROKEN names the one thing that is wrong with it.

It does what OPEA's does (comps/embeddings at GenAIComps 8130a3f): texts go to the TEI at TEI_EMBEDDING_ENDPOINT, or the CLIP server at
CLIP_EMBEDDING_ENDPOINT, as EMBEDDING_COMPONENT_NAME says, and vectors come back.
"""

import os
import signal
import subprocess
import time

import aiohttp
from comps import (
    OpeaComponent,
    OpeaComponentLoader,
    OpeaComponentRegistry,
    ServiceType,
    opea_microservices,
    opea_telemetry,
    register_microservice,
    register_statistics,
    statistics_dict,
)
from comps.cores.proto.api_protocol import EmbeddingRequest, EmbeddingResponse, EmbeddingResponseData
from fastapi import Response

NAME = "opea_service@embedding"
BROKEN = os.environ.get("BROKEN", "")


@OpeaComponentRegistry.register("OPEA_TEI_EMBEDDING")
class TeiEmbedding(OpeaComponent):
    """Asks TEI."""

    def __init__(self, name, description, config=None):
        super().__init__(name, ServiceType.EMBEDDING.name.lower(), description, config)
        self.url = os.environ["TEI_EMBEDDING_ENDPOINT"] + "/embed"

    def check_health(self) -> bool:
        return True

    async def invoke(self, request: EmbeddingRequest) -> EmbeddingResponse:
        texts = [request.input] if isinstance(request.input, str) else request.input
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, json={"inputs": texts}) as reply,
        ):
            reply.raise_for_status()
            vectors = await reply.json()
        if BROKEN == "long-vectors":
            vectors = [[2 * number for number in vector] for vector in vectors]
        if BROKEN == "shuffled":
            vectors = vectors[::-1]
        rows = [EmbeddingResponseData(index=place, embedding=each) for place, each in enumerate(vectors)]
        return EmbeddingResponse(data=rows)


@OpeaComponentRegistry.register("OPEA_CLIP_EMBEDDING")
class ClipEmbedding(OpeaComponent):
    """Asks the CLIP server, which speaks OpenAI's shapes as we do."""

    def __init__(self, name, description, config=None):
        super().__init__(name, ServiceType.EMBEDDING.name.lower(), description, config)
        self.url = os.environ["CLIP_EMBEDDING_ENDPOINT"] + "/v1/embeddings"

    def check_health(self) -> bool:
        return True

    async def invoke(self, request: EmbeddingRequest) -> EmbeddingResponse:
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, json=request.model_dump()) as reply,
        ):
            reply.raise_for_status()
            return EmbeddingResponse(**await reply.json())


if BROKEN == "needs-a-variable":
    os.environ["MODEL_ID"]
left: list[subprocess.Popen] = []
loader = OpeaComponentLoader(
    os.getenv("EMBEDDING_COMPONENT_NAME", "OPEA_TEI_EMBEDDING"), description="embeds"
)


@register_microservice(
    name=NAME, service_type=ServiceType.EMBEDDING, endpoint="/v1/embeddings", host="0.0.0.0", port=6000
)
@opea_telemetry
@register_statistics(names=[NAME])
async def embedding(input: EmbeddingRequest) -> EmbeddingResponse:  # noqa: A002 - as OPEA calls it
    began = time.time()
    if BROKEN == "blocks-its-loop":
        time.sleep(0.2)  # noqa: ASYNC251 - that is what is wrong
    if BROKEN == "leaves-processes":
        left.append(subprocess.Popen(["true"]))  # noqa: ASYNC220 - that is what is wrong; what nobody holds Python may wait for
        del left[:-1]
    answer = await loader.invoke(input)
    statistics_dict[NAME].append_latency(time.time() - began, None)
    return answer


service = opea_microservices[NAME]


whole = service.server.config.loaded_app


async def breaking(scope, receive, send):
    """What is wrong before the handler."""
    if BROKEN == "never-ready":
        await Response("loading", 503)(scope, receive, send)
        return
    if scope.get("method") != "POST" or BROKEN not in ("falls-over", "fails-on-bad-input"):
        await whole(scope, receive, send)
        return
    first = await receive()
    if first.get("body", b"{").startswith(b"{"):
        messages = iter((first,))

        async def again():
            return next(messages, None) or await receive()

        await whole(scope, again, send)
    elif BROKEN == "falls-over":
        os._exit(7)
    else:
        await Response("Internal Server Error", 500)(scope, receive, send)


service.server.config.loaded_app = breaking
if BROKEN == "ends-badly":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(3))
if BROKEN == "drops-requests":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
service.start()

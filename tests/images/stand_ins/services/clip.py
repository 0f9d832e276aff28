"""The CLIP server on the real base class of opea-comps: its three contracts on one path, and our vectors in the place of a model's.

It does what OPEA's does (comps/third_parties/clip at GenAIComps 8130a3f), but that no date in a text becomes a constraint.
"""

import time

from comps import (
    EmbedDoc,
    ServiceType,
    TextDoc,
    opea_microservices,
    register_microservice,
    register_statistics,
    statistics_dict,
)
from comps.cores.proto.api_protocol import (
    ChatCompletionRequest,
    EmbeddingRequest,
    EmbeddingResponse,
    EmbeddingResponseData,
)

from mocks._text import embed

NAME = "opea_service@embedding_multimodal_clip"
DIMENSION = 512  # As openai/clip-vit-base-patch32 has.


def texts_of(given):
    """The texts that are asked for; token ids are spelled out."""
    if isinstance(given, str):
        return [given]
    if all(isinstance(each, int) for each in given):
        given = [given] if given else []
    return [each if isinstance(each, str) else " ".join(map(str, each)) for each in given]


@register_microservice(
    name=NAME, service_type=ServiceType.EMBEDDING, endpoint="/v1/embeddings", host="0.0.0.0", port=6990
)
@register_statistics(names=[NAME])
async def embedding(
    input: TextDoc | EmbeddingRequest | ChatCompletionRequest,  # noqa: A002 - as OPEA calls it
) -> EmbedDoc | EmbeddingResponse | ChatCompletionRequest:
    began = time.time()
    is_document = isinstance(input, TextDoc)
    given = input.text if is_document else input.input
    found = [embed(text, DIMENSION).tolist() for text in texts_of(given)]
    statistics_dict[NAME].append_latency(time.time() - began, None)
    if is_document:
        one = isinstance(given, str)
        return EmbedDoc(
            text=given, embedding=found[0] if one else found, constraints={} if one else [{} for _ in found]
        )
    rows = [
        EmbeddingResponseData(index=place, embedding=each[: input.dimensions])
        for place, each in enumerate(found)
    ]
    if isinstance(input, EmbeddingRequest):
        return EmbeddingResponse(data=rows)
    input.embedding = EmbeddingResponse(data=rows)
    return input


opea_microservices[NAME].start()

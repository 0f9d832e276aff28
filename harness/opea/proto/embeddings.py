"""Requests and replies of embedding, retrieval and reranking in OpenAI's manner (comps/cores/proto/api_protocol.py, GenAIComps 8130a3f)."""

from typing import Any, Literal

from pydantic import BaseModel, Field, NonNegativeFloat, PositiveInt

from harness.opea.proto.doc import ABSENT


class UsageInfo(BaseModel):
    """Token counts of prompt and completion."""

    prompt_tokens: int = 0
    total_tokens: int = 0
    completion_tokens: int | None = 0


class EmbeddingRequest(BaseModel):
    """Texts, or their tokens, to be embedded."""

    model: str | None = None
    input: list[int] | list[list[int]] | str | list[str]
    encoding_format: str | None = Field("float", pattern="^(float|base64)$")
    dimensions: int | None = None
    user: str | None = None
    request_type: Literal["embedding"] = "embedding"


class EmbeddingResponseData(BaseModel):
    """One vector."""

    index: int
    object: str = "embedding"
    embedding: list[float] | str


class EmbeddingResponse(BaseModel):
    """The vectors, in the order of the texts."""

    object: str = "list"
    model: str | None = None
    data: list[EmbeddingResponseData]
    usage: UsageInfo | None = None


class RetrievalRequest(BaseModel):
    """A vector, or a text, to retrieve documents for."""

    embedding: EmbeddingResponse | list[float] = ABSENT
    input: str | None = None
    search_type: str = "similarity"
    k: PositiveInt = 4
    distance_threshold: float | None = None
    fetch_k: PositiveInt = 20
    lambda_mult: NonNegativeFloat = 0.5
    score_threshold: NonNegativeFloat = 0.2
    request_type: Literal["retrieval"] = "retrieval"


class RetrievalRequestArangoDB(RetrievalRequest):
    """A retrieval request with ArangoDB's own settings."""

    graph_name: str | None = None
    search_start: str | None = None
    search_mode: str | None = None
    num_centroids: int | None = None
    distance_strategy: str | None = None
    use_approx_search: bool | None = None
    enable_traversal: bool | None = None
    enable_summarizer: bool | None = None
    traversal_max_depth: int | None = None
    traversal_max_returned: int | None = None
    traversal_score_threshold: float | None = None
    traversal_query: str | None = None


class RetrievalResponseData(BaseModel):
    """One document that was found."""

    text: str
    metadata: dict[str, Any] | None = None


class RetrievalResponse(BaseModel):
    """The documents that were found."""

    retrieved_docs: list[RetrievalResponseData]


class RerankingRequest(BaseModel):
    """A question and the documents to be reranked for it."""

    input: str
    retrieved_docs: list[RetrievalResponseData] | list[dict[str, Any]] | list[str]
    top_n: PositiveInt = 1
    request_type: Literal["reranking"] = "reranking"


class RerankingResponseData(BaseModel):
    """One document and its score."""

    text: str
    score: float | None = 0.0


class RerankingResponse(BaseModel):
    """The documents, best first."""

    reranked_docs: list[RerankingResponseData]

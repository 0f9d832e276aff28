"""Documents that embedding, retrieval and reranking pass on (comps/cores/proto/docarray.py, GenAIComps 8130a3f)."""

from typing import Annotated, Any

from pydantic import Field, NonNegativeFloat, PositiveInt

from harness.opea.proto.doc import Doc, ImageUrl
from harness.opea.proto.documents import TextDoc


class EmbedDoc(Doc):
    """A text with its vector and how to search with it."""

    text: str | list[str]
    embedding: list[float] | list[list[float]]
    search_type: str = "similarity"
    k: PositiveInt = 4
    distance_threshold: float | None = None
    fetch_k: PositiveInt = 20
    lambda_mult: NonNegativeFloat = 0.5
    score_threshold: NonNegativeFloat = 0.2
    constraints: dict[str, Any] | list[dict[str, Any]] | None = None
    index_name: str | None = None


class EmbedMultimodalDoc(EmbedDoc):
    """The same, with the image it describes."""

    url: ImageUrl | None = None
    base64_image: str | None = None


class SearchedDoc(Doc):
    """The documents that a retriever found for a question."""

    retrieved_docs: list[TextDoc]
    initial_query: str
    top_n: PositiveInt = 1


class SearchedMultimodalDoc(SearchedDoc):
    """The same, with each document's metadata."""

    metadata: list[dict[str, Any]]


class LVMSearchedMultimodalDoc(SearchedMultimodalDoc):
    """The same, as a request to a vision model."""

    max_new_tokens: Annotated[int, Field(ge=0, le=1024)] = 512
    top_k: int = 10
    top_p: float = 0.95
    typical_p: float = 0.95
    temperature: float = 0.01
    stream: bool = False
    repetition_penalty: float = 1.03
    chat_template: str | None = None


class RerankedDoc(Doc):
    """The documents that a reranker kept, best first."""

    reranked_docs: list[TextDoc]
    initial_query: str


class RetrieverParms(Doc):
    """Search parameters of a retriever."""

    search_type: str = "similarity"
    k: PositiveInt = 4
    distance_threshold: float | None = None
    fetch_k: PositiveInt = 20
    lambda_mult: NonNegativeFloat = 0.5
    score_threshold: NonNegativeFloat = 0.2


class RerankerParms(Doc):
    """How many documents a reranker keeps."""

    top_n: PositiveInt = 1


class RAGASParams(Doc):
    """Questions, answers and contexts for RAGAS to score."""

    questions: list[TextDoc]
    answers: list[TextDoc]
    docs: list[TextDoc]
    ground_truths: list[TextDoc]


class RAGASScores(Doc):
    """The scores of RAGAS."""

    answer_relevancy: float
    faithfulness: float
    context_recallL: float
    context_precision: float

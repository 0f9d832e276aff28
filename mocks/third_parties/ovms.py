"""OpenVINO Model Server: chats in OpenAI's manner, embeddings, and reranking in Cohere's, all under /v3."""

from typing import Any

from pydantic import BaseModel, Field

from harness.comp import Comp, Endpoint, Example, Law, Variant, World
from mocks._laws import bad_vectors, not_falling, texts_asked
from mocks._text import embed, relevance
from mocks.third_parties._server import QUESTION, Server, health

SOURCE = "openvinotoolkit/model_server, docs/model_server_rest_api_*.md"
EMBEDDER = "BAAI/bge-large-en-v1.5"
RERANKER = "BAAI/bge-reranker-large"
DIMENSION = 1024  # BAAI/bge-large-en-v1.5, the model of OPEA's compose file.


class Texts(BaseModel):
    """Texts to be embedded."""

    model: str
    input: str | list[str]


class Row(BaseModel):
    """One vector."""

    object: str = "embedding"
    embedding: list[float]
    index: int


class Vectors(BaseModel):
    """A vector a text."""

    object: str = "list"
    data: list[Row]
    usage: dict[str, int]


class Documents(BaseModel):
    """Documents to be ordered by a query."""

    model: str
    query: str
    documents: list[str]
    top_n: int | None = Field(None, ge=1)


class Ranked(BaseModel):
    """A document's place and score."""

    index: int
    relevance_score: float


class Ranking(BaseModel):
    """The best documents, best first."""

    results: list[Ranked]


def embedding(request: Texts, world: World) -> Vectors:
    """One unit vector a text."""
    texts = [request.input] if isinstance(request.input, str) else request.input
    dimension = int(world.settings.get("EMBEDDING_DIMENSION", DIMENSION))
    rows = [Row(embedding=embed(text, dimension).tolist(), index=at) for at, text in enumerate(texts)]
    words = sum(len(text.split()) for text in texts)
    return Vectors(data=rows, usage={"prompt_tokens": words, "total_tokens": words})


def rerank(request: Documents, world: World) -> Ranking:
    """The `top_n` documents that answer the query best."""
    scored = [
        Ranked(index=at, relevance_score=relevance(request.query, text))
        for at, text in enumerate(request.documents)
    ]
    scored.sort(key=lambda each: -each.relevance_score)
    return Ranking(results=scored[: request.top_n])


def _as_many(request: Any, reply: Any) -> str | None:
    asked, got = texts_asked(request["input"]), len(reply["data"])
    return None if asked == got else f"data: holds {got} vectors for {asked} texts"


def _finite(request: Any, reply: Any) -> str | None:
    return bad_vectors([row["embedding"] for row in reply["data"]], "data[{}].embedding", unit=False)


def _best_first(request: Any, reply: Any) -> str | None:
    return not_falling([each["relevance_score"] for each in reply["results"]], "results")


def _known_places(request: Any, reply: Any) -> str | None:
    places = [each["index"] for each in reply["results"]]
    most = request.get("top_n") or len(request["documents"])
    if len(set(places)) == len(places) <= most and set(places) <= set(range(len(request["documents"]))):
        return None
    return f"results: indices are {places}, of {len(request['documents'])} documents at most {most}"


DOCUMENTS = ["A tram runs on rails.", "Deep learning uses neural networks."]

COMP = Comp(
    id="third_parties.ovms",
    title="ovms",
    port=8000,
    service_type="LLM",
    image="openvino/model_server:2025.0",
    framework=False,
    statistics=False,
    validation_status=400,
    ready="/v2/health/ready",
    endpoints=(
        *Server("OpenVINO").endpoints(SOURCE, "/v3")[:2],
        Endpoint(
            "/v3/embeddings",
            embedding,
            variants=(
                Variant(
                    "texts",
                    Texts,
                    Vectors,
                    examples=(
                        Example("one", {"model": EMBEDDER, "input": QUESTION}, {"object": "list"}),
                        Example("two", {"model": EMBEDDER, "input": ["a", "b"]}, {"object": "list"}),
                        Example("no-input", {"model": EMBEDDER}, status=400),
                    ),
                    laws=(
                        Law("one-vector-a-text", "there are as many vectors as texts", _as_many),
                        Law("finite", "every number of a vector is finite", _finite),
                    ),
                ),
            ),
            evidence="source-only",
            source=SOURCE,
        ),
        Endpoint(
            "/v3/rerank",
            rerank,
            variants=(
                Variant(
                    "documents",
                    Documents,
                    Ranking,
                    examples=(
                        Example("all", {"model": RERANKER, "query": QUESTION, "documents": DOCUMENTS}),
                        Example(
                            "best", {"model": RERANKER, "query": QUESTION, "documents": DOCUMENTS, "top_n": 1}
                        ),
                        Example("no-query", {"model": RERANKER, "documents": DOCUMENTS}, status=400),
                    ),
                    laws=(
                        Law("best-first", "scores are finite and fall", _best_first),
                        Law(
                            "known-places",
                            "indices are of documents, each once, top_n at most",
                            _known_places,
                        ),
                    ),
                ),
            ),
            evidence="source-only",
            source=SOURCE,
        ),
        health(SOURCE, "/v2/health/ready"),
    ),
)

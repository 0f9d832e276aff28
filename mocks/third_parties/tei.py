"""Text Embeddings Inference: vectors by `/embed`, scores by `/rerank`."""

from typing import Any

import orjson
from pydantic import BaseModel

from harness.comp import Binary, Comp, Endpoint, Example, Law, Variant, World
from mocks._laws import bad_vectors, not_falling
from mocks._text import DIMENSION, embed, relevance
from mocks.third_parties._server import QUESTION, health, page

SOURCE = "huggingface/text-embeddings-inference, router/src/http/server.rs"


class Embed(BaseModel):
    """Texts of which vectors are wanted."""

    inputs: str | list[str]
    truncate: bool | None = False
    normalize: bool = True


class Rerank(BaseModel):
    """Texts to be ordered by how well they answer a query."""

    query: str
    texts: list[str]
    truncate: bool | None = False
    raw_scores: bool = False
    return_text: bool = False


class Rank(BaseModel):
    """One text's place in the request and its score."""

    index: int
    score: float
    text: str | None = None


def vectors(request: Embed, world: World) -> list[list[float]] | Binary:
    """One unit vector a text: texts (n) to vectors (n, 768)."""
    texts = [request.inputs] if isinstance(request.inputs, str) else request.inputs
    if not texts:
        return _refused("`inputs` cannot be empty")
    dimension = int(world.settings.get("EMBEDDING_DIMENSION", DIMENSION))
    return [embed(text, dimension).tolist() for text in texts]


def ranks(request: Rerank, world: World) -> list[dict[str, Any]] | Binary:
    """All texts by falling score, 0..1; texts of equal score keep their order."""
    if not request.texts:
        return _refused("`texts` cannot be empty")
    scored = [
        {
            "index": at,
            **({"text": text} if request.return_text else {}),
            "score": relevance(request.query, text),
        }
        for at, text in enumerate(request.texts)
    ]
    return sorted(scored, key=lambda each: -each["score"])


def info(request: None, world: World) -> dict[str, Any]:
    """Which model is served, and its limits; retrievers and dataprep ask at their start."""
    return {
        "model_id": world.settings.get("EMBEDDING_MODEL_ID", "BAAI/bge-base-en-v1.5"),
        "model_dtype": "float32",
        "model_type": {"embedding": {"pooling": "cls"}},
        "max_input_length": 512,
        "max_client_batch_size": 32,
        "version": "1.6.0",
    }


def _refused(words: str) -> Binary:
    return Binary(orjson.dumps({"error": words, "error_type": "Validation"}), "application/json", 422)


def _one_vector_a_text(request: Any, reply: Any) -> str | None:
    texts = 1 if isinstance(request["inputs"], str) else len(request["inputs"])
    return None if len(reply) == texts else f"{len(reply)} vectors for {texts} texts"


def _unit_vectors(request: Any, reply: Any) -> str | None:
    return bad_vectors(reply, "[{}]", unit=request.get("normalize", True))


def _each_text_once(request: Any, reply: Any) -> str | None:
    places = sorted(each["index"] for each in reply)
    asked = list(range(len(request["texts"])))
    return None if places == asked else f"index: places are {places}, the texts' are {asked}"


def _falling(request: Any, reply: Any) -> str | None:
    return not_falling([each["score"] for each in reply], "score")


TEXTS = ["A tram runs on rails.", "Deep learning is learning with neural networks."]

COMP = Comp(
    id="third_parties.tei",
    title="text-embeddings-inference",
    port=80,
    service_type="EMBEDDING",
    image="ghcr.io/huggingface/text-embeddings-inference:cpu-1.6",
    framework=False,
    statistics=False,
    ready="/health",
    endpoints=(
        Endpoint(
            "/embed",
            vectors,
            (
                Variant(
                    "texts",
                    Embed,
                    list[list[float]],
                    examples=(
                        Example("one", {"inputs": QUESTION}),
                        Example("several", {"inputs": [QUESTION, "A tram."]}),
                        Example("none", {"inputs": []}, status=422),
                    ),
                    laws=(
                        Law("one-vector-a-text", "there are as many vectors as texts", _one_vector_a_text),
                        Law("unit-vectors", "every vector is finite and of length 1", _unit_vectors),
                    ),
                ),
            ),
            evidence="executed",
            source=SOURCE,
        ),
        Endpoint(
            "/rerank",
            ranks,
            (
                Variant(
                    "texts",
                    Rerank,
                    list[Rank],
                    examples=(
                        Example("two", {"query": QUESTION, "texts": TEXTS}),
                        Example("with-text", {"query": QUESTION, "texts": TEXTS, "return_text": True}),
                        Example("none", {"query": QUESTION, "texts": []}, status=422),
                    ),
                    laws=(
                        Law("each-text-once", "every text has its place once", _each_text_once),
                        Law("falling", "scores are finite and fall", _falling),
                    ),
                ),
            ),
            evidence="executed",
            source=SOURCE,
        ),
        page("/info", info, dict[str, Any], {"max_client_batch_size": 32}, SOURCE),
        health(SOURCE),
    ),
)

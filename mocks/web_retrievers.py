"""Web retriever: pages of a web of a mock's own, found by words, and their passages nearest to a question's vector."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Variant, World
from harness.opea.proto.docarray import EmbedDoc, SearchedDoc, TextDoc
from mocks._laws import unlike
from mocks._text import DIMENSION, Vector, embed


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the web."""

    source: str
    title: str
    text: str

    @property
    def told(self) -> str:
        """The page as upstream words it: its text, then what is known of it."""
        return f"{self.text} \n title: {self.title} \n  \n source: {self.source} \n"


WEB = (
    Page(
        "https://example.org/opea",
        "OPEA",
        "OPEA is an open platform of microservices from which applications of generative AI are put together.",
    ),
    Page(
        "https://example.org/deep-learning",
        "Deep learning",
        "Deep learning is machine learning with neural networks of many layers.",
    ),
    Page(
        "https://example.org/retrieval",
        "Retrieval-augmented generation",
        "Retrieval-augmented generation looks documents up and lets a language model answer out of them.",
    ),
    Page(
        "https://example.org/trams",
        "Trams",
        "A tram runs on rails and takes its current from a wire above it.",
    ),
    Page(
        "https://example.org/embeddings",
        "Embeddings",
        "An embedding is a vector that stands for a text's meaning.",
    ),
    Page(
        "https://example.org/weather",
        "Weather",
        "Weather is what the air does; climate is what it does for years.",
    ),
)


def search(request: EmbedDoc, world: World) -> SearchedDoc:
    """The `k` passages nearest to the vector, nearest first."""
    if not isinstance(request.text, str):
        raise Refusal(400, "text: is a list; one question is searched for at a time")
    vector = _vector(request.embedding)
    near = sorted(WEB, key=lambda page: -float(embed(f"{page.title} {page.text}", vector.size) @ vector))
    found = [TextDoc(text=page.told) for page in near[: request.k]]
    return SearchedDoc(retrieved_docs=found, initial_query=request.text)


def _vector(given: Any) -> Vector:
    numbers = given[0] if given and isinstance(given[0], list) else given
    if not numbers:
        raise Refusal(400, "embedding: is empty; a question's vector has at least one number")
    return np.asarray(numbers, dtype=np.float32)


def _at_most_k(request: Any, reply: Any) -> str | None:
    k, found = request.get("k", 4), len(reply["retrieved_docs"])
    return f"retrieved_docs: are {found}, more than k={k}" if found > k else None


def _query_kept(request: Any, reply: Any) -> str | None:
    return unlike(reply["initial_query"], request["text"], "initial_query")


def _titled(request: Any, reply: Any) -> str | None:
    bare = [at for at, doc in enumerate(reply["retrieved_docs"]) if " title: " not in (doc.get("text") or "")]
    return f"retrieved_docs[{bare[0]}]: does not tell its title" if bare else None


QUESTION = "What is OPEA?"
VECTOR = [round(number, 5) for number in embed(QUESTION, DIMENSION).tolist()]

COMPS = (
    Comp(
        id="web_retrievers",
        title="opea_service@web_retriever",
        description="Do the web retrieval.",
        port=7077,
        service_type="WEB_RETRIEVER",
        image="opea/web-retriever:latest",
        counts_also=("opea_service@search",),
        depends_on=("third_parties.tei",),
        needs={"TEI_EMBEDDING_ENDPOINT": "third_parties.tei"},
        endpoints=(
            Endpoint(
                "/v1/web_retrieval",
                search,
                variants=(
                    Variant(
                        "vector",
                        EmbedDoc,
                        SearchedDoc,
                        examples=(
                            Example("four", {"text": QUESTION, "embedding": VECTOR}, {"top_n": 1}),
                            Example("one", {"text": QUESTION, "embedding": VECTOR, "k": 1}, {"top_n": 1}),
                            Example("texts", {"text": [QUESTION], "embedding": VECTOR}, status=400),
                            Example("no-vector", {"text": QUESTION}, status=422),
                            Example("empty-vector", {"text": QUESTION, "embedding": []}, status=400),
                        ),
                        laws=(
                            Law("at-most-k", "no more than k passages come back", _at_most_k),
                            Law("query-kept", "the question comes back unaltered", _query_kept),
                            Law("titled", "every passage tells the title of its page", _titled),
                        ),
                    ),
                ),
                evidence="executed",
                source="comps/web_retrievers/src/opea_web_retrievers_microservice.py",
                known=(
                    Deviation(
                        "no-question",
                        "several questions at once, and an empty vector, are internal errors",
                        lambda body: isinstance(body["text"], list) or not body["embedding"],
                        500,
                    ),
                ),
                notes=(
                    "upstream asks Google, reads the pages and embeds them with TEI; a mock speaks to nobody",
                    "/v1/statistics also tells of opea_service@search, and upstream counts every latency twice",
                ),
            ),
        ),
    ),
)

"""Retrievers: a question's vector to the nearest documents that dataprep ingested, in three pairs of shapes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Lifecycle, Refusal, Variant, World
from harness.opea.proto.chat import ChatCompletionRequest
from harness.opea.proto.docarray import (
    EmbedDoc,
    EmbedMultimodalDoc,
    SearchedDoc,
    SearchedMultimodalDoc,
    TextDoc,
)
from harness.opea.proto.embeddings import (
    EmbeddingResponse,
    RetrievalRequest,
    RetrievalRequestArangoDB,
    RetrievalResponse,
    RetrievalResponseData,
)
from mocks._store import UPLOADS, Hit, Index, index_name, store_of
from mocks._text import DIMENSION, Vector, embed, similarity
from mocks.dataprep.documents import LISTED_UNTIL_DELETED

SOURCE = "comps/retrievers/src/opea_retrievers_microservice.py"

Searching = (
    EmbedDoc | EmbedMultimodalDoc | RetrievalRequest | RetrievalRequestArangoDB | ChatCompletionRequest
)


def retrieve(
    request: Searching, world: World
) -> SearchedMultimodalDoc | RetrievalResponse | ChatCompletionRequest:
    """The `k` nearest documents; without a vector the text is searched for, without either the first ones come."""
    index = store_of(world).index(index_name(world, getattr(request, "index_name", None)))
    hits = _search(request, index)
    if isinstance(request, EmbedDoc):
        return _searched(request, hits)
    found = [RetrievalResponseData(text=hit.chunk.text, metadata=_metadata(hit)) for hit in hits]
    if isinstance(request, ChatCompletionRequest):
        texts = [hit.chunk.text for hit in hits]
        return request.model_copy(update={"retrieved_docs": found, "documents": texts})
    return RetrievalResponse(retrieved_docs=found)


def _searched(request: EmbedDoc, hits: Sequence[Hit]) -> SearchedMultimodalDoc:
    if not isinstance(request.text, str):
        raise Refusal(400, "text: is a list; one question is searched for at a time")
    return SearchedMultimodalDoc(
        retrieved_docs=[TextDoc(text=hit.chunk.text) for hit in hits],
        initial_query=request.text,
        metadata=[_with_image(request, _metadata(hit)) for hit in hits],
    )


def _with_image(request: EmbedDoc, metadata: dict[str, Any]) -> dict[str, Any]:
    """What is known of a document that has a picture, with the picture that was searched by before it."""
    image = getattr(request, "base64_image", None)
    if not image or "b64_img_str" not in metadata:
        return metadata
    own = metadata["b64_img_str"]
    return {**metadata, "b64_img_str": [image, own] if own else image}


def _metadata(hit: Hit) -> dict[str, Any]:
    if hit.chunk.about is not None:
        return dict(hit.chunk.about)
    return {"doc_name": UPLOADS + hit.chunk.file}


def _search(request: Searching, index: Index) -> list[Hit]:
    vector = _vector(request, index.dimension)
    if vector is None:
        return [Hit(chunk, 0.0) for chunk in index.first(request.k)]
    if not np.isfinite(vector).all():
        raise Refusal(400, "embedding: holds a number that is not finite")
    many = max(request.fetch_k, request.k) if request.search_type == "mmr" else request.k
    try:
        hits = index.search(vector, many)
    except ValueError as error:
        raise Refusal(400, str(error)) from None
    return _of_type(request, hits)


def _of_type(request: Searching, hits: list[Hit]) -> list[Hit]:
    """What the kind of search leaves of the nearest; an unknown kind is plain similarity."""
    if request.search_type == "similarity_score_threshold":
        return [hit for hit in hits if hit.score >= request.score_threshold]
    if request.search_type == "similarity_distance_threshold" and request.distance_threshold is not None:
        return [hit for hit in hits if 1 - hit.score <= request.distance_threshold]
    return _diverse(hits, request.k, request.lambda_mult) if request.search_type == "mmr" else hits


def _diverse(hits: list[Hit], count: int, near_share: float) -> list[Hit]:
    """Maximal marginal relevance: near to the question, and each unlike those before it."""
    chosen: list[Hit] = []
    left = list(hits)
    while left and len(chosen) < count:
        best = max(
            left,
            key=lambda hit: (
                near_share * hit.score
                - (1 - near_share)
                * max((similarity(hit.chunk.text, one.chunk.text) for one in chosen), default=0.0)
            ),
        )
        chosen.append(best)
        left.remove(best)
    return chosen


def _vector(request: Searching, dimension: int) -> Vector | None:
    given: Any = request.embedding
    if isinstance(given, EmbeddingResponse):
        given = given.data[0].embedding if given.data else None
    if given and isinstance(given[0], list):
        given = given[0]
    if given and not isinstance(given, str):
        return np.asarray(given, dtype=np.float32)
    text = _asked(request)
    return embed(text, dimension) if text else None


def _asked(request: Searching) -> str:
    """The question's text, where the request has one."""
    if isinstance(request, EmbedDoc):
        return request.text if isinstance(request.text, str) else ""
    given = request.input
    if isinstance(given, str):
        return given
    messages = getattr(request, "messages", "")
    return messages if isinstance(messages, str) else ""


def _at_most_k(request: Any, reply: Any) -> str | None:
    k, found = request.get("k", 4), len(reply["retrieved_docs"])
    return f"retrieved_docs: are {found}, more than k={k}" if found > k else None


def _query_kept(request: Any, reply: Any) -> str | None:
    if reply["initial_query"] == request["text"]:
        return None
    return f"initial_query: is {reply['initial_query']!r}, asked was {request['text']!r}"


def _metadata_fits(request: Any, reply: Any) -> str | None:
    known, found = len(reply["metadata"]), len(reply["retrieved_docs"])
    return f"metadata: has {known} entries for {found} documents" if known > found else None


def _texts_there(request: Any, reply: Any) -> str | None:
    empty = [at for at, doc in enumerate(reply["retrieved_docs"]) if not doc.get("text")]
    return f"retrieved_docs{empty}: have no text" if empty else None


def _ids_differ(request: Any, reply: Any) -> str | None:
    ids = [doc.get("id") for doc in reply["retrieved_docs"]]
    return None if len(set(ids)) == len(ids) else f"retrieved_docs: ids {ids} are not all different"


def _documents_too(request: Any, reply: Any) -> str | None:
    texts = [doc["text"] for doc in reply["retrieved_docs"]]
    return None if reply["documents"] == texts else "documents: are not the texts of retrieved_docs"


AT_MOST_K = Law("at-most-k", "no more documents come than k asks for", _at_most_k)
TEXTS_THERE = Law("texts-there", "every document has a text", _texts_there)
SEARCHED_LAWS = (
    AT_MOST_K,
    TEXTS_THERE,
    Law("query-kept", "initial_query is the question that was asked", _query_kept),
    Law("metadata-fits", "there is at most one entry of metadata a document", _metadata_fits),
    Law("ids-differ", "every document has an id of its own", _ids_differ),
)

QUESTION = "What is Deep Learning?"
VECTOR = embed(QUESTION, DIMENSION).tolist()


# What the search may be told, and what counts where it is not told; over pgvector all of it is passed over.
SEARCH = {
    "k": 4,
    "search_type": "similarity",
    "distance_threshold": None,
    "fetch_k": 20,
    "lambda_mult": 0.5,
    "score_threshold": 0.2,
    "index_name": None,
}


def _says_how(body: Any) -> bool:
    return any(name in SEARCH and body[name] != SEARCH[name] for name in body)


def _unsaid(body: Any) -> Any:
    """The request without it; a chat is left as it is, for it comes back in its reply."""
    if "messages" in body:
        return body
    return {name: value for name, value in body.items() if name not in SEARCH}


def _sizes(body: Any) -> list[int]:
    """The length of the vector that is searched by, if any is given."""
    given = body.get("embedding")
    if isinstance(given, dict):  # A whole reply of an embedding service.
        given = given["data"][0]["embedding"] if given["data"] else []
    if given and isinstance(given[0], list):
        given = given[0]
    return [len(given)] if isinstance(given, list) else []


def _only_seen_in_the_store(_settings: Mapping[str, str]) -> bool:
    """A mock looks into its store and refuses, which is the deviation after this; a verifier cannot look, and allows for both."""
    return False


FOUND_UNTIL_DELETED = Lifecycle(
    "documents",
    make=LISTED_UNTIL_DELETED.make,
    read=("POST /v1/retrieval", Example("found", {"input": "$text"})),
    remove=LISTED_UNTIL_DELETED.remove,
    pick="$text",
    gone=200,
    maker="dataprep",
)

COMPS = (
    Comp(
        id="retrievers",
        title="opea_service@retrievers",
        port=7000,
        service_type="RETRIEVER",
        image="opea/retriever:latest",
        depends_on=("dataprep",),
        lifecycles=(FOUND_UNTIL_DELETED,),
        endpoints=(
            Endpoint(
                "/v1/retrieval",
                retrieve,
                variants=(
                    Variant(
                        "embed-doc",
                        EmbedDoc,
                        SearchedMultimodalDoc,
                        examples=(
                            Example(
                                "vector",
                                {"text": QUESTION, "embedding": VECTOR},
                                {"initial_query": QUESTION, "top_n": 1},
                            ),
                            Example("two", {"text": QUESTION, "embedding": VECTOR, "k": 2}),
                            Example(
                                "no-documents-wanted", {"text": "x", "embedding": VECTOR, "k": 0}, status=422
                            ),
                        ),
                        laws=SEARCHED_LAWS,
                    ),
                    Variant(
                        "embed-multimodal-doc",
                        EmbedMultimodalDoc,
                        SearchedMultimodalDoc,
                        examples=(
                            Example(
                                "image",
                                {"text": QUESTION, "embedding": VECTOR, "url": "https://x.test/a.png"},
                            ),
                        ),
                        laws=SEARCHED_LAWS,
                    ),
                    Variant(
                        "retrieval-request",
                        RetrievalRequest,
                        RetrievalResponse,
                        examples=(
                            Example("vector", {"input": QUESTION, "embedding": VECTOR}),
                            Example("text-only", {"input": QUESTION, "k": 3}),
                            Example("unknown-field-only", {"text": QUESTION}),
                            Example("nothing", {}),
                        ),
                        laws=(AT_MOST_K, TEXTS_THERE),
                    ),
                    Variant(
                        "arangodb",
                        RetrievalRequestArangoDB,
                        RetrievalResponse,
                        examples=(Example("graph", {"input": QUESTION, "graph_name": "GRAPH"}),),
                        laws=(AT_MOST_K, TEXTS_THERE),
                    ),
                    Variant(
                        "chat",
                        ChatCompletionRequest,
                        ChatCompletionRequest,
                        examples=(
                            Example(
                                "echo", {"messages": QUESTION, "embedding": VECTOR}, {"messages": QUESTION}
                            ),
                        ),
                        laws=(
                            AT_MOST_K,
                            TEXTS_THERE,
                            Law("documents-too", "documents are the texts that were found", _documents_too),
                        ),
                    ),
                ),
                evidence="recorded",
                source=SOURCE,
                handler="retrieve_docs",
                declares=SearchedDoc | SearchedMultimodalDoc | RetrievalResponse | ChatCompletionRequest,
                known=(
                    Deviation(
                        "text-list",
                        "a list of texts is an internal error",
                        lambda body: "embedding" in body and isinstance(body.get("text"), list),
                        500,
                    ),
                    Deviation(
                        "wrapped-vector",
                        "a whole reply of an embedding service, and a list of vectors, are internal errors over pgvector",
                        lambda body: (
                            isinstance(body["embedding"], dict) or isinstance(body["embedding"][0], list)
                        ),
                        500,
                    ),
                    Deviation(
                        "empty-vector",
                        "a vector of no numbers is an internal error",
                        lambda body: _sizes(body) == [0],
                        500,
                    ),
                    Deviation(
                        "vector-size",
                        "a vector of another size than those in store is an internal error",
                        lambda body: _sizes(body) not in ([], [DIMENSION]),
                        500,
                        where=_only_seen_in_the_store,
                    ),
                    Deviation(
                        "vector-refused",
                        "a vector that does not fit the store is an internal error",
                        lambda body: bool(_sizes(body)),
                        500,
                        instead_of=400,
                    ),
                    Deviation(
                        "messages-alone",
                        "a chat without a vector is an internal error, for nothing embeds its text",
                        lambda body: "messages" in body and not body.get("embedding"),
                        500,
                    ),
                    Deviation(
                        "image",
                        "a vector with an image is an internal error where what is found has none",
                        lambda body: (
                            "text" in body and "embedding" in body and bool(body.get("base64_image"))
                        ),
                        500,
                        instead_of=200,
                    ),
                    Deviation(
                        "passed-over",
                        "pgvector: four documents come, of one index, however the search is asked for",
                        _says_how,
                        200,
                        taken_as=_unsaid,
                    ),
                ),
                notes=(
                    "SearchedDoc is declared and never returned; metadata leaves out empty entries",
                    "defaults never meet: dataprep writes to INDEX_NAME, the retriever reads PG_INDEX_NAME",
                ),
            ),
        ),
    ),
)

"""Rerankings: documents ordered by relevance to the question, the best `top_n` kept, as a request to the LLM."""

from collections.abc import Sequence
from typing import Any

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Variant, World
from harness.opea.proto.chat import ChatCompletionRequest
from harness.opea.proto.docarray import (
    LLMParamsDoc,
    LVMVideoDoc,
    RerankedDoc,
    SearchedDoc,
    SearchedMultimodalDoc,
)
from harness.opea.proto.embeddings import (
    RerankingRequest,
    RerankingResponse,
    RerankingResponseData,
    RetrievalResponseData,
)
from mocks._laws import not_falling, unlike
from mocks._reranked_video import COMP as OF_VIDEOS
from mocks._text import relevance

SOURCE = "comps/rerankings/src/opea_reranking_microservice.py"

Reranking = SearchedMultimodalDoc | SearchedDoc | RerankingRequest | ChatCompletionRequest


def rerank(request: Reranking, world: World) -> LLMParamsDoc | RerankingResponse | ChatCompletionRequest:
    """The best documents, best first: for a SearchedDoc as what the LLM takes, else with their scores."""
    best = _best(_question(request), [_text(each) for each in request.retrieved_docs], request.top_n)
    if isinstance(request, SearchedDoc):
        return LLMParamsDoc(query=request.initial_query, documents=[each.text for each in best])
    if isinstance(request, RerankingRequest):
        return RerankingResponse(reranked_docs=best)
    return request.model_copy(update={"reranked_docs": best, "documents": [each.text for each in best]})


def _best(question: str, texts: Sequence[str], count: int) -> list[RerankingResponseData]:
    scored = [RerankingResponseData(text=text, score=relevance(question, text)) for text in texts]
    return sorted(scored, key=lambda each: -(each.score or 0.0))[:count]


def _question(request: Reranking) -> str:
    if isinstance(request, SearchedDoc):
        return request.initial_query
    if isinstance(request.input, str):
        return request.input
    messages = getattr(request, "messages", "")
    return messages if isinstance(messages, str) else ""


def _text(document: object) -> str:
    """The text of a document in any of the shapes that come here."""
    found = document.get("text") if isinstance(document, dict) else getattr(document, "text", document)
    if isinstance(document, RetrievalResponseData | str):
        return str(found)
    if isinstance(found, list):
        return " ".join(found)
    if not isinstance(found, str):
        raise Refusal(400, f"retrieved_docs: a document has the text {found!r}; a text is a string")
    return found


def _asked_texts(request: Any) -> list[Any]:
    return [doc.get("text") if isinstance(doc, dict) else doc for doc in request["retrieved_docs"]]


def _kept(request: Any, reply: Any, where: str) -> str | None:
    wanted = min(request.get("top_n", 1), len(request["retrieved_docs"]))
    found = len(reply[where])
    return None if found == wanted else f"{where}: are {found}, {wanted} were to be kept"


def _none_invented(request: Any, reply: Any, where: str) -> str | None:
    given = _asked_texts(request)
    found = [doc["text"] if isinstance(doc, dict) else doc for doc in reply[where]]
    for text in found:
        if text not in given:
            return f"{where}: holds {text[:60]!r}, which was not among the documents given"
    return (
        None
        if all(found.count(text) <= given.count(text) for text in found)
        else f"{where}: repeats a document"
    )


def _query_kept(request: Any, reply: Any) -> str | None:
    return unlike(reply["query"], request["initial_query"], "query")


def _laws(where: str) -> tuple[Law, ...]:
    return (
        Law("top-n-kept", "as many documents are kept as top_n asks for", lambda q, a: _kept(q, a, where)),
        Law("none-invented", "every document was given", lambda q, a: _none_invented(q, a, where)),
    )


SCORES_FALL = Law(
    "scores-fall",
    "scores are finite and fall from first to last",
    lambda _request, reply: not_falling([doc["score"] for doc in reply["reranked_docs"]], "reranked_docs"),
)

QUESTION = "What is Deep Learning?"
RIGHT = "Deep learning is a kind of machine learning"
DOCUMENTS = [{"text": "Bananas are yellow"}, {"text": RIGHT}, {"text": "neural nets learn"}]
SEARCHED_LAWS = (*_laws("documents"), Law("query-kept", "query is the question that was asked", _query_kept))

COMPS = (
    Comp(
        id="rerankings",
        title="opea_service@reranking",
        port=8000,
        service_type="RERANK",
        image="opea/reranking:latest",
        needs={"TEI_RERANKING_ENDPOINT": "third_parties.tei"},
        endpoints=(
            Endpoint(
                "/v1/reranking",
                rerank,
                variants=(
                    Variant(
                        "searched-multimodal-doc",
                        SearchedMultimodalDoc,
                        LLMParamsDoc,
                        examples=(
                            Example(
                                "metadata",
                                {
                                    "initial_query": QUESTION,
                                    "retrieved_docs": DOCUMENTS,
                                    "metadata": [{}, {}, {}],
                                },
                                {"query": QUESTION, "documents": [RIGHT]},
                            ),
                        ),
                        laws=SEARCHED_LAWS,
                    ),
                    Variant(
                        "searched-doc",
                        SearchedDoc,
                        LLMParamsDoc,
                        examples=(
                            Example(
                                "best-one",
                                {"initial_query": QUESTION, "retrieved_docs": DOCUMENTS},
                                {"query": QUESTION, "documents": [RIGHT], "stream": True, "max_tokens": 1024},
                            ),
                            Example(
                                "two", {"initial_query": QUESTION, "retrieved_docs": DOCUMENTS, "top_n": 2}
                            ),
                            Example("no-documents", {"initial_query": QUESTION, "retrieved_docs": []}),
                            Example("no-question", {"retrieved_docs": DOCUMENTS}, status=422),
                        ),
                        laws=SEARCHED_LAWS,
                    ),
                    Variant(
                        "reranking-request",
                        RerankingRequest,
                        RerankingResponse,
                        examples=(
                            Example("two", {"input": QUESTION, "retrieved_docs": DOCUMENTS, "top_n": 2}),
                            Example("texts", {"input": QUESTION, "retrieved_docs": ["a", "b"], "top_n": 5}),
                        ),
                        laws=(*_laws("reranked_docs"), SCORES_FALL),
                    ),
                    Variant(
                        "chat",
                        ChatCompletionRequest,
                        ChatCompletionRequest,
                        examples=(
                            Example(
                                "echo",
                                {"messages": QUESTION, "input": QUESTION, "retrieved_docs": DOCUMENTS},
                                {"messages": QUESTION, "documents": [RIGHT]},
                            ),
                        ),
                        laws=(*_laws("reranked_docs"), SCORES_FALL),
                    ),
                ),
                evidence="recorded",
                source=SOURCE,
                handler="reranking",
                declares=RerankedDoc | LLMParamsDoc | RerankingResponse | ChatCompletionRequest | LVMVideoDoc,
                known=(
                    Deviation(
                        "texts-as-documents",
                        "documents given as plain texts are an internal error",
                        lambda body: any(isinstance(doc, str) for doc in body.get("retrieved_docs", ())),
                        500,
                    ),
                    Deviation(
                        "no-text",
                        "a document without a text, or with a list of them, is an internal error",
                        lambda body: any(
                            not isinstance(doc.get("text"), str) for doc in body["retrieved_docs"]
                        ),
                        500,
                    ),
                    Deviation(
                        "messages-alone",
                        "a chat with documents is asked about by `input` alone; without a text there it is an internal error",
                        lambda body: (
                            "messages" in body
                            and bool(body["retrieved_docs"])
                            and not (isinstance(body.get("input"), str) and body["input"])
                        ),
                        500,
                    ),
                ),
                notes=(
                    "RerankedDoc is declared and never returned",
                    "top_n is 1 unless asked otherwise, so one document is left",
                ),
            ),
        ),
    ),
    OF_VIDEOS,
)

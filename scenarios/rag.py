"""Retrieval-augmented questions: guardrail_in -> embedding -> retriever -> rerank -> llm, each through OPEA's own service.

The variants below it are one line each.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import chain
from math import isfinite
from typing import Any

from harness.load.locustfile import locust_user
from harness.megaservice import Asked, Body, Megaservice, Node, NodeLimits
from harness.scenario import Latency, Objectives, Scenario
from mocks._text import DIMENSION, write_prompt
from scenarios._corpus import ANSWERABLE, BIASED, DOCUMENTS, QUESTIONS, UNANSWERABLE

K = 4  # OPEA's default of k.
TOP_N = 2  # OPEA's default of 1 leaves an LLM nothing to choose from.
QUICK = NodeLimits(connect_s=1.0, first_byte_s=2.5, idle_s=2.5, total_s=6.0)

Wrong = tuple[str, str] | None


def _guarded(reply: Any, _request: Body) -> Body:
    return {"text": reply["text"], "downstream_black_list": reply["downstream_black_list"]}


def _guard_shape(reply: Any, _request: Body) -> Wrong:
    fields = reply if isinstance(reply, dict) else {}
    if not isinstance(fields.get("text"), str):
        return "bad_schema", f"text: is {_shown(fields.get('text'))}, no string"
    if not isinstance(fields.get("downstream_black_list"), list):
        return "bad_schema", "downstream_black_list: is no list"
    return None


def vector_shape(dimension: int) -> Callable[[Any, Body], Wrong]:
    """What is wrong with the reply of an embedding service whose vectors have so many numbers."""

    def shape(reply: Any, _request: Body) -> Wrong:
        try:
            vector = reply["data"][0]["embedding"]
        except (KeyError, IndexError, TypeError):
            return "bad_schema", f"data[0].embedding: is not there; the reply is {_shown(reply)}"
        if not isinstance(vector, list):
            return "bad_schema", f"data[0].embedding: is {_shown(vector)}, no list of numbers"
        if len(vector) != dimension:
            return "bad_dim", f"data[0].embedding: has {len(vector)} numbers, {dimension} are expected"
        try:
            finite = all(map(isfinite, vector))
        except TypeError:
            finite = False
        return (
            None if finite else ("bad_number", "data[0].embedding: holds something that is no finite number")
        )

    return shape


def _found_shape(reply: Any, request: Body) -> Wrong:
    found = reply.get("retrieved_docs") if isinstance(reply, dict) else None
    if not isinstance(found, list):
        return "bad_schema", f"retrieved_docs: is {_shown(found)}, no list"
    if len(found) > request["k"]:
        return "bad_schema", f"retrieved_docs: are {len(found)}, more than k={request['k']}"
    texts = [doc.get("text") if isinstance(doc, dict) else None for doc in found]
    return _texts_shape(texts, "retrieved_docs")


def _ranked_shape(reply: Any, request: Body) -> Wrong:
    kept = reply.get("documents") if isinstance(reply, dict) else None
    if not isinstance(kept, list):
        return "bad_schema", f"documents: is {_shown(kept)}, no list"
    wanted = min(request["top_n"], len(request["retrieved_docs"]))
    if len(kept) != wanted:
        return "bad_schema", f"documents: are {len(kept)}, {wanted} are expected"
    return _texts_shape(kept, "documents")


def _texts_shape(texts: list[Any], where: str) -> Wrong:
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            return "bad_schema", f"{where}[{place}]: has no text"
    return None


def _said(reply: Any, _request: Body) -> Body:
    return {"text": reply["choices"][0]["message"]["content"]}


def _said_shape(reply: Any, request: Body) -> Wrong:
    try:
        text = _said(reply, request)["text"]
    except (KeyError, IndexError, TypeError):
        return "bad_schema", f"choices[0].message.content: is not there; the reply is {_shown(reply)}"
    return None if isinstance(text, str) else ("bad_schema", "choices[0].message.content: is no string")


def _chat(inputs: Body, asked: Asked) -> Body:
    prompt = write_prompt(inputs["text"], inputs["documents"])
    return {
        "model": asked.body.get("model") or "mock",
        "messages": [{"role": "user", "content": prompt}],
        "max_tokens": asked.body.get("max_tokens") or 1024,
        "stream": asked.stream,
    }


def _shown(value: Any) -> str:
    return repr(value)[:60]


GUARDRAIL = Node(
    "guardrail_in",
    "guardrails.guardrails",
    "/v1/guardrails",
    request=lambda inputs, _asked: {"text": inputs["text"]},
    reply=_guarded,
    expects=_guard_shape,
    service_type="GUARDRAIL",
    limits=QUICK,
)
EMBEDDING = Node(
    "embedding",
    "embeddings",
    "/v1/embeddings",
    after=("guardrail_in",),
    request=lambda inputs, _asked: {"input": inputs["text"]},
    reply=lambda reply, request: {"text": request["input"], "embedding": reply["data"][0]["embedding"]},
    expects=vector_shape(DIMENSION),
    service_type="EMBEDDING",
    limits=QUICK,
)
RETRIEVER = Node(
    "retriever",
    "retrievers",
    "/v1/retrieval",
    after=("embedding",),
    request=lambda inputs, _asked: {"text": inputs["text"], "embedding": inputs["embedding"], "k": K},
    reply=lambda reply, request: {
        "text": request["text"],
        "documents": [doc["text"] for doc in reply["retrieved_docs"]],
    },
    expects=_found_shape,
    service_type="RETRIEVER",
    limits=QUICK,
)
RERANK = Node(
    "rerank",
    "rerankings",
    "/v1/reranking",
    after=("retriever",),
    request=lambda inputs, _asked: {
        "initial_query": inputs["text"],
        "retrieved_docs": [{"text": text} for text in inputs["documents"]],
        "top_n": TOP_N,
    },
    reply=lambda reply, request: {"text": request["initial_query"], "documents": reply["documents"]},
    expects=_ranked_shape,
    service_type="RERANK",
    limits=QUICK,
)
LLM = Node(
    "llm",
    "llms.text_generation",
    "/v1/chat/completions",
    after=("rerank",),
    request=_chat,
    reply=_said,
    expects=_said_shape,
    service_type="LLM",
    streams=True,
    limits=replace(QUICK, total_s=10.0),
)
DATAPREP = Node("dataprep", "dataprep", "/v1/dataprep/ingest", service_type="DATAPREP")

MEGASERVICE = Megaservice(
    "rag",
    "/v1/chatqna",
    nodes=(GUARDRAIL, EMBEDDING, RETRIEVER, RERANK, LLM),
    support=(DATAPREP,),
    total_s=20.0,
)
BIAS = replace(GUARDRAIL, comp="guardrails.bias_detection", path="/v1/bias")

LATENCY: Mapping[str, Latency] = {
    "guardrail_in": Latency(first_ms=4.0),
    "embedding": Latency(first_ms=3.0),
    "retriever": Latency(first_ms=2.0),
    "rerank": Latency(first_ms=5.0),
    "llm": Latency(first_ms=30.0, token_ms=3.0),
}


def ranked(reply: Any) -> tuple[str, ...]:
    """The documents of a retriever's reply by file name, best first, each once; a reply to a chat has what is known of each beside it."""
    entries = (
        reply["metadata"] if "metadata" in reply else [each["metadata"] for each in reply["retrieved_docs"]]
    )
    paths = (entry["doc_name"] for entry in entries)
    return tuple(dict.fromkeys(path.rpartition("/")[2] for path in paths))


RAG = Scenario(
    "rag",
    "questions about a tramway are answered from its documents, and harmful ones are not answered",
    MEGASERVICE,
    QUESTIONS,
    DOCUMENTS,
    objectives=Objectives(ttft_ms=300.0, itl_ms_mean=30.0, response_ms=1000.0),
    latency=LATENCY,
    retriever="retriever",
    ranked=ranked,
    rate_per_s=20.0,
    duration_s=15.0,  # 300 requests: a p99 needs 299.
)
UNGUARDED = tuple(chain(ANSWERABLE, UNANSWERABLE))

SCENARIOS = (
    RAG,
    replace(RAG, name="rag-no-rerank", megaservice=MEGASERVICE.without("rerank", name="rag-no-rerank")),
    replace(
        RAG,
        name="rag-no-guardrail",
        megaservice=MEGASERVICE.without("guardrail_in", name="rag-no-guardrail"),
        questions=UNGUARDED,
    ),
    replace(
        RAG,
        name="rag-bias",
        megaservice=MEGASERVICE.with_node(BIAS, name="rag-bias"),
        questions=(*UNGUARDED, *BIASED),
    ),
)

LocustUser = locust_user(SCENARIOS)

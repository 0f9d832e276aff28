"""The questions of rag, asked of a newcomer's stack of seven: bias detection guards, CLIP embeds, Ollama answers.

`opea-harness run rag --stack real` is this scenario with its nodes in containers; without, all of it is mocks. The seven have no reranker
and no dataprep, so these are mocks in either case.
"""

from dataclasses import replace
from typing import Any

from harness.load.locustfile import locust_user
from harness.megaservice import Asked, Body, NodeLimits
from harness.scenario import Objectives
from mocks._speech import MODEL as DEFAULT_MODEL
from mocks._text import write_prompt
from scenarios._corpus import ANSWERABLE, BIASED, UNANSWERABLE
from scenarios._seed import DIMENSION, MODEL, SEED
from scenarios.rag import BIAS, EMBEDDING, LLM, MEGASERVICE, RAG, vector_shape

BRIEF = 24  # Fewer come at once.
TOKENS_MAX = 32  # A model on two cores of a laptop is to answer in a second.
PATIENT = NodeLimits(connect_s=2.0, first_byte_s=15.0, idle_s=15.0, total_s=25.0)  # Less than who asks has.


def _chat(inputs: Body, asked: Asked) -> Body:
    """The same question, the same answer, so that streamed and whole ones can be compared."""
    return {
        "model": MODEL,
        "messages": [{"role": "user", "content": write_prompt(inputs["text"], inputs["documents"])}],
        "max_tokens": asked.body.get("max_tokens") or TOKENS_MAX,
        "stream": asked.stream,
        "temperature": 0,
        "seed": 0,
    }


def ask(text: str, stream: bool) -> dict[str, Any]:  # noqa: FBT001 - a scenario's own signature
    """A question to the megaservice that keeps its answer short."""
    return {"messages": text, "stream": stream, "max_tokens": TOKENS_MAX}


def _vectors_of_clip(request: object) -> object:
    """A retriever is asked with vectors as long as those that it keeps; over pgvector it passes over k, and four come always."""
    if not isinstance(request, dict):
        return request
    vector = request.get("embedding")
    fitting = {"embedding": vector[:DIMENSION]} if isinstance(vector, list) else {}
    return {name: value for name, value in request.items() if name != "k" or value == 0} | fitting


def _model_of_ollama(request: object) -> object:
    """A model server is asked for the model that it has, to be brief, and to say the same twice."""
    if not isinstance(request, dict) or request.get("model") != DEFAULT_MODEL:
        return request
    return {**request, "model": MODEL, "temperature": 0, "seed": 0, "max_tokens": BRIEF}


NODES = (
    BIAS,
    replace(EMBEDDING, expects=vector_shape(DIMENSION)),
    MEGASERVICE.node("retriever"),
    MEGASERVICE.node("rerank"),
    replace(LLM, comp="third_parties.ollama", request=_chat),
)

RAG_SEED = replace(
    RAG,
    name="rag-seed",
    says="the questions of rag, asked of a newcomer's seven containers",
    megaservice=replace(
        MEGASERVICE,
        name="rag-seed",
        nodes=tuple(replace(node, limits=PATIENT) for node in NODES),
        total_s=60.0,
    ),
    questions=(*ANSWERABLE[:12], *UNANSWERABLE[:2], *BIASED),
    ask=ask,
    objectives=Objectives(ttft_ms=10_000.0, response_ms=20_000.0),
    settings={
        "EMBEDDING_COMPONENT_NAME": "OPEA_CLIP_EMBEDDING",
        "EMBEDDING_DIMENSION": str(DIMENSION),
        "LLM_MODEL_ID": MODEL,
    },
    rate_per_s=1.0,
    duration_s=60.0,  # 60 requests: a p95 needs 59.
    fits={"retriever": _vectors_of_clip, "llm": _model_of_ollama},
    composition=SEED,
    real_of="rag",
    nonces=4,
)

SCENARIOS = (RAG_SEED,)

LocustUser = locust_user(SCENARIOS)

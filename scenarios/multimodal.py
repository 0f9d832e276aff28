"""Questions about pictures with captions: embedding -> retriever -> lvm, where what is found brings its picture along as proof.

And about videos, of which a reranker chooses one: its model watches ten seconds of it, and can only stream.
"""

from dataclasses import replace
from typing import Any

from harness.load.locustfile import locust_user
from harness.megaservice import Asked, Body, Megaservice, Node, NodeLimits
from harness.scenario import Document, Latency, Objectives, Question, Scenario
from mocks._picture import painted
from mocks._text import CLIP_DIMENSION
from scenarios._corpus import ANSWERABLE, DOCUMENTS

QUICK = NodeLimits(connect_s=1.0, first_byte_s=2.5, idle_s=2.5, total_s=6.0)
CLIP = b"\0\0\0\x18ftypmp42"
PROOF = ("b64_img_str", "video_id", "source_video", "time_of_frame_ms", "transcript_for_inference")

Wrong = tuple[str, str] | None


def _vector_shape(reply: Any, _request: Body) -> Wrong:
    vector = reply.get("embedding") if isinstance(reply, dict) else None
    if not isinstance(vector, list) or not all(isinstance(each, float | int) for each in vector):
        return "bad_schema", f"embedding: is {str(vector)[:60]}, no list of numbers"
    return None


def _found_shape(reply: Any, _request: Body) -> Wrong:
    found = reply.get("metadata") if isinstance(reply, dict) else None
    if not isinstance(found, list) or not found:
        return "bad_schema", f"metadata: is {str(found)[:60]}, no list of what was found"
    missing = [name for name in PROOF if not isinstance(found[0], dict) or name not in found[0]]
    return ("bad_schema", f"metadata[0]: lacks {missing[0]}") if missing else None


def _clips_shape(reply: Any, _request: Body) -> Wrong:
    found = reply.get("metadata") if isinstance(reply, dict) else None
    if not isinstance(found, list) or not all(isinstance(each, dict) and "video" in each for each in found):
        return "bad_schema", f"metadata: is {str(found)[:60]}, no list of finds with their video"
    return None


def _piece_shape(reply: Any, _request: Body) -> Wrong:
    url = reply.get("video_url") if isinstance(reply, dict) else None
    return None if isinstance(url, str) else ("bad_schema", f"video_url: is {str(url)[:60]}, no string")


def _said_shape(reply: Any, _request: Body) -> Wrong:
    text = reply.get("text") if isinstance(reply, dict) else None
    return None if isinstance(text, str) else ("bad_schema", f"text: is {str(text)[:60]}, no string")


def _look(inputs: Body, asked: Asked) -> Body:
    return {**inputs, "stream": asked.stream, "max_new_tokens": asked.body.get("max_tokens") or 512}


def _watch(inputs: Body, asked: Asked) -> Body:
    return {**inputs, "stream": asked.stream}


def ranked(reply: Any) -> tuple[str, ...]:
    """The documents of a retriever's reply by file name, best first, each once."""
    return tuple(dict.fromkeys(f"{entry['title']}.txt" for entry in reply["metadata"]))


def short(request: object) -> object:
    """A retriever over such vectors is asked with some of their length."""
    if not isinstance(request, dict) or not isinstance(request.get("embedding"), list):
        return request
    return {**request, "embedding": request["embedding"][:CLIP_DIMENSION]}


def captioned(document: Document) -> Document:
    """A picture, of which the document is what is said."""
    name = document.id.removesuffix(".txt")
    return replace(document, media={f"{name}.png": painted(name)})


EMBEDDING = Node(
    "embedding",
    "embeddings.multimodal",
    "/v1/embeddings",
    request=lambda inputs, _asked: {"text": inputs["text"]},
    reply=lambda reply, request: {"text": request["text"], "embedding": reply["embedding"]},
    expects=_vector_shape,
    service_type="EMBEDDING",
    limits=QUICK,
)
RETRIEVER = Node(
    "retriever",
    "retrievers",
    "/v1/retrieval",
    after=("embedding",),
    reply=lambda reply, _request: {
        name: reply[name] for name in ("retrieved_docs", "initial_query", "metadata")
    },
    expects=_found_shape,
    service_type="RETRIEVER",
    limits=QUICK,
)
LVM = Node(
    "lvm",
    "lvms",
    "/v1/lvm",
    after=("retriever",),
    request=_look,
    reply=lambda reply, _request: {"text": reply["text"]},
    expects=_said_shape,
    service_type="LVM",
    streams=True,
    dialect="py_bytes",
    limits=replace(QUICK, total_s=10.0),
)
DATAPREP = Node("dataprep", "dataprep.multimodal", "/v1/dataprep/ingest", service_type="DATAPREP")

MULTIMODAL = Scenario(
    "multimodal",
    "questions about pictures with captions are answered from what is said of them",
    Megaservice("multimodal", "/v1/multimodalqna", (EMBEDDING, RETRIEVER, LVM), (DATAPREP,), total_s=20.0),
    ANSWERABLE,
    tuple(captioned(each) for each in DOCUMENTS),
    objectives=Objectives(ttft_ms=300.0, itl_ms_mean=30.0, response_ms=1000.0),
    latency={
        "embedding": Latency(first_ms=3.0),
        "retriever": Latency(first_ms=2.0),
        "lvm": Latency(first_ms=30.0, token_ms=3.0),
    },
    retriever="retriever",
    ranked=ranked,
    fits={"retriever": short},
    rate_per_s=20.0,
    duration_s=15.0,  # 300 requests: a p99 needs 299.
)

VIDEO_RERANK = Node(
    "rerank",
    "rerankings.video",
    "/v1/reranking",
    after=("retriever",),
    expects=_piece_shape,
    service_type="RERANK",
    limits=QUICK,
)
WATCHING = replace(
    LVM,
    comp="lvms.video_llama",
    after=("rerank",),
    request=_watch,
    dialect="raw_text",
    expects=lambda *_: None,
)
VIDEOS = replace(
    MULTIMODAL,
    name="videos",
    says="questions about videos are answered by a model that watches a piece of one",
    megaservice=Megaservice(
        "videos",
        "/v1/videoqna",
        (EMBEDDING, replace(RETRIEVER, expects=_clips_shape), VIDEO_RERANK, WATCHING),
        (replace(DATAPREP, comp="dataprep.multimodal_vdms", path="/v1/dataprep/ingest_videos"),),
        dialect="raw_text",
        total_s=20.0,
    ),
    questions=(Question("what", "What is to be seen in this video?"), Question("who", "Who is it?")),
    documents=tuple(Document(name, "", {f"{name}.mp4": CLIP}) for name in ("girl", "boy")),
    latency={**MULTIMODAL.latency, "rerank": Latency(first_ms=2.0)},
    modes=("stream",),
    retriever="",
)

SCENARIOS = (MULTIMODAL, VIDEOS)

LocustUser = locust_user(SCENARIOS)

"""A reranking over videos: the video that was found most often, from the place where it was found first."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Variant, World
from harness.opea.proto.chat import ChatCompletionRequest
from harness.opea.proto.docarray import LVMVideoDoc, SearchedDoc, SearchedMultimodalDoc
from harness.opea.proto.embeddings import RerankingRequest
from mocks._laws import unlike

SERVER = "http://0.0.0.0:6005"  # Upstream's defaults of FILE_SERVER_ENDPOINT and CHUNK_DURATION.
SECONDS = "10"
KIND = re.compile(r"\.(\w+)$")
PIECE = re.compile(r"(_interval_\d+)?(\.mp4)?$")

Request = SearchedMultimodalDoc | SearchedDoc | RerankingRequest | ChatCompletionRequest


def choose(request: Request, world: World) -> LVMVideoDoc:
    """The question about ten seconds of one video."""
    if not isinstance(request, SearchedMultimodalDoc):
        raise Refusal(400, "metadata: is missing; OPEA_VIDEO_RERANKING chooses among videos")
    found = list(_found(request.metadata))
    if not found or request.top_n < 1:
        raise Refusal(400, "metadata: names no video to choose")
    video = Counter(name for name, _ in found).most_common(1)[0][0]
    server = world.settings.get("FILE_SERVER_ENDPOINT", SERVER).rstrip("/")
    return LVMVideoDoc(
        video_url=f"{server}/{_file(video)}",
        chunk_start=next(place for name, place in found if name == video),
        chunk_duration=float(world.settings.get("CHUNK_DURATION", SECONDS)),
        prompt=request.initial_query,
        max_new_tokens=512,
    )


def _found(metadata: Any) -> Iterator[tuple[str, float]]:
    """Each find's video and place, in seconds."""
    for at, each in enumerate(metadata or ()):
        name, place = each.get("video"), each.get("timestamp")
        if not isinstance(name, str) or isinstance(place, bool) or not isinstance(place, int | float):
            raise Refusal(400, f"metadata[{at}]: needs video, a name, and timestamp, its seconds")
        yield name, float(place)


def _file(video: str) -> str:
    kind = KIND.search(video)
    if kind and kind[1] != "mp4":
        raise Refusal(400, f"Invalid file extension: .{kind[1]}. Only '.mp4' is allowed.")
    return f"{PIECE.sub('', video, count=1)}.mp4"


def _asked(request: Any, reply: Any) -> str | None:
    return unlike(reply["prompt"], request["initial_query"], "prompt")


def _of_the_finds(request: Any, reply: Any) -> str | None:
    name = reply["video_url"].rpartition("/")[2].removesuffix(".mp4")
    places = [
        each["timestamp"] for each in request["metadata"] if PIECE.sub("", each["video"], count=1) == name
    ]
    if not places:
        return f"video_url: is {reply['video_url']!r}, which none of the finds is of"
    return (
        None
        if reply["chunk_start"] in places
        else f"chunk_start: is {reply['chunk_start']}, found was {places}"
    )


def _is_of_another_kind(body: Any) -> bool:
    """Whether the video that would be chosen is of a kind that is refused as promised."""
    names = [each.get("video") for each in body["metadata"]]
    if not all(isinstance(each, str) for each in names):
        return False
    kind = KIND.search(Counter(names).most_common(1)[0][0])
    return kind is not None and kind[1] != "mp4"


LAWS = (
    Law("asked", "the prompt is the question that was asked", _asked),
    Law("of-the-finds", "video and place are those of a find", _of_the_finds),
)
QUESTION = "What does the person do?"
FINDS = [
    {"video": "girl", "timestamp": 3},
    {"video": "boy_interval_2.mp4", "timestamp": 20},
    {"video": "boy_interval_2.mp4", "timestamp": 40},
]
SEARCHED = {"initial_query": QUESTION, "retrieved_docs": [{"text": "t"}], "metadata": FINDS}
UNEXPECTED = Deviation(
    "unexpected",
    "what names no video, or no place in it, is an internal error",
    lambda body: not body.get("metadata") or not _is_of_another_kind(body),
    500,
    b'{"detail":"An unexpected error occurred."}',
    "application/json",
    instead_of=400,
)
COMP = Comp(
    id="rerankings.video",
    title="opea_service@reranking",
    port=8000,
    service_type="RERANK",
    image="opea/reranking:latest",
    settings={"RERANK_COMPONENT_NAME": "OPEA_VIDEO_RERANKING"},
    endpoints=(
        Endpoint(
            "/v1/reranking",
            choose,
            variants=(
                Variant(
                    "searched-multimodal-doc",
                    SearchedMultimodalDoc,
                    LVMVideoDoc,
                    examples=(
                        Example(
                            "twice-found", SEARCHED, {"video_url": f"{SERVER}/boy.mp4", "chunk_start": 20.0}
                        ),
                        Example(
                            "one",
                            {**SEARCHED, "metadata": FINDS[:1]},
                            {"chunk_duration": 10.0, "prompt": QUESTION, "max_new_tokens": 512},
                        ),
                        Example("no-video", {**SEARCHED, "metadata": []}, status=400),
                        Example(
                            "other-kind",
                            {**SEARCHED, "metadata": [{"video": "a.avi", "timestamp": 1}]},
                            {"detail": "Invalid file extension: .avi. Only '.mp4' is allowed."},
                            400,
                        ),
                    ),
                    laws=LAWS,
                ),
                Variant(
                    "searched-doc",
                    SearchedDoc,
                    None,
                    examples=(
                        Example("no-metadata", {"initial_query": QUESTION, "retrieved_docs": []}, status=400),
                        Example("no-question", {"retrieved_docs": []}, status=422),
                    ),
                ),
                Variant(
                    "reranking-request",
                    RerankingRequest,
                    None,
                    examples=(Example("scores", {"input": QUESTION, "retrieved_docs": ["a"]}, status=400),),
                ),
                Variant(
                    "chat",
                    ChatCompletionRequest,
                    None,
                    examples=(Example("chat", {"messages": QUESTION}, status=400),),
                ),
            ),
            evidence="executed",
            source="comps/rerankings/src/opea_reranking_microservice.py, comps/rerankings/src/integrations/videoqna.py",
            known=(UNEXPECTED,),
            notes=("only the first of the chosen videos counts, whatever top_n is",),
        ),
    ),
)

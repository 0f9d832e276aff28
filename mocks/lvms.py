"""Vision models: a question about a picture, about what a retriever found, or about a piece of a video."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Stream, Variant, World
from harness.opea.proto.docarray import (
    LVMDoc,
    LVMSearchedMultimodalDoc,
    LVMVideoDoc,
    MetadataTextDoc,
    TextDoc,
)
from harness.sse import Reply
from mocks._speech import streamed
from mocks._vision import BLUE, NOT_EMPTY, YELLOW, is_picture, looked, watched

SOURCE = "comps/lvms/src/opea_lvm_microservice.py, comps/lvms/src/integrations"
PROOF = ("video_id", "source_video", "time_of_frame_ms", "transcript_for_inference")
NEEDED = ("b64_img_str", *PROOF)
LOOKED_AT = ("b64_img_str", "transcript_for_inference")  # All that a stream needs, which tells no proof.
NOTHING_FOUND = "There is no video segments retrieved given the query!"

Request = LVMDoc | LVMSearchedMultimodalDoc | LVMVideoDoc


def see(request: Request, world: World, *, streams: bool = True) -> TextDoc | Stream:
    """The answer about a picture or the first of what was found; LLaVA's component does not stream."""
    is_streamed = streams and not isinstance(request, LVMVideoDoc) and request.stream
    match request:
        case LVMDoc():
            speech = looked(request.prompt, request.image, tokens_max=request.max_new_tokens)
            reply = TextDoc(text=speech.text)
        case LVMSearchedMultimodalDoc():
            found = _first(request, LOOKED_AT if is_streamed else NEEDED)
            speech = looked(
                request.initial_query,
                str(found["b64_img_str"]),
                context=str(found["transcript_for_inference"]),
                field="metadata[0].b64_img_str",
                tokens_max=request.max_new_tokens,
            )
            reply = MetadataTextDoc(text=speech.text, metadata={name: found.get(name) for name in PROOF})
        case LVMVideoDoc():
            raise Refusal(400, "video_url: this component sees pictures; OPEA_VIDEO_LLAMA_LVM watches videos")
    return streamed("py_bytes", speech, Reply()) if is_streamed else reply


def watch(request: Request, world: World) -> Stream:
    """The answer about a piece of a video, without any framing, after a line that says which piece."""
    if not isinstance(request, LVMVideoDoc):
        raise Refusal(400, "video_url: is missing; OPEA_VIDEO_LLAMA_LVM watches videos only")
    piece = (request.video_url, request.chunk_start, request.chunk_duration)
    if not request.video_url.lower().endswith(".mp4"):
        raise Refusal(400, f"video_url: is {request.video_url[:60]!r}; only mp4 videos are watched")
    line = dict(zip(("video_url", "chunk_start", "chunk_duration"), piece, strict=True))
    speech = watched(request.prompt, *piece, request.max_new_tokens)
    spoken = streamed("raw_text", speech, Reply())
    return replace(spoken, head=(f"{line!r}\n".encode(),), tail=(b"</s>",))


def _first(request: LVMSearchedMultimodalDoc, needed: Sequence[str]) -> Mapping[str, Any]:
    """What is known of the first find, which alone counts."""
    if not request.metadata:
        raise Refusal(400, NOTHING_FOUND)
    missing = [name for name in needed if name not in request.metadata[0]]
    if missing:
        raise Refusal(400, f"metadata[0]: lacks {missing[0]}; it needs {', '.join(needed)}")
    return request.metadata[0]


def _proof_kept(request: Any, reply: Any) -> str | None:
    for name in PROOF if "metadata" in reply else ():
        if reply["metadata"].get(name) != request["metadata"][0][name]:
            return f"metadata.{name}: is {reply['metadata'].get(name)!r}, found was {request['metadata'][0][name]!r}"
    return None


PROOF_KEPT = Law("proof-kept", "what proves the answer comes back with it", _proof_kept)
FOUND = {
    "b64_img_str": BLUE,
    "transcript_for_inference": "The bear sleeps in winter.",
    "video_id": "v1",
    "source_video": "bear.mp4",
    "time_of_frame_ms": 1000.0,
}
SEARCHED = {"retrieved_docs": [], "initial_query": "When does the bear sleep?", "metadata": [FOUND]}
PIECE = {
    "video_url": "silence_girl.mp4",
    "chunk_start": 0.0,
    "chunk_duration": 9.0,
    "prompt": "What is she doing?",
}
PICTURE = {"image": YELLOW, "prompt": "What is this?"}


def _variants(dialect: Any, streams: Any) -> tuple[Variant, ...]:
    examples = (Example("streamed", {**PICTURE, "stream": True}, stream=True),) if streams else ()
    return (
        Variant(
            "picture",
            LVMDoc,
            TextDoc,
            examples=(
                Example("picture", PICTURE, {"downstream_black_list": []}),
                Example("text-alone", {"image": "", "prompt": "What is deep learning?"}),
                *examples,
                Example("no-picture", {"image": "QUJD", "prompt": "p"}, status=400),
                Example("no-tokens", {**PICTURE, "max_new_tokens": 0}, status=400),
                Example("nothing", {}, status=422),
            ),
            laws=(NOT_EMPTY,),
            dialect=dialect,
            streams=streams,
        ),
        Variant(
            "searched",
            LVMSearchedMultimodalDoc,
            MetadataTextDoc,
            examples=(
                Example("found", SEARCHED),
                Example("template", {**SEARCHED, "chat_template": "{context} {question}"}),
                Example("nothing-found", {**SEARCHED, "metadata": []}, {"detail": NOTHING_FOUND}, 400),
                Example("no-image-string", {**SEARCHED, "metadata": [{"video_id": "v1"}]}, status=400),
            ),
            laws=(NOT_EMPTY, PROOF_KEPT),
            dialect=dialect,
            streams=streams,
        ),
        Variant("video", LVMVideoDoc, None, examples=(Example("video", PIECE, status=400),)),
    )


def _image(body: Any) -> Any:
    return body["image"] if "image" in body else body["metadata"][0]["b64_img_str"]


def _says_nothing(body: Any) -> bool:
    """Whether the model's server refuses it: what is no picture, and a limit of no token."""
    return not is_picture(_image(body)) or body.get("max_new_tokens", 1) == 0


def _several(body: Any) -> bool:
    return isinstance(_image(body), list) and bool(_image(body))


KNOWN = (
    Deviation("video", "a video is an internal error", lambda body: "video_url" in body, 500),
    Deviation(
        "nothing-found",
        "a search that found nothing is an internal error, with its reason",
        lambda body: body.get("metadata") == [],
        500,
        b'{"detail":"There is no video segments retrieved given the query!"}',
        "application/json",
    ),
)
NO_PROOF = Deviation(
    "no-proof",
    "a find without its image or what is known of it is an internal error",
    lambda body: any(name not in body["metadata"][0] for name in NEEDED),
    500,
)
REFUSED = Deviation(
    "refused",
    "an image that cannot be decoded, and a limit of no token, are an internal error",
    _says_nothing,
    500,
)
STREAMED = (
    Deviation(
        "streamed",
        "in a stream what the model's server refuses is one that says nothing and breaks off; a mock's ends",
        lambda body: body.get("stream") and (_says_nothing(body) or _several(body)),
        200,
        b"",
        "text/event-stream; charset=utf-8",
    ),
    replace(
        NO_PROOF,
        applies=lambda body: any(
            name not in body["metadata"][0] for name in (LOOKED_AT if body.get("stream") else NEEDED)
        ),
    ),
)
LIST = Deviation(
    "pictures",
    "several pictures are put into one address, which no model reads",
    _several,
    500,
)


def _comp(suffix: str, component: str, server: str, endpoint: Endpoint) -> Comp:
    return Comp(
        id=f"lvms{suffix}",
        title="opea_service@lvm",
        description="Respond to prompts about the image.",
        port=9399,
        service_type="LVM",
        image="opea/lvm:latest",
        settings={"LVM_COMPONENT_NAME": component},
        depends_on=(server,),
        needs={"LVM_ENDPOINT": server},
        endpoints=(endpoint,),
    )


COMPS = (
    _comp(
        "",
        "OPEA_VLLM_LVM",
        "third_parties.vllm",
        Endpoint(
            "/v1/lvm",
            see,
            _variants("py_bytes", {"stream": True}),
            evidence="executed",
            source=SOURCE,
            known=(*KNOWN, *STREAMED, REFUSED, LIST),
            notes=(
                "OPEA_TGI_LLAVA_LVM is the same over TGI; OPEA_LLAMA_VISION_LVM and OPEA_PREDICTION_GUARD_LVM take pictures only",
                "a stream counts twice in /v1/statistics",
                "of what was found only the first counts",
            ),
        ),
    ),
    _comp(
        ".llava",
        "OPEA_LLAVA_LVM",
        "third_parties.llava",
        Endpoint(
            "/v1/lvm",
            partial(see, streams=False),
            _variants(None, None),
            evidence="executed",
            source=SOURCE,
            known=(*KNOWN, NO_PROOF, REFUSED),
            notes=(
                "stream is passed over",
                "of several pictures the last MAX_IMAGES (1) are looked at; here all",
            ),
        ),
    ),
    _comp(
        ".video_llama",
        "OPEA_VIDEO_LLAMA_LVM",
        "third_parties.video_llama",
        Endpoint(
            "/v1/lvm",
            watch,
            (
                Variant(
                    "video",
                    LVMVideoDoc,
                    None,
                    examples=(
                        Example("piece", PIECE, stream=True),
                        Example("later", {**PIECE, "chunk_start": 9.0}, stream=True),
                        Example("no-mp4", {**PIECE, "video_url": "a.avi"}, status=400),
                        Example("nothing", {}, status=422),
                    ),
                    dialect="raw_text",
                    streams={},
                ),
                Variant("picture", LVMDoc, None, examples=(Example("picture", PICTURE, status=400),)),
                Variant(
                    "searched",
                    LVMSearchedMultimodalDoc,
                    None,
                    examples=(Example("found", SEARCHED, status=400),),
                ),
            ),
            evidence="executed",
            source=SOURCE,
            known=(
                Deviation(
                    "no-video",
                    "all but a video is an internal error",
                    lambda body: "video_url" not in body,
                    500,
                ),
                Deviation(
                    "no-mp4",
                    "what its server refuses is an internal error, with a reason",
                    lambda body: not body["video_url"].lower().endswith(".mp4"),
                    500,
                    b'{"detail":"The upstream API responded with an error."}',
                    "application/json",
                ),
            ),
            notes=("the content type is that of events; the bytes are a line of Python and then plain text",),
        ),
    ),
)

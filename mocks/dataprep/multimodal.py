"""Pictures, videos and recordings, and what is said of them: where the retriever searches, with the picture as proof."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import orjson

from harness.comp import Before, Comp, Deviation, Endpoint, Example, Law, Upload, Variant
from mocks._picture import painted
from mocks._wave import spoken
from mocks.dataprep._captions import by_media
from mocks.dataprep._uploads import (
    DONE,
    NO_PAIR,
    UNSUPPORTED,
    Ingested,
    Removal,
    Removed,
    Watched,
    caption,
    ingest,
    ingest_videos,
    names,
    one,
    remove,
    transcribe,
)
from mocks.dataprep.documents import many

SOURCE = "comps/dataprep/src/opea_dataprep_multimodal_microservice.py"
REDIS = "OPEA_DATAPREP_MULTIMODALREDIS"
VDMS = "OPEA_DATAPREP_MULTIMODALVDMS"


def _kept_apart(request: Any, reply: Any) -> str | None:
    kept = list((reply["file_id_maps"] or {}).values())
    return (
        None
        if kept and len(set(kept)) == len(kept)
        else f"file_id_maps: leads to {kept}, not to one name each"
    )


def _whole_names(request: Any, reply: Any) -> str | None:
    bare = [name for name in reply if not name]
    return f"the list holds {len(bare)} empty names" if bare else None


PAIR = (
    Upload("bear.png", painted("a blue bear"), "image/png"),
    Upload("bear.txt", b"The bear sleeps in winter."),
)
SPEECH = Upload("talk.wav", spoken("Trams run on rails."), "audio/wav")
VIDEO = Upload("girl.mp4", b"\0\0\0\x18ftypmp42", "video/mp4")
NOTE = Upload("note.docx", b"note")
DONE_200 = {"status": 200, "message": DONE}
KEPT = Law("kept-apart", "every file is kept under a name of its own", _kept_apart)
NAMES = Law("names", "no name is empty", _whole_names)
PAIR_BEFORE = Before(
    "pair", "POST /v1/dataprep/ingest", Example("pair", files={"files": PAIR}), pick="message"
)
VIDEO_BEFORE = (
    Before(
        "sent", "POST /v1/dataprep/ingest_videos", Example("video", files={"files": VIDEO}), pick="message"
    ),
    Before("name", "GET /v1/dataprep/get_videos", Example("names"), pick="-1"),
)


def _upload(path: str, answer: Any, *examples: Example, known: tuple[Deviation, ...] = ()) -> Endpoint:
    of_videos = path.endswith("videos")
    laws, reply = ((), Watched) if of_videos else ((KEPT,), Ingested)
    return Endpoint(
        f"/v1/dataprep/{path}",
        answer,
        (Variant("form", None, reply, examples=examples, laws=laws),),
        evidence="executed",
        source=SOURCE,
        body="form",
        known=known,
    )


def _listing(path: str, answer: Any, method: str, known: tuple[Deviation, ...]) -> Endpoint:
    examples = (Example("names"), Example("after-one", after=(PAIR_BEFORE,)))
    return Endpoint(
        f"/v1/dataprep/{path}",
        answer,
        (Variant("names", None, list[str], examples=examples, laws=(NAMES,)),),
        evidence="executed",
        source=SOURCE,
        method=method,
        body="none",
        known=known,
    )


def _without(component: str) -> tuple[Deviation, ...]:
    """The deviation of a route that a component leaves out: nothing happens, and it says so to nobody."""
    return (
        Deviation(
            "left-out",
            f"{component} leaves it out: null with 200",
            lambda _body: True,
            200,
            b"null",
            "application/json",
        ),
    )


def _unusable(form: Any) -> bool:
    files = many(form.get("files"))
    return bool(files) and not by_media(files)


RETURNED = Deviation(
    "returned",
    "where nothing is usable the refusal is returned instead of raised: 200 with status_code 400",
    _unusable,
    200,
    orjson.dumps({"status_code": 400, "detail": UNSUPPORTED, "headers": None}),
    "application/json",
)
NO_CAPTIONS = Deviation(
    "always",
    "VDMS names its method otherwise than it is called: always an internal error",
    lambda _body: True,
    500,
)
NOT_FOUND = Deviation(
    "not-found",
    "an unknown file is 200 with an error",
    lambda _body: True,
    200,
    b'{"error":"File not found"}',
    "application/json",
    instead_of=404,
)


@dataclass(frozen=True, slots=True)
class Left:
    """What a store leaves out: the routes of all files, or those of videos alone."""

    files: tuple[Deviation, ...] = ()
    videos: tuple[Deviation, ...] = ()


def _keeping(left_out: Left) -> tuple[Endpoint, ...]:
    """The routes that take uploads."""
    return (
        _upload(
            "ingest",
            ingest,
            Example("pair", files={"files": PAIR}, reply=DONE_200),
            Example(
                "spoken-caption",
                files={"files": (PAIR[0], replace(SPEECH, name="bear.wav"))},
                reply=DONE_200,
            ),
            Example("nothing", {}, {"detail": NO_PAIR}, 400),
            Example(
                "no-caption",
                None,
                {"detail": "No caption file found for bear.png"},
                400,
                {"files": PAIR[0]},
            ),
            Example("unsupported", None, {"detail": UNSUPPORTED}, 400, {"files": NOTE}),
            known=left_out.files or (RETURNED,),
        ),
        _upload(
            "ingest_videos",
            ingest_videos,
            Example("video", files={"files": VIDEO}, reply={"status": 200}),
            Example("again", files={"files": (VIDEO,)}, reply={"status": 200}),
            Example("picture", files={"files": PAIR[0]}, status=400),
            known=left_out.videos,
        ),
        _upload(
            "generate_transcripts",
            transcribe,
            Example("recording", files={"files": SPEECH}, reply=DONE_200),
            Example("video", files={"files": VIDEO}, reply=DONE_200),
            Example("nothing", {}, status=400),
            Example("picture", files={"files": PAIR[0]}, status=400),
            known=left_out.files,
        ),
        _upload(
            "generate_captions",
            caption,
            Example("picture", files={"files": PAIR[0]}, reply=DONE_200),
            Example("video", files={"files": VIDEO}, reply=DONE_200),
            Example("nothing", {}, {"detail": "Must provide at least one file."}, 400),
            Example("note", files={"files": NOTE}, status=400),
            known=(NO_CAPTIONS,) if left_out.files else (),
        ),
    )


def _giving(left_out: Left) -> tuple[Endpoint, ...]:
    """The routes that list, give back and remove what is kept."""
    return (
        _listing("get", names, "POST", left_out.files),
        _listing("get_videos", partial(names, ending=".mp4"), "GET", left_out.videos),
        Endpoint(
            "/v1/dataprep/get/{filename}",
            one,
            (
                Variant(
                    "file",
                    None,
                    bytes,
                    examples=(
                        Example("kept", path={"filename": "$name"}, after=VIDEO_BEFORE),
                        Example("unknown", path={"filename": "no-such.mp4"}, status=404),
                    ),
                ),
            ),
            evidence="executed",
            source=SOURCE,
            method="GET",
            body="none",
            reply_type="video/mp4",
            known=left_out.videos or (NOT_FOUND,),
        ),
        Endpoint(
            "/v1/dataprep/delete",
            remove,
            (
                Variant(
                    "removal",
                    Removal,
                    Removed,
                    examples=(
                        Example("all", {"file_path": "all"}, {"status": True}, after=(PAIR_BEFORE,)),
                        Example("one", {"file_path": "bear.png"}, {"status": True}, after=(PAIR_BEFORE,)),
                        Example("no-path", {}, status=422),
                    ),
                ),
            ),
            evidence="executed",
            source=SOURCE,
            known=left_out.files,
            notes=("file_path is passed over: everything goes", "redis: 409 where there is no index yet"),
        ),
    )


def _comp(suffix: str, component: str, left_out: Left) -> Comp:
    """The service over one of its stores; all routes are promised, each store leaves some out."""
    return Comp(
        id=f"dataprep.multimodal{suffix}",
        title="opea_service@dataprep_multimodal",
        port=5000,
        service_type="DATAPREP",
        image="opea/dataprep:latest",
        settings={"MULTIMODAL_DATAPREP": "true", "DATAPREP_COMPONENT_NAME": component},
        endpoints=(*_keeping(left_out), *_giving(left_out)),
    )


COMPS = (
    _comp("", REDIS, Left(videos=_without(REDIS))),
    _comp("_vdms", VDMS, Left(files=_without(VDMS))),
)

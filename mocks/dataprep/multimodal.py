"""Pictures, videos and recordings, and what is said of them: where the retriever searches, with the picture as proof."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
from pydantic import BaseModel

from harness.comp import (
    Before,
    Binary,
    Comp,
    Deviation,
    Endpoint,
    Example,
    Law,
    Refusal,
    Upload,
    Variant,
    World,
)
from mocks._picture import painted
from mocks._wave import spoken
from mocks.dataprep._captions import (
    PICTURES,
    RECORDINGS,
    by_media,
    described,
    heard_in,
    of_media,
    stem,
    suffix,
)
from mocks.dataprep._library import library_of
from mocks.dataprep.documents import Embedded, many

SOURCE = "comps/dataprep/src/opea_dataprep_multimodal_microservice.py"
REDIS = "OPEA_DATAPREP_MULTIMODALREDIS"
VDMS = "OPEA_DATAPREP_MULTIMODALVDMS"
DONE = "Data preparation succeeded"
NO_PAIR = (
    "Must provide at least one pair consisting of video (.mp4) and captions (.vtt) or image (.png, .jpg, .jpeg, .gif)"
    " with caption (.txt, .mp3, or .wav)"
)
UNSUPPORTED = (
    "The uploaded files have unsupported formats. Please upload at least one video file (.mp4) with captions (.vtt) or one"
    " image (.png, .jpg, .jpeg, or .gif) with caption (.txt, .mp3, or .wav) or one .pdf file"
)


class Ingested(BaseModel):
    """What ingestion says; the map leads from a name to the name that it is kept under."""

    status: int
    message: str
    file_id_maps: dict[str, str] | None = None


class Removal(Embedded):
    """Which file is to go; whatever it says, everything goes."""

    file_path: str


class Removed(BaseModel):
    """What removal says."""

    status: bool


def ingest(form: dict[str, Any], world: World) -> Ingested:
    """Pictures and videos with the captions that lie beside them, and PDFs."""
    files = _files(form)
    if not files:
        raise Refusal(400, NO_PAIR)
    pairs = by_media(files)
    for media, caption in pairs:
        if caption is None and suffix(media) != ".pdf":
            raise Refusal(400, f"No caption file found for {media.name}")
    if not pairs:
        raise Refusal(400, UNSUPPORTED)
    library = library_of(world)
    kept = {stem(media): library.keep(media, of_media(media, caption)) for media, caption in pairs}
    return Ingested(status=200, message=DONE, file_id_maps=kept)


def transcribe(form: dict[str, Any], world: World) -> Ingested:
    """Videos and recordings, by what is said in them."""
    files = _files(form)
    if not files:
        raise Refusal(400, "Must provide at least one video (.mp4) or audio (.wav, .mp3) file.")
    for file in files:
        if suffix(file) not in (".mp4", *RECORDINGS):
            words = "is not an mp4, mp3, or wav file. Please upload mp4, mp3, or wav files only."
            raise Refusal(400, f"File {file.name} {words}")
    library = library_of(world)
    kept = {stem(file): library.keep(file, heard_in(file)) for file in files}
    return Ingested(status=200, message=DONE, file_id_maps=kept)


def caption(form: dict[str, Any], world: World) -> Ingested:
    """Pictures and videos, by what is seen in them."""
    files = _files(form)
    if not files:
        raise Refusal(400, "Must provide at least one file.")
    for file in files:
        if suffix(file) not in (".mp4", *PICTURES):
            words = "is not a supported file type. Please upload mp4, png, jpg, jpeg, and gif files only."
            raise Refusal(400, f"File {file.name} {words}")
    library = library_of(world)
    kept = {stem(file): library.keep(file, described(file)) for file in files}
    return Ingested(status=200, message=DONE, file_id_maps=kept)


def ingest_videos(form: dict[str, Any], world: World) -> Ingested:
    """Videos, by their frames; none at all is taken too."""
    for file in _files(form):
        if suffix(file) != ".mp4":
            raise Refusal(400, f"File {file.name} is not an mp4 file. Please upload mp4 files only.")
    for file in _files(form):
        library_of(world).keep(file, described(file))
    return Ingested(status=200, message="Videos ingested successfully")


def names(request: None, world: World, ending: str = "") -> list[str]:
    """The names that files are kept under."""
    return [name for name in library_of(world).files if name.endswith(ending)]


def one(request: None, world: World, filename: str) -> Binary:
    """A file as it was uploaded."""
    found = library_of(world).files.get(filename)
    if found is None:
        raise Refusal(404, "File not found")
    return Binary(found, "video/mp4")


def remove(request: Removal, world: World) -> Removed:
    """Everything goes."""
    library_of(world).clear()
    return Removed(status=True)


def _files(form: Mapping[str, Any]) -> list[Upload]:
    return [each for each in many(form.get("files")) if isinstance(each, Upload)]


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
    laws = () if path.endswith("videos") else (KEPT,)
    return Endpoint(
        f"/v1/dataprep/{path}",
        answer,
        (Variant("form", None, Ingested, examples=examples, laws=laws),),
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


def _comp(suffix: str, component: str, *, is_vdms: bool) -> Comp:
    """The service over one of its stores; all routes are promised, each store leaves some out."""
    videos_only = _without(component) if is_vdms else ()
    no_videos = () if is_vdms else _without(component)
    return Comp(
        id=f"dataprep.multimodal{suffix}",
        title="opea_service@dataprep_multimodal",
        port=5000,
        service_type="DATAPREP",
        image="opea/dataprep:latest",
        settings={"MULTIMODAL_DATAPREP": "true", "DATAPREP_COMPONENT_NAME": component},
        endpoints=(
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
                known=videos_only or (RETURNED,),
            ),
            _upload(
                "ingest_videos",
                ingest_videos,
                Example("video", files={"files": VIDEO}, reply={"status": 200}),
                Example("again", files={"files": (VIDEO,)}, reply={"status": 200}),
                Example("picture", files={"files": PAIR[0]}, status=400),
                known=no_videos,
            ),
            _upload(
                "generate_transcripts",
                transcribe,
                Example("recording", files={"files": SPEECH}, reply=DONE_200),
                Example("video", files={"files": VIDEO}, reply=DONE_200),
                Example("nothing", {}, status=400),
                Example("picture", files={"files": PAIR[0]}, status=400),
                known=videos_only,
            ),
            _upload(
                "generate_captions",
                caption,
                Example("picture", files={"files": PAIR[0]}, reply=DONE_200),
                Example("video", files={"files": VIDEO}, reply=DONE_200),
                Example("nothing", {}, {"detail": "Must provide at least one file."}, 400),
                Example("note", files={"files": NOTE}, status=400),
                known=(NO_CAPTIONS,) if is_vdms else (),
            ),
            _listing("get", names, "POST", videos_only),
            _listing("get_videos", partial(names, ending=".mp4"), "GET", no_videos),
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
                known=no_videos or (NOT_FOUND,),
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
                known=videos_only,
                notes=("file_path is passed over: everything goes", "redis: 409 where there is no index yet"),
            ),
        ),
    )


COMPS = (_comp("", REDIS, is_vdms=False), _comp("_vdms", VDMS, is_vdms=True))

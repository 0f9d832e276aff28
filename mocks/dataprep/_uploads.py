"""What the multimodal service does with uploads: keep them with what is said of them, list them, give them back."""

from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel

from harness.comp import Binary, Refusal, Upload, World
from mocks.dataprep._captions import (
    PICTURES,
    RECORDINGS,
    Told,
    by_media,
    described,
    heard_in,
    of_media,
    stem,
    suffix,
)
from mocks.dataprep._library import library_of
from mocks.dataprep.documents import many

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


class Watched(BaseModel):
    """What the ingestion of videos says."""

    status: int
    message: str


class Removal(BaseModel):
    """Which file is to go; whatever it says, everything goes."""

    is_embedded: ClassVar[bool] = True
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
    words = "is not an mp4, mp3, or wav file. Please upload mp4, mp3, or wav files only."
    _refuse_others(files, (".mp4", *RECORDINGS), words)
    return _kept(files, heard_in, world)


def caption(form: dict[str, Any], world: World) -> Ingested:
    """Pictures and videos, by what is seen in them."""
    files = _files(form)
    if not files:
        raise Refusal(400, "Must provide at least one file.")
    words = "is not a supported file type. Please upload mp4, png, jpg, jpeg, and gif files only."
    _refuse_others(files, (".mp4", *PICTURES), words)
    return _kept(files, described, world)


def ingest_videos(form: dict[str, Any], world: World) -> Watched:
    """Videos, by their frames; none at all is taken too."""
    files = _files(form)
    _refuse_others(files, (".mp4",), "is not an mp4 file. Please upload mp4 files only.")
    _kept(files, described, world)
    return Watched(status=200, message="Videos ingested successfully")


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


def _refuse_others(files: Iterable[Upload], suffixes: Container[str], why: str) -> None:
    """Refuse the first file whose name ends otherwise."""
    for file in files:
        if suffix(file) not in suffixes:
            raise Refusal(400, f"File {file.name} {why}")


def _kept(files: Iterable[Upload], say: Callable[[Upload], Told], world: World) -> Ingested:
    """Keep each file with what is said of it."""
    library = library_of(world)
    kept = {stem(file): library.keep(file, say(file)) for file in files}
    return Ingested(status=200, message=DONE, file_id_maps=kept)


def _files(form: Mapping[str, Any]) -> list[Upload]:
    return [each for each in many(form.get("files")) if isinstance(each, Upload)]

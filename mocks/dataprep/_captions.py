"""What is said of an uploaded picture, video or recording: by its caption, by its words, or by what can be seen."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from harness.comp import Refusal, Upload
from mocks._picture import painted, seen
from mocks._wave import heard
from mocks.dataprep.documents import PRINTABLE

PICTURES = (".png", ".jpg", ".jpeg", ".gif")
RECORDINGS = (".wav", ".mp3")
CAPTIONS = {".mp4": (".vtt",), ".pdf": (), **dict.fromkeys(PICTURES, (".txt", *RECORDINGS))}

_TIMING = re.compile(r"WEBVTT.*|\d+|.*-->.*")


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a file, and its picture in base64; a recording has none."""

    text: str
    picture: str = ""


def suffix(file: Upload) -> str:
    """The ending of a file's name, as it is written."""
    return PurePosixPath(file.name).suffix


def stem(file: Upload) -> str:
    """A file's name without its ending."""
    return file.name.removesuffix(suffix(file))


def by_media(files: Sequence[Upload]) -> list[tuple[Upload, Upload | None]]:
    """Each picture, video and PDF with its caption, which has the same name but for the ending."""
    named = {file.name: file for file in files}
    return [
        (
            file,
            next(
                (named[name] for end in CAPTIONS[suffix(file)] if (name := stem(file) + end) in named), None
            ),
        )
        for file in files
        if suffix(file) in CAPTIONS
    ]


def of_media(media: Upload, caption: Upload | None) -> Told:
    """What the caption says; of a PDF its printable text. Refuses a picture that is none with 400."""
    if caption is None:
        return Told(" ".join(PRINTABLE.findall(media.content.decode("utf-8", "replace"))))
    text = _words(caption)
    return Told(text, _picture(media) if suffix(media) in PICTURES else _frame(text))


def heard_in(file: Upload) -> Told:
    """What is said in a video or a recording."""
    text = _heard(file)
    return Told(text, _frame(text) if suffix(file) == ".mp4" else "")


def described(file: Upload) -> Told:
    """What is seen in a picture; of a video, how long it is. Refuses a picture that is none with 400."""
    if suffix(file) in PICTURES:
        picture = _picture(file)
        return Told(seen(file.content).told, picture)
    text = f"A video of {len(file.content)} bytes."
    return Told(text, _frame(text))


def _words(caption: Upload) -> str:
    if suffix(caption) in RECORDINGS:
        return _heard(caption)
    lines = caption.content.decode("utf-8", "replace").splitlines()
    said = (
        line.strip() for line in lines if suffix(caption) == ".txt" or not _TIMING.fullmatch(line.strip())
    )
    return " ".join(line for line in said if line)


def _heard(file: Upload) -> str:
    try:
        return heard(file.content)
    except ValueError:  # A video is looked into no further than its words.
        return f"{len(file.content)} bytes of sound without words"


def _picture(file: Upload) -> str:
    try:
        seen(file.content)
    except ValueError as error:
        raise Refusal(400, f"{file.name}: {error}") from None
    return b64encode(file.content).decode()


def _frame(text: str) -> str:
    """A picture that stands for a frame of a video, which no mock can see."""
    return b64encode(painted(text)).decode()

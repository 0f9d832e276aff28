"""What the multimodal service does with uploads."""

import pytest

from harness.comp import Upload
from mocks._picture import painted
from mocks.dataprep.multimodal import COMPS, NOTE, PAIR, SPEECH
from tests.mocks.contract import ask_form

REDIS = COMPS[0]
FOLDER = "/v1/dataprep"


@pytest.mark.parametrize(
    ("route", "files", "why"),
    [
        ("ingest", (PAIR[0],), "No caption file found for bear.png"),
        ("ingest", (NOTE,), "The uploaded files have unsupported formats. Please upload at least one video"),
        ("ingest", (), "Must provide at least one pair consisting of video (.mp4) and captions (.vtt)"),
        ("ingest_videos", (SPEECH,), "File talk.wav is not an mp4 file. Please upload mp4 files only."),
        ("generate_transcripts", (NOTE,), "File note.docx is not an mp4, mp3, or wav file."),
        ("generate_transcripts", (), "Must provide at least one video (.mp4) or audio (.wav, .mp3) file."),
        ("generate_captions", (SPEECH,), "File talk.wav is not a supported file type."),
        ("generate_captions", (), "Must provide at least one file."),
        ("generate_captions", (Upload("a.png", b"ABC"),), "a.png: the image begins with b'ABC'"),
    ],
)
def test_what_cannot_be_ingested_is_refused_with_a_reason(route, files, why):
    """In upstream's words where it has any."""
    reply = ask_form(REDIS, f"{FOLDER}/{route}", files={"files": files})

    assert reply.status_code == 400
    assert reply.json()["detail"].startswith(why)


def test_captions_tell_what_is_seen():
    """They are found by it."""
    reply = ask_form(
        REDIS, f"{FOLDER}/generate_captions", files={"files": Upload("x.png", painted("a red tram"))}
    )

    assert list(reply.json()["file_id_maps"]) == ["x"]

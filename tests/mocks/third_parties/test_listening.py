"""What Whisper's server and FunASR's share."""

from base64 import b64encode

import pytest

from harness.comp import Upload
from mocks._audio import HELLO
from mocks._wave import spoken
from mocks.third_parties.funasr import COMP as FUNASR
from mocks.third_parties.whisper import COMP as WHISPER
from tests.mocks.contract import ask, ask_form

ASR, TRANSCRIPTIONS = "/v1/asr", "/v1/audio/transcriptions"


@pytest.mark.parametrize("comp", [FUNASR, WHISPER], ids=lambda comp: comp.id)
def test_what_was_spoken_is_heard_on_both_routes(comp):
    """By default of the model that each has loaded."""
    recording = spoken("Who are you?")
    encoded = ask(comp, "POST", ASR, {"audio": b64encode(recording).decode()})
    uploaded = ask_form(comp, TRANSCRIPTIONS, files={"file": Upload("a.wav", recording)})

    assert encoded.json() == {"asr_result": "Who are you?"}
    assert uploaded.json() == {"text": "Who are you?"}


def test_a_model_that_is_not_loaded_is_refused_by_name():
    """What is loaded is a setting."""
    reply = ask_form(
        WHISPER, TRANSCRIPTIONS, files={"file": HELLO}, settings={"ASR_MODEL_PATH": "openai/whisper-large"}
    )

    assert reply.status_code == 400
    assert reply.json() == {"detail": "model: is 'openai/whisper-small'; 'openai/whisper-large' is loaded"}


@pytest.mark.parametrize(("body", "status"), [({}, 422), ({"audio": "QUJD"}, 400), ({"audio": 7}, 422)])
def test_base64_that_is_no_recording_is_refused(body, status):
    """Upstream each is an internal error."""
    assert ask(WHISPER, "POST", ASR, body).status_code == status
    assert ask(WHISPER, "POST", ASR, body, like_upstream=True).status_code == 500


@pytest.mark.parametrize(("fields", "content"), [({"model": "other"}, HELLO.content), ({}, b"no sound")])
def test_an_upload_that_upstream_fails_over_is_refused_here(fields, content):
    """400 as promised, 500 as known."""
    files = {"file": Upload("a.wav", content)}

    assert ask_form(WHISPER, TRANSCRIPTIONS, fields, files).status_code == 400
    assert ask_form(WHISPER, TRANSCRIPTIONS, fields, files, like_upstream=True).status_code == 500

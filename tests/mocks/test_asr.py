"""Speech recognition returns the words that a mock has spoken."""

from base64 import b64encode

import pytest

from harness.comp import Upload
from mocks._audio import HELLO
from mocks._wave import spoken
from mocks.asr import COMPS
from mocks.tts import COMPS as TTS
from tests.mocks.contract import ask, ask_form, broken

(COMP,) = COMPS
PATH = "/v1/audio/transcriptions"
PARAFORMER = {"ASR_COMPONENT_NAME": "OPEA_PARAFORMER_ASR"}


def test_the_mock_keeps_its_contract():
    """Status, model and laws hold for every example, over a real socket."""
    assert broken(COMP) == []


@pytest.mark.parametrize("text", ["Who is Pat Gelsinger?", "你好呀你是谁"])
def test_what_tts_has_said_asr_hears(text):
    """From one mock to the other, as an upload and as base64 alike."""
    audio = ask(TTS[0], "POST", "/v1/audio/speech", {"input": text}).content

    uploaded = ask_form(COMP, PATH, files={"file": Upload("speech.mp3", audio)})
    encoded = ask_form(COMP, PATH, {"file": b64encode(audio).decode()})

    assert uploaded.json() == encoded.json() == {"text": text}


def test_a_json_body_has_no_file():
    """The reply is upstream's, word for word."""
    reply = ask(COMP, "POST", PATH, {"file": "x"})

    assert reply.status_code == 422
    assert reply.json() == {
        "detail": [{"type": "missing", "loc": ["body", "file"], "msg": "Field required", "input": None}]
    }


def test_paraformer_must_be_asked_for_by_name():
    """The default model of the form is Whisper's; an upload with it is refused, base64 passes the model over."""
    named = ask_form(COMP, PATH, {"model": "paraformer-zh"}, {"file": HELLO}, PARAFORMER)
    unnamed = ask_form(COMP, PATH, files={"file": HELLO}, settings=PARAFORMER)
    encoded = ask_form(COMP, PATH, {"file": b64encode(spoken("x")).decode()}, settings=PARAFORMER)

    assert (named.status_code, unnamed.status_code, encoded.status_code) == (200, 400, 200)
    assert unnamed.json() == {"detail": "model: is 'openai/whisper-small'; 'paraformer-zh' is loaded"}


@pytest.mark.parametrize(
    ("fields", "content"), [({"model": "other"}, HELLO.content), ({}, b"no sound"), ({}, b"")]
)
def test_what_upstream_fails_over_is_refused_here(fields, content):
    """400 as promised, 500 as known."""
    files = {"file": Upload("x.wav", content)}

    promised = ask_form(COMP, PATH, fields, files)
    known = ask_form(COMP, PATH, fields, files, like_upstream=True)

    assert (promised.status_code, known.status_code) == (400, 500)

"""SpeechT5."""

from base64 import b64decode

import pytest

from mocks._wave import heard
from mocks.third_parties.speecht5 import COMP
from tests.mocks.contract import ask

SPEECH, TTS = "/v1/audio/speech", "/v1/tts"


@pytest.mark.parametrize(("asked", "kind"), [({}, "audio/mp3"), ({"response_format": "wav"}, "audio/wav")])
def test_the_content_type_is_as_asked_and_the_bytes_are_a_wav(asked, kind):
    """Upstream says mp3 by default, and sends a WAV all the same."""
    reply = ask(COMP, "POST", SPEECH, {"input": "Hello.", **asked})

    assert (reply.headers["content-type"], heard(reply.content)) == (kind, "Hello.")


def test_base64_says_the_same():
    """The older route."""
    assert heard(b64decode(ask(COMP, "POST", TTS, {"text": "Hello."}).json()["tts_result"])) == "Hello."


@pytest.mark.parametrize(
    ("path", "body", "status", "known"),
    [
        (SPEECH, {"input": "x", "voice": "female"}, 400, 500),
        (TTS, {"text": "x", "voice": "female"}, 400, 500),
        (TTS, {}, 422, 500),
        (SPEECH, {}, 422, 422),
    ],
)
def test_what_upstream_fails_over_is_refused_here(path, body, status, known):
    """400 or 422 as promised, 500 as known."""
    assert ask(COMP, "POST", path, body).status_code == status
    assert ask(COMP, "POST", path, body, like_upstream=True).status_code == known


def test_a_format_that_no_header_can_hold_is_refused():
    """It would break the reply."""
    reply = ask(COMP, "POST", SPEECH, {"input": "x", "response_format": "wav\r\nx: y"})

    assert reply.status_code == 400
    assert reply.json()["detail"] == (
        "response_format: is 'wav\\r\\nx: y', which can stand in no content type"
    )

"""Speech synthesis speaks WAV files."""

import pytest

from mocks._wave import heard
from mocks.tts import COMPS
from tests.mocks.contract import ask, broken

(COMP,) = COMPS
PATH = "/v1/audio/speech"


def test_the_mock_keeps_its_contract():
    """Status and laws hold for every example, over a real socket."""
    assert broken(COMP) == []


def test_the_words_are_in_the_audio_that_has_no_content_type():
    """A WAV, whatever format was asked for."""
    reply = ask(COMP, "POST", PATH, {"input": "Hello.", "response_format": "flac"})

    assert heard(reply.content) == "Hello."
    assert "content-type" not in reply.headers


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("model", "other", "model: is 'other'; it is 'microsoft/speecht5_tts'"),
        ("voice", "female", "voice: is 'female'; it is one of default, male"),
        ("voice", None, "voice: is None; it is one of default, male"),
        ("speed", 2, "speed: is 2.0; it is 1.0"),
    ],
)
def test_what_speecht5_cannot_do_is_refused(field, value, why):
    """Upstream fails; GPT-SoVITS passes it over."""
    body = {"input": "Hello.", field: value}
    promised = ask(COMP, "POST", PATH, body)
    known = ask(COMP, "POST", PATH, body, like_upstream=True)
    other = ask(COMP, "POST", PATH, body, {"TTS_COMPONENT_NAME": "OPEA_GPTSOVITS_TTS"})

    assert (promised.status_code, promised.json()) == (400, {"detail": why})
    assert (known.status_code, other.status_code) == (500, 200)

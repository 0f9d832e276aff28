"""FunASR's Paraformer."""

from mocks._audio import HELLO
from mocks.third_parties.funasr import COMP
from tests.mocks.contract import ask_form


def test_whispers_model_is_another_one():
    """Its form has its own default."""
    path = "/v1/audio/transcriptions"
    unnamed = ask_form(COMP, path, files={"file": HELLO})
    named = ask_form(COMP, path, {"model": "openai/whisper-small"}, {"file": HELLO})

    assert (unnamed.status_code, named.status_code) == (200, 400)

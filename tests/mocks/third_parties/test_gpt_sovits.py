"""GPT-SoVITS."""

from mocks._wave import heard
from mocks.third_parties.gpt_sovits import COMP
from tests.mocks.contract import ask


def test_both_routes_speak():
    """OpenAI's, and its own at the root."""
    openai = ask(COMP, "POST", "/v1/audio/speech", {"input": "Hello."})
    own = ask(COMP, "POST", "/", {"text": "Hello.", "text_language": "en"})

    assert heard(openai.content) == heard(own.content) == "Hello."
    assert openai.headers["content-type"] == "audio/wav"


def test_its_voice_can_be_changed():
    """By a sample and its words; without them not."""
    sample = {"refer_wav_path": "a.wav", "prompt_text": "Hello.", "prompt_language": "en"}

    assert ask(COMP, "POST", "/change_refer", sample).json() == {"code": 0, "message": "Success"}
    assert ask(COMP, "POST", "/change_refer", {}).status_code == 422

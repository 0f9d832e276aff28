"""GPT-SoVITS."""

import asyncio

from mocks._wave import heard
from mocks.third_parties.gpt_sovits import COMP
from tests.mocks.contract import ask, client


def test_both_routes_speak():
    """OpenAI's, and its own at the root."""
    openai = ask(COMP, "POST", "/v1/audio/speech", {"input": "Hello."})
    own = ask(COMP, "POST", "/", {"text": "Hello.", "text_language": "en"})

    assert heard(openai.content) == heard(own.content) == "Hello."
    assert openai.headers["content-type"] == "audio/wav"


def test_its_voice_can_be_changed():
    """By a sample and its words; by nothing it is not, and one that is told in part is none."""
    sample = {"refer_wav_path": "a.wav", "prompt_text": "Hello.", "prompt_language": "en"}

    assert ask(COMP, "POST", "/change_refer", sample).json() == {"code": 0, "message": "Success"}
    assert ask(COMP, "POST", "/change_refer", {}).json()["code"] == 400

    async def changed():
        async with client(COMP) as asking:
            words = {"text": "Hello.", "text_language": "en"}
            part = await asking.post("/change_refer", json={"prompt_text": "Hello."})
            lost = await asking.post("/", json=words)
            own = await asking.post("/", json={**words, **sample})
            await asking.post("/change_refer", json=sample)
            found = await asking.post("/", json=words)
            return [each.status_code for each in (part, lost, own, found)]

    assert asyncio.run(changed()) == [200, 400, 200, 200]


def test_a_missing_text_is_refused_and_an_internal_error_upstream():
    """On both routes; the reply of the others comes in chunks."""
    for path in ("/v1/audio/speech", "/"):
        assert ask(COMP, "POST", path, {}).status_code == 422
        assert ask(COMP, "POST", path, {}, like_upstream=True).status_code == 500
    spoken = ask(COMP, "POST", "/v1/audio/speech", {"input": "Hello."})

    assert spoken.headers["transfer-encoding"] == "chunked"
    assert "content-length" not in spoken.headers

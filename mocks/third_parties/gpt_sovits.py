"""GPT-SoVITS: texts to WAV files in a voice that is changed by a sample."""

from collections.abc import Callable

from pydantic import BaseModel

from harness.comp import Binary, Comp, Endpoint, Example, Variant, World
from mocks._audio import WAV_LAWS, speak
from mocks.third_parties._server import health

SOURCE = "comps/third_parties/gpt-sovits/src/start.sh (Spycsh/GPT-SoVITS, branch openai_compat, api.py)"
STORE = "gpt-sovits voice"


class Speech(BaseModel):
    """A text in OpenAI's manner."""

    input: str


class Words(BaseModel):
    """A text and its language."""

    text: str
    text_language: str


class Voice(BaseModel):
    """A sample of a voice, and what is said in it."""

    refer_wav_path: str
    prompt_text: str
    prompt_language: str


class Changed(BaseModel):
    """What a change of the voice says."""

    code: int
    message: str


def say(request: Speech, world: World) -> Binary:
    """The text as a WAV."""
    return Binary(speak(request.input, "input"), "audio/wav")


def say_words(request: Words, world: World) -> Binary:
    """The text as a WAV; the language makes no difference to tones."""
    return Binary(speak(request.text, "text"), "audio/wav")


def change(request: Voice, world: World) -> Changed:
    """Speak in another voice from now on; tones sound the same in every voice."""
    world.store(STORE, dict[str, str]).update(request.model_dump())
    return Changed(code=0, message="Success")


def _speech(
    path: str, answer: Callable[..., Binary], name: str, model: type[BaseModel], *examples: Example
) -> Endpoint:
    return Endpoint(
        path,
        answer,
        variants=(Variant(name, model, bytes, examples=examples, laws=WAV_LAWS),),
        evidence="source-only",
        source=SOURCE,
        reply_type="audio/",
    )


COMP = Comp(
    id="third_parties.gpt_sovits",
    title="gpt-sovits",
    port=9880,
    service_type="TTS",
    image="opea/gpt-sovits:latest",
    framework=False,
    statistics=False,
    ready="/health",
    endpoints=(
        _speech(
            "/v1/audio/speech",
            say,
            "speech",
            Speech,
            Example("text", {"input": "Hello, who are you?"}),
            Example("chinese", {"input": "\u4f60\u597d\u5440\uff0c\u4f60\u662f\u8c01"}),
            Example("nothing", {}, status=422),
        ),
        _speech(
            "/",
            say_words,
            "words",
            Words,
            Example("english", {"text": "Hello.", "text_language": "en"}),
            Example("chinese", {"text": "\u4f60\u597d", "text_language": "zh"}),
            Example("no-language", {"text": "Hello."}, status=422),
        ),
        Endpoint(
            "/change_refer",
            change,
            variants=(
                Variant(
                    "voice",
                    Voice,
                    Changed,
                    examples=(
                        Example(
                            "sample",
                            {"refer_wav_path": "a.wav", "prompt_text": "Hello.", "prompt_language": "en"},
                        ),
                        Example(
                            "another",
                            {"refer_wav_path": "b.wav", "prompt_text": "Hi.", "prompt_language": "en"},
                        ),
                        Example("nothing", {}, status=422),
                    ),
                ),
            ),
            evidence="source-only",
            source=SOURCE,
        ),
        health(SOURCE),
    ),
)

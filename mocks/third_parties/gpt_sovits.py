"""GPT-SoVITS: texts to WAV files in a voice that is changed by a sample."""

from collections.abc import Callable

import orjson
from pydantic import BaseModel

from harness.comp import Binary, Comp, Endpoint, Example, Variant, World
from mocks._any_type import ANY_TYPE
from mocks._audio import WAV_LAWS, lacks, speak
from mocks.third_parties._server import health

SOURCE = "comps/third_parties/gpt-sovits/src/start.sh (Spycsh/GPT-SoVITS, branch openai_compat, api.py)"
STORE = "gpt-sovits voice"


class Speech(BaseModel):
    """A text in OpenAI's manner."""

    input: str


class Voice(BaseModel):
    """A sample of a voice, and what is said in it."""

    refer_wav_path: str | None = None
    prompt_text: str | None = None
    prompt_language: str | None = None

    @property
    def told(self) -> list[str]:
        """What of the three says anything."""
        return [each for each in (self.refer_wav_path, self.prompt_text, self.prompt_language) if each]


class Words(Voice):
    """A text and its language; in a voice of its own, where all of one is told."""

    text: str
    text_language: str


WHOLE = 3  # All of a voice.
DEFAULT = Voice(refer_wav_path="./welcome_cn.wav", prompt_text="欢迎使用", prompt_language="zh")


class Changed(BaseModel):
    """What a change of the voice says."""

    code: int
    message: str


def say(request: Speech, world: World) -> Binary:
    """The text as a WAV."""
    return _spoken(request.input, "input", world)


def say_words(request: Words, world: World) -> Binary:
    """The text as a WAV; the language makes no difference to tones."""
    return _spoken(request.text, "text", world, request)


def change(request: Voice, world: World) -> Changed | Binary:
    """Speak in another voice from now on; tones sound the same in every voice. One that is told in part is none."""
    if not request.told:
        return _refused('缺少任意一项以下参数: "path", "text", "language"')
    world.store(STORE, dict[str, Voice])[STORE] = request
    return Changed(code=0, message="Success")


def _spoken(text: str, field: str, world: World, own: Voice | None = None) -> Binary:
    """The text, in a voice that is there: its own, or the one that was chosen last."""
    chosen = world.store(STORE, dict[str, Voice]).get(STORE, DEFAULT)
    if WHOLE not in (len(own.told) if own else 0, len(chosen.told)):
        return _refused("未指定参考音频且接口无预设")
    return Binary(speak(text, field), "audio/wav", in_chunks=True)


def _refused(words: str) -> Binary:
    return Binary(orjson.dumps({"code": 400, "message": words}), "application/json", 400)


def _speech(
    path: str, answer: Callable[..., Binary], name: str, model: type[BaseModel], *examples: Example
) -> Endpoint:
    field = "input" if model is Speech else "text"
    return Endpoint(
        path,
        answer,
        variants=(Variant(name, model, bytes, examples=examples, laws=WAV_LAWS),),
        evidence="executed",
        source=SOURCE,
        reply_type="audio/",
        known=(ANY_TYPE, lacks(field, "a missing text is an internal error")),
        notes=("a language that is missing or unknown breaks the stream off before its first byte",),
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
                        Example("nothing", {}, status=400),
                    ),
                ),
            ),
            evidence="executed",
            source=SOURCE,
            known=(ANY_TYPE,),
            notes=("a voice that is told in part is none: who speaks after it is refused with 400",),
        ),
        health(SOURCE),
    ),
)

"""SpeechT5: texts to WAV files, as bytes or as base64."""

from base64 import b64encode

from harness.comp import Binary, Comp, Deviation, Endpoint, Example, Refusal, Variant, World
from harness.opea.proto.completions import AudioSpeechRequest
from mocks._any_type import ANY_TYPE
from mocks._audio import TOKEN, VOICES, WAV_LAWS, Spoken, Tone, lacks, refuse_other_voice, speak
from mocks.third_parties._server import health

SOURCE = "comps/third_parties/speecht5/src/speecht5_server.py"


def say(request: AudioSpeechRequest, world: World) -> Binary:
    """The text as a WAV, under the content type that was asked for."""
    refuse_other_voice(request.voice)
    kind = request.response_format
    if kind is not None and not TOKEN.fullmatch(kind):
        raise Refusal(400, f"response_format: is {kind!r}, which can stand in no content type")
    return Binary(speak(request.input, "input"), f"audio/{kind}", in_chunks=True)


def say_base64(request: Tone, world: World) -> Spoken:
    """The text as a WAV in base64."""
    refuse_other_voice(request.voice)
    return Spoken(tts_result=b64encode(speak(request.text, "text")).decode())


OTHER_VOICE = Deviation(
    "other-voice",
    "an unknown voice is an internal error",
    lambda body: body.get("voice", "default") not in VOICES,
    500,
)

COMP = Comp(
    id="third_parties.speecht5",
    title="speecht5",
    port=7055,
    service_type="TTS",
    image="opea/speecht5:latest",
    framework=False,
    statistics=False,
    ready="/health",
    endpoints=(
        Endpoint(
            "/v1/audio/speech",
            say,
            variants=(
                Variant(
                    "speech",
                    AudioSpeechRequest,
                    bytes,
                    examples=(
                        Example("text", {"input": "Hello."}),
                        Example("male", {"input": "Hello.", "voice": "male", "response_format": "wav"}),
                        Example("other-voice", {"input": "Hello.", "voice": "female"}, status=400),
                        Example("nothing", {}, status=422),
                    ),
                    laws=WAV_LAWS,
                ),
            ),
            evidence="executed",
            source=SOURCE,
            reply_type="audio/",
            known=(OTHER_VOICE,),
            notes=("the content type is audio/<response_format>, audio/mp3 by default; the bytes are a WAV",),
        ),
        Endpoint(
            "/v1/tts",
            say_base64,
            variants=(
                Variant(
                    "base64",
                    Tone,
                    Spoken,
                    examples=(
                        Example("text", {"text": "Who are you?"}),
                        Example("male", {"text": "Who are you?", "voice": "male"}),
                        Example("other-voice", {"text": "x", "voice": "female"}, status=400),
                        Example("no-text", {}, status=422),
                    ),
                    laws=WAV_LAWS,
                ),
            ),
            evidence="executed",
            source=SOURCE,
            known=(ANY_TYPE, lacks("text", "a missing text is an internal error"), OTHER_VOICE),
        ),
        health(SOURCE),
    ),
)

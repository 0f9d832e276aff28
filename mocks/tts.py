"""Speech synthesis: a text to a WAV file, whatever format was asked for."""

from typing import Any

from harness.comp import Binary, Comp, Deviation, Endpoint, Example, Refusal, Variant, World
from harness.opea.proto.completions import AudioSpeechRequest
from mocks._audio import VOICES, WAV_LAWS, refuse_other_voice, speak

SPEECHT5 = "microsoft/speecht5_tts"
GPT_SOVITS_COMPONENT = "OPEA_GPTSOVITS_TTS"


def say(request: AudioSpeechRequest, world: World) -> Binary:
    """The text as a WAV; SpeechT5 has one model, two voices and one speed, GPT-SoVITS passes over all three."""
    if world.settings.get("TTS_COMPONENT_NAME") != GPT_SOVITS_COMPONENT:
        _check(request)
    return Binary(speak(request.input, "input"), "", in_chunks=True)


def _check(request: AudioSpeechRequest) -> None:
    if request.model != SPEECHT5:
        raise Refusal(400, f"model: is {request.model!r}; it is {SPEECHT5!r}")
    refuse_other_voice(request.voice)
    if request.speed != 1:
        raise Refusal(400, f"speed: is {request.speed}; it is 1.0")


def _is_unlike_speecht5(body: Any) -> bool:
    return (
        body.get("model", SPEECHT5) != SPEECHT5
        or body.get("voice", "default") not in VOICES
        or body.get("speed", 1) != 1
    )


COMPS = (
    Comp(
        id="tts",
        title="opea_service@tts",
        description="Convert text to audio.",
        port=9088,
        service_type="TTS",
        image="opea/tts:latest",
        depends_on=("third_parties.speecht5",),
        needs={"TTS_ENDPOINT": "third_parties.speecht5"},
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
                            Example("other-model", {"input": "Hello.", "model": "other"}, status=400),
                            Example("other-voice", {"input": "Hello.", "voice": "female"}, status=400),
                            Example("faster", {"input": "Hello.", "speed": 2.0}, status=400),
                            Example("nothing", {}, status=422),
                        ),
                        laws=WAV_LAWS,
                    ),
                ),
                evidence="executed",
                source="comps/tts/src/opea_tts_microservice.py",
                reply_type="",
                known=(
                    Deviation(
                        "speecht5-only",
                        "another model, voice or speed is an internal error",
                        _is_unlike_speecht5,
                        500,
                    ),
                ),
                notes=(
                    "the reply has no content type and is always a WAV",
                    "an error of the speech server is passed on with its body and status 200",
                ),
            ),
        ),
    ),
)

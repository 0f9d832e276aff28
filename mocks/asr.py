"""Speech recognition: an uploaded recording, or one as base64, to its words."""

from typing import Any

from harness.comp import Comp, Deviation, Endpoint, Example, Refusal, Upload, Variant, World
from harness.opea.proto.completions import AudioTranscriptionResponse
from mocks._audio import HELLO, HELLO_BASE64, NO_SOUND, PARAFORMER, WHISPER, Listening, listen, no_sound

PARAFORMER_COMPONENT = "OPEA_PARAFORMER_ASR"


class Recording(Listening):
    """The form; a recording may also come as base64."""

    file: Upload | str


def transcribe(request: Recording, world: World) -> AudioTranscriptionResponse:
    """The words that were spoken; the model must be the one that the component has loaded."""
    is_paraformer = world.settings.get("ASR_COMPONENT_NAME") == PARAFORMER_COMPONENT
    loaded = PARAFORMER if is_paraformer else world.settings.get("ASR_MODEL_PATH", WHISPER)
    if isinstance(request.file, str):
        return AudioTranscriptionResponse(text=listen(request.file, "file"))
    if request.model != loaded:
        raise Refusal(400, f"model: is {request.model!r}; {loaded!r} is loaded")
    return AudioTranscriptionResponse(text=listen(request.file.content, "file"))


def _is_other_model(body: Any) -> bool:
    return isinstance(body.get("file"), Upload) and body.get("model", WHISPER) != WHISPER


COMPS = (
    Comp(
        id="asr",
        title="opea_service@asr",
        description="Convert audio to text.",
        port=9099,
        service_type="ASR",
        image="opea/asr:latest",
        depends_on=("third_parties.whisper",),
        needs={"ASR_ENDPOINT": "third_parties.whisper"},
        endpoints=(
            Endpoint(
                "/v1/audio/transcriptions",
                transcribe,
                variants=(
                    Variant(
                        "upload",
                        Recording,
                        AudioTranscriptionResponse,
                        examples=(
                            Example(
                                "recording", {"model": WHISPER, "language": "english"}, files={"file": HELLO}
                            ),
                            Example("defaults", files={"file": HELLO}),
                            Example("other-model", {"model": "other"}, status=400, files={"file": HELLO}),
                            Example("no-sound", files={"file": NO_SOUND}, status=400),
                            Example("no-file", {"language": "english"}, status=422),
                        ),
                    ),
                    Variant(
                        "base64",
                        Recording,
                        AudioTranscriptionResponse,
                        examples=(
                            Example("recording", {"file": HELLO_BASE64}),
                            Example("no-base64", {"file": "no base64!"}, status=400),
                        ),
                    ),
                ),
                evidence="executed",
                source="comps/asr/src/opea_asr_microservice.py",
                body="form",
                known=(
                    Deviation(
                        "other-model", "a model that is not loaded is an internal error", _is_other_model, 500
                    ),
                    no_sound("file"),
                ),
                notes=(
                    "a form alone is taken; of a JSON body the file is missing",
                    "an upload goes to the server's /v1/audio/transcriptions, base64 to its /v1/asr",
                    "prompt, response_format, temperature and timestamp_granularities are passed over",
                    "with OPEA_PARAFORMER_ASR the caller must send model=paraformer-zh",
                ),
            ),
        ),
    ),
)

"""What Whisper's server and FunASR's share: their routes, and what they hear."""

from dataclasses import dataclass
from typing import Any

from harness.comp import Deviation, Endpoint, Example, Refusal, Upload, Variant, World
from harness.opea.proto.completions import AudioTranscriptionResponse
from mocks._any_type import ANY_TYPE
from mocks._audio import HELLO, HELLO_BASE64, NO_SOUND, Audio, Heard, Transcription, lacks, listen, no_sound
from mocks.third_parties._server import health


@dataclass(frozen=True, slots=True)
class Listener:
    """A server that has loaded one model; `form` is its form, whose default model may be another."""

    source: str
    model: str
    form: type[Transcription] = Transcription

    def transcribe(self, request: Transcription, world: World) -> AudioTranscriptionResponse:
        """The words of an upload; its model must be the one that is loaded."""
        loaded = world.settings.get("ASR_MODEL_PATH", self.model)
        if request.model != loaded:
            raise Refusal(400, f"model: is {request.model!r}; {loaded!r} is loaded")
        return AudioTranscriptionResponse(text=listen(request.file.content, "file"))

    def hear(self, request: Audio, world: World) -> Heard:  # noqa: ARG002 - Every answer takes a world.
        """The words of base64."""
        return Heard(asr_result=listen(request.audio, "audio"))

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Both ways to be heard, and the health page."""
        return (self._asr(), self._transcriptions(), health(self.source))

    def _is_other_model(self, body: Any) -> bool:
        return isinstance(body.get("file"), Upload) and body.get("model", self.model) != self.model

    def _asr(self) -> Endpoint:
        return Endpoint(
            "/v1/asr",
            self.hear,
            variants=(
                Variant(
                    "base64",
                    Audio,
                    Heard,
                    examples=(
                        Example("recording", {"audio": HELLO_BASE64}),
                        Example("no-sound", {"audio": "QUJD"}, status=400),
                        Example("no-audio", {}, status=422),
                    ),
                ),
            ),
            evidence="executed",
            source=self.source,
            known=(
                ANY_TYPE,
                lacks("audio", "a missing recording is an internal error"),
                no_sound("audio"),
            ),
            notes=("a failure of the model is 200 with an empty object as asr_result",),
        )

    def _transcriptions(self) -> Endpoint:
        return Endpoint(
            "/v1/audio/transcriptions",
            self.transcribe,
            variants=(
                Variant(
                    "upload",
                    self.form,
                    AudioTranscriptionResponse,
                    examples=(
                        Example("recording", {"model": self.model}, files={"file": HELLO}),
                        Example("defaults", files={"file": HELLO}),
                        Example("other-model", {"model": "other"}, status=400, files={"file": HELLO}),
                        Example("no-sound", files={"file": NO_SOUND}, status=400),
                        Example("no-file", {"model": self.model}, status=422),
                    ),
                ),
            ),
            evidence="executed",
            source=self.source,
            body="form",
            known=(
                Deviation(
                    "other-model",
                    "a model that is not loaded is an internal error",
                    self._is_other_model,
                    500,
                ),
                no_sound("file"),
            ),
        )

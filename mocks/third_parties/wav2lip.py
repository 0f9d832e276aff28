"""Wav2Lip: where the video lies in which a face would speak the recording."""

from pydantic import BaseModel

from harness.comp import Comp, Endpoint, Example, Variant, World
from mocks._audio import HELLO_BASE64, Audio, lacks, listen, no_sound
from mocks._laws import VIDEO_LAWS
from mocks.animation import VIDEO
from mocks.third_parties._server import health

SOURCE = "comps/third_parties/wav2lip/src/wav2lip_server.py"


class Animated(BaseModel):
    """Where the video lies."""

    wav2lip_result: str


def animate(request: Audio, world: World) -> Animated:
    """The path of the video; the recording must be one."""
    listen(request.audio, "audio")
    return Animated(wav2lip_result=world.settings.get("OUTFILE", VIDEO))


COMP = Comp(
    id="third_parties.wav2lip",
    title="wav2lip",
    port=7860,
    service_type="ANIMATION",
    image="opea/wav2lip:latest",
    framework=False,
    statistics=False,
    ready="/v1/health",
    endpoints=(
        Endpoint(
            "/v1/wav2lip",
            animate,
            variants=(
                Variant(
                    "recording",
                    Audio,
                    Animated,
                    examples=(
                        Example("recording", {"audio": HELLO_BASE64}),
                        Example("again", {"audio": HELLO_BASE64, "more": 1}),
                        Example("no-sound", {"audio": "QUJD"}, status=400),
                        Example("no-audio", {}, status=422),
                    ),
                    laws=VIDEO_LAWS,
                ),
            ),
            evidence="executed",
            source=SOURCE,
            any_type=True,
            known=(
                lacks("audio", "a missing recording is an internal error"),
                no_sound("audio"),
            ),
            notes=(
                "OPEA_ANIMATION calls its JSON text/plain",
                "serves one request at a time; after one that failed, the next is given its recording",
            ),
        ),
        health(SOURCE, "/v1/health"),
    ),
)

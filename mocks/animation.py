"""Animation: where the video lies in which an avatar would speak the recording."""

from typing import Any

from harness.comp import Comp, Endpoint, Example, Variant, World
from harness.opea.proto.docarray import Base64ByteStrDoc, VideoPath
from mocks._audio import HELLO_BASE64, listen, no_sound
from mocks._laws import VIDEO_LAWS

VIDEO = "/outputs/result.mp4"  # The default of OUTFILE.


def animate(request: Base64ByteStrDoc, world: World) -> VideoPath:
    """The path of the video; the recording must be one."""
    listen(request.byte_str, "byte_str")
    return VideoPath(video_path=world.settings.get("OUTFILE", VIDEO))


COMPS = (
    Comp(
        id="animation",
        title="opea_service@animation",
        port=9066,
        service_type="ANIMATION",
        image="opea/animation:latest",
        depends_on=("third_parties.wav2lip",),
        needs={"WAV2LIP_ENDPOINT": "third_parties.wav2lip"},
        endpoints=(
            Endpoint(
                "/v1/animation",
                animate,
                variants=(
                    Variant(
                        "recording",
                        Base64ByteStrDoc,
                        VideoPath,
                        examples=(
                            Example("recording", {"byte_str": HELLO_BASE64}),
                            Example("again", {"byte_str": HELLO_BASE64, "id": "x"}),
                            Example("no-sound", {"byte_str": "QUJD"}, status=400),
                            Example("nothing", {}, status=422),
                        ),
                        laws=VIDEO_LAWS,
                    ),
                ),
                evidence="executed",
                source="comps/animation/src/opea_animation_microservice.py",
                handler="animate",
                declares=Any,
                known=(no_sound("byte_str"),),
            ),
        ),
    ),
)

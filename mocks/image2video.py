"""Image to video: where the video lies that would have been made."""

from typing import Any

from harness.comp import Comp, Deviation, Endpoint, Example, Refusal, Variant, World
from harness.opea.proto.docarray import ImagesPath, VideoPath
from mocks._laws import VIDEO_LAWS
from mocks.image2image import is_address

ROCKET = {"image_path": "https://example.org/rocket.png"}
VIDEO = "/home/user/comps/image2video/src/generated.mp4"


def animate(request: ImagesPath, world: World) -> VideoPath:
    """The path inside the container, which is always the same; a mock fetches nothing."""
    if not request.images_path:
        raise Refusal(400, "images_path: is empty; a video needs one image at least")
    for place, image in enumerate(request.images_path):
        if not is_address(image.image_path):
            raise Refusal(400, f"images_path[{place}]: is {image.image_path[:40]!r}, no address of a picture")
    return VideoPath(video_path=VIDEO)


def _cannot_be_loaded(body: Any) -> bool:
    paths = [each["image_path"] for each in body["images_path"]]
    return not paths or not all(map(is_address, paths))


COMPS = (
    Comp(
        id="image2video",
        title="opea_service@image2video",
        port=9369,
        service_type="IMAGE2VIDEO",
        image="opea/image2video:latest",
        endpoints=(
            Endpoint(
                "/v1/image2video",
                animate,
                variants=(
                    Variant(
                        "images",
                        ImagesPath,
                        VideoPath,
                        examples=(
                            Example("one", {"images_path": [ROCKET]}),
                            Example("two", {"images_path": [ROCKET, ROCKET]}),
                            Example("none", {"images_path": []}, status=400),
                            Example("no-address", {"images_path": [{"image_path": "x.png"}]}, status=400),
                            Example("nothing", {}, status=422),
                        ),
                        laws=VIDEO_LAWS,
                    ),
                ),
                evidence="executed",
                declares=Any,
                source="comps/image2video/src/opea_image2video_microservice.py",
                known=(
                    Deviation(
                        "not-loadable",
                        "an image that cannot be loaded, or none, is an internal error",
                        _cannot_be_loaded,
                        500,
                    ),
                ),
                notes=("every video has the same path, so that two at once write the same file",),
            ),
        ),
    ),
)

"""Image to image: small pictures of a prompt's colour, made of another picture's address."""

from typing import Any

from harness.comp import Comp, Deviation, Endpoint, Example, Refusal, Variant, World
from harness.opea.proto.docarray import SDImg2ImgInputs, SDOutputs
from mocks._drawing import LAWS, NO_PICTURES, drawn

CAT = "https://example.org/cat.png"


def redraw(request: SDImg2ImgInputs, world: World) -> SDOutputs:
    """So many pictures of each prompt; a mock fetches nothing, the address counts as the picture."""
    if not is_address(request.image):
        raise Refusal(400, f"image: is {request.image[:40]!r}, no address of a picture (http or https)")
    prompts = request.prompt if isinstance(request.prompt, list) else [request.prompt or ""]
    key = (request.image, request.seed, world.seed)
    return SDOutputs(images=drawn(prompts, request.num_images_per_prompt, *key))


def is_address(image: Any) -> bool:
    """Whether a picture could be fetched from there."""
    return isinstance(image, str) and image.startswith(("http://", "https://"))


COMPS = (
    Comp(
        id="image2image",
        title="opea_service@image2image",
        port=9389,
        service_type="IMAGE2IMAGE",
        image="opea/image2image:latest",
        endpoints=(
            Endpoint(
                "/v1/image2image",
                redraw,
                variants=(
                    Variant(
                        "image",
                        SDImg2ImgInputs,
                        SDOutputs,
                        examples=(
                            Example(
                                "one",
                                {"image": CAT, "prompt": "a photo of a cat", "num_images_per_prompt": 1},
                            ),
                            Example("prompts", {"image": CAT, "prompt": ["a red cat", "a blue cat"]}),
                            Example("no-address", {"image": "cat", "prompt": "a cat"}, status=400),
                            Example("no-image", {"prompt": "a cat"}, status=422),
                        ),
                        laws=LAWS,
                    ),
                ),
                evidence="executed",
                declares=Any,
                source="comps/image2image/src/opea_image2image_microservice.py",
                known=(
                    Deviation(
                        "no-address",
                        "an image that cannot be loaded is an internal error",
                        lambda body: not is_address(body["image"]),
                        500,
                    ),
                    NO_PICTURES,
                ),
            ),
        ),
    ),
)

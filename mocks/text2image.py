"""Text to image: small pictures of a prompt's colour, which carry the prompt."""

from typing import Any

from harness.comp import Comp, Endpoint, Example, Variant, World
from harness.opea.proto.docarray import SDInputs, SDOutputs
from mocks._drawing import LAWS, NO_PICTURES, drawn


def draw(request: SDInputs, world: World) -> SDOutputs:
    """So many pictures of the prompt; the seed decides their shades."""
    return SDOutputs(images=drawn([request.prompt], request.num_images_per_prompt, request.seed, world.seed))


COMPS = (
    Comp(
        id="text2image",
        title="opea_service@text2image",
        port=9379,
        service_type="TEXT2IMAGE",
        image="opea/text2image:latest",
        endpoints=(
            Endpoint(
                "/v1/text2image",
                draw,
                variants=(
                    Variant(
                        "prompt",
                        SDInputs,
                        SDOutputs,
                        examples=(
                            Example(
                                "one",
                                {"prompt": "An astronaut riding a green horse", "num_images_per_prompt": 1},
                            ),
                            Example("two", {"prompt": "A lighthouse", "num_images_per_prompt": 2, "seed": 7}),
                            Example("nothing", {}, status=422),
                            Example("none", {"prompt": "x", "num_images_per_prompt": 0}, status=400),
                        ),
                        laws=LAWS,
                    ),
                ),
                evidence="executed",
                declares=Any,
                source="comps/text2image/src/opea_text2image_microservice.py",
                known=(NO_PICTURES,),
                notes=(
                    "upstream uses the prompt and the number alone; height, width, steps and guidance are passed over",
                ),
            ),
        ),
    ),
)

"""PredictionGuard's vision service: a question about a picture, with fewer fields than OPEA's own LVMDoc."""

from harness.comp import Comp, Endpoint, Example, Variant, World
from harness.opea.proto.doc import Doc
from harness.opea.proto.docarray import TextDoc
from mocks._vision import BLUE, NO_PICTURE, NOT_EMPTY, YELLOW, looked


class Question(Doc):
    """A question about a picture."""

    image: str
    prompt: str
    max_new_tokens: int = 100
    top_k: int = 50
    top_p: float = 0.99
    temperature: float = 1.0


def see(request: Question, world: World) -> TextDoc:
    """The answer about the picture."""
    return TextDoc(text=looked(request.prompt, request.image, tokens_max=request.max_new_tokens).text)


ASKED = {"image": YELLOW, "prompt": "What is in this image?"}

COMP = Comp(
    id="third_parties.predictionguard",
    title="opea_service@lvm_predictionguard",
    port=9399,
    service_type="LVM",
    image="opea/lvm-predictionguard:latest",
    endpoints=(
        Endpoint(
            "/v1/lvm",
            see,
            variants=(
                Variant(
                    "picture",
                    Question,
                    TextDoc,
                    examples=(
                        Example("picture", ASKED, {"downstream_black_list": []}),
                        Example("another", {**ASKED, "image": BLUE}, {"downstream_black_list": []}),
                        Example("no-picture", {**ASKED, "image": "QUJD"}, status=400),
                        Example("pictures", {**ASKED, "image": [YELLOW]}, status=422),
                        Example("nothing", {}, status=422),
                    ),
                    laws=(NOT_EMPTY,),
                ),
            ),
            evidence="executed",
            source="comps/third_parties/predictionguard/src/lvm.py",
            known=(NO_PICTURE,),
            notes=(
                "the image may be an address too, which a mock does not fetch",
                "what is no picture, and a limit below one token, are PredictionGuard's to refuse",
            ),
        ),
    ),
)

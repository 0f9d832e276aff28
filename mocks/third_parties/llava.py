"""LLaVA: a question about pictures, to one text."""

from pydantic import BaseModel

from harness.comp import Comp, Deviation, Endpoint, Example, Variant, World
from mocks._audio import lacks
from mocks._vision import BLUE, NO_TOKENS, NOT_EMPTY, YELLOW, is_picture, looked
from mocks.third_parties._server import health

SOURCE = "comps/third_parties/llava/src/llava_server.py"


class Question(BaseModel):
    """A question about pictures in base64; an empty string is no picture, nor is null."""

    prompt: str
    img_b64_str: str | list[str] | None
    max_new_tokens: int | None = 100


class Answer(BaseModel):
    """What is said of it."""

    text: str


def generate(request: Question, world: World) -> Answer:
    """The answer about the pictures."""
    speech = looked(
        request.prompt, request.img_b64_str or "", field="img_b64_str", tokens_max=request.max_new_tokens
    )
    return Answer(text=speech.text)


ASKED = {"prompt": "<image>\nUSER: What's this?\nASSISTANT:", "img_b64_str": YELLOW, "max_new_tokens": 32}

COMP = Comp(
    id="third_parties.llava",
    title="llava",
    port=8399,
    service_type="LVM",
    image="opea/lvm-llava:latest",
    framework=False,
    statistics=False,
    ready="/health",
    endpoints=(
        Endpoint(
            "/generate",
            generate,
            variants=(
                Variant(
                    "question",
                    Question,
                    Answer,
                    examples=(
                        Example("picture", ASKED),
                        Example("pictures", {**ASKED, "img_b64_str": [YELLOW, BLUE]}),
                        Example(
                            "text-alone", {**ASKED, "prompt": "What is deep learning?", "img_b64_str": ""}
                        ),
                        Example("no-picture", {**ASKED, "img_b64_str": "QUJD"}, status=400),
                        Example("no-tokens", {**ASKED, "max_new_tokens": 0}, status=400),
                        Example("no-image-string", {"prompt": "What is this?"}, status=422),
                    ),
                    laws=(NOT_EMPTY,),
                ),
            ),
            evidence="executed",
            source=SOURCE,
            any_type=True,
            known=(
                lacks("prompt", "a missing prompt is an internal error"),
                lacks("img_b64_str", "a missing picture is an internal error, though an empty one is none"),
                Deviation(
                    "no-picture",
                    "what cannot be decoded is an internal error",
                    lambda body: not is_picture(body["img_b64_str"]),
                    500,
                ),
                NO_TOKENS,
            ),
            notes=("OPEA_LLAVA_LVM calls its JSON text/plain",),
        ),
        health(SOURCE),
    ),
)

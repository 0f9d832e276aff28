"""BridgeTower: a text, or a text with its picture, to one vector of their joint space."""

from collections import Counter
from typing import Any

from pydantic import BaseModel

from harness.comp import Binary, Comp, Deviation, Endpoint, Example, Law, Refusal, Variant, World
from mocks._any_type import ANY_TYPE
from mocks._audio import lacks
from mocks._laws import bad_vector
from mocks._picture import seen
from mocks._text import embed
from mocks._vision import YELLOW, is_picture

SOURCE = "comps/third_parties/bridgetower/src/bridgetower_server.py"
MODEL = "BridgeTower/bridgetower-large-itm-mlm-itc"
DIMENSION = 512  # BridgeTower's joint space, which OPEA's multimodal stores are made for.
ASKED = "bridgetower asked"
RUNNING = b'{"message" : "BridgeTower server is running..."}'


class Pair(BaseModel):
    """A text, and its picture in base64."""

    text: str
    img_b64_str: str | None = None


class Encoded(BaseModel):
    """The vector of both."""

    embedding: list[float]


class Status(BaseModel):
    """What the server is at."""

    model_names: list[str]
    speed: int
    queue_length: int
    global_counter: int


def encode(request: Pair, world: World) -> Encoded:
    """One vector of 512 numbers; with a picture, that of the text and of what is seen."""
    world.store(ASKED, Counter[str])[ASKED] += 1
    words = request.text
    if request.img_b64_str is not None:
        try:
            words = f"{words} {seen(request.img_b64_str).told}"
        except ValueError as error:
            raise Refusal(400, f"img_b64_str: {error}") from None
    return Encoded(embedding=embed(words, DIMENSION).tolist())


def status(request: None, world: World) -> Status:
    """How often it was asked; a mock queues nothing."""
    asked = world.store(ASKED, Counter[str])[ASKED]
    return Status(model_names=[MODEL], speed=1, queue_length=0, global_counter=asked)


def health(request: None, world: World) -> Binary:
    """That it is running, in words of its own and without a content type."""
    return Binary(RUNNING, "")


def _unit(request: Any, reply: Any) -> str | None:
    return bad_vector(reply["embedding"], "embedding", unit=False)


COMP = Comp(
    id="third_parties.bridgetower",
    title="bridgetower",
    port=8080,
    service_type="EMBEDDING",
    image="opea/embedding-multimodal-bridgetower:latest",
    framework=False,
    statistics=False,
    ready="/v1/health_check",
    endpoints=(
        Endpoint(
            "/v1/encode",
            encode,
            variants=(
                Variant(
                    "pair",
                    Pair,
                    Encoded,
                    examples=(
                        Example("text", {"text": "This is example"}),
                        Example("pair", {"text": "This is example", "img_b64_str": YELLOW}),
                        Example("no-picture", {"text": "x", "img_b64_str": "QUJD"}, status=400),
                        Example("no-text", {}, status=422),
                    ),
                    laws=(Law("finite", "every number of the vector is finite", _unit),),
                ),
            ),
            evidence="executed",
            source=SOURCE,
            known=(
                ANY_TYPE,
                lacks("text", "a missing text is an internal error"),
                Deviation(
                    "no-picture",
                    "what cannot be decoded is an internal error",
                    lambda body: not is_picture(body.get("img_b64_str", "")),
                    500,
                ),
            ),
            notes=("each failure takes one of five places for good; after five the real server hangs",),
        ),
        Endpoint(
            "/v1/worker_get_status",
            status,
            variants=(
                Variant(
                    "status", None, Status, examples=(Example("asked", None, {"speed": 1}), Example("again"))
                ),
            ),
            evidence="executed",
            source=SOURCE,
            body="none",
        ),
        Endpoint(
            "/v1/health_check",
            health,
            variants=(Variant("page", None, None, examples=(Example("asked"), Example("again"))),),
            evidence="executed",
            source=SOURCE,
            method="GET",
            body="none",
            reply_type="",
        ),
    ),
)

"""What the comps that draw share: pictures as base64 PNGs, and the laws of them."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from harness.comp import Deviation, Law, Refusal
from mocks._picture import SIGNATURE, decoded, painted

PICTURES_MAX = 64  # More than any model draws at once, few enough for a reply.


def drawn(prompts: Sequence[str], count: int, *key: object) -> list[str]:
    """So many pictures of each prompt, all different; refuses a count that nobody draws with 400."""
    if not 1 <= count * len(prompts) <= PICTURES_MAX:
        asked = f"{count} pictures of each of {len(prompts)} prompts are asked for"
        raise Refusal(400, f"num_images_per_prompt: {asked}; it is 1 to {PICTURES_MAX} altogether")
    return [
        b64encode(painted(prompt, *key, place)).decode() for prompt in prompts for place in range(count)
    ]  # fmt: skip


def _as_many(request: Any, reply: Any) -> str | None:
    prompts = request.get("prompt") if isinstance(request.get("prompt"), list) else [""]
    asked, got = len(prompts) * request.get("num_images_per_prompt", 1), len(reply["images"])
    return None if asked == got else f"images: are {got}, {asked} were asked for"


def _pngs(request: Any, reply: Any) -> str | None:
    for at, image in enumerate(reply["images"]):
        try:
            content = decoded(image)
        except ValueError as error:
            return f"images[{at}]: {error}"
        if not content.startswith(SIGNATURE):
            return f"images[{at}]: begins with {content[:4]!r} and is no PNG"
    return None


NO_PICTURES = Deviation(
    "no-pictures",
    "to ask for no picture at all is an internal error of the model",
    lambda body: body.get("num_images_per_prompt", 1) < 1 or body.get("prompt") == [],
    500,
)
LAWS = (
    Law("as-many-pictures", "there are as many pictures as were asked for", _as_many),
    Law("pngs", "every picture is a PNG in base64", _pngs),
)

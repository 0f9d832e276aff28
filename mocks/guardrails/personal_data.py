"""The guardrail that finds personal data in a prompt, or takes them out of it."""

from typing import Any

from harness.comp import Deviation, Endpoint, Example, Law, Refusal, Variant, World
from harness.opea.proto.documents import TextDoc
from harness.opea.proto.verdicts import PIIRequestDoc, PIIResponseDoc
from mocks.guardrails._rules import personal
from mocks.guardrails._verdict import guardrail, source


def detect(request: TextDoc | PIIRequestDoc, world: World) -> PIIResponseDoc:
    """Say where personal data stand, or give the prompt without them; places count characters from 0."""
    if not isinstance(request, PIIRequestDoc):
        raise Refusal(400, "prompt: is missing; personal data are looked for in a prompt")
    spans = personal(request.prompt)
    if not request.replace:
        found = [{"start": begin, "end": end, "type": kind} for begin, end, kind in spans]
        return PIIResponseDoc(detected_pii=found)
    text = request.prompt
    for begin, end, kind in reversed(spans):
        text = text[:begin] + _instead(request.replace_method, kind, end - begin, world) + text[end:]
    return PIIResponseDoc(new_prompt=text)


def _instead(method: str | None, kind: str, width: int, world: World) -> str:
    if method == "mask":
        return "*" * width
    if method == "category":
        return f"[{kind}]"
    letters = world.random("personal", kind, width).choices("abcdefghijklmnopqrstuvwxyz", k=width)
    return "".join(letters)


def _one_of_two(request: Any, reply: Any) -> str | None:
    wanted, other = (
        ("new_prompt", "detected_pii") if request.get("replace") else ("detected_pii", "new_prompt")
    )
    if reply[wanted] is None:
        return f"{wanted}: is null; with replace {bool(request.get('replace'))} it is the answer"
    return None if reply[other] is None else f"{other}: is {reply[other]!r}, where {wanted} is the answer"


PROMPT = "My name is John, write to john@example.org."

COMP = guardrail(
    "pii_detection",
    9080,
    "guardrails-pii-predictionguard",
    Endpoint(
        "/v1/pii",
        detect,
        variants=(
            Variant("text", TextDoc, None, examples=(Example("text", {"text": PROMPT}, status=400),)),
            Variant(
                "prompt",
                PIIRequestDoc,
                PIIResponseDoc,
                examples=(
                    Example(
                        "found",
                        {"prompt": PROMPT},
                        {
                            "detected_pii": [
                                {"start": 11, "end": 15, "type": "PERSON"},
                                {"start": 26, "end": 42, "type": "EMAIL_ADDRESS"},
                            ],
                            "new_prompt": None,
                        },
                    ),
                    Example(
                        "masked",
                        {"prompt": "My name is John", "replace": True, "replace_method": "mask"},
                        {"detected_pii": None, "new_prompt": "My name is ****"},
                    ),
                ),
                laws=(Law("one-of-two", "either the places or the new prompt is given", _one_of_two),),
            ),
        ),
        evidence="executed",
        source=source("pii_detection"),
        handler="pii_guard",
        declares=TextDoc | PIIResponseDoc,
        known=(
            Deviation(
                "text",
                "what is no request with a prompt is a text document, and an internal error",
                lambda _body: True,
                500,
                instead_of=400,
            ),
        ),
        notes=("the native component's module is missing upstream: its container dies at import",),
    ),
)

"""How a guardrail answers: the text passes, or a document without downstream takes its place. HTTP 200 both times."""

from typing import Any

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Variant
from harness.opea.proto.documents import TextDoc

BLOCKED = [".*"]  # No node after this one.


def passed(text: str | list[str]) -> TextDoc:
    """The text goes on, with a fresh id."""
    return TextDoc(text=text)


def blocked(policy: str) -> TextDoc:
    """Nothing goes on; the words are upstream's."""
    return TextDoc(
        text=f"Violated policies: {policy}, please check your input.", downstream_black_list=list(BLOCKED)
    )


def first_text(request: TextDoc) -> str:
    """The text that is judged: of a list only the first, as upstream."""
    texts = [request.text] if isinstance(request.text, str) else request.text
    if not texts:
        raise Refusal(400, "text: is missing; a guardrail judges a text")
    return texts[0]


def _passes_or_blocks(request: Any, reply: Any) -> str | None:
    black_list, text = reply["downstream_black_list"], reply["text"]
    if black_list == BLOCKED:
        return (
            None if str(text).startswith("Violated policies: ") else f"text: blocked without policy, {text!r}"
        )
    if black_list:
        return f"downstream_black_list: is {black_list}, neither [] nor {BLOCKED}"
    return (
        None if text == request.get("text", text) else f"text: let through as {text!r}, which was not asked"
    )


LAW = Law("passes-or-blocks", "a text goes on unaltered, or is blocked with its policy", _passes_or_blocks)


def _lacks_text(body: Any) -> bool:
    return body.get("text") in (None, [])  # An empty text is judged, and passes.


NO_TEXT = Deviation("no-text", "a document without text is an internal error", _lacks_text, 500)


def text_variant(bad: str, good: str, policy: str, *, list_passes: bool = True) -> Variant:
    """A text document in, a text document out; `bad` is blocked for `policy`, `good` passes.

    `list_passes`: of a list only the first text is judged.
    """
    of_list = {"text": [good, bad]} if list_passes else {"text": blocked(policy).text}
    return Variant(
        "text",
        TextDoc,
        TextDoc,
        examples=(
            Example("passes", {"text": good}, {"downstream_black_list": [], "text": good}),
            Example(
                "blocked",
                {"text": bad},
                {"downstream_black_list": BLOCKED, "text": blocked(policy).text},
            ),
            Example("list", {"text": [good, bad]}, of_list),
            Example("nothing", {}, status=400),
            Example("null", {"text": None}, status=422),
        ),
        laws=(LAW,),
    )


def guardrail(name: str, port: int, image: str, endpoint: Endpoint) -> Comp:
    """One guardrail with its one endpoint."""
    return Comp(
        id=f"guardrails.{name}",
        title=f"opea_service@{name}",
        port=port,
        service_type="GUARDRAIL",
        image=f"opea/{image}:latest",
        endpoints=(endpoint,),
    )


def source(name: str) -> str:
    """Where upstream registers the guardrail."""
    return f"comps/guardrails/src/{name}/opea_{name}_microservice.py"

"""Whether a comp file makes sense in itself: no route stands twice, and what its examples are answered keeps its own laws."""

from base64 import b64encode
from typing import Any

from pydantic_core import to_jsonable_python

from harness.comp import Binary, Comp, Endpoint, Example, Law, Refusal, Spoken, Stream, Variant, World
from harness.unions import adapter


def nonsense(comp: Comp) -> str | None:
    """The first thing that makes no sense, or None."""
    return doubled_route(comp) or broken_law(comp)


def doubled_route(comp: Comp) -> str | None:
    """What is wrong with a comp that has a route twice."""
    keys = [endpoint.key for endpoint in comp.endpoints]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    return (
        f"{comp.id}: {twice} stands twice; a route with several contracts has a variant for each"
        if twice
        else None
    )


def broken_law(comp: Comp) -> str | None:
    """What is wrong with a comp whose own answer to one of its examples breaks a law of its own.

    Examples that come after others, and streams, are left to the verifier.
    """
    for endpoint in comp.endpoints:
        for variant in endpoint.variants:
            for example in variant.examples:
                if variant.laws and example.status == 200 and not (example.after or example.stream):
                    found = _broken(endpoint, variant, example)
                    if found is not None:
                        return f"{comp.id}: {found}"
    return None


def _broken(endpoint: Endpoint, variant: Variant, example: Example) -> str | None:
    which = f"{endpoint.key}: the example {example.name}"
    models = [each.request for each in endpoint.variants if each.request is not None]
    given = {
        **(example.request if isinstance(example.request, dict) else {}),
        **example.files,
    } or example.request
    try:
        request = adapter(models).validate_python(given, from_attributes=True) if models else given
        reply = endpoint.answer(request, World(), **example.path)
    except Refusal as refusal:
        return f"{which} is refused: {refusal}; an example of a refusal says its status"
    except ValueError as error:  # pydantic's is one.
        return f"{which} is no request of its own contract: {' '.join(str(error).split())[:200]}"
    if isinstance(reply, Stream):
        return None
    for law in variant.laws:
        words = _words(law, example.request, _plain(reply))
        if words:
            return f"{which} breaks its own law {law.id}: {words}; the answer to an example keeps every law of its variant"
    return None


def _plain(reply: object) -> Any:
    """The reply as a law reads it."""
    if isinstance(reply, Spoken):
        reply = reply.reply
    if isinstance(reply, Binary):
        return {"content_type": reply.content_type, "base64": b64encode(reply.content).decode()}
    return to_jsonable_python(reply, by_alias=True)


def _words(law: Law, request: Any, reply: Any) -> str | None:
    try:
        return law.broken(request, reply)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        return f"it cannot read the reply: {type(error).__name__}: {error}"

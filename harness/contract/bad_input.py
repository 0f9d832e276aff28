"""What is no request is refused with a reason: 4xx, never 5xx, never silence, and the server is well afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from harness.comp import Endpoint
from harness.contract.check import Broken, Check, Finding, check_id
from harness.contract.shapes import accepts, takes_nothing
from harness.contract.talk import JSON_TYPE, Talk

NESTED = 100_000
WRONG: dict[str, Any] = {"of": {"another": ["type"]}}


@dataclass(frozen=True, slots=True)
class Bad:
    """A body that is sent; `value` is what it says in JSON, where it says anything."""

    name: str
    body: bytes
    value: Any = ...
    content_type: str = "application/json"


def bad_input(comp: str, endpoint: Endpoint) -> Iterator[Check]:
    """One check a kind of bad body, for endpoints that take JSON."""
    if endpoint.body != "json" or all(variant.request is None for variant in endpoint.variants):
        return
    for bad in bodies(endpoint):
        if _is_good(endpoint, bad):
            continue  # OPEA's models are lenient: to some comps nothing at all is a valid request.
        yield Check(
            check_id(comp, endpoint.slug, "bad-input", bad.name),
            f"{endpoint.key}: {bad.name.replace('-', ' ')} is refused with 4xx and a reason",
            _refused(endpoint, bad),
        )


def bodies(endpoint: Endpoint) -> tuple[Bad, ...]:
    """The bad bodies of an endpoint; two are made of its first good example."""
    good = _good_request(endpoint)
    wrong = dict.fromkeys(good, WRONG) if isinstance(good, dict) else WRONG
    return (
        Bad("empty", b""),
        Bad("half-an-object", b"{"),
        Bad("list", b"[]", []),
        Bad("null", b"null", None),
        Bad("number", b"7", 7),
        Bad("string", b'"x"', "x"),
        Bad("missing-fields", b"{}", {}),
        Bad("wrong-types", orjson.dumps(wrong), wrong),
        Bad("invalid-utf8", b'{"text": "\xff\xfe\xc3"}'),
        Bad("wrong-content-type", orjson.dumps(good), orjson.dumps(good).decode(), "text/plain"),
        Bad("deep-nesting", b"[" * NESTED),
    )


def _good_request(endpoint: Endpoint) -> Any:
    examples = (each for variant in endpoint.variants for each in variant.examples if each.status == 200)
    return next((each.request for each in examples if each.request is not None), {})


def _refused(endpoint: Endpoint, bad: Bad) -> Any:
    async def find(talk: Talk) -> Finding:
        head = {**JSON_TYPE, "content-type": bad.content_type}
        answer = await talk.send(endpoint.method, endpoint.path, bad.body, head)
        if not 400 <= answer.status < 500:
            return Broken(f"answered with {answer.status}, 4xx was promised", actual=answer.shown)
        if not answer.body.strip():
            return Broken(f"the {answer.status} gives no reason", actual="an empty body")
        if not await talk.is_well():
            return Broken(
                f"{talk.comp.ready}: does not answer 200 afterwards", actual="the server is not well"
            )
        return None

    return find


def _is_good(endpoint: Endpoint, bad: Bad) -> bool:
    if not bad.body or bad.value is None:
        return takes_nothing(endpoint)
    return bad.value is not ... and accepts(endpoint, bad.value)

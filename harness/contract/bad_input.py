"""What is no request is refused with a reason: 4xx, never 5xx, never silence, and the server is well afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from harness.comp import Endpoint
from harness.contract.check import Broken, Check, Finding, check_id, unwell
from harness.contract.kind import Kind
from harness.contract.promises import as_known, known
from harness.contract.shapes import accepts, takes_nothing
from harness.contract.talk import JSON_TYPE, Talk

NESTED = 100_000
WRONG: dict[str, Any] = {"of": {"another": ["type"]}}


_POST = """curl -sS -i -X POST "$URL/v1/embeddings" -H 'content-type: application/json' """
_MODEL = "Let FastAPI validate: annotate the handler's body with its pydantic model, and do not read `request.json()` by hand."
_PARSE = (
    "Catch what parsing the body raises (`json.JSONDecodeError`, `UnicodeDecodeError`, `RecursionError`) where it is read, and "
    "answer 400 with the reason; a body that is declared as a model is parsed by FastAPI, which does so."
)


def _kind(name: str, says: str, why: str, sent: str, fix: str) -> Kind:
    return Kind(f"bad-input.{name}", "L4", f"{says} is refused with 4xx and a reason", why, _POST + sent, fix)


KINDS = (
    _kind(
        "empty",
        "a request without a body",
        "A client whose serialiser failed sends nothing; a 500 sends people looking for a fault in the service.",
        "-d ''",
        _MODEL,
    ),
    _kind(
        "half-an-object",
        "half a JSON object",
        "It is what a request cut off by a proxy looks like.",
        "-d '{'",
        _PARSE,
    ),
    _kind(
        "list",
        "a list where an object is meant",
        "Its elements are not the object's fields.",
        "-d '[]'",
        _MODEL,
    ),
    _kind("null", "the JSON value null", "It is what an unset variable serialises to.", "-d 'null'", _MODEL),
    _kind("number", "a number where an object is meant", "It has no fields.", "-d '7'", _MODEL),
    _kind("string", "a string where an object is meant", "It has no fields.", """-d '"x"'""", _MODEL),
    _kind(
        "missing-fields",
        "an object without the required fields",
        "Where a missing field is taken for an empty one, the service answers a question that nobody asked.",
        "-d '{}'",
        "Give the field no default in the model. OPEA's TextDoc has one (`text: Union[str, List[str]] = None`): say so in the "
        "contract, or check it in the handler and raise `HTTPException(400, ...)`.",
    ),
    _kind(
        "wrong-types",
        "an object whose fields are of other types",
        "What is not checked on entry fails deep inside, with 500 and no name of the field.",
        """-d '{"input": {"of": {"another": ["type"]}}}'""",
        _MODEL,
    ),
    _kind(
        "invalid-utf8",
        "a body that is no UTF-8",
        "Text that was cut in the middle of a letter is common where people cut by bytes.",
        """--data-binary "$(printf '{"text": "\\377\\376"}')\"""",
        _PARSE,
    ),
    _kind(
        "wrong-content-type",
        "JSON that is called text/plain",
        "A server that reads it anyway can be asked by any page in a browser, without asking it first.",
        """-H 'content-type: text/plain' -d '{"input": "x"}'""",
        _MODEL,
    ),
    _kind(
        "deep-nesting",
        "JSON nested a hundred thousand deep",
        "Such a body fits in 100 kB, and a parser that recurses takes the process with it.",
        """-d "$(head -c 100000 /dev/zero | tr '\\0' '[')\"""",
        _PARSE,
    ),
)
_KIND = {kind.name: kind for kind in KINDS}


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
            _KIND[f"bad-input.{bad.name}"],
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
        # Unreadable bodies are refused by the framework; a server that reads its JSON itself may deviate on them.
        is_met = bad.value is not ... or not talk.comp.framework
        deviation = known(endpoint, None if bad.value is ... else bad.value, answer) if is_met else None
        if deviation is not None:
            return as_known([deviation])
        if not 400 <= answer.status < 500:
            return Broken(f"answered with {answer.status}, 4xx was promised", actual=answer.shown)
        if not answer.body.strip():
            return Broken(f"the {answer.status} gives no reason", actual="an empty body")
        if not await talk.is_well():
            return unwell(talk, answer.asked)
        return None

    return find


def _is_good(endpoint: Endpoint, bad: Bad) -> bool:
    if not bad.body or bad.value is None:
        return takes_nothing(endpoint)
    if endpoint.any_type and bad.content_type != "application/json":
        return True
    return bad.value is not ... and accepts(endpoint, bad.value)

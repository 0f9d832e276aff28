"""Requests that nobody thought of: valid ones are answered as promised, invalid ones refused with a reason."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from harness.comp import Binary, Deviation, Endpoint, Example, Refusal, Variant, World
from harness.contract import drawing, forms
from harness.contract.check import UNANSWERED, UNREACHED, Broken, Check, Finding, Skipped, check_id, unwell
from harness.contract.falsify import Limits, falsify, require_hypothesis
from harness.contract.kind import Kind
from harness.contract.promises import as_known, broken_reply, is_touchy, known, law_broken, said, sent
from harness.contract.shapes import is_valid
from harness.contract.talk import Answer, Talk
from harness.flight import ClientError
from harness.unions import adapter

_POST = """curl -sS -i "$URL/v1/embeddings" -H 'content-type: application/json' -d """

VALID = Kind(
    "drawn.valid",
    "L4",
    "requests drawn from the contract's model are answered as promised",
    "People send what the examples do not: an empty text, other letters, a `top_n` above the number of documents. All of it is valid "
    "by the model, so it deserves an answer of the promised shape, or a refusal with 4xx where the contract refuses it too.",
    _POST + """'{"input": ["", "Grüße 😀"], "encoding_format": null}'""",
    "The failure holds the smallest request that shows it. Where the service cannot answer it, check it in the handler and raise "
    "`HTTPException(400, ...)`, or narrow the model.",
)
INVALID = Kind(
    "drawn.invalid",
    "L4",
    "requests that the contract's model does not take are refused with 4xx and a reason",
    "What is not refused on entry fails later, where nobody knows of the request any more, or is answered as if it were something "
    "else.",
    _POST + """'{"input": [[]], "encoding_format": 7}'""",
    "Declare the body as its pydantic model. A field that is read from `request.json()` by hand is checked by nobody.",
)
KINDS = (VALID, INVALID)


def drawn(comp: str, endpoint: Endpoint) -> Iterator[Check]:
    """Two checks for each variant that takes anything and has an example that is answered without streaming; one where it takes all."""
    for variant in endpoint.variants:
        base = base_of(endpoint, variant)
        if base is None:
            continue
        kinds = ((VALID, _valid), (INVALID, _invalid))
        for kind, find in kinds if variant.request is not None else kinds[:1]:
            yield Check(
                check_id(comp, endpoint.slug, kind.name, variant.name),
                kind,
                f"{endpoint.key}: {kind.says}",
                partial(find, endpoint, variant, base),
            )


def base_of(endpoint: Endpoint, variant: Variant) -> Example | None:
    """The example that drawn requests are made of; None where nothing is taken that could be drawn."""
    good = [each for each in variant.examples if each.status == 200 and not each.stream]
    if endpoint.body == "json" and variant.request is not None:
        return next((each for each in good if isinstance(each.request, dict) and not each.files), None)
    if endpoint.body in ("form", "query"):
        return next((each for each in good if sent(each)), None)
    return None


async def _valid(endpoint: Endpoint, variant: Variant, base: Example, talk: Talk) -> Finding:
    require_hypothesis()
    base = await talk.prepared(base)

    met: list[Deviation] = []

    async def probe(request: Any) -> Broken | None:
        asked = made_of(endpoint, base, request)
        answer = await _answered(endpoint, asked, talk)
        if isinstance(answer, Broken):
            return answer
        return _apart(misanswered(endpoint, variant, asked, answer), met)

    kind = _drawing(endpoint)
    limits, first = Limits(talk.seed, talk.drawn_max), kind.edges(endpoint, base)
    found = await falsify(kind.valid(endpoint, variant, base), probe, limits, first)
    return found.broken or as_known(met)


async def _invalid(endpoint: Endpoint, variant: Variant, base: Example, talk: Talk) -> Finding:
    require_hypothesis()
    base = await talk.prepared(base)

    met: list[Deviation] = []

    async def probe(request: Any) -> Broken | None:
        answer = await _answered(endpoint, made_of(endpoint, base, request), talk)
        return answer if isinstance(answer, Broken) else _apart(unrefused(endpoint, request, answer), met)

    wrong = _drawing(endpoint).invalid(endpoint, variant, base)
    found = await falsify(wrong, probe, Limits(talk.seed, talk.drawn_max))
    if found.broken is None and not found.asked:
        return Skipped("the contract's model takes all that could be drawn, so there is nothing to refuse")
    if found.broken is None and not await talk.is_well():
        return unwell(talk)
    return found.broken or as_known(met)


def _apart(found: Broken | Deviation | None, met: list[Deviation]) -> Broken | None:
    """What is wrong; what is known is noted, and the search goes on."""
    if isinstance(found, Deviation):
        met.append(found)
        return None
    return found


def _drawing(endpoint: Endpoint) -> Any:
    """The module that draws requests of an endpoint's kind of body."""
    return drawing if endpoint.body == "json" else forms


def made_of(endpoint: Endpoint, base: Example, request: Any) -> Example:
    """The base with a drawn request in the place of its own, of whose answer nothing more is known."""
    if endpoint.body == "json":
        return replace(base, request=request, reply=None)
    return forms.example_of(base, request)


async def _answered(endpoint: Endpoint, example: Example, talk: Talk) -> Answer | Broken:
    """The answer; a server that breaks off or says nothing is wrong about this request."""
    try:
        return await talk.put(endpoint, example)
    except ClientError as error:
        if error.kind in UNREACHED:
            raise
        return Broken(f"{UNANSWERED}: {error}", asked=talk.last[0])


def unrefused(endpoint: Endpoint, request: Any, answer: Answer) -> Broken | Deviation | None:
    """What is wrong with the answer to a request that the contract does not take, or known of it."""
    if 400 <= answer.status < 500 and answer.body.strip():
        return None
    deviation = known(endpoint, request, answer)
    if deviation is not None:
        return deviation
    if 400 <= answer.status < 500:
        return Broken(f"the {answer.status} gives no reason", actual="an empty body", asked=answer.asked)
    return Broken(f"answered with {answer.status}, 4xx was promised", actual=answer.shown, asked=answer.asked)


def misanswered(
    endpoint: Endpoint, variant: Variant, asked: Example, answer: Answer
) -> Broken | Deviation | None:
    """What is wrong with the answer to a request that the contract takes, or known of it."""
    found = _misanswered(endpoint, variant, asked, answer)
    if isinstance(found, Broken) and endpoint.known:
        # Which refusal it is depends on what the service keeps, which is not foretold.
        promised = 200 if foretold(endpoint, asked) == 200 else 0
        return known(endpoint, sent(asked), answer, promised) or found
    return found


def _misanswered(
    endpoint: Endpoint, variant: Variant, asked: Example, answer: Answer
) -> Broken | Deviation | None:
    request = sent(asked)
    if 400 <= answer.status < 500:
        if foretold(endpoint, asked) == 200 and not is_touchy(endpoint, request):
            words = f"a valid request is refused: {answer.shown}"
            return Broken(words, "200, as the contract answers it", answer.shown, answer.asked)
        return unrefused(endpoint, request, answer)
    meant = [each for each in endpoint.variants if each.request is variant.request]
    others = [each for each in endpoint.variants if each not in meant and is_valid(each.request, request)]
    wrong = [broken_reply(endpoint, each, asked, answer) for each in (variant, *meant, *others)]
    if all(wrong):
        return Broken(str(wrong[0]), actual=answer.shown, asked=answer.asked)
    if wrong[0] or len(meant) > 1 or _shared(endpoint, request):
        return None  # Answered as another contract of this route promises; its laws need not hold.
    reply = said(answer, variant, asked)
    broken = next(filter(None, (law_broken(law, asked.request, reply) for law in variant.laws)), None)
    return Broken(broken, actual=answer.shown, asked=answer.asked) if broken else None


def foretold(endpoint: Endpoint, asked: Example) -> int:
    """The status by which the contract's own answer, in a world of its own, tells whether a valid request is refused."""
    models = [variant.request for variant in endpoint.variants if variant.request is not None]
    request = sent(asked)
    model = adapter(models).validate_python(request, from_attributes=True) if models else request
    try:
        said_ = endpoint.answer(model, World(), **asked.path)
    except Refusal as refusal:
        return refusal.status
    return said_.status if isinstance(said_, Binary) else 200


def _shared(endpoint: Endpoint, request: Any) -> bool:
    """Whether several contracts of the route take the request, so that it is open which of them answers."""
    models = dict.fromkeys(variant.request for variant in endpoint.variants if variant.request is not None)
    return sum(is_valid(model, request) for model in models) > 1

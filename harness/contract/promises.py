"""Every example is answered as promised: status, content type, shape, and the laws between request and reply."""

from base64 import b64encode
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from harness.comp import Deviation, Endpoint, Example, Law, Variant
from harness.contract.check import Broken, Check, Finding, Skipped, check_id
from harness.contract.kind import Kind
from harness.contract.shapes import lacks, misshapen
from harness.contract.talk import Answer, Talk
from harness.sse import TextStream

EXAMPLE = Kind(
    "example",
    "L4",
    "each example of the contract is answered with its status, type, shape and content",
    "The examples are what OPEA's own clients send. An answer that looks right and is not is passed on to the next node, "
    "for OPEA's orchestrator looks at no status and no shape.",
    """curl -sS -i "$URL/v1/embeddings" -H 'content-type: application/json' -d '{"input": "What is Deep Learning?"}'""",
    "Compare the answer with `opea-harness comps ID`. A missing field is most often a reply model that was never used as "
    "`response_model`; a 500 is an exception in the handler, whose traceback is in the service's log.",
)
LAW = Kind(
    "law",
    "L4",
    "what must hold between a request and its reply, and no schema can say",
    "A vector of the wrong length, scores that are not sorted or an answer that belongs to another text are all of the right "
    "shape. They make every later node work on nonsense, and nothing fails.",
    """curl -sS "$URL/v1/embeddings" -H 'content-type: application/json' -d '{"input": ["a", "b", "a"]}' | jq '[.data[].index]'""",
    "The failure names the place in the reply. Look for a loop that loses the order (`asyncio.gather` and thread pools keep it, "
    "`as_completed` does not), for results kept between requests, and for a model that was swapped without its dimension.",
)
KINDS = (EXAMPLE, LAW)
GZIP = b"\x1f\x8b"


def promises(comp: str, endpoint: Endpoint) -> Iterator[Check]:
    """One check an example, one a law."""
    for variant in endpoint.variants:
        for example in variant.examples:
            yield Check(
                check_id(comp, endpoint.slug, "example", variant.name, example.name),
                EXAMPLE,
                f"{endpoint.key}: the example {example.name} is answered with {example.status}, as promised",
                _example(endpoint, variant, example),
            )
        for law in variant.laws:
            yield Check(
                check_id(comp, endpoint.slug, "law", variant.name, law.id),
                LAW,
                f"{endpoint.key}: {law.says}",
                _law(endpoint, variant, law),
            )


def known(endpoint: Endpoint, request: Any, answer: Answer, promised: int = 0) -> Deviation | None:
    """The known deviation that an answer is, or None; one that takes a refusal's place only where that was `promised` (0: anywhere)."""
    for deviation in endpoint.known:
        is_in_place = deviation.instead_of in (0, promised or deviation.instead_of)
        if is_in_place and answer.status == deviation.status and deviation.is_set_off(request):
            return deviation
    return None


def as_known(met: Iterable[Deviation]) -> Skipped | None:
    """What a check says that found nothing but these: they are told with their reasons, for what is known is not green."""
    told = dict.fromkeys(f"known deviation {each.id}: {each.says}" for each in met)
    return Skipped("; ".join(told)) if told else None


def is_touchy(endpoint: Endpoint, request: Any) -> bool:
    """Whether a request sets off what a comp is known to do wrong, so that refusing it is no less than was promised.

    What only takes a refusal's place says nothing of requests that are answered, nor does what is answered in another sense.
    """
    return any(
        not each.instead_of and each.taken_as is None and each.is_set_off(request) for each in endpoint.known
    )


def sent(example: Example) -> Any:
    """An example's request as its server reads it: a form has its uploads among its fields."""
    fields = example.request if isinstance(example.request, dict) else {}
    return {**fields, **example.files} if example.files else example.request


def broken_reply(endpoint: Endpoint, variant: Variant, example: Example, answer: Answer) -> str | None:
    """What is wrong with the answer to an example, its laws aside."""
    if answer.status != example.status:
        return f"status: is {answer.shown}, {example.status} was promised"
    if answer.status >= 400:
        if answer.json is None and not answer.body:
            return f"body: is empty; a {answer.status} says its reason"
        return lacks(answer.json, example.reply) if example.reply is not None else None
    if example.stream:
        return None
    if variant.reply in (None, bytes):
        return None
    if not answer.content_type.startswith(endpoint.reply_type.partition(";")[0]):
        return f"content type: is {answer.content_type!r}, {endpoint.reply_type!r} was promised"
    if answer.json is None and answer.body != b"null":
        return f"body: is no JSON{_why_no_json(answer.body)}: {answer.shown}"
    wrong = misshapen(variant.reply, answer.json)
    return wrong or (lacks(answer.json, example.reply) if example.reply is not None else None)


def _why_no_json(body: bytes) -> str:
    """Why bytes that may look like JSON are none, as far as that can be said in a word."""
    if body.startswith(GZIP):
        return ", but compressed, which nobody asked for"
    if body.startswith(BOM_UTF8):
        return ", for a byte order mark stands before it"
    try:
        body.decode()
        orjson.loads(body)
    except UnicodeDecodeError as error:
        return f", for it is no UTF-8 from byte {error.start} on"
    except orjson.JSONDecodeError as error:
        if error.pos:
            return (
                ", for it ends too early"
                if error.pos >= len(body.decode())
                else f", from letter {error.pos} on"
            )
    return ""


def _example(endpoint: Endpoint, variant: Variant, example: Example) -> Any:
    async def find(talk: Talk) -> Finding:
        answer = await talk.put(endpoint, example)
        wrong = broken_reply(endpoint, variant, example, answer)
        if wrong is None:
            return None
        deviation = known(endpoint, sent(example), answer, example.status)
        return as_known([deviation]) if deviation else Broken(wrong, actual=answer.shown)

    return find


def _law(endpoint: Endpoint, variant: Variant, law: Law) -> Any:
    async def find(talk: Talk) -> Finding:
        judged, met = 0, list[Deviation]()
        for promised in variant.examples:
            if promised.status != 200:
                continue
            example = await talk.prepared(promised)
            answer = await talk.put(endpoint, example)
            if broken_reply(endpoint, variant, example, answer):
                continue  # The example's own check tells of it.
            judged += 1
            wrong = law_broken(law, example.request, said(answer, variant, example))
            if wrong is None:
                continue
            deviation = known(endpoint, sent(example), answer, example.status)
            if deviation is None:
                return Broken(f"{example.name}: {wrong}", actual=answer.shown)
            met.append(deviation)
        if not judged:
            return Skipped("no example was answered in its shape, so there is nothing to judge")
        return as_known(met)

    return find


def said(answer: Answer, variant: Variant, example: Example) -> Any:
    """What a law judges: the reply's JSON, the text of a stream, or the bytes of what is no JSON."""
    if variant.reply is bytes:
        return {"content_type": answer.content_type, "base64": b64encode(answer.body).decode()}
    if not (example.stream and variant.dialect):
        return answer.json
    stream = TextStream(variant.dialect)
    stream.feed(0, answer.body)
    stream.finish(0)
    return {"text": stream.text}


def law_broken(law: Law, request: Any, reply: Any) -> str | None:
    """What a law says; a reply that it cannot even read breaks it."""
    try:
        return law.broken(request, reply)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        return f"the reply cannot be read: {type(error).__name__}: {error}"

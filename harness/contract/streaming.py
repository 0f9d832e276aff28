"""A streamed reply is a stream: framed in its dialect, begun before it ends, closed by its mark, and of the same text."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from harness.answer import text_of
from harness.comp import Dialect, Endpoint, Example, Variant
from harness.contract.check import Broken, Check, Finding, Skipped, check_id
from harness.contract.curl import in_turn
from harness.contract.kind import Kind
from harness.contract.promises import as_known, known
from harness.contract.talk import Answer, Talk
from harness.sse import DIALECTS, TextStream, detect

TRIES = 12
REST_S = 0.02  # Between tries; longer each time.
CUTS_MAX = 2048  # Every place in a short stream; in a long one, its beginning and as many places evenly.
_BY_HAND = (
    """curl -sS -i -N "$URL/v1/chat/completions" -H 'content-type: application/json' \\\n"""
    """  -d '{"messages": "What is Deep Learning?", "stream": true}'"""
)


def _kind(name: str, says: str, why: str, fix: str, by_hand: str = _BY_HAND) -> Kind:
    return Kind(f"stream.{name}", "L5", says, why, by_hand, fix)


KINDS = (
    _kind(
        "content-type",
        "a stream says by its content type that it is one",
        "Proxies and browsers go by it: what is no `text/event-stream` is buffered, and comes all at once.",
        'Return `StreamingResponse(generator, media_type="text/event-stream")`.',
    ),
    _kind(
        "framing",
        "every event can be read",
        "An event that no client can read is a hole in the answer, and nobody sees it. The usual cause is a newline in the text "
        "put behind `data: ` as it is.",
        "Put text into an event as JSON (`json.dumps`), which has no newline, or begin every line of it with `data: `.",
    ),
    _kind(
        "dialect",
        "the events are those of the dialect",
        "OPEA's comps stream in nine dialects, and whoever reads takes one for granted. In another one he finds no text, or speaks "
        "the JSON aloud.",
        "Send `chat.completion.chunk` objects where the route is OpenAI's; pass on what vLLM or TGI send without taking it apart.",
    ),
    _kind(
        "first-byte",
        "the first token comes before the last one is made",
        "A stream that comes in one piece costs all that streaming costs, and the person waits as long as without.",
        "Do not collect the upstream's answer; `yield` each chunk as it comes, from an `async` client, with no buffering proxy between.",
        _BY_HAND + " | while IFS= read -r line; do date +%T.%N; done",
    ),
    _kind(
        "end-mark",
        "the dialect's end mark closes the stream, and nothing follows it",
        "Without it a cut stream and a whole one look alike. What follows it is read by nobody.",
        "Send `data: [DONE]` once, last, and only when the upstream really ended (its `finish_reason` came), not in a `finally`.",
    ),
    _kind(
        "same-text",
        "the streamed text is that of the reply without streaming",
        "The two are two paths through a service. A lost first token or a doubled last one shows only here.",
        "Let one function make the pieces, and let the reply without streaming be these joined. `stream: false` has to be heeded.",
        _BY_HAND + "\n" + _BY_HAND.replace("true", "false"),
    ),
    _kind(
        "any-chunks",
        "the text is the same wherever the bytes are cut",
        "The network cuts where it likes, also inside a letter of several bytes. Text that depends on the cuts is right on the "
        "developer's machine only.",
        "Put whole events into each `yield`; encode text once, and decode upstream bytes with an incremental decoder.",
    ),
)
_KIND = {kind.name.removeprefix("stream."): kind for kind in KINDS}


def streaming(comp: str, endpoint: Endpoint) -> Iterator[Check]:
    """Seven checks for each variant that streams."""
    for variant in endpoint.variants:
        example = _example(variant)
        if variant.dialect is None or variant.streams is None or example is None:
            continue
        for name, kind in _KIND.items():
            if name == "same-text" and not variant.streams:
                continue  # It always streams, so there is nothing to compare with.
            yield Check(
                check_id(comp, endpoint.slug, "stream", variant.name, name),
                kind,
                f"{endpoint.key}: {kind.says}",
                partial(_find, name, Asking(endpoint, variant, example)),
            )


def _example(variant: Variant) -> Example | None:
    return next((each for each in variant.examples if each.status == 200 and not each.stream), None) or next(
        (each for each in variant.examples if each.status == 200), None
    )


@dataclass(frozen=True, slots=True)
class Asking:
    """How a stream is asked for."""

    endpoint: Endpoint
    variant: Variant
    example: Example

    async def put(self, talk: Talk) -> Answer:
        """Ask, and give the whole answer."""
        return await talk.put(self.endpoint, self.example, self.variant.streams)


async def _find(name: str, asking: Asking, talk: Talk) -> Finding:
    answer = await asking.put(talk)
    found = await _judged(name, asking, talk, answer)
    if not isinstance(found, Broken):
        return found
    request, streams = asking.example.request, asking.variant.streams or {}
    deviation = known(
        asking.endpoint, {**request, **streams} if isinstance(request, dict) else streams, answer, 200
    )
    return as_known([deviation]) if deviation else found


async def _judged(name: str, asking: Asking, talk: Talk, answer: Answer) -> Finding:
    if answer.status != 200:
        return Broken(f"status: is {answer.status}, a stream was asked for", actual=answer.shown)
    dialect = asking.variant.dialect
    assert dialect is not None
    if name == "same-text":
        return await _same_text(asking, talk, answer)
    if name == "first-byte":  # A busy machine may deliver one stream in a lump, but not each of several.
        for tried in range(1, TRIES):
            if first_byte(answer, dialect) is None:
                return None
            await asyncio.sleep(REST_S * tried)
            answer = await asking.put(talk)
    return JUDGES[name](answer, dialect)


def read(answer: Answer, dialect: Dialect) -> TextStream:
    """The answer's body as a stream of that dialect."""
    stream = TextStream(dialect)
    for at_ns, data in answer.pieces:
        stream.feed(at_ns, data)
    stream.finish(answer.pieces[-1][0] if answer.pieces else 0)
    return stream


def content_type(answer: Answer, dialect: Dialect) -> Finding:
    """Is the content type the dialect's?"""
    expected = DIALECTS[dialect].content_type
    if dialect == "raw_text":
        return Skipped("text without framing has no content type of its own; upstream sends it under several")
    if answer.content_type.startswith(expected):
        return None
    return Broken(f"content type: is {answer.content_type!r}, no {expected}", expected, answer.content_type)


def framing(answer: Answer, dialect: Dialect) -> Finding:
    """Is nothing malformed?"""
    malformed = read(answer, dialect).malformed
    return Broken(str(malformed[0]), actual=f"{len(malformed)} events cannot be read") if malformed else None


def is_dialect(answer: Answer, dialect: Dialect) -> Finding:
    """Do the events look like the dialect's?"""
    found = detect(answer.content_type, answer.body)
    if found in (dialect, None) or {found, dialect} <= {
        "py_repr",
        "py_bytes",
        "raw_delta",
        "raw_text",
        "agent_lines",
    }:
        text = read(answer, dialect).text
        return None if text else Broken(f"no text can be read in the dialect {dialect}", actual=answer.shown)
    return Broken(f"the events are those of {found}, {dialect} was promised", dialect, str(found))


def first_byte(answer: Answer, dialect: Dialect) -> Finding:
    """Did text come before the end did?"""
    stream = read(answer, dialect)
    if stream.tokens < 2:
        return Skipped(f"the stream has {stream.tokens} tokens; two are needed to see that it streams")
    times = set(stream.content_ns)
    if len(times) > 1:
        return None
    return Broken(f"all {stream.tokens} tokens came at once, so this is no streaming")


def end_mark(answer: Answer, dialect: Dialect) -> Finding:
    """Is the stream closed, and does nothing follow?"""
    stream = read(answer, dialect)
    if stream.after_end:
        return Broken(f"{stream.after_end} events follow the end mark ({stream.dialect.end_mark})")
    if stream.outcome in ("whole", "malformed"):
        return None
    return Broken(stream.why or "the stream is not whole", stream.dialect.end_mark, stream.outcome)


def any_chunks(answer: Answer, dialect: Dialect) -> Finding:
    """Is the text that of the pieces as they came, cut in two at every place, and cut at every byte?"""
    if DIALECTS[dialect].name == "raw_text":
        return Skipped("without framing there is nothing to cut")
    came, body = read(answer, dialect).text, answer.body
    for at in cuts(len(body)):
        if (found := _text((body[:at], body[at:]), dialect)) != came:
            return Broken(f"the text differs when the bytes are cut at {at}", came[:80], found[:80])
    found = _text([body[at : at + 1] for at in range(len(body))], dialect)
    return None if found == came else Broken("the text read byte by byte differs", came[:80], found[:80])


def cuts(length: int) -> Iterator[int]:
    """Where that many bytes are cut in two: everywhere, or at `CUTS_MAX` places of a long stream."""
    dense = min(length, CUTS_MAX // 2)
    step = max(1, (length - dense) // (CUTS_MAX // 2))
    yield from range(dense)
    yield from range(dense, length + 1, step)


def _text(pieces: Iterable[bytes], dialect: Dialect) -> str:
    stream = TextStream(dialect)
    for piece in pieces:
        stream.feed(0, piece)
    stream.finish(0)
    return stream.text


JUDGES: Mapping[str, Callable[[Answer, Dialect], Finding]] = {
    "content-type": content_type,
    "framing": framing,
    "dialect": is_dialect,
    "first-byte": first_byte,
    "end-mark": end_mark,
    "any-chunks": any_chunks,
}


async def _same_text(asking: Asking, talk: Talk, streamed: Answer) -> Finding:
    variant = asking.variant
    assert variant.streams is not None
    assert variant.dialect is not None
    off = {name: False for name, value in variant.streams.items() if value is True}
    plain = await talk.put(asking.endpoint, asking.example, off)
    if "json" not in plain.content_type:
        return Broken(f"without streaming the content type is {plain.content_type!r}", actual=plain.shown)
    expected, actual = text_of(plain.json), read(streamed, variant.dialect).text
    if expected.strip() == actual.strip() and expected:
        return None
    both = in_turn((streamed.asked, plain.asked))
    return Broken("the two texts differ", expected[:160], actual[:160], repeat=both)

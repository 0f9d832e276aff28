"""Several requests at once: each gets the answer to its own, and health stays quick."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Any

from harness.comp import Deviation, Endpoint, Example, Variant
from harness.contract.check import UNANSWERED, UNREACHED, Broken, Check, Finding, Skipped, check_id
from harness.contract.curl import together
from harness.contract.kind import Kind
from harness.contract.promises import as_known, broken_reply, known, law_broken, said, sent
from harness.contract.talk import Talk
from harness.flight import ClientError

AT_ONCE = (1, 8, 32)
HEALTH_LIMIT_S = 0.5  # A blocked loop takes as long as all that is in flight.
TRIES = 3  # A busy machine may be slow once, and not each time.
PROBE_PACE_S = 0.02

CONCURRENCY = Kind(
    "concurrency",
    "L9",
    "requests at once are each answered as if they were alone, and the service says meanwhile that it is well",
    "A result kept in a global, or a batch that is taken apart in the wrong order, gives people the answers of others. A handler "
    "that blocks the event loop makes the health probe fail under load, and Kubernetes kills the service when it is needed most.",
    """seq 32 | xargs -P 32 -I{} curl -sS "$URL/v1/embeddings" -H 'content-type: application/json' -d '{"input": "text {}"}' -o /dev/null &
curl -sS -o /dev/null -w '%{time_total}\\n' "$URL/v1/health_check\"""",
    "Keep nothing of a request outside its handler. Call blocking libraries in a thread (`await asyncio.to_thread(...)`), or declare "
    "the handler with `def`, which FastAPI runs in one.",
)
KINDS = (CONCURRENCY,)


def crowd(comp: str, endpoint: Endpoint) -> Iterator[Check]:
    """One check a number, for endpoints whose examples can be repeated."""
    if not _repeatable(endpoint):
        return
    for at_once in AT_ONCE:
        yield Check(
            check_id(comp, endpoint.slug, "concurrency", str(at_once)),
            CONCURRENCY,
            f"{endpoint.key}: {at_once} requests at once are each answered as if they were alone",
            partial(_find, endpoint, at_once),
        )


def _repeatable(endpoint: Endpoint) -> list[tuple[Variant, Example]]:
    """Examples that change nothing, as far as one can tell: those without an upload."""
    return [(v, e) for v in endpoint.variants for e in v.examples if e.status == 200 and not e.files]


async def _find(endpoint: Endpoint, at_once: int, talk: Talk) -> Finding:
    alone = [(row, await _one(endpoint, *row, talk), talk.last[0]) for row in _repeatable(endpoint)]
    examples = [row for row, found, _ in alone if found is None]
    asked = [each for _, found, each in alone if found is None]
    if not examples:
        met = as_known(found for _, found, _ in alone if isinstance(found, Deviation))
        return met or Skipped("no example is answered rightly even alone; its own check tells of it")
    chosen = [examples[place % len(examples)] for place in range(at_once)]
    try:
        found = await _crowded(endpoint, chosen, talk)
    except ClientError as error:
        if error.kind in UNREACHED:
            raise
        found = Broken(f"{UNANSWERED}: {error}")
    if not isinstance(found, Broken):
        return found
    health = (
        f"sleep {PROBE_PACE_S:g}; curl -sS -o /dev/null -w '%{{time_total}} s\\n' {talk.url}{talk.comp.ready}"
    )
    return replace(found, repeat=together(asked, at_once, health))


async def _crowded(endpoint: Endpoint, chosen: list[tuple[Variant, Example]], talk: Talk) -> Finding:
    at_once = len(chosen)
    for _ in range(TRIES):
        at_work = asyncio.ensure_future(_together(endpoint, chosen, talk))
        slowest_s = await _slowest_health_s(talk, at_work)
        found = await at_work
        wrong = [each for each in found if isinstance(each, Broken)]
        if wrong:
            return replace(wrong[0], why=f"{wrong[0].why} ({len(wrong)} of {at_once})")
        if slowest_s <= HEALTH_LIMIT_S:
            return as_known(each for each in found if isinstance(each, Deviation))
    words = f"{talk.comp.ready}: took {slowest_s:.2f} s meanwhile, {HEALTH_LIMIT_S:g} s is the most"
    return Broken(words, actual=f"so {TRIES} times: the service answers nobody while it works for some")


async def _together(
    endpoint: Endpoint, chosen: list[tuple[Variant, Example]], talk: Talk
) -> list[Broken | Deviation | None]:
    return await asyncio.gather(*(_one(endpoint, *row, talk) for row in chosen))


async def _slowest_health_s(talk: Talk, at_work: "asyncio.Future[Any]") -> float:
    """The longest that the comp took to say that it is well while the others were answered."""
    slowest_s = 0.0
    try:
        while not at_work.done():
            began = monotonic()
            await talk.is_well()
            slowest_s = max(slowest_s, monotonic() - began)
            await asyncio.wait((at_work,), timeout=PROBE_PACE_S)
    except BaseException:
        at_work.cancel()
        raise
    return slowest_s


async def _one(
    endpoint: Endpoint, variant: Variant, example: Example, talk: Talk
) -> Broken | Deviation | None:
    example = await talk.prepared(example)
    answer = await talk.put(endpoint, example)
    wrong = broken_reply(endpoint, variant, example, answer)
    if wrong is None:
        reply = said(answer, variant, example)
        found = (law_broken(law, example.request, reply) for law in variant.laws)
        wrong = next(filter(None, found), None)
    if wrong is None:
        return None
    deviation = known(endpoint, sent(example), answer, example.status)
    return deviation or Broken(f"{example.name}: {wrong}", actual=answer.shown, asked=answer.asked)

"""Several requests at once: each gets the answer to its own, and health stays quick."""

import asyncio
from collections.abc import Iterator
from functools import partial
from time import monotonic

from harness.comp import Endpoint, Example, Variant
from harness.contract.check import Broken, Check, Finding, Skipped, check_id
from harness.contract.promises import broken_reply, known, law_broken, said
from harness.contract.talk import Talk

AT_ONCE = (8, 32)
HEALTH_LIMIT_S = 1.0


def crowd(comp: str, endpoint: Endpoint) -> Iterator[Check]:
    """One check a number, for endpoints whose examples can be repeated."""
    if not _repeatable(endpoint):
        return
    for at_once in AT_ONCE:
        yield Check(
            check_id(comp, endpoint.slug, "concurrency", str(at_once)),
            f"{endpoint.key}: {at_once} requests at once are each answered as if they were alone",
            partial(_find, endpoint, at_once),
        )


def _repeatable(endpoint: Endpoint) -> list[tuple[Variant, Example]]:
    """Examples that change nothing, as far as one can tell: those without an upload."""
    return [(v, e) for v in endpoint.variants for e in v.examples if e.status == 200 and not e.files]


async def _find(endpoint: Endpoint, at_once: int, talk: Talk) -> Finding:
    examples = [row for row in _repeatable(endpoint) if await _one(endpoint, *row, talk) is None]
    if not examples:
        return Skipped("no example is answered rightly even alone; its own check tells of it")
    chosen = [examples[place % len(examples)] for place in range(at_once)]
    *findings, health_s = await asyncio.gather(
        *(_one(endpoint, variant, example, talk) for variant, example in chosen), _health(talk)
    )
    wrong = [each for each in findings if isinstance(each, str)]
    if wrong:
        return Broken(f"{wrong[0]} ({len(wrong)} of {at_once})")
    if isinstance(health_s, float) and health_s > HEALTH_LIMIT_S:
        return Broken(f"{talk.comp.ready}: took {health_s:.2f} s meanwhile, {HEALTH_LIMIT_S:g} s is the most")
    return None


async def _one(endpoint: Endpoint, variant: Variant, example: Example, talk: Talk) -> str | None:
    answer = await talk.put(endpoint, example)
    if known(endpoint, example.request, answer):
        return None
    wrong = broken_reply(endpoint, variant, example, answer)
    if wrong:
        return f"{example.name}: {wrong}"
    reply = said(answer, variant, example)
    found = (law_broken(law, example.request, reply) for law in variant.laws)
    return next((f"{example.name}: {each}" for each in found if each), None)


async def _health(talk: Talk) -> float:
    began = monotonic()
    await talk.is_well()
    return monotonic() - began

"""Level 1: what is examined answers, and says within a time that it is ready."""

import asyncio
from dataclasses import replace
from time import monotonic

from harness.client import Client
from harness.comp import Comp, Endpoint, Example
from harness.contract.check import UNREACHED
from harness.contract.kind import Kind
from harness.contract.talk import Talk
from harness.errors import StackError
from harness.flight import ClientError
from harness.verdict import Verdict, holds, not_applicable, violated

PACE_S = 0.2
SILENCE_MIN_S = 2.0  # A request has this long at least, however soon it has to be ready.

BOOT = Kind(
    "boot",
    "L1",
    "it says that it is ready, within the time that it is given",
    "What is not ready when the stack is cannot be told from what is broken. Fixed sleeps hide it until a machine is slower.",
    'until curl -sSf --max-time 5 "$URL/v1/health_check"; do sleep 1; done',
    "Load models before the server listens, or answer 503 until they are loaded; raise `--boot-timeout` for what takes longer.",
)
ANSWERS = Kind(
    "answers",
    "L1",
    "soon after it says that it is ready it answers a request of its contract",
    "OPEA's health routes answer 200 as soon as the server listens, also when the model is not loaded or what it needs is not there. "
    "Whatever waits for them sends its first requests into nothing.",
    """until curl -sSf "$URL/v1/embeddings" -H 'content-type: application/json' -d '{"input": "a"}' -o /dev/null; do sleep 1; done""",
    "Load what answers need before the server listens, and look whether what it needs is there: the log says which call failed.",
)
KINDS = (BOOT, ANSWERS)


async def booted(talk: Talk, limit_s: float) -> Verdict:
    """The verdict, which says how long it took; raises StackError where nobody answered at all."""
    id_, began = f"{talk.comp.id}.{BOOT.name}", monotonic()
    talk = brief(talk, limit_s)
    said = ""
    while True:
        try:
            answer = await talk.send("GET", talk.comp.ready)
            if answer.status == 200:
                return holds(id_, talk.comp.id, f"after {monotonic() - began:.1f} s", expected=BOOT.says)
            said = f"{talk.comp.ready}: answers {answer.shown}"
        except ClientError as error:
            gone = f"{talk.url}: cannot be reached: {error}"
            said = said if error.kind in UNREACHED else f"{talk.comp.ready}: {error}"
            if monotonic() - began > limit_s and not said:
                raise StackError(f"{gone}; tried for {limit_s:g} s") from None
        if monotonic() - began > limit_s:
            break
        await asyncio.sleep(PACE_S)
    found = violated(id_, talk.comp.id, f"is not ready after {limit_s:g} s", expected=BOOT.says, actual=said)
    return replace(found, repeat=talk.last[0].curl, seed=talk.seed)


def brief(talk: Talk, limit_s: float) -> Talk:
    """The same, with so little time for an answer; one that hangs is not waited for longer than it has to be ready."""
    most_s = max(limit_s, SILENCE_MIN_S)
    limits = talk.limits
    limits = replace(
        limits, first_byte_s=min(limits.first_byte_s, most_s), total_s=min(limits.total_s, most_s)
    )
    return replace(talk, limits=limits)


async def answered(talk: Talk, limit_s: float) -> Verdict:
    """Whether, and after how long, it answers an example with 200; a refusal (4xx) is an answer that time does not change."""
    id_, comp, began = f"{talk.comp.id}.{ANSWERS.name}", talk.comp, monotonic()
    found = plain(comp)
    if found is None:
        return not_applicable(id_, comp.id, "the contract has no example that can be asked at once")
    while True:
        try:
            answer = await talk.put(*found)
            if answer.status == 200:
                return holds(id_, comp.id, f"after {monotonic() - began:.1f} s", expected=ANSWERS.says)
            said, is_final = answer.shown, 400 <= answer.status < 500
        except ClientError as error:
            said, is_final = str(error), False
        if is_final or monotonic() - began > limit_s:
            wrong = violated(
                id_,
                comp.id,
                "is refused" if is_final else f"is not answered within {limit_s:g} s",
                expected=ANSWERS.says,
                actual=said,
            )
            return replace(wrong, repeat=talk.last[0].curl, seed=talk.seed)
        await asyncio.sleep(PACE_S)


async def is_ready(url: str, comp: Comp, limit_s: float) -> bool:
    """Whether the comp at this address says in time that it is ready; also no where nobody answers at all."""
    client = Client()
    try:
        return (await booted(Talk(client, url, comp), limit_s)).verdict == "holds"
    except StackError:
        return False
    finally:
        await client.close()


def plain(comp: Comp) -> tuple[Endpoint, Example] | None:
    """An example whose answer is 200 at once, and whose request is JSON that needs nothing before it."""
    for endpoint in comp.endpoints:
        for variant in endpoint.variants:
            for each in variant.examples:
                is_plain = not (each.files or each.path or each.after or each.stream)
                if endpoint.body == "json" and each.status == 200 and each.request and is_plain:
                    return endpoint, each
    return None

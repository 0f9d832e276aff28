"""Level 1: what is examined answers, and says within a time that it is ready."""

import asyncio
from dataclasses import replace
from time import monotonic

from harness.client import Client
from harness.comp import Comp
from harness.contract.check import UNREACHED
from harness.contract.kind import Kind
from harness.contract.talk import Talk
from harness.errors import StackError
from harness.flight import ClientError
from harness.verdict import Verdict, holds, violated

PACE_S = 0.2

BOOT = Kind(
    "boot",
    "L1",
    "it says that it is ready, within the time that it is given",
    "What is not ready when the stack is cannot be told from what is broken. Fixed sleeps hide it until a machine is slower.",
    'until curl -sSf --max-time 5 "$URL/v1/health_check"; do sleep 1; done',
    "Load models before the server listens, or answer 503 until they are loaded; raise `--boot-timeout` for what takes longer.",
)
KINDS = (BOOT,)


async def booted(talk: Talk, limit_s: float) -> Verdict:
    """The verdict, which says how long it took; raises StackError where nobody answered at all."""
    id_, began = f"{talk.comp.id}.{BOOT.name}", monotonic()
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
    return replace(found, repeat=talk.last[0].curl)


async def is_ready(url: str, comp: Comp, limit_s: float) -> bool:
    """Whether the comp at this address says in time that it is ready; also no where nobody answers at all."""
    client = Client()
    try:
        return (await booted(Talk(client, url, comp), limit_s)).verdict == "holds"
    except StackError:
        return False
    finally:
        await client.close()

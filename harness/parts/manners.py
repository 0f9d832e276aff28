"""Get to know a megaservice of which only its file is known: asked once in each way, what does it answer with, and which nodes hear of it?

What is learnt is not asked 200 times over, and a node to which no question leads is not broken in vain.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from harness.comp import Comp
from harness.generic import as_found
from harness.history import Mode, Op
from harness.megaservice import order
from harness.session import Session, calm_question
from harness.watch import Watch

SHOWN = 160


@dataclass(frozen=True, slots=True)
class Manners:
    """How a megaservice answers: `modes` as they were asked for, `other` what came in a mode in the place of what it means.

    That is another content type, or how it failed in this mode alone. To the nodes that are `unasked` no question led.
    """

    modes: tuple[Mode, ...]
    other: Mapping[Mode, str]
    unasked: tuple[str, ...]

    @property
    def kept(self) -> tuple[Mode, ...]:
        """The modes in which it answers as it is asked, or all of them where there is none."""
        return tuple(mode for mode in self.modes if mode not in self.other) or self.modes


async def carry_out(session: Session, comps: Mapping[str, Comp]) -> dict[str, Any]:
    """Get to know it, and let the session and the run's plan go by how it answers; gives what was learnt, as data."""
    found = await learnt(session, comps)
    session.scenario = as_found(session.scenario, found.kept, found.unasked)
    plan = session.run.plan
    plan.file = {**(plan.file or {}), "modes": list(found.kept), "unasked": list(found.unasked)}
    session.run.write("plan.json", plan.model_dump(mode="json"))
    return asdict(found)


async def learnt(session: Session, comps: Mapping[str, Comp]) -> Manners:
    """Ask one question in each mode; every answer is in the history when this returns."""
    watch = Watch(session.stack, comps)
    await watch.begin()
    ops = [
        await session.ask(calm_question(session.scenario), mode, part="calm", cell="manners")
        for mode in session.scenario.modes
    ]
    answered = asyncio.get_running_loop().create_future()
    answered.set_result(None)
    called = {each.exchange.node async for each in watch.until(answered)}
    names = order(session.scenario.megaservice) if any(map(_is_answered, ops)) and not watch.blind else ()
    return Manners(session.scenario.modes, _other(ops), tuple(name for name in names if name not in called))


def _other(ops: Sequence[Op]) -> dict[Mode, str]:
    """What came in the place of what was asked for, where something was answered at all."""
    if not any(map(_is_answered, ops)):
        return {}
    return {
        op.mode: op.content_type.partition(";")[0] if _is_answered(op) else (op.detail or op.error)[:SHOWN]
        for op in ops
        if not op.ok
    }


def _is_answered(op: Op) -> bool:
    """Was it answered, if with a stream in the place of JSON or the other way round?"""
    return op.ok or (op.status == 200 and op.error == "bad_content_type")

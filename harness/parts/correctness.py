"""Ask every labelled question in every way that there is, then many at once, each with a nonce of its own."""

import asyncio
from itertools import cycle

from harness.history import Mode
from harness.scenario import Question
from harness.session import Session, calm_question

AT_ONCE = 4


async def carry_out(session: Session) -> None:
    """All requests of the correctness part; every answer is in the history when this returns."""
    asked = [(question, mode) for question in session.scenario.questions for mode in session.scenario.modes]
    session.progress.begin("correctness", len(asked) + session.scenario.nonces)

    async def one(item: tuple[Question, Mode]) -> None:
        question, mode = item
        op = await session.ask(question, mode, part="correctness")
        session.progress.step(question.id, failed=not op.ok and not question.blocked)

    await session.each(asked, one, AT_ONCE)
    await _nonces(session)
    session.progress.end()


async def _nonces(session: Session) -> None:
    """The scenario's `nonces` of requests at the same moment; the nonce stands in the question and is to come back in its answer alone."""
    random = session.random("nonces")
    question = calm_question(session.scenario)
    nonces = [f"{random.getrandbits(48):012x}" for _ in range(session.scenario.nonces)]

    async def one(nonce: str, mode: Mode) -> None:
        text = f"{question.text} [nonce:{nonce}]"
        op = await session.ask(question, mode, part="correctness", cell=f"nonce:{nonce}", text=text)
        session.progress.step(failed=not op.ok)

    async with asyncio.TaskGroup() as group:
        for nonce, mode in zip(nonces, cycle(session.scenario.modes), strict=False):
            group.create_task(one(nonce, mode))

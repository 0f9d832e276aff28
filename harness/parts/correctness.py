"""Ask every labelled question in every way that there is, then many at once, each with a nonce of its own."""

import asyncio
from itertools import cycle

from harness.history import Mode, Op
from harness.scenario import Question
from harness.session import Session, calm_question

AT_ONCE = 4
ASKINGS_MAX = 3  # Of all nonces at once, where a busy machine let a node's limit pass.


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
    """The scenario's `nonces` of requests at the same moment; the nonce stands in the question and is to come back in its answer alone.

    A limit that passed says nothing of whose the answer would have been, so all are asked at once again then, some few times.
    """
    random = session.random("nonces")
    question = calm_question(session.scenario)
    nonces = [f"{random.getrandbits(48):012x}" for _ in range(session.scenario.nonces)]

    async def one(nonce: str, mode: Mode) -> Op:
        text = f"{question.text} [nonce:{nonce}]"
        return await session.ask(question, mode, part="correctness", cell=f"nonce:{nonce}", text=text)

    ops: list[Op] = []
    for _ in range(ASKINGS_MAX):
        modes = cycle(session.scenario.modes)
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(one(*each)) for each in zip(nonces, modes, strict=False)]
        ops = [task.result() for task in asked]
        if not any(op.late_node for op in ops):
            break
    for op in ops:
        session.progress.step(failed=not op.ok)

"""What the parts of a run share: the stack, the run's folder, the one who asks, the seed."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from harness.asking import Asker
from harness.errors import ScenarioError
from harness.history import Mode, Op, Part
from harness.progress import Progress
from harness.run import Run
from harness.scenario import Question, Scenario
from harness.stack.stack import Stack

Item = TypeVar("Item")


@dataclass(slots=True)
class Session:
    """One run while it runs. `ask` puts each answer into the run's history as soon as it is there."""

    scenario: Scenario
    stack: Stack
    run: Run
    asker: Asker
    progress: Progress
    seed: int
    asked: int = 0

    def random(self, part: str) -> Random:
        """A generator that depends on the seed and the part alone."""
        return Random(f"{self.seed}:{part}")

    async def ask(self, question: Question, mode: Mode, *, part: Part, cell: str = "", text: str = "") -> Op:
        """Ask one question and keep what came of it; `text` is asked in the question's place if given."""
        return await self.put(self.op(question, mode, part=part, cell=cell), text or question.text)

    def op(self, question: Question, mode: Mode, *, part: Part, cell: str = "") -> Op:
        """The op of a question that is about to be asked, for a caller who watches its answer come."""
        self.asked += 1
        now_ns = time.monotonic_ns()
        return Op(f"{part}-{self.asked:05d}", part, question.id, mode, cell=cell, scheduled_ns=now_ns)

    async def put(self, op: Op, text: str) -> Op:
        """Ask it, and keep what came of it."""
        try:
            return await self.asker.ask(op, text)
        finally:
            self.run.add(op)

    async def each(
        self, items: Sequence[Item], work: Callable[[Item], Awaitable[object]], at_once: int
    ) -> None:
        """Do the work for every item, so many at a time, in order of start."""
        gate = asyncio.Semaphore(at_once)

        async def one(item: Item) -> None:
            async with gate:
                await work(item)

        async with asyncio.TaskGroup() as group:
            for item in items:
                group.create_task(one(item))


def answerable(scenario: Scenario) -> tuple[Question, ...]:
    """The questions that have a right answer; raises ScenarioError where there is none, since nothing can be compared then."""
    questions = tuple(each for each in scenario.questions if each.answerable and not each.blocked)
    if not questions:
        raise ScenarioError(f"{scenario.name}: has no question that is answerable; a run needs one at least")
    return questions


def calm_question(scenario: Scenario) -> Question:
    """The question that faults are tried with: the first that has a right answer."""
    return answerable(scenario)[0]

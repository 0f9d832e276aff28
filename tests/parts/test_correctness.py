"""Labelled questions, and many callers at once."""

from dataclasses import replace

import pytest

from harness.checks.isolation import nonces
from harness.parts import correctness
from tests.carried_out import session_on, wished

NONCES = 40


class Counting:
    """Progress that keeps what it is told."""

    def __init__(self):
        self.told = []

    def begin(self, part, total):
        """A part."""
        self.told.append((part, total))

    def step(self, words="", *, failed=False):
        """A step."""
        self.told.append(failed)

    def end(self, words=""):
        """Its end."""
        self.told.append("end")


@pytest.fixture
def asked(standing, tmp_path):
    """Return what asks all questions with a seed, and gives the answers and what was told meanwhile."""
    made = []

    def ask(seed, folder):
        progress = Counting()
        session = session_on(
            standing.stack, wished("rag", ("correctness",), seed=seed), tmp_path / folder, progress
        )
        session.scenario = replace(session.scenario, nonces=NONCES)
        made.append(session)
        standing.run(correctness.carry_out(session))
        return session.run.ops, progress.told

    yield ask
    for session in made:
        session.run.close()


def test_every_question_is_asked_both_ways_and_every_nonce_once(asked):
    """All answers are in the history when the part ends, and each step was told."""
    scenario = wished("rag", ()).scenario
    ops, told = asked(1, "a")
    labelled = [op for op in ops if not op.cell]
    carrying = [op.cell.removeprefix("nonce:") for op in ops if op.cell]

    assert {(op.question, op.mode) for op in labelled} == {
        (question.id, mode) for question in scenario.questions for mode in ("json", "stream")
    }
    assert len(labelled) == 2 * len(scenario.questions)
    assert len(set(carrying)) == NONCES
    assert told[0] == ("correctness", len(labelled) + NONCES)
    assert told.count(False) + told.count(True) == len(labelled) + NONCES
    assert told[-1] == "end"


def test_each_answer_gives_its_nonce_back(asked):
    """Asked all at once, streamed and not."""
    ops, _ = asked(1, "a")

    assert all(nonces(op.text) == {op.cell.removeprefix("nonce:")} for op in ops if op.cell and op.ok)
    assert sum(op.ok for op in ops if op.cell) > NONCES / 2  # A busy machine may refuse some.


def test_the_same_seed_asks_the_same(asked):
    """Another seed carries other nonces."""
    first, again, other = (
        {op.cell for op in asked(seed, folder)[0] if op.cell}
        for seed, folder in ((1, "a"), (1, "b"), (2, "c"))
    )

    assert first == again
    assert not first & other


class LateAtFirst:
    """Answers so many requests with a limit that passed, all others with what they ask."""

    def __init__(self, late):
        self.late = late

    async def ask(self, op, text):
        """Ask nobody."""
        self.late -= 1
        op.status, op.text = (504, "") if self.late >= 0 else (200, text)
        op.problem = {"node": "llm", "kind": "total_timeout"} if self.late >= 0 else None
        return op


@pytest.mark.parametrize(("late", "askings"), [(0, 1), (1, 2), (99, 3)], ids=["never", "once", "ever"])
def test_nonces_are_asked_again_where_a_limit_passed(standing, tmp_path, late, askings):
    """All at once each time, with the same nonces, and not for ever."""
    session = session_on(standing.stack, wished("rag", ("correctness",)), tmp_path)
    session.scenario = replace(session.scenario, nonces=4, questions=session.scenario.questions[:1])
    session.asker = LateAtFirst(2 + late if late else 0)  # The two labelled requests come first.
    standing.run(correctness.carry_out(session))
    carrying = [op.cell for op in session.run.ops if op.cell]
    session.run.close()

    assert len(carrying) == 4 * askings
    assert sorted(carrying) == sorted([*dict.fromkeys(carrying)] * askings)

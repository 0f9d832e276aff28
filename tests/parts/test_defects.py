"""The known defects of OPEA's orchestrator, tried beside a run."""

import asyncio

from harness.defects.catalogue import DEFECTS
from harness.parts import defects


class Watching:
    """Progress that remembers its steps."""

    def __init__(self):
        self.total, self.steps, self.ended = 0, [], False

    def begin(self, part, total):
        self.total = total

    def step(self, words="", *, failed=False):
        self.steps.append((words, failed))

    def end(self, words=""):
        self.ended = True


def test_each_case_leaves_a_row(tmp_path):
    """By id, with what happened where; on the reference engine all hold, and progress tells each."""
    progress = Watching()
    rows = asyncio.run(defects.carry_out("reference", None, tmp_path / "log", progress, DEFECTS[1::-1]))

    assert [row["verdict"] for row in rows] == ["holds"] * 5
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert (progress.total, progress.ended) == (len(rows), True)
    assert sorted(progress.steps) == [(row["id"], False) for row in rows]
    assert {name: rows[0][name] for name in ("id", "defect", "fault", "node", "mode")} == {
        "id": "defect.01.status-422",
        "defect": "an error's JSON becomes the next node's input",
        "fault": "answers 422 with JSON",
        "node": "b",
        "mode": "json",
    }

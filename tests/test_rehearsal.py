"""A run that is carried out as its verdicts are asked for."""

import asyncio
from dataclasses import replace

import psutil
import pytest

from harness.errors import HarnessError, ScenarioError, StackError
from harness.foreseen import RECOVERY
from harness.rehearsal import Rehearsal
from harness.stack.stack import Where
from tests.carried_out import wished

FAULTS = ("noop", "status-500", "latency-300ms")


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory):
    """One that the tests of this module ask in turn."""
    wish = wished("small-swift", ("chaos", "load"), faults=FAULTS, rate_per_s=10.0, duration_s=1.0)
    made = Rehearsal(replace(wish, runs_dir=tmp_path_factory.mktemp("runs")))
    yield made
    made.close()


def test_a_cell_is_carried_out_when_it_is_asked_for(rehearsal):
    """It is judged from what is on disk; no other cell is carried out for it."""
    verdict = rehearsal.verdict("chaos", ("chaos.status-500.llm.stream", "llm"))
    slow = rehearsal.verdict("chaos", ("chaos.latency-300ms.guardrail_in.json", "guardrail_in"))

    assert (verdict.verdict, verdict.why) == ("holds", "")
    assert (slow.verdict, slow.why) == ("holds", "")
    assert [cell.id for cell in rehearsal.run.cells] == [
        "status-500.llm.stream",
        "latency-300ms.guardrail_in.json",
    ]


def test_the_recovery_is_asked_for_last(rehearsal):
    """Ten answers in a row."""
    assert rehearsal.verdict("chaos", RECOVERY).verdict == "holds"


def test_a_part_is_carried_out_once(rehearsal):
    """Its verdicts are all there at the first question; the traces are read back for them."""
    first = rehearsal.verdict("load", ("load.arrivals", "gateway"))
    count = len(rehearsal.run.ops)
    traces = rehearsal.verdict("load", ("traces.coverage", "traces"))

    assert (first.verdict, traces.verdict) == ("holds", "holds")
    assert len(rehearsal.run.ops) == count


def test_a_check_that_never_was_is_unknown(rehearsal):
    """Nothing is green for want of a verdict."""
    verdict = rehearsal.verdict("load", ("load.nope", "gateway"))

    assert (verdict.verdict, verdict.why) == ("unknown", "the part load came to no such verdict")


def test_at_its_end_nothing_runs_and_the_folder_is_whole(tmp_path):
    """Judged again from disk, the run says that it ended."""
    wish = wished("small-swift", ("chaos",), faults=("noop",))
    made = Rehearsal(replace(wish, runs_dir=tmp_path))
    family = psutil.Process().children(recursive=True)
    made.verdict("chaos", ("chaos.noop.llm.json", "llm"))
    judged = made.close()
    words = {each.id: each.verdict for each in judged.verdicts}

    assert words["chaos.noop.llm.json"] == words["run.ended"] == "holds"
    assert words["chaos.recovery"] == "unknown"
    assert psutil.wait_procs([each for each in family if "harness" in str(each)], timeout=10)[1] == []


def test_an_interrupted_one_says_so(tmp_path, monkeypatch):
    """Ctrl-C in the middle of a part; what it started is gone all the same."""
    made = Rehearsal(replace(wished("small-swift", ("load",)), runs_dir=tmp_path))

    async def interrupted(part):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(made._driver), "carry_out", lambda self, part: interrupted(part))
    with pytest.raises(KeyboardInterrupt):
        made.verdict("load", ("load.goodput", "gateway"))
    judged = made.close()

    assert judged.ended == "interrupted"


def test_a_part_that_fails_fails_for_each_of_its_checks(tmp_path, monkeypatch):
    """It is not tried again for the next one."""
    made = Rehearsal(replace(wished("small-swift", ("load",)), runs_dir=tmp_path))
    tried = []

    async def failing(part):
        tried.append(part)
        raise ScenarioError("small: makes no sense")

    monkeypatch.setattr(type(made._driver), "carry_out", lambda self, part: failing(part))
    try:
        for name in ("load.goodput", "load.arrivals"):
            with pytest.raises(HarnessError, match="small: makes no sense"):
                made.verdict("load", (name, "gateway"))
    finally:
        made.close()

    assert tried == ["load"]


def test_a_stack_that_cannot_be_had_is_an_error(tmp_path):
    """Raised where it is made; nothing is left of it."""
    wish = replace(
        wished("small-swift", ("chaos",), where=Where(gateway="http://127.0.0.1:1")), runs_dir=tmp_path
    )

    with pytest.raises(StackError, match="cannot be asked"):
        Rehearsal(wish)

    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RuntimeError, match="no running event loop"):
        asyncio.get_running_loop()

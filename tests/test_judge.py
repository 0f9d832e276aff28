"""A run is judged from its folder alone."""

import asyncio
import json
import shutil

import pytest

from harness.drive import carry_out, planned
from harness.errors import UsageError
from harness.judge import judge
from harness.progress import Silent
from harness.run import Run
from tests.carried_out import SCENARIOS, wished

FOLDERS = (SCENARIOS,)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of chaos and load that came to its end."""
    wish = wished(
        "small-swift",
        ("chaos", "load"),
        faults=("noop", "status-500"),
        seed=5,
        rate_per_s=8.0,
        duration_s=1.0,
    )
    run = Run.create(tmp_path_factory.mktemp("runs"), planned(wish))
    asyncio.run(carry_out(wish, run, Silent()))
    return run.path


@pytest.fixture
def run(finished, tmp_path):
    """A copy of it, to be changed."""
    return Run.open(shutil.copytree(finished, tmp_path / "copy"))


def changed(run, **facts):
    """The run with other facts."""
    run.write("facts.json", {**json.loads((run.path / "facts.json").read_bytes()), **facts})
    return {each.id: each for each in judge(run, FOLDERS).verdicts}


def test_judging_again_says_the_same(run):
    """To the byte, in verdicts and report."""
    first = judge(run, FOLDERS)
    files = {name: (run.path / name).read_bytes() for name in ("verdicts.json", "report.json")}
    again = judge(run, FOLDERS)

    assert again == first
    assert {name: (run.path / name).read_bytes() for name in files} == files


def test_a_good_run_is_judged_part_by_part(run):
    """Cells, recovery, load, traces, and that it came to its end; each says how to repeat it."""
    judged = judge(run, FOLDERS)
    words = {each.id: each.verdict for each in judged.verdicts}

    assert words["chaos.status-500.guardrail_in.stream"] == words["chaos.noop.llm.json"] == "holds"
    assert words["chaos.recovery"] == words["load.arrivals"] == words["run.ended"] == "holds"
    assert words["traces.coverage"] == "holds"
    assert not any(name.startswith("correctness.") for name in words)
    assert {each.seed for each in judged.verdicts} == {5}
    assert judged.report.coverage.share == 1.0
    assert {cell.verdict for cell in judged.report.faults} == {"holds"}


@pytest.mark.parametrize(
    ("ended", "why"),
    [
        ("interrupted", "the run was interrupted; parts done: chaos, load"),
        ("crashed", "the run crashed; parts done: chaos, load"),
    ],
)
def test_a_run_that_did_not_come_to_its_end_is_unknown(run, ended, why):
    """Whatever else holds."""
    verdict = changed(run, ended=ended)["run.ended"]

    assert (verdict.verdict, verdict.why) == ("unknown", why)
    assert judge(run, FOLDERS).exit_code == 6


def test_a_process_that_died_is_a_violation(run):
    """And is named."""
    verdict = changed(run, dead="traces ended with code -9")["run.processes"]

    assert (verdict.verdict, verdict.why) == ("violated", "traces ended with code -9")
    assert judge(run, FOLDERS).exit_code == 1


def test_parts_that_left_nothing_are_unknown(run):
    """A plan without its evidence is never green."""
    (run.path / "cells.jsonl").unlink()
    (run.path / "history.jsonl").unlink()
    facts = json.loads((run.path / "facts.json").read_bytes())
    del facts["load"]
    run.write("facts.json", facts)
    run.plan.parts = ["correctness", "chaos", "load"]
    verdicts = {each.id: each for each in judge(run, FOLDERS).verdicts}

    assert verdicts["chaos.cells"].why == "no fault was set"
    assert verdicts["load.arrivals"].why == "no load was sent to its end"
    assert verdicts["correctness.contracts"].why == "no node's contract was checked"
    assert {verdict.verdict for name, verdict in verdicts.items() if name != "run.ended"} <= {
        "unknown",
        "n/a",
    }


def test_defects_are_judged_as_they_were_tried(run):
    """Each row is a verdict and stands in the report; a part that left none is unknown."""
    row = {
        "id": "defect.02.status-503",
        "subject": "llm.stream",
        "verdict": "violated",
        "why": "an error is a success",
        "expected": "503",
        "actual": "200",
        "defect": "an error is a success",
        "fault": "answers 503",
        "node": "llm",
        "mode": "stream",
    }
    run.plan.parts = ["defects"]

    assert changed(run)["defects.cases"].verdict == "unknown"
    assert changed(run, defects=[row])["defect.02.status-503"].why == "an error is a success"
    # Of a scenario that was not asked there is nothing to trace.
    assert "traces.coverage" not in changed(run)
    (told,) = judge(run, FOLDERS).report.defects
    assert (told.fault, told.node, told.expected, told.actual) == ("answers 503", "llm", "503", "200")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda run: (run.path / "spans" / "traces.jsonl").unlink(), "only 0 of"),
        (
            lambda run: (run.path / "spans" / "traces.jsonl").write_text("nope\n"),
            "traces.jsonl:1: is no span",
        ),
        (lambda run: setattr(run.plan, "traced", False), "no trace store was given"),
    ],
    ids=["gone", "damaged", "never"],
)
def test_traces_that_cannot_be_read_withhold_figures(run, spoil, why):
    """And are unknown, with the reason."""
    spoil(run)
    judged = judge(run, FOLDERS)
    coverage = next(each for each in judged.verdicts if each.id == "traces.coverage")

    assert coverage.verdict == "unknown"
    assert why in coverage.why
    assert judged.report.nodes == []


def test_a_trace_store_that_could_not_be_asked_is_said(run):
    """In its own words."""
    assert (
        changed(run, traces="http://127.0.0.1:1: refused")["traces.coverage"].why
        == "http://127.0.0.1:1: refused"
    )


def test_a_scenario_that_is_not_here_is_said(run):
    """Neither in these folders nor where it was found when it ran: with what would find it."""
    plan = json.loads((run.path / "plan.json").read_bytes())
    run.write("plan.json", {**plan, "folders": []})
    with pytest.raises(
        UsageError, match="is a run of small-swift, which is no scenario here; --path names the folder"
    ):
        judge(Run.open(run.path))

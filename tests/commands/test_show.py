"""What came of a run, on standard output."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.commands.show import show
from harness.judge import Judged
from harness.report import Report, RunFacts
from harness.verdict import holds, not_applicable, unknown, violated


@pytest.fixture
def judged():
    verdicts = (
        holds("correctness.tokens", "megaservice"),
        violated("chaos.status-500.llm.json", "llm", "an empty answer", expected="an error", actual="200"),
        unknown("traces.coverage", "traces", "nothing was read"),
        not_applicable("correctness.recall", "retriever", "there is none"),
    )
    rows = [{**each.as_json(), "evidence": list(each.evidence)} for each in verdicts]
    report = Report.model_validate(
        {"run": RunFacts(id="r", scenario="small"), "verdict": "violated", "verdicts": rows}
    )
    return Judged(verdicts, report, "complete")


def test_a_program_gets_the_report(judged, capfdbinary):
    """One JSON document, and nothing else, whatever else was asked for."""
    show(judged, Path("runs/r"), as_json=True, quiet=True)
    said = json.loads(capfdbinary.readouterr().out)

    assert Report.model_validate(said) == judged.report
    assert said["schema"] == judged.report.schema_


def test_quiet_is_the_verdict_and_the_place(judged, capsys):
    """Two lines."""
    show(judged, Path("runs/r"), as_json=False, quiet=True)

    assert capsys.readouterr().out == "violated: 1 holds, 1 violated, 1 unknown, 1 n/a\nruns/r/report.html\n"


def test_a_person_sees_what_does_not_hold_and_where_the_report_is(judged, capsys):
    """The violated check with its reason; the place is the last line, however long."""
    folder = Path("runs") / ("x" * 300)
    show(judged, folder, as_json=False, quiet=False)
    out = capsys.readouterr().out

    assert "an empty answer" in out
    assert "chaos.status-500.llm.json" in out
    assert out.splitlines()[-1] == str(folder / "report.html")


def test_what_a_check_says_is_no_markup(judged, capsys):
    """An answer with brackets in it is shown as it is."""
    odd = replace(judged.verdicts[1], why="came [/bold] and ['a']")
    row = {**odd.as_json(), "evidence": []}
    report = judged.report.model_copy(
        update={"verdicts": [type(judged.report.verdicts[0]).model_validate(row)]}
    )
    show(replace(judged, verdicts=(odd,), report=report), Path("r"), as_json=False, quiet=False)

    assert "came [/bold] and ['a']" in capsys.readouterr().out

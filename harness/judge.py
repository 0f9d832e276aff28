"""Judges a run from what it left on disk: verdicts and the report, computed again whenever asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.assembly import Found, frame, report_of
from harness.checks.cells import judge_cells
from harness.checks.correctness import judge_correctness, judge_first_questions
from harness.checks.evidence import Evidence
from harness.checks.load import judge_load, read_load
from harness.checks.stand_ins import excused
from harness.checks.unfilled import unfilled
from harness.errors import TraceError
from harness.recall import scenario_of
from harness.run import Cell, Run
from harness.traces.figures import Figures, figures_of
from harness.verdict import EXIT_NOTHING_RAN, Verdict, exit_code, holds, unknown, violated

if TYPE_CHECKING:
    from harness.report import Report
    from harness.scenario import Scenario

CAME = "the run comes to its end"


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a run."""

    verdicts: tuple[Verdict, ...]
    report: "Report"
    ended: str

    @property
    def exit_code(self) -> int:
        """What a command that judged this run ends with; what an interrupted one did not do is unknown."""
        return EXIT_NOTHING_RAN if self.ended == "unbegun" else exit_code(self.verdicts)


def judge(run: Run, folders: tuple[Path, ...] = ()) -> Judged:
    """Read the run's folder, give verdicts, write `verdicts.json` and `report.json`.

    Raises UsageError where the run's scenario is not to be found.
    """
    facts, cells = run.facts, run.cells
    if facts["ended"] == "unbegun":
        verdicts: tuple[Verdict, ...] = (_unbegun(run, facts["why"]),)
        return _written(run, facts, verdicts, frame(run, facts, verdicts))
    scenario = scenario_of(run, folders)
    evidence = Evidence.of(scenario, run.ops, run.exchanges, _unseen(run, facts, scenario))
    found = Found(
        facts,
        evidence,
        _traced(run, evidence, facts.get("traces", "")),
        read_load(facts, evidence.ops, scenario),
    )
    verdicts = tuple(
        replace(each, seed=run.plan.seed, repeat=each.repeat or run.plan.command)
        for each in (
            *_ended(facts),
            *judge_first_questions(facts),
            *(_correctness(run, facts, evidence) if "correctness" in run.plan.parts else []),
            *judge_cells(evidence, cells, run.plan.limits_s),
            *_unrun_chaos(run, cells),
            *(judge_load(found.load, scenario) if "load" in run.plan.parts else []),
            *(_defects(facts) if "defects" in run.plan.parts else []),
            *([found.traced.verdict] if found.traced.verdict and run.plan.parts != ["defects"] else []),
        )
    )
    return _written(run, facts, verdicts, report_of(run, verdicts, found))


def _written(run: Run, facts: Mapping[str, Any], verdicts: tuple[Verdict, ...], report: "Report") -> Judged:
    run.write("verdicts.json", [each.as_json() for each in verdicts])
    run.write("report.json", report.model_dump(mode="json", by_alias=True))
    return Judged(verdicts, report, facts["ended"])


def _unbegun(run: Run, told: str) -> Verdict:
    """All that there is to say of a run whose stack did not get ready."""
    found = unknown("run.ended", "harness", f"the run never began: {told}", expected=CAME)
    return replace(found, seed=run.plan.seed, repeat=run.plan.command, evidence=("logs/",))


def _why_unwired(run: Run) -> str:
    if run.plan.wired:
        return ""
    return f"the gateway {run.plan.gateway} was not started by the harness, so its hops cannot be seen"


def _unseen(run: Run, facts: Mapping[str, Any], scenario: "Scenario") -> dict[str, str]:
    """Of each node of which no exchange was seen, why."""
    if run.plan.wired:
        return {}
    told: Mapping[str, str] | None = facts.get("unseen")
    if told is None:
        return {node.name: _why_unwired(run) for node in scenario.megaservice.nodes}
    why = f"the gateway {run.plan.gateway} was not started by the harness, and what crosses {{}} cannot be seen: {{}}"
    return {name: why.format(name, words) for name, words in told.items()}


def _ended(facts: Mapping[str, Any]) -> list[Verdict]:
    """Did the run come to its end, with every process of it alive?"""
    verdicts = []
    if facts["ended"] == "complete":
        verdicts.append(holds("run.ended", "harness", expected=CAME, actual="it did"))
    else:
        done = ", ".join(facts.get("parts_done", [])) or "none"
        why = f"the run {'was interrupted' if facts['ended'] == 'interrupted' else 'crashed'}; parts done: {done}"
        verdicts.append(unknown("run.ended", "harness", why, expected=CAME))
    if facts.get("dead"):
        verdicts.append(
            violated("run.processes", "stack", facts["dead"], expected="every process lives to the end")
        )
    return verdicts


def _correctness(run: Run, facts: Mapping[str, Any], evidence: Evidence) -> Sequence[Verdict]:
    verdicts = excused(judge_correctness(facts, evidence), evidence, run.plan.stand_ins)
    return verdicts if run.plan.wired else unfilled(verdicts, evidence, facts.get("documents", 0))


def _unrun_chaos(run: Run, cells: Sequence[Cell]) -> list[Verdict]:
    if "chaos" not in run.plan.parts or any(not cell.unfit for cell in cells):
        return []
    why = _why_unwired(run) or "no fault was set"
    return [unknown("chaos.cells", "nodes", why, expected="faults on every node that they fit")]


def _defects(facts: Mapping[str, Any]) -> list[Verdict]:
    rows = facts.get("defects", [])
    if not rows:
        return [unknown("defects.cases", "engine", "no case of a known defect was tried")]
    return [
        Verdict(row["id"], row["subject"], row["verdict"], row["why"], row["expected"], row["actual"])
        for row in rows
    ]


def _traced(run: Run, evidence: Evidence, told: str) -> Figures:
    why = "" if run.plan.traced else "no trace store was given"
    try:
        graph = {node.name: frozenset(node.after) for node in run.plan.graph}
        return figures_of(run.path / "spans", evidence.ops, graph, told or why)
    except TraceError as error:
        return Figures(verdict=unknown("traces.coverage", "traces", str(error)))

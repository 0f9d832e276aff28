"""Judges a run from what it left on disk: verdicts and the report, computed again whenever asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from harness.checks.answers import MODES, answer_share, judge_answers
from harness.checks.cells import expectation, judge_cells, seen
from harness.checks.evidence import Evidence
from harness.checks.hops import judge_blocked, judge_retrieval, retrieval
from harness.checks.isolation import judge_isolation
from harness.discovery import SCENARIO, discover
from harness.errors import TraceError, UsageError
from harness.history import Op
from harness.load.certificate import Certificate
from harness.load.engine import Drive
from harness.load.figures import load_figures
from harness.load.judging import judge as judge_load
from harness.report import SCHEMA, FaultCell, LoadFigures, Point, Report, RunFacts, VerdictRow
from harness.run import Cell, Run
from harness.scenario import Scenario
from harness.traces.figures import Figures, figures_of
from harness.verdict import EXIT_INTERRUPTED, Verdict, exit_code, holds, overall, unknown, violated

POINT_PARTS = ("correctness", "chaos", "calm", "load")


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a run."""

    verdicts: tuple[Verdict, ...]
    report: Report
    ended: str

    @property
    def exit_code(self) -> int:
        """What a command that judged this run ends with."""
        return EXIT_INTERRUPTED if self.ended == "interrupted" else exit_code(self.verdicts)


def judge(run: Run, folders: tuple[Path, ...] = ()) -> Judged:
    """Read the run's folder, give verdicts, write `verdicts.json` and `report.json`.

    Raises UsageError where the run's scenario is not to be found.
    """
    facts, ops, cells = run.facts, run.ops, run.cells
    scenario = _scenario(run, folders)
    evidence = Evidence.of(scenario, ops, run.exchanges, _why_unwired(run))
    traced = _traced(run, facts, ops)
    load = _load(facts, ops, scenario)
    verdicts = tuple(
        _with_repeat(run, each)
        for each in (
            *_ended(facts),
            *_correctness(run, facts, evidence),
            *judge_cells(evidence, cells, run.plan.limits_s),
            *_unrun_chaos(run, cells),
            *_load_verdicts(run, load, scenario),
            *([traced.verdict] if traced.verdict else []),
        )
    )
    report = _report(run, facts, verdicts).model_copy(
        update={
            "quality": _quality(evidence),
            "nodes": list(traced.nodes),
            "coverage": traced.coverage,
            "waterfalls": list(traced.waterfalls),
            "warnings": [*traced.warnings, *_warnings(facts)],
            "load": load,
            "faults": _fault_cells(run, cells, verdicts, evidence),
            "points": _points(run, ops),
        }
    )
    run.write("verdicts.json", [each.as_json() for each in verdicts])
    run.write("report.json", report.model_dump(mode="json", by_alias=True))
    return Judged(verdicts, report, facts["ended"])


def _scenario(run: Run, folders: tuple[Path, ...]) -> Scenario:
    scenarios = discover(SCENARIO, folders)
    if run.plan.scenario not in scenarios:
        raise UsageError(
            f"{run.path}: is a run of {run.plan.scenario}, which is no scenario here; --path names the folder that holds it"
        )
    return scenarios[run.plan.scenario]


def _why_unwired(run: Run) -> str:
    if run.plan.wired:
        return ""
    return f"the gateway {run.plan.gateway} was not started by the harness, so its hops cannot be seen"


def _with_repeat(run: Run, verdict: Verdict) -> Verdict:
    return replace(verdict, seed=run.plan.seed, repeat=run.plan.command)


def _ended(facts: Mapping[str, Any]) -> list[Verdict]:
    """Did the run come to its end, with every process of it alive?"""
    verdicts = []
    if facts["ended"] == "complete":
        verdicts.append(holds("run.ended", "harness", expected="the run comes to its end", actual="it did"))
    else:
        done = facts.get("parts_done", [])
        why = f"the run {'was interrupted' if facts['ended'] == 'interrupted' else 'crashed'}; parts done: {done}"
        verdicts.append(unknown("run.ended", "harness", why, expected="the run comes to its end"))
    if facts.get("dead"):
        verdicts.append(
            violated("run.processes", "stack", facts["dead"], expected="every process lives to the end")
        )
    return verdicts


def _correctness(run: Run, facts: Mapping[str, Any], evidence: Evidence) -> list[Verdict]:
    if "correctness" not in run.plan.parts:
        return []
    contracts = [Verdict(**{**row, "evidence": tuple(row["evidence"])}) for row in facts.get("contracts", [])]
    if not contracts:
        contracts = [unknown("correctness.contracts", "nodes", "no node's contract was checked")]
    return [*contracts, *judge_correctness(evidence)]


def judge_correctness(evidence: Evidence) -> list[Verdict]:
    """All verdicts on the questions of the correctness part; of a run that asked nothing they are unknown, and as many."""
    return [
        *judge_answers(evidence),
        judge_isolation(evidence),
        judge_blocked(evidence),
        *judge_retrieval(evidence),
    ]


def _unrun_chaos(run: Run, cells: Sequence[Cell]) -> list[Verdict]:
    if "chaos" not in run.plan.parts or any(not cell.unfit for cell in cells):
        return []
    why = _why_unwired(run) or "no fault was set"
    return [unknown("chaos.cells", "nodes", why, expected="faults on every node that they fit")]


def _load(facts: Mapping[str, Any], ops: Sequence[Op], scenario: Scenario) -> LoadFigures | None:
    if "load" not in facts:
        return None
    driven = Drive(**facts["load"]["drive"])
    return load_figures(ops, driven, scenario.objectives, Certificate(**facts["load"]["certificate"]))


def _load_verdicts(run: Run, load: LoadFigures | None, scenario: Scenario) -> list[Verdict]:
    if "load" not in run.plan.parts:
        return []
    if load is None:
        return [unknown("load.arrivals", "gateway", "no load was sent")]
    return list(judge_load(load, scenario.objectives))


def _traced(run: Run, facts: Mapping[str, Any], ops: Sequence[Op]) -> Figures:
    why = "" if run.plan.traced else "no trace store was given"
    try:
        graph = {node.name: frozenset(node.after) for node in run.plan.graph}
        return figures_of(run.path / "spans", ops, graph, facts.get("traces") or why)
    except TraceError as error:
        return Figures(verdict=unknown("traces.coverage", "traces", str(error)))


def _quality(evidence: Evidence) -> dict[str, float | None]:
    """Recall, MRR and the share of right answers; None where they are not known."""
    figures = retrieval(evidence)
    known = None if isinstance(figures, str) else figures
    return {
        **{f"answers_{mode}": answer_share(evidence, mode) for mode in MODES},
        "recall_at_k": known.recall_at_k if known else None,
        "mrr": known.mrr if known else None,
    }


def _warnings(facts: Mapping[str, Any]) -> list[str]:
    warnings = []
    if facts.get("traces_truncated"):
        warnings.append(
            f"{facts['traces_truncated']} microseconds hold more traces than a page; some are missing"
        )
    if facts.get("traces_settled") is False:
        warnings.append("not all expected traces had come when the waiting ended")
    return warnings


def _report(run: Run, facts: Mapping[str, Any], verdicts: Sequence[Verdict]) -> Report:
    plan = run.plan
    word: Literal["holds", "violated", "unknown"] = "unknown"
    judged = overall(verdicts)
    if judged != "n/a":
        word = judged
    return Report(
        schema=SCHEMA,
        run=RunFacts(
            id=plan.id,
            scenario=plan.scenario,
            says=plan.says,
            gateway=plan.gateway,
            started=plan.started,
            duration_s=max(0, facts.get("ended_ns", plan.began_ns) - plan.began_ns) / 1e9,
            git=plan.git,
            seed=plan.seed,
            ended=facts["ended"],
            parts=plan.parts,
        ),
        verdict=word,
        verdicts=[
            VerdictRow.model_validate({**each.as_json(), "evidence": list(each.evidence)})
            for each in verdicts
        ],
        graph=plan.graph,
        machine=plan.machine,
        command=plan.command,
    )


def _fault_cells(
    run: Run, cells: Sequence[Cell], verdicts: Iterable[Verdict], evidence: Evidence
) -> list[FaultCell]:
    by_id = {each.id: each for each in verdicts}
    ops: dict[str, list[Op]] = {}
    for op in evidence.part("chaos"):
        ops.setdefault(op.cell, []).append(op)
    began_ns = run.plan.began_ns
    return [
        FaultCell(
            fault=cell.fault,
            node=cell.node,
            mode=cell.mode,
            verdict=by_id[f"chaos.{cell.id}"].verdict,
            why=by_id[f"chaos.{cell.id}"].why,
            fired=cell.fired or 0,
            expected=expectation(cell),
            actual="" if cell.unfit else seen(ops.get(cell.id, [])),
            client_ms=_took_ms(ops.get(cell.id, [])),
            began_s=(cell.began_ns - began_ns) / 1e9 if cell.began_ns else None,
            ended_s=(cell.ended_ns - began_ns) / 1e9 if cell.ended_ns else None,
        )
        for cell in cells
    ]


def _took_ms(ops: Sequence[Op]) -> float | None:
    ended = [op for op in ops if op.ended_ns]
    return max((op.ended_ns - op.sent_ns) / 1e6 for op in ended) if ended else None


def _points(run: Run, ops: Iterable[Op]) -> list[Point]:
    began_ns = run.plan.began_ns
    return [
        Point(
            at_s=(op.sent_ns - began_ns) / 1e9,
            response_ms=(op.ended_ns - (op.scheduled_ns or op.sent_ns)) / 1e6,
            ttft_ms=(op.content_ns[0] - op.scheduled_ns) / 1e6 if op.content_ns else None,
            part=op.part,
            ok=op.ok,
        )
        for op in ops
        if op.sent_ns and op.ended_ns and op.part in POINT_PARTS
    ]

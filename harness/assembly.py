"""Puts the report of a run together from its folder and what was found there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.checks.answers import MODES, answer_share
from harness.checks.cells import expectation
from harness.checks.evidence import Evidence
from harness.checks.hops import retrieval
from harness.checks.stand_ins import speakers
from harness.history import Op
from harness.report import SCHEMA, DefectRow, FaultCell, LoadFigures, Point, Report, RunFacts, VerdictRow
from harness.run import Cell, Run
from harness.traces.figures import Figures
from harness.verdict import Verdict, overall

POINT_PARTS = ("correctness", "chaos", "calm", "load")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a run's folder, beside the folder itself."""

    facts: Mapping[str, Any]
    evidence: Evidence
    traced: Figures
    load: LoadFigures | None


def report_of(run: Run, verdicts: Sequence[Verdict], found: Found) -> Report:
    """Everything that a page, a table or a comparison needs to know of the run."""
    return frame(run, found.facts, verdicts).model_copy(
        update={
            "quality": _quality(run, found.evidence),
            "nodes": list(found.traced.nodes),
            "coverage": found.traced.coverage,
            "waterfalls": list(found.traced.waterfalls),
            "warnings": [*found.traced.warnings, *_warnings(found.facts)],
            "load": found.load,
            "defects": [DefectRow.model_validate(row) for row in found.facts.get("defects", [])],
            "faults": _fault_cells(run, run.cells, verdicts, found.evidence),
            "points": _points(run, found.evidence.ops),
        }
    )


def frame(run: Run, facts: Mapping[str, Any], verdicts: Sequence[Verdict]) -> Report:
    """What is known of a run though nothing was asked in it."""
    plan = run.plan
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
            images=plan.images,
            vectors=facts.get("vectors", ""),
        ),
        verdict=overall(verdicts),
        verdicts=[
            VerdictRow.model_validate({**each.as_json(), "evidence": list(each.evidence)})
            for each in verdicts
        ],
        graph=plan.graph,
        machine=plan.machine,
        command=plan.command,
    )


def _quality(run: Run, evidence: Evidence) -> dict[str, float | None]:
    """Recall, MRR and the share of right answers; None where they are not known, or a stand-in was to know them."""
    knows = not speakers(evidence.scenario, run.plan.stand_ins)
    figures = retrieval(evidence)
    known = None if isinstance(figures, str) else figures
    return {
        **{f"answers_{mode}": answer_share(evidence, mode) if knows else None for mode in MODES},
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


def _fault_cells(
    run: Run, cells: Sequence[Cell], verdicts: Iterable[Verdict], evidence: Evidence
) -> list[FaultCell]:
    by_id = {each.id: each for each in verdicts}
    ops: dict[str, list[Op]] = {}
    for op in evidence.part("chaos", cut_off=True):
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
            actual=by_id[f"chaos.{cell.id}"].actual,
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

"""What a run's traces say: coverage, node figures, two waterfalls, and whether they may be believed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.history import Op
from harness.report import Coverage, NodeRow, Waterfall
from harness.traces import archive
from harness.traces.attribution import attribute
from harness.traces.calls import Attribution
from harness.traces.critical_path import After
from harness.traces.latency import COVERAGE_FLOOR, coverage, node_rows, suffices
from harness.traces.span import Trace
from harness.traces.waterfall import waterfalls
from harness.verdict import Verdict, holds, unknown

CHECK = "traces.coverage"
_EXPECTED = f"at least {COVERAGE_FLOOR:.0%} of the requests sent are found in the traces"


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a run's traces; `verdict` is None only where nobody asked for traces."""

    verdict: Verdict | None = None
    nodes: Sequence[NodeRow] = ()
    coverage: Coverage = field(default_factory=Coverage)
    waterfalls: Sequence[Waterfall] = ()
    warnings: Sequence[str] = ()


def figures_of(folder: Path, ops: Sequence[Op], graph: After, why_none: str = "") -> Figures:
    """The figures of a run from its `spans/` folder; `why_none` says why there can be no traces, if so.

    `graph` names the nodes in the order of the rows, each with those it comes after.

    Raises TraceError where the folder's file is damaged.
    """
    sent = [op for op in ops if op.arrived]
    if why_none:
        return Figures(
            unknown(CHECK, "traces", why_none, expected=_EXPECTED), coverage=Coverage(requests_sent=len(sent))
        )
    return figures_from(archive.read(folder), sent, graph)


def figures_from(traces: Sequence[Trace], sent: Sequence[Op], graph: After) -> Figures:
    """The figures of traces that were read back, for the requests that were sent."""
    attribution = attribute(_asked_for(traces, sent))
    covered = coverage(attribution, len(sent), _roots_found(attribution, sent))
    if not suffices(covered):
        why = _why_withheld(covered)
        verdict = unknown(CHECK, "traces", why, expected=_EXPECTED, actual=_seen(covered))
        return Figures(verdict, (), covered, (), [*attribution.warnings, f"node figures are withheld: {why}"])
    chosen, told = _steady(sent)
    if attribution.strategy != "propagated" and told:
        chosen, told = (
            sent,
            f"all {len(sent)} requests, faulted ones too: these traces do not tell them apart",
        )
    steady = _only(attribution, {op.trace_id for op in chosen})
    rows = node_rows(steady, list(graph), graph)
    return Figures(
        verdict=holds(CHECK, "traces", expected=_EXPECTED, actual=_seen(covered)),
        nodes=rows,
        coverage=covered.model_copy(update={"figures_of": told}),
        waterfalls=waterfalls(steady.requests),
        warnings=[*attribution.warnings, *_gaps(rows)],
    )


def _asked_for(traces: Sequence[Trace], sent: Sequence[Op]) -> Sequence[Trace]:
    """The traces of these requests, without those of probes; all of them where trace ids do not join."""
    trace_ids = {op.trace_id for op in sent}
    return [trace for trace in traces if trace.trace_id in trace_ids] or traces


def _roots_found(attribution: Attribution, sent: Sequence[Op]) -> int:
    """Requests whose root is there: by trace id where context crossed hops, else by number."""
    if attribution.strategy != "propagated":
        return len(attribution.requests)
    found = {request.root.trace_id for request in attribution.requests}
    return sum(op.trace_id in found for op in sent)


def _steady(sent: Sequence[Op]) -> tuple[Sequence[Op], str]:
    """The requests that node figures are of: under load if there was load, else without faults; and how to say so."""
    load = [op for op in sent if op.part == "load"]
    if load:
        return load, f"the {len(load)} requests of the load"
    calm = [op for op in sent if op.part != "chaos" and not op.cell.startswith("nonce:")]
    if calm and len(calm) < len(sent):
        return (
            calm,
            f"the {len(calm)} requests without a fault, asked a few at a time",
        )
    return sent, ""


def _only(attribution: Attribution, trace_ids: Collection[str]) -> Attribution:
    """The attribution of these requests alone; all of them where trace ids do not join."""
    if attribution.strategy != "propagated":
        return attribution
    kept = [request for request in attribution.requests if request.root.trace_id in trace_ids]
    return replace(attribution, requests=kept)


def _gaps(rows: Sequence[NodeRow]) -> list[str]:
    unseen = [row.node for row in rows if not row.calls]
    return [f"no call of {', '.join(unseen)} is in the traces"] if unseen else []


def _why_withheld(covered: Coverage) -> str:
    if not covered.requests_sent:
        return "no request was sent"
    return f"only {_seen(covered)}"


def _seen(covered: Coverage) -> str:
    return f"{covered.roots_found} of {covered.requests_sent} requests sent are found in the traces"

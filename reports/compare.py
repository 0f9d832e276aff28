"""Two runs side by side, or the reasons why they cannot be compared.

One run against one has no noise to hold a difference against: the table states differences and claims nothing of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.report import LoadFigures, Report
from reports.missing import NOT_KNOWN, known_or_missing, node_figure, quantile
from reports.tables import Column, Table
from reports.wording import Missing, Value

CAVEAT = "One run against one: without repeated runs the noise is unknown, and no difference here is proven."


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing: refusals (then the table is empty), or a table of figures of both runs."""

    refusals: tuple[str, ...]
    table: Table


def compare(a: Report, b: Report) -> Comparison:
    """The figures of two runs of the same scenario, load and machine; anything else is refused, naming what differs."""
    refusals = tuple(_refusals(a, b))
    columns = (
        Column("figure"),
        Column("a", "ms"),
        Column("b", "ms"),
        Column("b - a", "ms"),
        Column("b / a", "rate"),
    )
    rows = () if refusals else tuple(_rows(a, b))
    note = f"Refused: {'; '.join(refusals)}." if refusals else CAVEAT
    return Comparison(refusals, Table("compare", f"{a.run.id} (a), {b.run.id} (b)", columns, rows, note))


def _refusals(a: Report, b: Report) -> Iterator[str]:
    for name, ours, theirs in _fingerprint(a, b):
        if ours != theirs:
            yield f"{name} differs: {ours or 'not known'} and {theirs or 'not known'}"
    for letter, report in (("a", a), ("b", b)):
        if report.run.ended != "complete":
            yield f"{letter} is {report.run.ended}; only complete runs are compared"
        if report.load is not None and not report.load.valid:
            yield f"the load of {letter} is not valid: {report.load.why_invalid or 'no reason was recorded'}"


def _fingerprint(a: Report, b: Report) -> Iterator[tuple[str, object, object]]:
    yield "the scenario", a.run.scenario, b.run.scenario
    yield "the gateway", a.run.gateway, b.run.gateway
    yield "the graph", _graph(a), _graph(b)
    yield "the images", a.run.images, b.run.images
    for name in ("cpu", "cores", "memory_gib", "system", "python"):
        yield f"the machine's {name}", getattr(a.machine, name), getattr(b.machine, name)
    yield "the rate asked", _rate(a.load), _rate(b.load)


def _graph(report: Report) -> str:
    return ", ".join(f"{node.name} ({node.where})" for node in report.graph)


def _rate(load: LoadFigures | None) -> float | None:
    return None if load is None else load.rate_asked


def _rows(a: Report, b: Report) -> Iterator[tuple[Value, ...]]:
    if a.load is not None and b.load is not None:
        for name in ("response_ms", "service_ms", "ttft_ms", "itl_ms"):
            for percentile in ("p50", "p95", "p99"):
                ours, theirs = (quantile(getattr(each, name), percentile) for each in (a.load, b.load))
                yield _row(f"{name} {percentile}", ours, theirs)
        yield _row("goodput per s", *(known_or_missing(each.goodput_per_s) for each in (a.load, b.load)))
    others = {row.node: row for row in b.nodes}
    for row in a.nodes:
        if row.node in others:
            for name in ("client_ms_p50", "client_ms_p95"):
                theirs = node_figure(b, others[row.node], name)
                yield _row(f"{row.node} {name}", node_figure(a, row, name), theirs)


def _row(name: str, a: Value, b: Value) -> tuple[Value, ...]:
    if not isinstance(a, int | float) or not isinstance(b, int | float):
        why = next((value for value in (a, b) if isinstance(value, Missing)), NOT_KNOWN)
        return (name, a, b, why, why)
    return (name, a, b, b - a, b / a if a else Missing("·", "there is nothing to divide by"))

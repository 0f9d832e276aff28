"""The few figures that stand right under the verdict, each with what it is of; an unknown one says why."""

from dataclasses import dataclass

from harness.report import Quantiles, Report
from reports.missing import (
    NOT_KNOWN,
    known_or_missing,
    node_figure,
    nodes_note,
    part_absent,
    quantile,
    withheld,
)
from reports.tables import Kind
from reports.wording import Missing, Value, count, number, plural, share


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure with its name, its unit and one line of context."""

    name: str
    value: Value
    kind: Kind
    unit: str
    context: str


def key_figures(report: Report) -> tuple[KeyFigure, ...]:
    """The figures a reader asks for first."""
    return (
        _response(report),
        _first_token(report),
        _goodput(report),
        _costliest(report),
        _faults(report),
        _traces(report),
    )


def _response(report: Report) -> KeyFigure:
    if report.load is None:
        return _absent("Response under load", report, "load")
    return _latency("Response under load, p50", report.load.response_ms)


def _first_token(report: Report) -> KeyFigure:
    if report.load is None:
        return _absent("First token", report, "load")
    return _latency("First token, p50", report.load.ttft_ms)


def _latency(name: str, seen: Quantiles) -> KeyFigure:
    value = quantile(seen, "p50")
    if isinstance(value, Missing):
        return KeyFigure(name, value, "ms", "", value.why)
    known = [f"{p} {number(getattr(seen, p))}" for p in ("p95", "p99") if getattr(seen, p) is not None]
    return KeyFigure(name, value, "ms", "ms", " · ".join([*known, f"n={count(seen.count)}"]))


def _goodput(report: Report) -> KeyFigure:
    if report.load is None:
        return _absent("Goodput", report, "load")
    value = known_or_missing(report.load.goodput_per_s)
    good = (
        "" if report.load.good_share is None else f"; {share(report.load.good_share)} of requests were good"
    )
    return KeyFigure("Goodput", value, "rate", "per s", f"{report.load.rate_asked:g} per s asked{good}")


def _costliest(report: Report) -> KeyFigure:
    name = "Largest share of the critical path"
    known = [row for row in report.nodes if row.critical_share is not None]
    if withheld(report) or not known:
        missing = Missing("withheld", nodes_note(report)) if withheld(report) else NOT_KNOWN
        return KeyFigure(name, missing, "share", "", missing.why)
    row = max(known, key=lambda each: each.critical_share or 0.0)
    p50 = node_figure(report, row, "client_ms_p50")
    shown = p50.word if isinstance(p50, Missing) else f"{number(float(p50))} ms"
    return KeyFigure(
        name, known_or_missing(row.critical_share), "share", row.node, f"p50 of {row.node}: {shown}"
    )


def _faults(report: Report) -> KeyFigure:
    name = "Faults weathered as they should be"
    words = [cell.verdict for cell in report.faults if cell.verdict != "n/a"]
    if not words:
        return _absent(name, report, "chaos")
    bad, unsure = words.count("violated"), words.count("unknown")
    context = f"{plural(bad, 'cell')} violated, {count(unsure)} unknown"
    return KeyFigure(name, words.count("holds"), "count", f"of {plural(len(words), 'cell')}", context)


def _traces(report: Report) -> KeyFigure:
    seen = report.coverage
    context = (
        f"{count(seen.roots_found)} of {count(seen.requests_sent)} requests, {plural(seen.orphans, 'orphan')}"
    )
    return KeyFigure("Found in the traces", known_or_missing(seen.share), "share", "", context)


def _absent(name: str, report: Report, part: str) -> KeyFigure:
    return KeyFigure(
        name, Missing("not measured", part_absent(report, part)), "rate", "", part_absent(report, part)
    )

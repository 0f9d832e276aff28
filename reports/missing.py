"""Why a figure is not shown: too few samples, traces that miss requests, a part that was not run."""

from harness.quantiles import floor
from harness.report import NodeRow, Quantiles, Report
from harness.traces.latency import COVERAGE_FLOOR
from reports.wording import Missing, Value, count, share

FLOORS = {name: floor(share) for name, share in (("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99))}
NOT_KNOWN = Missing("not known", "the run recorded no such figure")


def nodes_note(report: Report) -> str:
    """Where the nodes' figures come from, or why they are withheld."""
    seen = report.coverage.share
    if withheld(report) and seen is not None:
        return f"Withheld: {share(seen)} of the requests were found whole in the traces; figures need {COVERAGE_FLOOR}."
    if withheld(report):
        why = next((each.why for each in report.verdicts if each.id == "traces.coverage" and each.why), "")
        return f"Withheld: {why or 'how many requests the traces hold is not known'}."
    if not report.nodes:
        return "The traces name no node."
    seen_whole, sent = count(report.coverage.roots_found), count(report.coverage.requests_sent)
    found = f"Read back from the traces, which hold {seen_whole} of {sent} requests"
    return f"{found}; figures of {report.coverage.figures_of}." if report.coverage.figures_of else f"{found}."


def withheld(report: Report) -> bool:
    """Whether too few requests were found in the traces for a node's figures to be shown."""
    return report.coverage.share is None or report.coverage.share < COVERAGE_FLOOR


def node_figure(report: Report, row: NodeRow, name: str) -> Value:
    """One figure of a node, or why there is none."""
    value: float | None = getattr(row, name)
    percentile = name.rpartition("_")[2]
    if withheld(report):
        return Missing("withheld", nodes_note(report))
    if value is not None:
        return value
    if name.startswith(("ttft", "itl")) and row.ttft_ms_p50 is None and row.calls >= FLOORS["p50"]:
        return Missing("·", "no stream of tokens was seen on this node")
    return too_few(percentile, row.calls) if row.calls < FLOORS.get(percentile, 1) else NOT_KNOWN


def too_few(percentile: str, samples: int) -> Missing:
    """Why a percentile cannot be said of so few samples."""
    if not samples:
        return Missing("no samples", "nothing was measured")
    return Missing(
        f"n={samples}", f"{percentile} needs {FLOORS.get(percentile, 1)} samples, there are {samples}"
    )


def known_or_missing(value: float | None) -> Value:
    """The value, or that it is not known."""
    return NOT_KNOWN if value is None else value


def part_absent(report: Report, part: str) -> str:
    """Why a part of the run left nothing."""
    if part in report.run.parts:
        how = "never began" if report.run.ended == "unbegun" else f"is {report.run.ended}"
        return f"The {part} part left no result; the run {how}."
    ran = ", ".join(report.run.parts) or "nothing"
    return f"The {part} part was not run; what ran: {ran}."


def quantile(seen: Quantiles, name: str) -> Value:
    """One of the quantiles, or why it cannot be said."""
    value: float | None = getattr(seen, name)
    if value is not None:
        return value
    return too_few(name, seen.count) if seen.count < FLOORS.get(name, 1) else NOT_KNOWN

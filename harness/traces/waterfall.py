"""One request drawn as a waterfall: its spans, parents first, each with its place in time and depth. Pure."""

from collections.abc import Sequence

from harness.report import Span as Row
from harness.report import Waterfall
from harness.traces.calls import Request

ROWS_MAX = 200  # A page with more is not read.
_CHOICES = {"median": 0.5, "p99": 0.99}


def waterfalls(requests: Sequence[Request]) -> list[Waterfall]:
    """The request of median duration and that of the 99th percentile; none where there are no requests."""
    ordered = sorted(requests, key=lambda request: (request.duration_ns, request.root.trace_id))
    if not ordered:
        return []
    last = len(ordered) - 1
    return [waterfall(ordered[round(last * share)], label) for label, share in _CHOICES.items()]


def waterfall(request: Request, label: str) -> Waterfall:
    """One request's rows; times are milliseconds from the request's beginning."""
    depth: list[int] = []
    rows = []
    for interval, span in zip(request.intervals, request.spans, strict=True):
        depth.append(0 if interval.parent < 0 else depth[interval.parent] + 1)
        rows.append(
            Row(
                node=interval.label or (request.root.service if span is request.root else ""),
                kind=span.kind,
                name=span.name,
                start_ms=(interval.began_ns - request.began_ns) / 1e6,
                duration_ms=(interval.ended_ns - interval.began_ns) / 1e6,
                depth=depth[-1],
                error=span.failed,
                fault=span.text("opea.fault"),
            )
        )
    return Waterfall(
        label=label,
        trace_id=request.root.trace_id,
        total_ms=request.duration_ns / 1e6,
        spans=rows[:ROWS_MAX],
    )

"""A waterfall shows one request as it was."""

from harness.traces.calls import Request
from harness.traces.critical_path import Interval
from harness.traces.span import Span
from harness.traces.waterfall import ROWS_MAX, waterfall, waterfalls

MS = 10**6


def request(total, number=1, children=1):
    root = Span(f"{number:032x}", "b" * 16, None, "POST /v1/rag", "server", 0, total * MS, "rag")
    client = Span(root.trace_id, "c" * 16, "b" * 16, "POST /llm", "client", MS, 5 * MS, "rag", failed=True)
    server = Span(
        root.trace_id,
        "d" * 16,
        "c" * 16,
        "POST /llm",
        "server",
        2 * MS,
        4 * MS,
        "llm",
        {"opea.fault": "reset"},
    )
    intervals = [Interval(0, total * MS, -1), Interval(MS, 5 * MS, 0, "llm")]
    intervals += [Interval(2 * MS, 4 * MS, 1, "llm")] * children
    return Request(root, 0, total * MS, (), intervals, [root, client, *[server] * children])


def test_rows_have_place_depth_error_and_fault():
    """Parents first, milliseconds from the request's beginning, the root under its service's name."""
    rows = waterfall(request(10), "median").spans

    assert [(r.node, r.kind, r.start_ms, r.duration_ms, r.depth, r.error, r.fault) for r in rows] == [
        ("rag", "server", 0.0, 10.0, 0, False, ""),
        ("llm", "client", 1.0, 4.0, 1, True, ""),
        ("llm", "server", 2.0, 2.0, 2, False, "reset"),
    ]


def test_the_median_and_the_slowest_percentile_are_chosen():
    """By the requests' durations, in whatever order they come."""
    chosen = waterfalls([request(total, total) for total in range(101, 0, -1)])

    assert [(each.label, each.total_ms) for each in chosen] == [("median", 51.0), ("p99", 100.0)]


def test_without_requests_there_is_none():
    """Nothing is drawn of nothing."""
    assert waterfalls([]) == []


def test_a_huge_trace_is_cut():
    """A page with thousands of rows is not read."""
    assert len(waterfall(request(10, children=5000), "p99").spans) == ROWS_MAX

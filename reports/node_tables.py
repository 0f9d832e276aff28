"""The tables of a report that have a row for each node, from traces; as pure functions of it, as those of `tables` are."""

from collections.abc import Iterable

from harness.report import NodeRow, Report
from reports.missing import NOT_KNOWN, known_or_missing, node_figure, nodes_note
from reports.tables import Column, Kind, Table
from reports.wording import Value

_Figure = tuple[str, str, Kind, str]  # A field of `NodeRow`, and how its column is called, shown and grouped.
_LATENCIES: tuple[_Figure, ...] = (
    *((f"client_ms_{p}", p, "ms", "caller sees, ms") for p in ("p50", "p95", "p99")),
    *((f"server_ms_{p}", p, "ms", "node sees, ms") for p in ("p50", "p95", "p99")),
    *((f"self_ms_{p}", p, "ms", "self time, ms") for p in ("p50", "p95", "p99")),
    ("gap_ms_mean", "mean", "ms", "gap, ms"),
    ("critical_share", "share", "share", "critical path"),
)
_TOKENS: tuple[_Figure, ...] = (
    *((f"ttft_ms_{p}", p, "ms", "first token, ms") for p in ("p50", "p95", "p99")),
    *((f"itl_ms_{p}", p, "ms", "between tokens, ms") for p in ("p50", "p95", "p99")),
)
_BRIEF = ("client_ms_p50", "client_ms_p95", "client_ms_p99", "server_ms_p50", "critical_share", "ttft_ms_p50")


def nodes(report: Report) -> Table:
    """One row for each node, from traces: calls and latencies."""
    columns = (
        Column("node"),
        Column("comp", "code"),
        *(Column(name, "count") for name in ("calls", "errors", "attempts")),
        *_columns(_LATENCIES),
    )
    rows = tuple(
        (
            *(row.node, row.comp or NOT_KNOWN, row.calls, row.errors, row.attempts),
            *_figures(report, row, _LATENCIES),
        )
        for row in report.nodes
    )
    return Table("nodes", "Nodes", columns, rows, nodes_note(report))


def tokens(report: Report) -> Table:
    """The rest of `nodes`, beside which it does not fit: tokens, and how spans were told to be a node's."""
    columns = (
        Column("node"),
        *_columns(_TOKENS),
        Column("attributed by"),
        Column("confidence", "share"),
    )
    rows = tuple(
        (
            row.node,
            *_figures(report, row, _TOKENS),
            row.strategy or NOT_KNOWN,
            known_or_missing(row.confidence),
        )
        for row in report.nodes
    )
    return Table("nodes-tokens", "Tokens, and how spans were told apart", columns, rows)


def brief(report: Report) -> Table:
    """The columns of `nodes` and `tokens` that fit a terminal."""
    chosen = tuple(each for each in (*_LATENCIES, *_TOKENS) if each[0] in _BRIEF)
    columns = (Column("node"), Column("calls", "count"), Column("errors", "count"), *_columns(chosen))
    rows = tuple((row.node, row.calls, row.errors, *_figures(report, row, chosen)) for row in report.nodes)
    return Table("nodes", "Nodes", columns, rows, nodes_note(report))


def _columns(figures: Iterable[_Figure]) -> tuple[Column, ...]:
    return tuple(Column(name, kind, group) for _, name, kind, group in figures)


def _figures(report: Report, row: NodeRow, figures: Iterable[_Figure]) -> tuple[Value, ...]:
    return tuple(node_figure(report, row, name) for name, *_ in figures)

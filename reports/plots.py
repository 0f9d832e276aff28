"""A run as pictures and tables for places that show no page: slides, a wiki, a notebook. Needs the extra `plots`.

`plots/` in the run's folder gets `latency.png` and `requests.csv`, and where node figures were not withheld `nodes.png` and `nodes.csv`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import StackError, UsageError
from harness.report import Report
from reports.figures.windows import merged, windows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

WIDTH_IN = 10.0
DOTS_PER_IN = 150
P95_OF = 50
"""The line of the 95th percentile is, at each answer under load, that of as many answers up to it."""
COLOURS = {"JSON": "#2563a8", "stream": "#2a8f5b", "failed": "#c0392b"}
PERCENTILES = {"p50": "#1b4f82", "p95": "#6f9fcf", "p99": "#c3d7ea"}


def plot(report: Report, folder: Path) -> list[Path]:
    """Write pictures and tables of a run into a folder, which is made, and say where.

    Raises UsageError where the extra `plots` is missing or the run left nothing to plot, StackError where nothing can be written.
    """
    try:
        import matplotlib  # noqa: F401, ICN001 - only whether it is there
        import pandas  # noqa: F401, ICN001
    except ModuleNotFoundError as error:
        raise UsageError(
            f"--plots: the package {error.name} is missing; pip install 'opea-harness[plots]' brings it"
        ) from error
    if not report.points:
        raise UsageError(f"--plots: {report.run.id} sent no request that could be plotted")
    asked, nodes = requests(report), node_figures(report)
    writes: dict[str, Callable[[Path], object]] = {
        "latency.png": _latency(report, asked).savefig,
        "requests.csv": lambda path: asked.to_csv(path, index=False),
    }
    if not nodes.empty:
        writes["nodes.png"] = _nodes(report, nodes).savefig
        writes["nodes.csv"] = lambda path: nodes.to_csv(path, index=False)
    try:
        folder.mkdir(exist_ok=True)
        for name, write in writes.items():
            write(folder / name)
    except OSError as error:
        raise StackError(
            f"{folder}: cannot be written ({error.strerror}); the run's folder must be writable"
        ) from error
    return [folder / name for name in writes]


def requests(report: Report) -> "DataFrame":
    """A row a request, in order of time: `at_s`, `response_ms`, `ttft_ms`, `part`, `ok` and `kind` (JSON, stream, failed)."""
    from pandas import DataFrame

    rows = DataFrame([point.model_dump() for point in report.points]).sort_values("at_s", ignore_index=True)
    rows["kind"] = rows["ttft_ms"].notna().map({True: "stream", False: "JSON"}).where(rows["ok"], "failed")
    return rows


def node_figures(report: Report) -> "DataFrame":
    """A row a node that was called, in the report's order, with the columns of `NodeRow`; empty where they were withheld."""
    from pandas import DataFrame

    return DataFrame([node.model_dump() for node in report.nodes if node.server_ms_p50 is not None])


def p95_over_time(asked: "DataFrame") -> "DataFrame":
    """`at_s` of each answer under load that has enough before it, and the 95th percentile of their `response_ms`."""
    loaded = asked[asked["ok"] & (asked["part"] == "load")]
    return loaded.assign(response_ms=loaded["response_ms"].rolling(P95_OF).quantile(0.95)).dropna(
        subset="response_ms"
    )


def _latency(report: Report, asked: "DataFrame") -> "Figure":
    figure = _figure(report, 5.0)
    axes = figure.subplots()
    for kind, colour in COLOURS.items():
        rows = asked[asked["kind"] == kind]
        if not rows.empty:
            mark = "x" if kind == "failed" else "."
            axes.scatter(
                rows["at_s"], rows["response_ms"], s=14, marker=mark, color=colour, label=kind, alpha=0.6
            )
    line = p95_over_time(asked)
    if not line.empty:
        axes.plot(line["at_s"], line["response_ms"], color="#333333", linewidth=1.5, label="p95 under load")
    for nth, (began_s, ended_s) in enumerate(merged(windows(report.faults))):
        axes.axvspan(
            began_s, ended_s, color="#d9822b", alpha=0.15, linewidth=0, label="" if nth else "a fault is on"
        )
    axes.set(xlabel="seconds into the run", ylabel="response, ms (log scale)", yscale="log")
    axes.yaxis.set_major_formatter("{x:,g}")
    _legend(axes)
    return figure


def _nodes(report: Report, nodes: "DataFrame") -> "Figure":
    """The percentiles of a node lie behind each other: the longest is the rearmost."""
    figure = _figure(report, 1.5 + 0.45 * len(nodes))
    axes = figure.subplots()
    for name, colour in reversed(PERCENTILES.items()):
        known = nodes[f"server_ms_{name}"].astype(float)  # Of None alone a column has no numbers.
        axes.barh(nodes["node"], known, color=colour, label=name)
    axes.invert_yaxis()
    axes.set(xlabel="server-side, ms")
    _legend(axes, reverse=True)
    return figure


def _legend(axes: "Axes", *, reverse: bool = False) -> None:
    """Above the drawing, where it hides nothing."""
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=5, frameon=False, fontsize="small", reverse=reverse
    )


def _figure(report: Report, height_in: float) -> "Figure":
    """An empty picture under the run's name; it belongs to no window and no global state."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_IN, height_in), dpi=DOTS_PER_IN, layout="constrained")
    figure.suptitle(f"{report.run.scenario}: {report.verdict} · {report.run.id}", fontsize="medium")
    return figure

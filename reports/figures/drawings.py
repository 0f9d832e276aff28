"""All figures of a report, drawn once; their size hardly depends on how large the run was."""

from dataclasses import dataclass

from harness.report import Report
from reports.figures.graph import graph
from reports.figures.latency import latency
from reports.figures.quantiles import quantiles
from reports.figures.svg import Figure
from reports.figures.waterfall import waterfalls


@dataclass(frozen=True, slots=True)
class Drawings:
    """The figures of a page; None or empty where the run left nothing to draw."""

    graph: Figure | None
    latency: tuple[Figure, ...]
    waterfalls: tuple[Figure, ...]
    quantiles: Figure | None


def drawings(report: Report) -> Drawings:
    """Draw everything that there is to draw."""
    return Drawings(
        graph(report) if report.graph else None, latency(report), waterfalls(report), quantiles(report)
    )

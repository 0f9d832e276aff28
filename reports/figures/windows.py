"""When faults were on: shades behind a plot of time, and a lane of bars for each node above it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from harness.report import FaultCell
from reports.figures.axes import Scale
from reports.figures.svg import Frame, fitted, hint, line, rect, text
from reports.wording import SYMBOLS, number

LANE_HEIGHT = 14.0
WINDOWS_MAX = 400  # More bars than that cannot be told apart, nor be pointed at.


@dataclass(frozen=True, slots=True)
class Window:
    """One fault cell and the seconds from which to which its fault was on."""

    cell: FaultCell
    began_s: float
    ended_s: float


def windows(cells: Sequence[FaultCell]) -> tuple[Window, ...]:
    """The windows of the cells that were put on; a cell that never began has none."""
    return tuple(
        Window(cell, cell.began_s, cell.ended_s)
        for cell in cells
        if cell.began_s is not None and cell.ended_s is not None
    )


def merged(shown: Sequence[Window]) -> list[tuple[float, float]]:
    """The stretches of time in which at least one fault was on, in order."""
    stretches: list[tuple[float, float]] = []
    for began, ended in sorted((window.began_s, window.ended_s) for window in shown):
        if stretches and began <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], ended))
        else:
            stretches.append((began, ended))
    return stretches


def shades(shown: Sequence[Window], across: Scale, top: float, bottom: float) -> Iterator[Markup]:
    """A shade behind the plot for every stretch, at least a pixel wide."""
    for began, ended in merged(shown):
        yield rect((across(began), top, max(across(ended) - across(began), 1.0), bottom - top), "shade")


def lanes(
    shown: Sequence[Window], nodes: Sequence[str], across: Scale, frame: Frame, top: float
) -> Iterator[Markup]:
    """A lane for each node, with a bar while a fault was on it; a narrow page has one lane for all."""
    for lane, node in enumerate(nodes):
        y = top + (0 if frame.narrow else lane * LANE_HEIGHT)
        if not frame.narrow:
            yield text(
                across.start - 6, y + 10, fitted(node, across.start - 8, 6.4), "small muted", anchor="end"
            )
        if not frame.narrow or not lane:
            yield line(across.start, y + 6.5, across.end, y + 6.5, "lane")
        for window in shown:
            if window.cell.node == node:
                yield _bar(window, across, y)


def _bar(window: Window, across: Scale, y: float) -> Markup:
    cell = window.cell
    x, width = across(window.began_s), max(across(window.ended_s) - across(window.began_s), 2.0)
    says = (
        f"{cell.fault} on {cell.node}\n{cell.mode}: {SYMBOLS[cell.verdict]} {cell.verdict}, fired {cell.fired} times\n"
        f"{number(window.began_s)} s to {number(window.ended_s)} s"
    )
    word = "na" if cell.verdict == "n/a" else cell.verdict
    return rect((x, y + 1, width, LANE_HEIGHT - 3), f"window tip {word}", hint(says))

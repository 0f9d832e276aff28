"""The distribution of latency as a quantile plot: which share of requests was faster than what.

The axis gives each nine the same room, as a tail is where one looks. Beyond the highest percentile that so many samples can
support the line is dotted: there a single request decides.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from harness.quantiles import DOUBT
from harness.report import Report
from reports.figures.axes import Scale, fitting, tick_name
from reports.figures.svg import FRAMES, Figure, Frame, axis_name, caption, drawing, line, tag, text
from reports.wording import count, number

TITLE = "How latency is distributed"
STEPS_MAX = 240
PLOT_HEIGHT = 260.0
NINES = (0.0, 0.5, 0.9, 0.99, 0.999, 0.9999)


@dataclass(frozen=True, slots=True)
class Series:
    """A named set of samples in milliseconds, sorted; `css` is its colour and `dash` its line."""

    name: str
    css: str
    samples: tuple[float, ...]

    @property
    def supported(self) -> float:
        """The highest share that so many samples can speak of: its 95 % upper bound is still a sample."""
        return math.pow(DOUBT, 1 / len(self.samples))


def quantiles(report: Report) -> Figure | None:
    """Response and time to first token of requests that went well, under load if there was any; None without requests."""
    series, part = _series(report)
    if not series:
        return None
    return Figure(
        "quantiles",
        TITLE,
        caption(
            report,
            len(series[0].samples),
            f"requests of {part} that went well",
            "dotted: too few samples to say",
        ),
        tuple(_draw(series, frame) for frame in FRAMES),
    )


def _series(report: Report) -> tuple[tuple[Series, ...], str]:
    good = [point for point in report.points if point.ok]
    load = [point for point in good if point.part == "load"]
    # Requests with a fault on their way are no sample of how the megaservice is.
    chosen, part = (
        (load, "the load") if load else ([p for p in good if p.part == "correctness"], "correctness")
    )
    response = tuple(sorted(point.response_ms for point in chosen))
    first = tuple(sorted(point.ttft_ms for point in chosen if point.ttft_ms is not None))
    named = (Series("response", "response", response), Series("time to first token", "first", first))
    return tuple(series for series in named if len(series.samples) > 1), part


def _nines(share: float) -> float:
    return -math.log10(1 - share)


def _draw(series: Sequence[Series], frame: Frame) -> Markup:
    left, right, top = (60.0, 10.0, 30.0) if frame.narrow else (74.0, 14.0, 30.0)
    bottom = top + PLOT_HEIGHT
    most = max(len(each.samples) for each in series)
    across = Scale(0.0, max(_nines(1 - 1 / most), 1.0), left, frame.width - right)
    up = fitting((value for each in series for value in (each.samples[0], each.samples[-1])), bottom, top)
    return drawing(
        f"quantiles-{frame.name}",
        (TITLE, _says(series)),
        (frame.width, bottom + 42),
        *_grid(across, up),
        *(part for each in series for part in _curve(each, across, up)),
        *_legend(series, left),
    )


def _says(series: Sequence[Series]) -> str:
    words = []
    for each in series:
        supported = [share for share in NINES[1:] if share <= each.supported]
        figures = ", ".join(f"p{share * 100:g} {number(_at(each, share))} ms" for share in supported)
        words.append(f"{each.name} of {count(len(each.samples))} requests: {figures or 'too few to say'}")
    return "; ".join(words)


def _at(series: Series, share: float) -> float:
    """The smallest sample that at least this share of samples does not exceed."""
    rank = max(math.ceil(round(share * len(series.samples), 6)), 1)
    return series.samples[rank - 1]


def _grid(across: Scale, up: Scale) -> Iterator[Markup]:
    for value in up.ticks(6):
        yield line(across.start, up(value), across.end, up(value), "grid")
        yield text(across.start - 6, up(value) + 4, tick_name(value), "small muted", anchor="end")
    for share in NINES:
        if _nines(share) <= across.high:
            x = across(_nines(share))
            yield line(x, up.end, x, up.start + 4, "grid")
            yield text(x, up.start + 17, f"p{share * 100:g}", "small muted", anchor="middle")
    yield line(across.start, up.start, across.end, up.start, "axis")
    scale = "log scale" if up.log else "linear scale"
    yield axis_name(across.start, (up.start + up.end) / 2, f"milliseconds ({scale})")
    yield text(across.end, up.start + 36, "percentile", "small", anchor="end")


def _curve(series: Series, across: Scale, up: Scale) -> Iterator[Markup]:
    last = across.high
    shares = [1 - 10 ** (-last * step / STEPS_MAX) for step in range(STEPS_MAX + 1)]
    places = [(across(_nines(share)), up(_at(series, share)), share <= series.supported) for share in shares]
    solid = [(x, y) for x, y, sure in places if sure]
    dotted = [(x, y) for x, y, sure in places if not sure]
    if solid:
        yield tag("path", d=_path(solid), class_=f"curve {series.css}")
    if dotted:
        yield tag("path", d=_path([*solid[-1:], *dotted]), class_=f"curve {series.css} dotted")


def _path(places: Sequence[tuple[float, float]]) -> str:
    """Steps, because between two samples nothing was measured."""
    (x, y), *rest = places
    path = f"M{x:.1f} {y:.1f}"
    for next_x, next_y in rest:
        path += f"H{next_x:.1f}"
        if next_y != y:
            path += f"V{next_y:.1f}"
        y = next_y
    return path


def _legend(series: Sequence[Series], left: float) -> Iterator[Markup]:
    x = left
    for each in series:
        yield line(x, 11, x + 22, 11, f"curve {each.css}")
        yield text(x + 28, 15, each.name, "small")
        x += 48 + 6.6 * len(each.name)

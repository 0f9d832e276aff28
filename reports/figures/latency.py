"""Latency over time: a mark for each request, failed ones apart, with the windows in which a fault was on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson
from markupsafe import Markup

from harness.report import FaultCell, Point, Report
from reports.fault_table import fault_nodes
from reports.figures.axes import Scale, fitting, tick_name
from reports.figures.svg import (
    FRAMES,
    Figure,
    Frame,
    axis_name,
    caption,
    drawing,
    hint,
    line,
    rect,
    tag,
    text,
)
from reports.figures.thinning import POINTS_MAX, thinned
from reports.figures.windows import LANE_HEIGHT, WINDOWS_MAX, Window, lanes, shades, windows
from reports.wording import count, number

PLOT_HEIGHT = 270.0
PARTS = ("warm_up", "correctness", "chaos", "load")
WORDS = {"warm_up": "warm-up", "correctness": "correctness", "chaos": "chaos", "load": "load", "calm": "calm"}
# One mark a kind, told apart by shape as well as by colour.
KINDS = (("json", "■", "JSON"), ("stream", "●", "stream"), ("failed", "✕", "failed"))


@dataclass(frozen=True, slots=True)
class _Panel:
    """What one panel shows: the requests and the fault cells of a stretch of the run, in seconds."""

    id: str
    title: str
    all_points: tuple[Point, ...]
    drawn: tuple[Point, ...]
    windows: tuple[Window, ...]
    nodes: tuple[str, ...]
    began_s: float
    ended_s: float


def latency(report: Report, points_max: int = POINTS_MAX) -> tuple[Figure, ...]:
    """The whole run, and the chaos and the load part by themselves where there is more than one part; none without requests."""
    stretches = [("all", "Whole run", report.points, report.faults)]
    chaos = [point for point in report.points if point.part in ("chaos", "calm")]
    load = [point for point in report.points if point.part == "load"]
    if chaos and len(chaos) < len(report.points):
        stretches.append(("chaos", "Chaos", chaos, report.faults))
    if load and len(load) < len(report.points):
        stretches.append(("load", "Load", load, []))
    panels = [_panel(stretch, fault_nodes(report), points_max) for stretch in stretches if stretch[2]]
    return tuple(_figure(report, panel) for panel in panels)


def part_spans(points: Sequence[Point]) -> list[tuple[str, float, float]]:
    """When each part of the run began and ended, in seconds; calm requests belong to the part around them."""
    spans = []
    for part in PARTS:
        at = [point.at_s for point in points if point.part == part]
        if at:
            spans.append((WORDS[part], min(at), max(at)))
    return sorted(spans, key=lambda span: span[1])


_Stretch = tuple[str, str, list[Point], list[FaultCell]]


def _panel(stretch: _Stretch, all_nodes: Sequence[str], points_max: int) -> _Panel:
    name, title, points, faults = stretch
    shown = windows(faults)
    times = [point.at_s for point in points] + [at for each in shown for at in (each.began_s, each.ended_s)]
    faulted = {each.cell.node for each in shown} if len(shown) <= WINDOWS_MAX else set()
    nodes = tuple(node for node in all_nodes if node in faulted)
    began, ended = min(times, default=0.0), max(times, default=1.0)
    drawn = tuple(thinned(points, points_max))
    return _Panel(f"latency-{name}", title, tuple(points), drawn, shown, nodes, began, ended)


def _figure(report: Report, panel: _Panel) -> Figure:
    drawn, sent = len(panel.drawn), len(panel.all_points)
    more = "response counts from the intended start"
    if drawn < sent:
        more += (
            f" · {count(drawn)} of {count(sent)} requests are drawn: the slowest and the fastest of every slice "
            "of time, and an even choice of the rest"
        )
    return Figure(
        panel.id,
        panel.title,
        caption(report, sent, "requests", more),
        tuple(_draw(panel, frame) for frame in FRAMES),
        _data(panel),
    )


def _data(panel: _Panel) -> str:
    """The drawn points for hovering: second, response, first token, part, kind."""
    rows = [
        [
            round(p.at_s, 3),
            round(p.response_ms, 2),
            p.ttft_ms and round(p.ttft_ms, 2),
            WORDS.get(p.part, p.part),
            _kind(p),
        ]
        for p in panel.drawn
    ]
    return orjson.dumps(rows).decode()


def _kind(point: Point) -> str:
    if not point.ok:
        return "failed"
    return "json" if point.ttft_ms is None else "stream"


def _draw(panel: _Panel, frame: Frame) -> Markup:
    left, right = (60.0, 8.0) if frame.narrow else (104.0, 14.0)
    rows = min(len(panel.nodes), 1) if frame.narrow else len(panel.nodes)
    top = 48 + rows * LANE_HEIGHT + (8 if rows else 0)
    bottom = top + PLOT_HEIGHT
    across = Scale(panel.began_s, max(panel.ended_s, panel.began_s + 0.001), left, frame.width - right)
    up = fitting((point.response_ms for point in panel.drawn), bottom, top + 6)
    return drawing(
        f"{panel.id}-{frame.name}",
        (f"Latency over time: {panel.title.lower()}", _says(panel)),
        (frame.width, bottom + 40),
        *_legend(panel, frame, left),
        *_strip(panel, across),
        *shades(panel.windows, across, top, bottom),
        *lanes(panel.windows, panel.nodes, across, frame, 48),
        *_grid(frame, across, up),
        *_marks(panel, across, up),
        tag("circle", r=6, class_="halo"),
        rect((left, top, frame.width - right - left, PLOT_HEIGHT), "catch", hint("")),
        data_x=across.as_data,
        data_y=up.as_data,
        data_points=panel.id,
    )


def _says(panel: _Panel) -> str:
    failed = sum(not point.ok for point in panel.all_points)
    slowest = max(panel.all_points, key=lambda point: point.response_ms)
    words = [
        f"{count(len(panel.all_points))} requests in {number(panel.ended_s - panel.began_s)} s, {count(failed)} failed;",
        f"the slowest took {number(slowest.response_ms)} ms, {number(slowest.at_s)} s into the run.",
    ]
    if panel.windows:
        words.append(f"{count(len(panel.windows))} fault windows are shaded.")
    return " ".join(words)


def _legend(panel: _Panel, frame: Frame, left: float) -> Iterator[Markup]:
    x, there = left, {_kind(point) for point in panel.drawn}
    for kind, sign, word in KINDS:
        if kind in there:
            yield tag("text", tag("tspan", sign, class_=f"key {kind}"), f" {word}", x=x, y=14, class_="small")
            x += 24 + 6.4 * len(word)
    if panel.windows:
        yield rect((x, 4, 14, 12), "shade key")
        yield text(x + 19, 14, "a fault is on", "small")
    if not frame.narrow:
        yield text(
            frame.width - 14, 14, "hover over a mark for its figures", "small muted hover-only", anchor="end"
        )


def _strip(panel: _Panel, across: Scale) -> Iterator[Markup]:
    """Which part of the run it was, above everything."""
    for word, began, ended in part_spans(panel.all_points):
        x1, x2 = across(began), across(ended)
        yield line(x1, 42, max(x2, x1 + 2), 42, "strip")
        if x2 - x1 > 6.2 * len(word):
            yield text((x1 + x2) / 2, 36, word, "small muted", anchor="middle")


def _grid(frame: Frame, across: Scale, up: Scale) -> Iterator[Markup]:
    for value in up.ticks(6):
        yield line(across.start, up(value), across.end, up(value), "grid")
        yield text(across.start - 6, up(value) + 4, tick_name(value), "small muted", anchor="end")
    for value in across.ticks(5 if frame.narrow else 12):
        yield line(across(value), up.start, across(value), up.start + 4, "axis")
        yield text(across(value), up.start + 17, tick_name(value), "small muted", anchor="middle")
    yield line(across.start, up.start, across.end, up.start, "axis")
    scale = "log scale" if up.log else "linear scale"
    yield axis_name(across.start, (up.start + up.end) / 2, f"response, ms ({scale})")
    yield text(across.end, up.start + 36, "seconds into the run", "small", anchor="end")


def _marks(panel: _Panel, across: Scale, up: Scale) -> Iterator[Markup]:
    """All marks of a kind are one path: a dot is a line of no length with the cap of its kind."""
    for kind, _, _ in KINDS:
        places = [(across(p.at_s), up(p.response_ms)) for p in panel.drawn if _kind(p) == kind]
        shape = "m-3.2 -3.2l6.4 6.4m0 -6.4l-6.4 6.4" if kind == "failed" else "h0"
        if places:
            yield tag(
                "path", d="".join(f"M{x:.1f} {y:.1f}{shape}" for x, y in places), class_=f"marks {kind}"
            )

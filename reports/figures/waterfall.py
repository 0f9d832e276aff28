"""One request, hop by hop: the spans of its trace as bars on one axis of milliseconds."""

from collections.abc import Iterator

from markupsafe import Markup

from harness.report import Report, Span, Waterfall
from reports.figures.axes import Scale, linear, tick_name
from reports.figures.svg import FRAMES, Figure, Frame, caption, drawing, fitted, hint, line, rect, text
from reports.wording import count, number

ROWS_MAX = 60  # A loop may leave hundreds of spans; the first tell the story.
BAR_HEIGHT = 12.0


def waterfalls(report: Report) -> tuple[Figure, ...]:
    """A figure for each waterfall that the report holds, the median first."""
    return tuple(_figure(report, fall, index) for index, fall in enumerate(report.waterfalls) if fall.spans)


def _figure(report: Report, fall: Waterfall, index: int) -> Figure:
    left_out = len(fall.spans) - ROWS_MAX
    more = f"pale: as the caller saw it, solid: as the node did · trace {fall.trace_id}"
    more += f" · {count(left_out)} later spans are not drawn" if left_out > 0 else ""
    title = f"{_named(fall.label)}: {number(fall.total_ms)} ms"
    return Figure(
        f"waterfall-{index}",
        title,
        caption(report, len(fall.spans), "spans", more),
        tuple(_draw(fall, f"waterfall-{index}", title, frame) for frame in FRAMES),
    )


def _named(label: str) -> str:
    return {"median": "The median request", "p99": "The p99 request"}.get(label, label)


def _draw(fall: Waterfall, name: str, title: str, frame: Frame) -> Markup:
    spans = fall.spans[:ROWS_MAX]
    row_height = 32.0 if frame.narrow else 22.0
    left = 8.0 if frame.narrow else 300.0
    across = linear(_end_ms(fall), left, frame.width - 74)
    height = 34 + row_height * len(spans)
    return drawing(
        f"{name}-{frame.name}",
        (title, _says(spans)),
        (frame.width, height + 6),
        *_axis(across, frame, height),
        *(
            part
            for index, span in enumerate(spans)
            for part in _row(span, across, 30 + row_height * index, frame)
        ),
    )


def _end_ms(fall: Waterfall) -> float:
    return max([fall.total_ms, *(span.start_ms + span.duration_ms for span in fall.spans)])


def _says(spans: list[Span]) -> str:
    return "; ".join(
        f"{span.node} {span.kind}: {number(span.duration_ms)} ms from {number(span.start_ms)} ms"
        + (", failed" if span.error else "")
        for span in spans
    )


def _axis(across: Scale, frame: Frame, height: float) -> Iterator[Markup]:
    for value in across.ticks(4 if frame.narrow else 8):
        yield line(across(value), 20, across(value), height, "grid")
        yield text(across(value), 14, tick_name(value), "small muted", anchor="middle" if value else None)
    yield text(frame.width - 4, 14, "ms", "small muted", anchor="end")


def _row(span: Span, across: Scale, y: float, frame: Frame) -> Iterator[Markup]:
    bar_y = y + (16 if frame.narrow else 2)
    x1, x2 = across(span.start_ms), across(span.start_ms + span.duration_ms)
    indent = min(span.depth, 8) * (8.0 if frame.narrow else 14.0)
    room = frame.width - 16 - indent if frame.narrow else 284 - indent
    mark = "✕ " if span.error else ""
    yield text(8 + indent, y + 12, fitted(f"{mark}{span.node} · {span.name}", room, 6.4), "small")
    state = "error" if span.error else span.kind if span.kind in ("client", "server") else "internal"
    says = f"{span.node}\n{span.kind} · {span.name}\n{number(span.duration_ms)} ms, from {number(span.start_ms)} ms"
    says += f"\nfault: {span.fault}" if span.fault else ""
    bar = (x1, bar_y, max(x2 - x1, 2.0), BAR_HEIGHT)
    yield rect(bar, f"bar tip {state}", hint(says + ("\nfailed" if span.error else "")), radius=2)
    note = (
        f"{number(span.duration_ms)} ms"
        if not span.fault
        else f"{number(span.duration_ms)} ms · {span.fault}"
    )
    if x2 + 6 + 6.4 * len(note) < frame.width:
        yield text(x2 + 6, bar_y + 10, note, "small")
    else:
        yield text(max(x1 - 6, 6.4 * len(note)), bar_y + 10, note, "small", anchor="end")

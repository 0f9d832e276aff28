"""The graph of nodes, left to right (top to bottom on a narrow page), with each node's latency on it."""

from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from harness.report import Report
from reports.figures import node_card
from reports.figures.layout import Layout, layout
from reports.figures.svg import FRAMES, Figure, Frame, caption, drawing, tag
from reports.missing import nodes_note, withheld

CARD_WIDTH_MIN = 148.0
TITLE = "The nodes of the megaservice, and what each costs"
_Place = tuple[float, float]


def graph(report: Report) -> Figure:
    """The graph with p50, p95 and the share of the critical path on each node; failing nodes are marked in words."""
    note = "p50 and p95 as the caller sees the node, with the network between"
    if withheld(report) or not report.nodes:
        note = nodes_note(report)
    return Figure(
        "graph",
        TITLE,
        caption(report, max((row.calls for row in report.nodes), default=0), "calls of a node", note),
        tuple(_draw(report, frame) for frame in FRAMES),
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where cards go in a frame; `across` says that ranks go from left to right."""

    card_width: float
    step_x: float
    step_y: float
    margin_x: float
    across: bool

    def corner(self, place: _Place) -> _Place:
        rank, lane = place
        x, y = (rank, lane) if self.across else (lane, rank)
        return self.margin_x + x * self.step_x, 14 + y * self.step_y


def _grid(laid: Layout, frame: Frame) -> _Grid:
    columns = laid.lanes if frame.narrow else laid.ranks
    gap_x, gap_y = (10.0, 30.0) if frame.narrow else (34.0, 18.0)
    room = (frame.width - 36.0 - gap_x * (columns - 1)) / max(columns, 1)
    width = min(max(room, CARD_WIDTH_MIN), 330.0 if frame.narrow else 230.0)
    used = columns * width + (columns - 1) * gap_x
    margin = max((frame.width - used) / 2, 18.0)
    return _Grid(width, width + gap_x, node_card.HEIGHT + gap_y, margin, across=not frame.narrow)


def _draw(report: Report, frame: Frame) -> Markup:
    laid = layout(report.graph)
    grid = _grid(laid, frame)
    across, down = (laid.ranks, laid.lanes) if grid.across else (laid.lanes, laid.ranks)
    width = max(frame.width, 2 * grid.margin_x + (across - 1) * grid.step_x + grid.card_width)
    height = 28 + (down - 1) * grid.step_y + node_card.HEIGHT
    cards = node_card.cards(report)
    return drawing(
        f"graph-{frame.name}",
        (TITLE, ";\n".join(each.says for each in cards) or "The graph has no nodes."),
        (width, height),
        *(_edge(way, grid, laid) for way in laid.edges),
        *(node_card.draw(each, grid.corner(laid.places[each.node.name]), grid.card_width) for each in cards),
    )


def _edge(way: tuple[str, ...], grid: _Grid, laid: Layout) -> Markup:
    path = ""
    for left, right in pairwise(way):
        (x1, y1), (x2, y2) = _ends(grid, laid.places[left], laid.places[right])
        bend = (x2 - x1) / 2 if grid.across else (y2 - y1) / 2
        first = f"{x1 + bend:.1f} {y1:.1f}" if grid.across else f"{x1:.1f} {y1 + bend:.1f}"
        second = f"{x2 - bend:.1f} {y2:.1f}" if grid.across else f"{x2:.1f} {y2 - bend:.1f}"
        path += f"M{x1:.1f} {y1:.1f}C{first} {second} {x2:.1f} {y2:.1f}"
        if "\0" in right:
            path += _through(grid, laid.places[right])
    x, y = _ends(grid, laid.places[way[-2]], laid.places[way[-1]])[1]
    head = f"M{x - 7:.1f} {y - 4:.1f}l7 4l-7 4" if grid.across else f"M{x - 4:.1f} {y - 7:.1f}l4 7l4 -7"
    return tag("path", d=path + head, class_="edge")


def _ends(grid: _Grid, left: _Place, right: _Place) -> tuple[_Place, _Place]:
    """Where an edge leaves the one card and meets the other."""
    (x1, y1), (x2, y2) = grid.corner(left), grid.corner(right)
    if grid.across:
        return (x1 + grid.card_width, y1 + node_card.HEIGHT / 2), (x2, y2 + node_card.HEIGHT / 2)
    return (x1 + grid.card_width / 2, y1 + node_card.HEIGHT), (x2 + grid.card_width / 2, y2)


def _through(grid: _Grid, place: _Place) -> str:
    """Past the rank that an edge jumps over."""
    x, y = grid.corner(place)
    if grid.across:
        return f"M{x:.1f} {y + node_card.HEIGHT / 2:.1f}h{grid.card_width:.1f}"
    return f"M{x + grid.card_width / 2:.1f} {y:.1f}v{node_card.HEIGHT:.1f}"

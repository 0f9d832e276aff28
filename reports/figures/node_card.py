"""A node of the graph as a card: its name, its latency, its share of the critical path, and what speaks against it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from harness.report import GraphNode, NodeRow, Report
from reports.figures.svg import fitted, hint, rect, tag, text
from reports.missing import node_figure
from reports.wording import Missing, Value, number, plural, share

HEIGHT = 136.0
_FIGURES = {
    "client_ms_p50": "p50",
    "client_ms_p95": "p95",
    "client_ms_p99": "p99",
    "self_ms_p50": "self time p50",
    "ttft_ms_p50": "first token p50",
    "critical_share": "share of the critical path",
}
_UNSEEN = Missing("no figure", "the traces do not name this node")


@dataclass(frozen=True, slots=True)
class Card:
    """What is drawn of a node; `violated` and `unknown` count fault cells on it and verdicts on it."""

    node: GraphNode
    row: NodeRow | None
    figures: Mapping[str, Value]
    violated: int
    unknown: int

    @property
    def state(self) -> Literal["violated", "unknown", "calm"]:
        """The style of the card: whether anything speaks against the node."""
        return "violated" if self.violated else "unknown" if self.unknown else "calm"

    @property
    def says(self) -> str:
        """The node in words, for hovering and for readers without eyes."""
        lines = [self.node.name, f"{self.node.comp} at {self.node.path} ({self.node.where})"]
        if self.row is not None:
            lines.append(f"{plural(self.row.calls, 'call')}, {plural(self.row.errors, 'error')}")
        for name, words in _FIGURES.items():
            value = self.figures[name]
            if not isinstance(value, Missing):
                lines.append(f"{words} {_shown(name, float(value))}")
            elif not name.startswith("ttft"):
                lines.append(f"{words} {value.word}: {value.why}")
        if self.state != "calm":
            lines.append(f"{self.violated} violated, {self.unknown} unknown")
        return "\n".join(lines)


def cards(report: Report) -> tuple[Card, ...]:
    """A card for each node of the graph."""
    against = _against(report)
    rows = {row.node: row for row in report.nodes}
    return tuple(
        Card(
            node,
            rows.get(node.name),
            {name: _figure(report, rows.get(node.name), name) for name in _FIGURES},
            against[node.name].count("violated"),
            against[node.name].count("unknown"),
        )
        for node in report.graph
    )


def draw(card: Card, corner: tuple[float, float], width: float) -> Markup:
    """The card at its upper left corner; a reader who hovers over it gets all its figures."""
    x, y = corner
    room = width - 24
    where = _place(card.node.where)
    return tag(
        "g",
        hint(card.says),
        rect((x, y, width, HEIGHT), f"card {card.state}", radius=8),
        text(x + 12, y + 23, fitted(card.node.name, room - 6.6 * len(where) - 8, 8.2), "name"),
        text(x + width - 12, y + 23, where, "small muted", anchor="end"),
        text(x + 12, y + 39, fitted(card.node.comp, room, 6.4), "small muted"),
        *_latencies(card, (x + 12, y), room),
        *_critical(card.figures["critical_share"], (x + 12, y + 90), room),
        text(x + 12, y + 125, fitted(_foot(card), room, 6.3), f"small {card.state}"),
        class_="tip",
    )


def _place(where: str) -> str:
    """Where the node runs, in a word: an address or an image's name has no room, and stands in what hovering tells."""
    if "://" in where:
        return "URL"
    return "image" if "/" in where or ":" in where else where.replace("not known", "unseen")


def _against(report: Report) -> dict[str, list[str]]:
    """The words of the cells and verdicts on each node; a cell's own verdict counts once."""
    own = {f"chaos.{cell.fault}.{cell.node}.{cell.mode}" for cell in report.faults}
    words: dict[str, list[str]] = {node.name: [] for node in report.graph}
    for cell in report.faults:
        words.setdefault(cell.node, []).append(cell.verdict)
    for row in report.verdicts:
        if row.subject in words and row.id not in own:
            words[row.subject].append(row.verdict)
    return words


def _figure(report: Report, row: NodeRow | None, name: str) -> Value:
    return _UNSEEN if row is None else node_figure(report, row, name)


def _latencies(card: Card, corner: tuple[float, float], room: float) -> Iterator[Markup]:
    x, y = corner
    for left, name in ((x, "client_ms_p50"), (x + room * 0.52, "client_ms_p95")):
        value = card.figures[name]
        words = value.word if isinstance(value, Missing) else number(float(value))
        yield text(left, y + 66, words, "missing" if isinstance(value, Missing) else "big")
        yield text(left, y + 80, f"{_FIGURES[name]}, ms", "small muted")


def _critical(value: Value, corner: tuple[float, float], room: float) -> Iterator[Markup]:
    x, y = corner
    yield rect((x, y, room, 5), "track", radius=2.5)
    if not isinstance(value, int | float):
        words = value.word if isinstance(value, Missing) else value
        yield text(x, y + 19, fitted(f"critical path: {words}", room, 6.2), "small muted")
        return
    yield rect((x, y, room * min(max(value, 0.0), 1.0), 5), "share", radius=2.5)
    yield text(x, y + 19, f"{share(value)} of critical path", "small muted")


def _foot(card: Card) -> str:
    if card.violated:
        return f"✕ {card.violated} violated"
    if card.unknown:
        return f"? {card.unknown} unknown"
    if card.row is None:
        return "no calls seen"
    return f"{plural(card.row.calls, 'call')}, {plural(card.row.errors, 'error')}"


def _shown(name: str, value: float) -> str:
    return share(value) if name == "critical_share" else f"{number(value)} ms"

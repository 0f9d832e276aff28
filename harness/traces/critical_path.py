"""Which work a request really waited for: the critical path through a tree of intervals, and self times. Pure.

The walk goes backwards from the end: the child that finished last is on the path, then the one that finished last
before that one began, and what lies between is the parent's own. Touching siblings follow each other (`<=`). A child
counts only inside its parent. Everything is integer nanoseconds, so the path's lengths sum to the root's exactly.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

After = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Interval:
    """A piece of work; `parent` is the position of its parent in the same list, -1 for the root's.

    `label` says whose work it is; an empty label is the orchestrator's own.
    """

    began_ns: int
    ended_ns: int
    parent: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the critical path: the work at position `index` was what the request waited for."""

    index: int
    began_ns: int
    ended_ns: int

    @property
    def duration_ns(self) -> int:
        """How long the stretch is."""
        return self.ended_ns - self.began_ns


def critical_path(intervals: Sequence[Interval], after: After | None = None) -> list[Segment]:
    """The critical path of the first root, in order of time; its segments touch and fill the root.

    With `after` (each label and the labels it waits for) siblings with labels gate each other as the graph says, and time
    under overlapping siblings is never the parent's; without, the tree alone decides.
    """
    children = _children(intervals)
    root = next(position for position, each in enumerate(intervals) if each.parent < 0)
    segments: list[Segment] = []
    waiting = [(root, intervals[root].began_ns, intervals[root].ended_ns)]
    while waiting:
        index, low_ns, high_ns = waiting.pop()
        inside = [
            (child, max(intervals[child].began_ns, low_ns), min(intervals[child].ended_ns, high_ns))
            for child in children[index]
            if intervals[child].began_ns < high_ns and intervals[child].ended_ns > low_ns
        ]
        cursor_ns = high_ns
        gates = _gates(inside, high_ns) if after is None else _graph_gates(inside, high_ns, intervals, after)
        for child, began_ns, ended_ns in gates:
            if ended_ns < cursor_ns:
                segments.append(Segment(index, ended_ns, cursor_ns))
            waiting.append((child, began_ns, ended_ns))
            cursor_ns = began_ns
        if low_ns < cursor_ns:
            segments.append(Segment(index, low_ns, cursor_ns))
    return sorted(segments, key=lambda segment: segment.began_ns)


_Placed = tuple[int, int, int]  # Position, beginning and end, cut to the parent.


def _children(intervals: Sequence[Interval]) -> list[list[int]]:
    children: list[list[int]] = [[] for _ in intervals]
    for position, each in enumerate(intervals):
        if each.parent >= 0:
            children[each.parent].append(position)
    return children


def _gates(inside: Sequence[_Placed], cursor_ns: int) -> Iterator[_Placed]:
    """Backwards: each child that finished last before the one after it began."""
    for placed in sorted(inside, key=lambda placed: (placed[2], placed[1]), reverse=True):
        if placed[2] <= cursor_ns:
            yield placed
            cursor_ns = placed[1]


def _graph_gates(
    inside: Sequence[_Placed], cursor_ns: int, intervals: Sequence[Interval], after: After
) -> Iterator[_Placed]:
    """Backwards: of those that the later one waited for the last to end; between them whatever else was under way."""
    remaining = sorted(inside, key=lambda placed: (placed[2], placed[1]), reverse=True)
    awaited: frozenset[str] = frozenset()
    while remaining := [placed for placed in remaining if placed[1] < cursor_ns]:
        gates = [placed for placed in remaining if intervals[placed[0]].label in awaited]
        gate = (gates or remaining)[0]
        gate_end_ns = min(gate[2], cursor_ns)
        yield from _under_way([placed for placed in remaining if placed is not gate], gate_end_ns, cursor_ns)
        yield (gate[0], gate[1], gate_end_ns)
        cursor_ns = gate[1]
        label = intervals[gate[0]].label
        own = {label} if label else set()  # A retry waited for the attempt before.
        awaited = after.get(label, frozenset()) | own


def _under_way(siblings: Sequence[_Placed], low_ns: int, high_ns: int) -> Iterator[_Placed]:
    """Backwards: the pieces of siblings, given by end, last first, that cover the stretch from `low_ns` to `high_ns`."""
    for position, began_ns, ended_ns in siblings:
        cut_began_ns, cut_ended_ns = max(began_ns, low_ns), min(ended_ns, high_ns)
        if cut_began_ns < cut_ended_ns:
            yield (position, cut_began_ns, cut_ended_ns)
            high_ns = cut_began_ns


def self_times_ns(intervals: Sequence[Interval]) -> list[int]:
    """Of each interval the time that none of its children covers."""
    children = _children(intervals)
    return [
        each.ended_ns - each.began_ns - _covered_ns(each, [intervals[c] for c in children[position]])
        for position, each in enumerate(intervals)
    ]


def _covered_ns(parent: Interval, children: Sequence[Interval]) -> int:
    covered_ns, reached_ns = 0, parent.began_ns
    for child in sorted(children, key=lambda child: child.began_ns):
        began_ns = max(child.began_ns, reached_ns)
        ended_ns = min(child.ended_ns, parent.ended_ns)
        if ended_ns > began_ns:
            covered_ns += ended_ns - began_ns
            reached_ns = ended_ns
    return covered_ns

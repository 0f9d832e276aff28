"""Fewer points for a drawing, without losing what a reader looks for: the slowest, the fastest and the failed."""

from collections.abc import Sequence

from harness.report import Point

POINTS_MAX = 1500
FAILED_MAX = 500


def thinned(points: Sequence[Point], points_max: int = POINTS_MAX) -> list[Point]:
    """At most so many points in order of time.

    Time is cut into slices; each keeps its slowest and its fastest point, of those that failed and of those that did not. What
    room is left is filled evenly. The slowest and the fastest of all are therefore always kept.
    """
    ordered = sorted(points, key=lambda point: point.at_s)
    if len(ordered) <= points_max:
        return ordered
    failed = [index for index, point in enumerate(ordered) if not point.ok]
    good = [index for index, point in enumerate(ordered) if point.ok]
    room = max(points_max // 3, 2)
    kept = set(_extremes(ordered, failed, min(room, FAILED_MAX))) | set(_extremes(ordered, good, room))
    rest = [index for index in range(len(ordered)) if index not in kept]
    free = points_max - len(kept)
    kept.update(rest[position * len(rest) // free] for position in range(free))
    return [ordered[index] for index in sorted(kept)]


def _extremes(points: Sequence[Point], indexes: list[int], room: int) -> list[int]:
    """All indexes if there is room, else the slowest and the fastest of each slice of time."""
    if len(indexes) <= room:
        return indexes
    slices = max(room // 2, 1)
    began, ended = points[indexes[0]].at_s, points[indexes[-1]].at_s
    per_s = slices / ((ended - began) or 1.0)
    groups: list[list[int]] = [[] for _ in range(slices)]
    for index in indexes:
        groups[min(int((points[index].at_s - began) * per_s), slices - 1)].append(index)
    taken = [group for group in groups if group]
    slowest = [max(group, key=lambda index: points[index].response_ms) for group in taken]
    return slowest + [min(group, key=lambda index: points[index].response_ms) for group in taken]

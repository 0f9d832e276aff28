"""The critical path is exact, by known answers, by brute force and by its invariants."""

import random
from itertools import pairwise

import pytest

from harness.traces.critical_path import Interval, critical_path, self_times_ns

ROOT = Interval(0, 100, -1, "")


def path(*children, root=ROOT, after=None):
    """The path as (index, begin, end)."""
    return [(s.index, s.began_ns, s.ended_ns) for s in critical_path([root, *children], after)]


def child(began_ns, ended_ns, label="", parent=0):
    return Interval(began_ns, ended_ns, parent, label)


@pytest.mark.parametrize(
    ("children", "expected"),
    [
        pytest.param([], [(0, 0, 100)], id="alone"),
        pytest.param(
            [child(10, 40), child(50, 90)],
            [(0, 0, 10), (1, 10, 40), (0, 40, 50), (2, 50, 90), (0, 90, 100)],
            id="chain",
        ),
        pytest.param(
            [child(10, 50), child(50, 90)],
            [(0, 0, 10), (1, 10, 50), (2, 50, 90), (0, 90, 100)],
            id="touching",
        ),
        pytest.param(
            [child(10, 60), child(10, 90)], [(0, 0, 10), (2, 10, 90), (0, 90, 100)], id="second-branch-last"
        ),
        pytest.param(
            [child(10, 90), child(10, 60)], [(0, 0, 10), (1, 10, 90), (0, 90, 100)], id="first-branch-last"
        ),
        pytest.param([child(0, 60), child(40, 100)], [(0, 0, 40), (2, 40, 100)], id="overlapping"),
        pytest.param([child(50, 150)], [(0, 0, 50), (1, 50, 100)], id="outlives-its-parent"),
        pytest.param([child(-20, 50)], [(1, 0, 50), (0, 50, 100)], id="begins-before-its-parent"),
        pytest.param([child(120, 150), child(-9, 0)], [(0, 0, 100)], id="outside"),
        pytest.param([child(50, 50), child(10, 50)], [(0, 0, 10), (2, 10, 50), (0, 50, 100)], id="no-length"),
        pytest.param(
            [child(10, 90), child(20, 80, parent=1)],
            [(0, 0, 10), (1, 10, 20), (2, 20, 80), (1, 80, 90), (0, 90, 100)],
            id="nested",
        ),
        pytest.param(
            [child(10, 90), child(20, 95, parent=1)],
            [(0, 0, 10), (1, 10, 20), (2, 20, 90), (0, 90, 100)],
            id="nested-outlives",
        ),
        pytest.param(
            [child(0, 20, "a"), child(25, 45, "a"), child(50, 70, "a")],
            [(1, 0, 20), (0, 20, 25), (2, 25, 45), (0, 45, 50), (3, 50, 70), (0, 70, 100)],
            id="two-retries",
        ),
    ],
)
def test_the_path_of_a_known_trace_is_known(children, expected):
    """The tree alone decides; each case's answer was worked out by hand."""
    assert path(*children) == expected


DIAMOND = {
    "embedding": frozenset[str](),
    "left": frozenset({"embedding"}),
    "right": frozenset({"embedding"}),
    "rerank": frozenset({"left", "right"}),
}


def test_the_graph_gives_time_under_overlapping_branches_to_the_branches():
    """Between the gate's end and what it gated another branch was at work: that is not the orchestrator's time."""
    found = path(
        child(0, 10, "embedding"),
        child(10, 40, "left"),
        child(12, 60, "right"),
        child(60, 100, "rerank"),
        after=DIAMOND,
    )

    assert found == [(1, 0, 10), (2, 10, 12), (3, 12, 60), (4, 60, 100)]


def test_the_graph_knows_the_gate_where_the_tree_does_not():
    """An unrelated branch that ended between gate and gated does not take the gate's place."""
    children = [child(0, 50, "a"), child(20, 53, "x"), child(55, 100, "b")]
    after = {"a": frozenset[str](), "x": frozenset[str](), "b": frozenset({"a"})}

    assert path(*children, after=after) == [(1, 0, 50), (2, 50, 53), (0, 53, 55), (3, 55, 100)]
    assert path(*children) == [(0, 0, 20), (2, 20, 53), (0, 53, 55), (3, 55, 100)]


def test_a_retry_waited_for_the_attempt_before_it():
    """Attempts of one node follow each other on the path, in the graph's reading too."""
    found = path(child(0, 10, "embedding"), child(12, 30, "left"), child(35, 100, "left"), after=DIAMOND)

    assert found == [(1, 0, 10), (0, 10, 12), (2, 12, 30), (0, 30, 35), (3, 35, 100)]


@pytest.mark.parametrize("seed", range(100))
def test_the_gate_of_a_diamond_is_its_later_branch(seed):
    """Whatever the durations, the branch that ended last stands before the join."""
    rng = random.Random(seed)
    start = rng.randint(1, 9)
    left, right = start + rng.randint(1, 40), start + rng.randint(1, 40)
    join = max(left, right) + rng.randint(0, 3)
    spans = [
        child(0, start, "embedding"),
        child(start, left, "left"),
        child(start, right, "right"),
        child(join, 100, "rerank"),
    ]

    labels = [s.index for s in critical_path([ROOT, *spans], DIAMOND) if s.index]
    gate = labels[labels.index(4) - 1]

    assert gate in {2, 3}
    assert spans[gate - 1].ended_ns == max(left, right)


def random_tree(rng, size=12, reach=60):
    intervals = [Interval(0, reach, -1)]
    for position in range(1, size):
        began = rng.randint(-5, reach)
        intervals.append(Interval(began, began + rng.randint(0, 30), rng.randrange(position)))
    return intervals


def swept(intervals):
    """The same path by another way: instant by instant, from the end, who is the path at that instant?"""

    def walk(index, low, high):
        owner, cursor = {}, high
        kids = [
            (min(k.ended_ns, high), max(k.began_ns, low), position)
            for position, k in enumerate(intervals)
            if k.parent == index and k.began_ns < high and k.ended_ns > low
        ]
        while True:
            ready = [kid for kid in kids if kid[0] <= cursor and kid[1] >= low]
            if not ready:
                break
            best = max(ready, key=lambda kid: (kid[0], kid[1], -kid[2]))
            kids.remove(best)
            for instant in range(best[0], cursor):
                owner[instant] = index
            owner |= walk(best[2], best[1], best[0])
            cursor = best[1]
        for instant in range(low, cursor):
            owner[instant] = index
        return owner

    return walk(0, intervals[0].began_ns, intervals[0].ended_ns)


@pytest.mark.parametrize("seed", range(20))
def test_brute_force_agrees_on_random_trees(seed):
    """A sweep that looks at every instant finds the same owner for each, on 50 trees a seed."""
    rng = random.Random(seed)
    for _ in range(50):
        intervals = random_tree(rng)
        owner = {i: s.index for s in critical_path(intervals) for i in range(s.began_ns, s.ended_ns)}

        assert owner == swept(intervals)


@pytest.mark.parametrize("after", [None, {}])
@pytest.mark.parametrize("seed", range(20))
def test_the_path_fills_the_root_exactly(seed, after):
    """Segments touch, begin and end with the root, and sum to it, to the nanosecond, with any tree."""
    rng = random.Random(seed)
    for _ in range(50):
        intervals = random_tree(rng, size=30, reach=1000)
        segments = critical_path(intervals, after)

        assert segments[0].began_ns == 0
        assert segments[-1].ended_ns == 1000
        assert all(a.ended_ns == b.began_ns for a, b in pairwise(segments))


@pytest.mark.parametrize("seed", range(20))
def test_with_the_graph_the_parent_never_has_more_than_its_self_time(seed):
    """No instant under any child is the root's own."""
    rng = random.Random(seed)
    for _ in range(50):
        intervals = [
            ROOT,
            *(child(b, b + rng.randint(0, 50), rng.choice("abc")) for b in rng.choices(range(90), k=8)),
        ]
        own_ns = sum(s.duration_ns for s in critical_path(intervals, {"b": frozenset("a")}) if s.index == 0)

        assert own_ns == self_times_ns(intervals)[0]


@pytest.mark.parametrize("seed", range(20))
def test_self_time_is_what_no_child_covers(seed):
    """Counted instant by instant it comes to the same."""
    rng = random.Random(seed)
    for _ in range(50):
        intervals = random_tree(rng)
        counted = [
            sum(
                not any(k.parent == position and k.began_ns <= instant < k.ended_ns for k in intervals)
                for instant in range(each.began_ns, each.ended_ns)
            )
            for position, each in enumerate(intervals)
        ]

        assert self_times_ns(intervals) == counted


def test_depth_and_width_do_not_matter():
    """A chain 5,000 deep and a fan of 10,000 are walked without recursion and without square time."""
    deep = [Interval(i, 20_000 - i, i - 1) for i in range(5000)]
    wide = [Interval(0, 20_000, -1), *(Interval(i, i + 1, 0) for i in range(10_000))]

    assert sum(s.duration_ns for s in critical_path(deep)) == 20_000
    assert len(critical_path(wide)) == 10_001


def test_a_nanosecond_counts_in_this_century():
    """Times since 1970 do not pass through a float."""
    now_ns = 1_795_376_268_688_903_902
    intervals = [Interval(now_ns, now_ns + 3, -1), Interval(now_ns + 1, now_ns + 2, 0)]

    assert [s.duration_ns for s in critical_path(intervals)] == [1, 1, 1]
    assert self_times_ns(intervals) == [2, 1]

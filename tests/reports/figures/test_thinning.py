"""Fewer points without losing what matters."""

import random
from itertools import pairwise

import pytest

from harness.report import Point
from reports.figures.thinning import thinned


def points(amount: int, seed: int = 7) -> list[Point]:
    rng = random.Random(seed)
    return [
        Point(at_s=index / 100, response_ms=rng.lognormvariate(4, 1), part="load", ok=rng.random() > 0.01)
        for index in range(amount)
    ]


def test_few_points_are_all_kept_in_order_of_time():
    """Nothing is thinned without need."""
    given = points(50)

    assert thinned(given[::-1], 50) == given


@pytest.mark.parametrize("seed", range(3))
def test_the_slowest_and_the_fastest_are_always_kept(seed):
    """Of those that went well and of those that failed."""
    given = points(20_000, seed)
    kept = thinned(given, 600)

    assert len(kept) == 600
    for ok in (True, False):
        times = [point.response_ms for point in given if point.ok is ok]
        kept_times = [point.response_ms for point in kept if point.ok is ok]
        assert (min(kept_times), max(kept_times)) == (min(times), max(times))


def test_every_failure_is_kept_while_there_is_room():
    """They are what one looks for."""
    given = points(20_000)
    failed = [point for point in given if not point.ok]

    assert [point for point in thinned(given, 1500) if not point.ok] == failed


def test_a_run_in_which_everything_failed_is_thinned_too():
    """And keeps its extremes."""
    given = [point.model_copy(update={"ok": False}) for point in points(5000)]
    kept = thinned(given, 300)

    assert len(kept) == 300
    assert max(given, key=lambda point: point.response_ms) in kept


def test_the_points_left_are_spread_over_the_whole_run():
    """No stretch is empty."""
    at = [point.at_s for point in thinned(points(20_000), 600)]

    assert max(later - earlier for earlier, later in pairwise(at)) < 2.0


def test_points_of_one_moment_are_no_trouble():
    """A slice of no length is no division by zero."""
    given = [Point(at_s=1.0, response_ms=float(index), part="load", ok=True) for index in range(100)]

    assert len(thinned(given, 10)) == 10

"""The times of a reply are those that were configured."""

from random import Random
from statistics import fmean, median

import pytest

from harness.mocking.behaviour import is_instant, offsets_ns
from harness.scenario import Latency


@pytest.mark.parametrize(
    ("latency", "tokens", "in_flight", "ms"),
    [
        (Latency(), 2, 1, [0, 0]),
        (Latency(first_ms=200, token_ms=10), 3, 1, [200, 210, 220]),
        (Latency(first_ms=5), 0, 1, [5]),
        (Latency(first_ms=10, token_ms=1, load_factor=0.5), 2, 3, [20, 22]),
        (Latency(first_ms=10, load_factor=0.5), 1, 0, [10]),
    ],
)
def test_each_token_is_due_at_its_time(latency, tokens, in_flight, ms):
    """First the time to the first token, then one step a token, all longer under load."""

    assert offsets_ns(latency, tokens, in_flight, Random(0)) == [each * 1_000_000 for each in ms]


def test_the_spread_is_lognormal_around_the_value():
    """Half the times are below the value, and the sigma is the spread."""
    latency = Latency(first_ms=100, spread=0.5)
    random = Random(7)
    firsts = [offsets_ns(latency, 1, 1, random)[0] / 1e6 for _ in range(4000)]

    assert median(firsts) == pytest.approx(100, rel=0.05)
    assert fmean(firsts) == pytest.approx(100 * 1.1331, rel=0.05)  # exp(0.5 ** 2 / 2)
    assert min(firsts) > 0


def test_the_same_seed_gives_the_same_times():
    """A run can be repeated."""
    latency = Latency(first_ms=10, token_ms=3, spread=1)

    assert offsets_ns(latency, 5, 1, Random(3)) == offsets_ns(latency, 5, 1, Random(3))
    assert offsets_ns(latency, 5, 1, Random(3)) != offsets_ns(latency, 5, 1, Random(4))


def test_instant_means_that_nothing_is_waited_for():
    """A spread of nothing is nothing."""

    assert [
        is_instant(each) for each in (Latency(), Latency(spread=1), Latency(first_ms=1), Latency(token_ms=1))
    ] == [
        True,
        True,
        False,
        False,
    ]

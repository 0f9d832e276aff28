"""Schedules are what their names say: Poisson is Poisson, constant is constant, and a seed is a schedule."""

import math

import numpy as np
import pytest

from harness.errors import UsageError
from harness.load.arrivals import Arrivals, schedule, schedule_hash

SEEDS = (1, 2, 3, 20261122)


def gaps_s(arrivals):
    return np.diff(schedule(arrivals)) / 1e9


def kolmogorov_p(values, cumulative):
    """The asymptotic p of a Kolmogorov-Smirnov test of values against a distribution."""
    values = np.sort(values)
    n = len(values)
    expected = cumulative(values)
    distance = max(np.max(np.arange(1, n + 1) / n - expected), np.max(expected - np.arange(n) / n))
    scaled = (math.sqrt(n) + 0.12 + 0.11 / math.sqrt(n)) * distance
    series = 2 * sum((-1) ** (k - 1) * math.exp(-2 * k * k * scaled * scaled) for k in range(1, 101))
    return min(1.0, max(0.0, series))


def dispersion(arrivals, bin_s=0.5):
    """Variance over mean of the counts in bins; 1 for Poisson, near 0 for a constant rate."""
    times = schedule(arrivals) / 1e9
    counts, _ = np.histogram(times, bins=np.arange(0, arrivals.duration_s + bin_s / 2, bin_s))
    return counts.var(ddof=1) / counts.mean(), len(counts)


def dispersion_band(bins):
    """The 99 % band of the dispersion of a Poisson process, by Wilson and Hilferty's cube of the normal."""
    degrees = bins - 1
    spread = 2.5758 * math.sqrt(2 / (9 * degrees))
    return (1 - 2 / (9 * degrees) - spread) ** 3, (1 - 2 / (9 * degrees) + spread) ** 3


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rate", [20, 200])
def test_poisson_gaps_are_exponential(rate, seed):
    """The gaps of 4,000 Poisson arrivals pass a Kolmogorov-Smirnov test against the exponential distribution."""
    gaps = gaps_s(Arrivals(rate, 4000 / rate, seed=seed))

    assert kolmogorov_p(gaps, lambda x: 1 - np.exp(-rate * x)) > 0.01


@pytest.mark.parametrize("seed", SEEDS)
def test_poisson_counts_are_dispersed_as_poisson(seed):
    """Variance over mean of the counts in half seconds lies in the 99 % band of a Poisson process."""
    actual, bins = dispersion(Arrivals(20, 200, seed=seed))
    low, high = dispersion_band(bins)

    assert low < actual < high


@pytest.mark.parametrize("seed", SEEDS)
def test_poisson_gaps_do_not_depend_on_the_one_before(seed):
    """The lag-1 autocorrelation of the gaps is within three standard errors of none."""
    gaps = gaps_s(Arrivals(20, 200, seed=seed))

    assert abs(np.corrcoef(gaps[:-1], gaps[1:])[0, 1]) < 3 / math.sqrt(len(gaps))


def test_repeated_gaps_are_seen_by_the_dispersion():
    """The test of dispersion fails where ten workers draw the same gaps, which a test of gaps alone lets pass."""
    one = np.cumsum(np.random.default_rng(1).exponential(10 / 20, size=400))
    times = np.sort(np.repeat(one, 10))
    counts, _ = np.histogram(times, bins=np.arange(0, times[-1], 0.5))
    _, high = dispersion_band(len(counts))

    assert counts.var(ddof=1) / counts.mean() > high


def test_exponential_gaps_are_no_constant_rate():
    """The test of exponential gaps fails for a constant rate."""
    gaps = gaps_s(Arrivals(20, 200, kind="constant"))

    assert kolmogorov_p(gaps, lambda x: 1 - np.exp(-20 * x)) < 1e-6


def test_a_constant_rate_has_equal_gaps():
    """At 20 per second every gap is 50 ms to the nanosecond."""
    times = schedule(Arrivals(20, 10, kind="constant"))

    assert len(times) == 200
    assert set(np.diff(times).tolist()) == {50_000_000}


@pytest.mark.parametrize("kind", ["constant", "poisson"])
def test_half_a_request_per_second_is_sent(kind):
    """A rate below one per second sends what it says, at times inside the duration."""
    times = schedule(Arrivals(0.5, 20, kind=kind))

    assert len(times) == 10
    assert times[0] >= 0
    assert times[-1] < 20e9


def test_a_short_slow_load_sends_one_request():
    """A load that expects less than one arrival still asks once, so that it proves something."""
    assert len(schedule(Arrivals(0.1, 1))) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_arrivals_are_in_order_and_inside(seed):
    """No arrival comes before the one before it, before the start or after the end."""
    times = schedule(Arrivals(50, 20, seed=seed))

    assert np.all(np.diff(times) >= 0)
    assert times[0] >= 0
    assert times[-1] < 20e9


def test_the_same_seed_is_the_same_schedule():
    """Equal seeds give equal hashes, another seed another one."""
    first, again, other = (schedule_hash(schedule(Arrivals(20, 10, seed=seed))) for seed in (7, 7, 8))

    assert first == again
    assert first != other


def test_the_hash_of_a_schedule_is_the_same_everywhere():
    """The hash names the schedule's content, so that runs of two machines can be compared."""
    assert schedule_hash(np.array([0, 50_000_000], dtype=np.int64)) == "60586cb40179a727"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Arrivals(0, 10), "rate: 0 per second sends nothing; it is above 0"),
        (lambda: Arrivals(-3, 10), "rate: -3 per second sends nothing; it is above 0"),
        (lambda: Arrivals(math.nan, 10), "rate: nan per second sends nothing; it is above 0"),
        (lambda: Arrivals(math.inf, 10), "rate: inf per second sends nothing; it is above 0"),
        (lambda: Arrivals(10, 0), "duration: 0 s is none; it is above 0 and ends"),
        (lambda: Arrivals(10, math.inf), "duration: inf s is none; it is above 0 and ends"),
    ],
)
def test_what_cannot_be_sent_is_refused(make, message):
    """A rate or a duration that makes no sense is refused with a sentence."""
    with pytest.raises(UsageError) as refused:
        make()

    assert str(refused.value) == message

"""Schedules are what their names say: Poisson is Poisson, constant is constant, and a seed is a schedule."""

import math

import numpy as np
import pytest

from harness.errors import UsageError
from harness.load.arrivals import Arrivals, Stage, ramp, schedule, schedule_hash, steady, steps

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
    gaps = gaps_s(steady(rate, 4000 / rate, seed=seed))

    assert kolmogorov_p(gaps, lambda x: 1 - np.exp(-rate * x)) > 0.01


@pytest.mark.parametrize("seed", SEEDS)
def test_poisson_counts_are_dispersed_as_poisson(seed):
    """Variance over mean of the counts in half seconds lies in the 99 % band of a Poisson process."""
    actual, bins = dispersion(steady(20, 200, seed=seed))
    low, high = dispersion_band(bins)

    assert low < actual < high


@pytest.mark.parametrize("seed", SEEDS)
def test_poisson_gaps_do_not_depend_on_the_one_before(seed):
    """The lag-1 autocorrelation of the gaps is within three standard errors of none."""
    gaps = gaps_s(steady(20, 200, seed=seed))

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
    gaps = gaps_s(steady(20, 200, kind="constant"))

    assert kolmogorov_p(gaps, lambda x: 1 - np.exp(-20 * x)) < 1e-6


def test_a_constant_rate_has_equal_gaps():
    """At 20 per second every gap is 50 ms to the nanosecond."""
    times = schedule(steady(20, 10, kind="constant"))

    assert len(times) == 200
    assert set(np.diff(times).tolist()) == {50_000_000}


@pytest.mark.parametrize("kind", ["constant", "poisson"])
def test_half_a_request_per_second_is_sent(kind):
    """A rate below one per second sends what it says, at times inside the duration."""
    times = schedule(steady(0.5, 20, kind=kind))

    assert len(times) == 10
    assert times[0] >= 0
    assert times[-1] < 20e9


def test_a_short_slow_load_sends_one_request():
    """A load that expects less than one arrival still asks once, so that it proves something."""
    assert len(schedule(steady(0.1, 1))) == 1


@pytest.mark.parametrize(("burstiness", "low", "high"), [(0.25, 0.2, 0.3), (1.0, 0.9, 1.1), (4.0, 3.4, 4.6)])
def test_burstiness_is_the_squared_variation_of_the_gaps(burstiness, low, high):
    """Gamma gaps have the asked variance over squared mean."""
    gaps = gaps_s(Arrivals((Stage(400, 20, 20),), "gamma", 5, burstiness))

    assert low < gaps.var() / gaps.mean() ** 2 < high


def test_steps_send_each_rate_in_its_time():
    """Three steps of ten seconds hold about rate times ten arrivals each."""
    times = schedule(steps((10, 40, 20), 10, seed=3)) / 1e9
    counts, _ = np.histogram(times, bins=[0, 10, 20, 30])

    assert counts.sum() == 700
    assert np.all(np.abs(counts - [100, 400, 200]) < 4 * np.sqrt([100, 400, 200]))


@pytest.mark.parametrize(("first", "last"), [(0, 40), (40, 0), (5, 35)])
def test_a_ramp_goes_evenly(first, last):
    """The arrivals of a ramp pass a Kolmogorov-Smirnov test against the integral of its rate."""
    times = schedule(ramp(first, last, 100, seed=4)) / 1e9

    def share(t):
        return (first * t + (last - first) * t * t / 200) / (50 * (first + last))

    assert len(times) == 2000
    assert kolmogorov_p(times, share) > 0.01


@pytest.mark.parametrize("seed", SEEDS)
def test_arrivals_are_in_order_and_inside(seed):
    """No arrival comes before the one before it, before the start or after the end."""
    times = schedule(ramp(0, 50, 20, seed=seed))

    assert np.all(np.diff(times) >= 0)
    assert times[0] >= 0
    assert times[-1] < 20e9


def test_the_same_seed_is_the_same_schedule():
    """Equal seeds give equal hashes, another seed another one."""
    first, again, other = (schedule_hash(schedule(steady(20, 10, seed=seed))) for seed in (7, 7, 8))

    assert first == again
    assert first != other


def test_the_hash_of_a_schedule_is_the_same_everywhere():
    """The hash names the schedule's content, so that runs of two machines can be compared."""
    assert schedule_hash(np.array([0, 50_000_000], dtype=np.int64)) == "60586cb40179a727"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: steady(0, 10), "rate: 0 per second sends nothing; it is above 0"),
        (lambda: steady(-3, 10), "rate: -3 per second sends nothing; it is above 0"),
        (lambda: steady(math.nan, 10), "rate: nan per second sends nothing; it is above 0"),
        (lambda: steady(math.inf, 10), "rate: inf per second sends nothing; it is above 0"),
        (lambda: steady(10, 0), "duration: 0 s is none; it is above 0 and ends"),
        (lambda: steady(10, math.inf), "duration: inf s is none; it is above 0 and ends"),
        (lambda: Arrivals(()), "arrivals: there is no stage; one at least is needed"),
        (
            lambda: Arrivals((Stage(1, 1, 1),), "gamma", 0, 0),
            "burstiness: 0 is none; it is above 0, 1 is Poisson",
        ),
    ],
)
def test_what_cannot_be_sent_is_refused(make, message):
    """A rate, a duration or a burstiness that makes no sense is refused with a sentence."""
    with pytest.raises(UsageError) as refused:
        make()

    assert str(refused.value) == message

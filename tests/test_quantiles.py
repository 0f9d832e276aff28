"""Percentiles are observed values, and below their floor of samples they are not given."""

import numpy as np
import pytest

from harness.quantiles import floor, quantile, quantiles
from harness.report import Quantiles


@pytest.mark.parametrize(("share", "samples"), [(0.5, 5), (0.9, 29), (0.95, 59), (0.99, 299), (0.999, 2995)])
def test_each_percentile_has_its_floor(share, samples):
    """One sample below the floor there is no percentile, at the floor there is one."""
    assert floor(share) == samples
    assert quantile([1.0] * (samples - 1), share) is None
    assert quantile([1.0] * samples, share) == 1.0


def test_a_percentile_is_one_of_the_values():
    """Of 1 to 1000 the percentiles are the values at their rank, without interpolation."""
    actual = quantiles([float(value) for value in range(1000, 0, -1)])

    assert actual == Quantiles(count=1000, mean=500.5, p50=500, p90=900, p95=950, p99=990, max=1000)


def test_no_percentile_exceeds_the_largest():
    """A p99 above the maximum, as rounded histograms give it, cannot happen."""
    values = np.random.default_rng(1).lognormal(3, 1, size=300).tolist()

    assert quantiles(values).p99 <= quantiles(values).max


def test_of_nothing_nothing_is_known():
    """No sample gives a count of 0 and no number."""
    assert quantiles([]) == Quantiles(count=0)


def test_few_values_give_a_mean_and_no_tail():
    """Ten values have a median, but no p90, p95 and p99."""
    actual = quantiles([2.0] * 10)

    assert (actual.p50, actual.p90, actual.p95, actual.p99) == (2.0, None, None, None)

"""Percentiles that say nothing where there is too little to say: below its floor of samples a percentile is None. Pure.

With n samples the chance that none lies above the true percentile q is q to the power of n; the floor is the n at which that
falls to 5 %, whatever the distribution: p50 5, p90 29, p95 59, p99 299, p99.9 2,995.
"""

import math
from collections.abc import Sequence

import numpy as np

from harness.report import Quantiles

DOUBT = 0.05


def floor(share: float) -> int:
    """How many samples the percentile needs; `share` is 0.99 for p99."""
    return math.ceil(math.log(DOUBT) / math.log(share))


def quantile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that so large a share of all does not exceed; None below the floor."""
    if len(values) < floor(share):
        return None
    return float(np.quantile(np.asarray(values), share, method="inverted_cdf"))


def quantiles(values: Sequence[float]) -> Quantiles:
    """Count, mean, largest, and the percentiles that the count allows."""
    if not len(values):
        return Quantiles()
    return Quantiles(
        count=len(values),
        mean=float(np.mean(np.asarray(values))),
        p50=quantile(values, 0.5),
        p90=quantile(values, 0.9),
        p95=quantile(values, 0.95),
        p99=quantile(values, 0.99),
        max=float(max(values)),
    )

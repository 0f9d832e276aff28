"""When requests are to be sent: absolute schedules, drawn from a seed before the first one goes out. Pure.

Gaps are drawn, summed and stretched until they fill the time. Gaps from an exponential distribution make a Poisson process
(given how many arrivals there are, their times are then uniform order statistics, whatever the stretching), equal gaps a
constant rate. The number of arrivals is not drawn but is rate times duration: two seeds ask the same load.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from harness.errors import UsageError

Kind = Literal["poisson", "constant"]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What to draw: one rate all the time, the kind of gaps, the seed.

    Raises UsageError for a rate or a duration that is not above 0 and finite.
    """

    rate_per_s: float
    duration_s: float
    kind: Kind = "poisson"
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what sends nothing or never ends."""
        if not (0 < self.duration_s < np.inf):
            raise UsageError(f"duration: {self.duration_s:g} s is none; it is above 0 and ends")
        if not (0 < self.rate_per_s < np.inf):
            raise UsageError(f"rate: {self.rate_per_s:g} per second sends nothing; it is above 0")

    @property
    def count(self) -> int:
        """How many arrivals there will be: rate times duration, and one at least."""
        return max(1, round(self.rate_per_s * self.duration_s))


def schedule(arrivals: Arrivals) -> NDArray[np.int64]:
    """When each request is to be sent, in nanoseconds from the start, (count,), in order; the same for the same seed."""
    return np.rint(_shares(arrivals) * arrivals.duration_s * 1e9).astype(np.int64)


def schedule_hash(times_ns: NDArray[np.int64]) -> str:
    """A name for exactly this schedule, 16 hex digits; equal on every machine."""
    return hashlib.sha256(times_ns.astype("<i8").tobytes()).hexdigest()[:16]


def _shares(arrivals: Arrivals) -> NDArray[np.float64]:
    """When each arrival is, as a share of the duration: (count,), from 0 up to below 1."""
    if arrivals.kind == "constant":
        return np.arange(arrivals.count) / arrivals.count
    gaps = np.random.default_rng(arrivals.seed).exponential(size=arrivals.count + 1)
    return np.asarray(np.cumsum(gaps)[:-1] / gaps.sum())

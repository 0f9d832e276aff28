"""When requests are to be sent: absolute schedules, drawn from a seed before the first one goes out. Pure.

All shapes are one formula. Gaps are drawn, summed and stretched until they fill the stages, each stage giving time its
rate. Gaps from an exponential distribution make a Poisson process (given how many arrivals there are, their times are
then uniform order statistics, whatever the stretching), equal gaps a constant rate, gaps from a gamma distribution
anything between and beyond. The number of arrivals is not drawn but is rate times duration: two seeds ask the same load.
"""

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from harness.errors import UsageError

Kind = Literal["poisson", "constant", "gamma"]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of time whose rate goes evenly from one value to another, in requests per second."""

    seconds: float
    from_per_s: float
    to_per_s: float

    @property
    def arrivals(self) -> float:
        """How many arrivals the stage expects."""
        return self.seconds * (self.from_per_s + self.to_per_s) / 2


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What to draw: the stages, the kind of gaps, the seed.

    `burstiness` is the variance of a gamma gap over its squared mean: below 1 is more even than Poisson, above 1 less.
    Raises UsageError for a rate or a duration that is not above 0.
    """

    stages: tuple[Stage, ...]
    kind: Kind = "poisson"
    seed: int = 0
    burstiness: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what sends nothing or never ends."""
        for stage in self.stages:
            if not (0 < stage.seconds < np.inf):
                raise UsageError(f"duration: {stage.seconds:g} s is none; it is above 0 and ends")
            if min(stage.from_per_s, stage.to_per_s) < 0 or not (0 < stage.arrivals < np.inf):
                raise UsageError(f"rate: {stage.to_per_s:g} per second sends nothing; it is above 0")
        if not self.stages:
            raise UsageError("arrivals: there is no stage; one at least is needed")
        if not (0 < self.burstiness < np.inf):
            raise UsageError(f"burstiness: {self.burstiness:g} is none; it is above 0, 1 is Poisson")

    @property
    def duration_s(self) -> float:
        """How long all stages take."""
        return sum(stage.seconds for stage in self.stages)

    @property
    def count(self) -> int:
        """How many arrivals there will be: rate times duration, and one at least."""
        return max(1, round(sum(stage.arrivals for stage in self.stages)))

    @property
    def rate_per_s(self) -> float:
        """The mean rate over all stages."""
        return sum(stage.arrivals for stage in self.stages) / self.duration_s


def steady(rate_per_s: float, duration_s: float, *, kind: Kind = "poisson", seed: int = 0) -> Arrivals:
    """One rate all the time."""
    return Arrivals((Stage(duration_s, rate_per_s, rate_per_s),), kind, seed)


def ramp(from_per_s: float, to_per_s: float, duration_s: float, *, seed: int = 0) -> Arrivals:
    """A rate that goes evenly from one value to another, with Poisson arrivals."""
    return Arrivals((Stage(duration_s, from_per_s, to_per_s),), "poisson", seed)


def steps(rates_per_s: tuple[float, ...], step_s: float, *, seed: int = 0) -> Arrivals:
    """One rate after the other, each for the same time, with Poisson arrivals."""
    return Arrivals(tuple(Stage(step_s, rate, rate) for rate in rates_per_s), "poisson", seed)


def schedule(arrivals: Arrivals) -> NDArray[np.int64]:
    """When each request is to be sent, in nanoseconds from the start, (count,), in order; the same for the same seed."""
    total = sum(stage.arrivals for stage in arrivals.stages)
    return np.rint(_seconds_at(arrivals.stages, _filled(arrivals) * total) * 1e9).astype(np.int64)


def schedule_hash(times_ns: NDArray[np.int64]) -> str:
    """A name for exactly this schedule, 16 hex digits; equal on every machine."""
    return hashlib.sha256(times_ns.astype("<i8").tobytes()).hexdigest()[:16]


def _filled(arrivals: Arrivals) -> NDArray[np.float64]:
    """Arrivals as shares of all that is expected, (count,), from 0 up to below 1."""
    if arrivals.kind == "constant":
        return np.arange(arrivals.count) / arrivals.count
    shape = 1.0 if arrivals.kind == "poisson" else 1.0 / arrivals.burstiness
    gaps = np.random.default_rng(arrivals.seed).gamma(shape, size=arrivals.count + 1)
    return np.asarray(np.cumsum(gaps)[:-1] / gaps.sum())


def _seconds_at(stages: tuple[Stage, ...], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """At what time that many arrivals are expected: the inverse of the rate's integral."""
    reached = np.cumsum([0.0, *(stage.arrivals for stage in stages)])
    began = np.cumsum([0.0, *(stage.seconds for stage in stages)])
    times = np.empty_like(expected)
    for stage, (low, high), start in zip(stages, pairwise(reached), began[:-1], strict=True):
        within = (expected >= low) & (expected < high)
        times[within] = start + _seconds_into(stage, expected[within] - low)
    return times


def _seconds_into(stage: Stage, expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve `from * t + (to - from) / (2 * seconds) * t ** 2 = expected` for t, in the form that loses no digits."""
    slope = (stage.to_per_s - stage.from_per_s) / stage.seconds
    root = np.sqrt(np.maximum(stage.from_per_s**2 + 2 * slope * expected, 0.0))
    divisor = np.maximum(stage.from_per_s + root, np.finfo(float).tiny)
    return np.asarray(2 * expected / divisor)

"""Scales from values to pixels, linear or logarithmic, with ticks that a reader can count with."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from reports.wording import number

LEAST = 0.001  # A microsecond; what is less is drawn there.
RATIO_FOR_LOG = 30.0  # Beyond this spread the small values of a linear axis are all on the floor.


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps `low`..`high` to the pixels `start`..`end`; values outside are drawn at the edge."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Where the value is, in pixels."""
        inside = min(max(value, self.low), self.high)
        if self.log:
            part = math.log(inside / self.low) / math.log(self.high / self.low)
        else:
            part = (inside - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def ticks(self, about: int = 6) -> tuple[float, ...]:
        """Round values within the scale, about so many."""
        return (
            _log_ticks(self.low, self.high, about) if self.log else _linear_ticks(self.low, self.high, about)
        )

    @property
    def as_data(self) -> str:
        """The scale as the page's script reads it."""
        return (
            f"{'log' if self.log else 'lin'},{self.low:.6g},{self.high:.6g},{self.start:.1f},{self.end:.1f}"
        )


def linear(high: float, start: float, end: float, low: float = 0.0) -> Scale:
    """A linear scale, as long as the values or a little longer."""
    return Scale(low, high if high > low else low + 1.0, start, end)


def fitting(values: Iterable[float], start: float, end: float) -> Scale:
    """Linear from zero, or logarithmic where the values spread too far for that."""
    positive = [max(value, LEAST) for value in values if value > 0]
    if not positive:
        return linear(1.0, start, end)
    low, high = min(positive), max(positive)
    if high / low <= RATIO_FOR_LOG:
        return linear(high * 1.05, start, end)
    return Scale(_below(low * 0.95), _above(high * 1.05), start, end, log=True)


def tick_name(value: float) -> str:
    """A tick's value without zeros that say nothing."""
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:g}" if value >= 0.01 else number(value)


def _linear_ticks(low: float, high: float, about: int) -> tuple[float, ...]:
    rough = (high - low) / max(about, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(index * step, 10) for index in range(first, last + 1))


def _log_ticks(low: float, high: float, about: int) -> tuple[float, ...]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        ticks = [factor * 10.0**power for power in powers for factor in factors]
        inside = [round(tick, 10) for tick in ticks if low * 0.999 <= tick <= high * 1.001]
        if len(inside) <= about + 2:
            return tuple(inside)
    step = math.ceil(len(inside) / about)
    return tuple(inside[::step])


def _below(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return power * max(factor for factor in (1, 2, 5) if factor * power <= value * 1.0000001)


def _above(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return power * min(factor for factor in (1, 2, 5, 10) if factor * power >= value * 0.9999999)
